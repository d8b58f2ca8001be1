"""One notification and its retries: a list of gaps, climbed as long as nobody acks.

The next send is planned when the answer to the last one is known, and its gap is counted from that last
*send*. So a lost ack causes the duplicate, as in life, and a slow one does not stretch the ladder.
"""

from __future__ import annotations

from enum import Enum

import attrs

from paytwice.channels.messages import About, Ack, Notification, RefundRecord, TradeRecord
from paytwice.channels.profile import ChannelProfile


class LadderState(Enum):
    """Where a ladder stands."""

    CLIMBING = "CLIMBING"
    ACKED = "ACKED"
    RAN_OUT = "RAN_OUT"  # the last send was not acked: the channel gives up


@attrs.define
class Ladder:
    """The sends of one notification. All carry what was true when the ladder began."""

    id: str
    profile: ChannelProfile
    app_id: str
    mch_id: str
    about: About
    trade: TradeRecord
    refund: RefundRecord | None
    state: LadderState = LadderState.CLIMBING
    sends: int = 0
    sent_at: int = 0
    answered: bool = True  # whether the answer to the last send is known

    def send(self, now: int) -> Notification:
        """The next send; nothing more is due until it is answered."""
        self.sends += 1
        self.sent_at = now
        self.answered = False
        return Notification(
            self.id,
            self.sends,
            self.profile.name,
            self.about,
            self.app_id,
            self.mch_id,
            self.trade,
            self.refund,
        )

    def answer(self, ack: Ack | None) -> bool:
        """Take the answer to the last send; True if the channel counts it as an ack."""
        self.answered = True
        if ack is not None and self.profile.ack_rule.accepts(ack):
            self.state = LadderState.ACKED
        elif self.sends > len(self.profile.gaps):
            self.state = LadderState.RAN_OUT
        return self.state is LadderState.ACKED

    def awaits_answer_to(self, send: int) -> bool:
        """Whether this send is the last one and its answer is not known yet."""
        return send == self.sends and not self.answered

    @property
    def next_at(self) -> int:
        """When the next send is due, once the last one is answered."""
        return self.sent_at + self.profile.gaps[self.sends - 1]
