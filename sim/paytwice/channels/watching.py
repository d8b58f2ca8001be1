"""What an observer of a desk is told."""

from __future__ import annotations

from typing import Protocol

from paytwice.channels.ledger import Movement
from paytwice.channels.messages import Meaning, RefundRecord
from paytwice.channels.requests import Request


class DeskWatcher(Protocol):
    """What an observer of a desk is told; `entry` is the journal entry."""

    def requested(
        self, channel: str, request: Request, meaning: Meaning, at: int, entry: int, sent_at: int
    ) -> None: ...
    def moved(self, channel: str, movement: Movement, at: int, entry: int) -> None: ...
    def refund_changed(self, channel: str, record: RefundRecord, at: int, entry: int) -> None: ...
