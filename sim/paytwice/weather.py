"""What the story does to the network: it holds links, cuts them, and singles out messages to lose or to delay.

`hold` keeps messages until the release, as a hung connection does; `partition` loses them. Both can be told how long
they last, or to what hour; what has no end of its own ends when the story's faults are healed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import attrs

from paytwice.journal import NOBODY, Journal, What
from paytwice.kernel import Kernel

if TYPE_CHECKING:
    from paytwice.network import Envelope

Pair = tuple[str, str]
FOR_EVER: Final = 1 << 62


@attrs.define(eq=False)
class Singled:
    """A rule for the next messages of a kind: how many milliseconds each copy takes; no copy at all is a loss."""

    sender: str
    receiver: str
    kind: str
    key: str | None
    copies: tuple[int, ...]
    times: int

    def takes(self, envelope: Envelope) -> bool:
        """Say whether the rule is for this message, and count it."""
        if (
            self.times <= 0
            or (self.sender, self.receiver, self.kind) != (envelope.sender, envelope.receiver, envelope.kind)
            or (self.key is not None and self.key != envelope.key)
        ):
            return False
        self.times -= 1
        return True


@attrs.define(eq=False)
class Weather:
    """The state of all links as the story has made it."""

    kernel: Kernel
    journal: Journal
    _resend: Callable[[Envelope], None]
    _held: dict[Pair, int] = attrs.field(init=False, factory=dict)  # until when
    _cut: dict[Pair, int] = attrs.field(init=False, factory=dict)
    _waiting: list[Envelope] = attrs.field(init=False, factory=list)
    _singled: list[Singled] = attrs.field(init=False, factory=list)

    @property
    def waiting(self) -> int:
        """How many messages are held."""
        return len(self._waiting)

    @property
    def clears_at(self) -> int:
        """When the last fault that has an end of its own will be over."""
        ends = [end for end in (*self._held.values(), *self._cut.values()) if end < FOR_EVER]
        return max(ends, default=0)

    def hold(self, one: str, other: str, *, lasting: int | None = None, one_way: bool = False) -> None:
        """Keep every message between two endpoints until the release, or for `lasting` milliseconds."""
        self._begin(self._held, "hold", one, other, lasting, one_way, self.release)

    def release(self, one: str, other: str) -> None:
        """Let the held messages between two endpoints travel on, in the order in which they were sent."""
        self._end(self._held, "release", one, other)
        free = [envelope for envelope in self._waiting if not self._is_held(envelope)]
        self._waiting = [envelope for envelope in self._waiting if self._is_held(envelope)]
        for envelope in free:
            self._resend(envelope)

    def partition(self, one: str, other: str, *, lasting: int | None = None, one_way: bool = False) -> None:
        """Lose every message between two endpoints (`one_way`: from the first to the second only)."""
        self._begin(self._cut, "partition", one, other, lasting, one_way, self.repair)

    def repair(self, one: str, other: str) -> None:
        """End a partition."""
        self._end(self._cut, "repair", one, other)

    def single_out(self, rule: Singled) -> None:
        """Add a rule for the next messages of a kind."""
        self._singled.append(rule)

    def heal(self) -> None:
        """End everything that has not ended yet."""
        self._cut.clear()
        self._singled.clear()
        for one, other in sorted(self._held):
            self.release(one, other)

    def verdict(self, envelope: Envelope) -> tuple[int, ...] | None:
        """What the story wants of a message: how long each copy takes (none at all: lost), or None for the usual."""
        if self._cut and self.cut(envelope.sender, envelope.receiver):
            return ()
        for rule in self._singled:
            if rule.takes(envelope):
                return rule.copies
        return None

    def cut(self, sender: str, receiver: str) -> bool:
        """Say whether messages are lost on this way now."""
        return self._cut.get((sender, receiver), 0) > self.kernel.now

    def keeps(self, envelope: Envelope) -> bool:
        """Hold an arriving message back, if its link is held."""
        if not self._held or not self._is_held(envelope):
            return False
        self._waiting.append(envelope)
        self.journal.note(
            self.kernel.now,
            envelope.sent,
            What.HELD,
            envelope.sender,
            envelope.receiver,
            envelope.kind,
            envelope.key,
        )
        return True

    def _is_held(self, envelope: Envelope) -> bool:
        return self._held.get((envelope.sender, envelope.receiver), 0) > self.kernel.now

    def _begin(
        self,
        table: dict[Pair, int],
        word: str,
        one: str,
        other: str,
        lasting: int | None,
        one_way: bool,
        end: Callable[[str, str], None],
    ) -> None:
        now = self.kernel.now
        until = FOR_EVER if lasting is None else now + lasting
        for pair in [(one, other)] if one_way else [(one, other), (other, one)]:
            table[pair] = max(until, table.get(pair, 0))
        self.journal.note(now, NOBODY, What.FAULT, one, other, word, "", 0 if lasting is None else lasting)
        if lasting is not None:
            self.kernel.call_at(until, f"{word} {one} {other} ends", lambda: self._over(table, one, other, end))

    def _over(
        self, table: dict[Pair, int], one: str, other: str, end: Callable[[str, str], None]
    ) -> None:
        if max(table.get((one, other), 0), table.get((other, one), 0)) <= self.kernel.now:
            end(one, other)

    def _end(self, table: dict[Pair, int], word: str, one: str, other: str) -> None:
        found = [table.pop(pair, None) for pair in ((one, other), (other, one))]
        if any(end is not None for end in found):
            self.journal.note(self.kernel.now, NOBODY, What.FAULT, one, other, word)
