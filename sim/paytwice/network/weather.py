"""What the story does to the network: it holds links, cuts them, singles out messages to lose or to delay.

`hold` keeps messages until the release, as a hung connection does; `partition` loses them. Both can be told
how long they last, or to what hour; what has no end of its own ends when the story's faults are healed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import attrs

from paytwice.arguments import span_of
from paytwice.journal import NOBODY, Journal, What
from paytwice.kernel.kernel import Kernel
from paytwice.network.envelope import Envelope

Pair = tuple[str, str]
FOR_EVER: Final = 1 << 62


@attrs.define(eq=False)
class Singled:
    """A rule for the next messages of a kind: how many milliseconds each copy takes; no copy is a loss."""

    sender: str
    receiver: str
    kind: str
    key: str | None
    copies: tuple[int, ...]
    times: int
    used: bool = False

    def __str__(self) -> str:
        what = "lose" if not self.copies else "delay" if len(self.copies) == 1 else "duplicate"
        key = f" {self.key}" if self.key is not None else ""
        return f"{what} {self.kind}{key} from {self.sender} to {self.receiver}"

    def takes(self, envelope: Envelope) -> bool:
        """Say whether the rule is for this message, and count it."""
        if (
            self.times <= 0
            or (self.sender, self.receiver, self.kind) != (envelope.sender, envelope.receiver, envelope.kind)
            or (self.key is not None and self.key != envelope.key)
        ):
            return False
        self.times -= 1
        self.used = True
        return True


@attrs.define(eq=False)
class Spell:
    """One kind of bad weather: on which ways it lies, each from a sender to a receiver, and until when."""

    begins: str
    ends: str
    until: dict[Pair, int] = attrs.field(factory=dict)
    unmet: list[tuple[Pair, ...]] = attrs.field(factory=list)  # the ways of each, while no message met it

    def strikes(self, way: Pair) -> bool:
        """Say whether it lies on the way of a message, which meets it then."""
        if way not in self.until:
            return False
        if self.unmet:
            self.unmet = [ways for ways in self.unmet if way not in ways]
        return True

    def is_over(self, way: Pair, now: int) -> bool:
        """Say whether it has lain on a way for as long as it was to last."""
        return self.until.get(way, FOR_EVER) <= now

    def lift(self, ways: Iterable[Pair]) -> bool:
        """End it on some ways; say whether it lay on any."""
        ends = [self.until.pop(way, None) for way in ways]
        return any(end is not None for end in ends)


@attrs.define(eq=False)
class Weather:
    """The state of all links as the story has made it."""

    kernel: Kernel
    journal: Journal
    _resend: Callable[[Envelope], None]
    _hold: Spell = attrs.field(init=False, factory=lambda: Spell("hold", "release"))
    _cut: Spell = attrs.field(init=False, factory=lambda: Spell("partition", "repair"))
    _waiting: list[Envelope] = attrs.field(init=False, factory=list)
    _singled: list[Singled] = attrs.field(init=False, factory=list)

    @property
    def is_fair(self) -> bool:
        """Whether nothing lies on any way: what most messages meet."""
        return not (self._hold.until or self._cut.until or self._singled)

    @property
    def waiting(self) -> int:
        """How many messages are held."""
        return len(self._waiting)

    @property
    def clears_at(self) -> int:
        """When the last fault that has an end of its own will be over."""
        ends = [end for end in (*self._hold.until.values(), *self._cut.until.values()) if end < FOR_EVER]
        return max(ends, default=0)

    def hold(self, one: str, other: str, *, lasting: int | None = None, one_way: bool = False) -> None:
        """Keep every message between two endpoints until the release, or for `lasting` milliseconds."""
        self._begin(self._hold, _ways(one, other, one_way), lasting)

    def release(self, one: str, other: str) -> None:
        """Let the held messages between two endpoints travel on, in the order in which they were sent."""
        self._end(self._hold, _ways(one, other))

    def partition(self, one: str, other: str, *, lasting: int | None = None, one_way: bool = False) -> None:
        """Lose every message between two endpoints (`one_way`: from the first to the second only)."""
        self._begin(self._cut, _ways(one, other, one_way), lasting)

    def repair(self, one: str, other: str) -> None:
        """End a partition."""
        self._end(self._cut, _ways(one, other))

    def single_out(self, rule: Singled) -> None:
        """Add a rule for the next messages of a kind."""
        self._singled.append(rule)

    @property
    def unmet(self) -> list[str]:
        """What the story planned and no message met, in words."""
        spells = [
            f"{spell.begins} what goes {'from' if len(ways) == 1 else 'between'} "
            f"{ways[0][0]} {'to' if len(ways) == 1 else 'and'} {ways[0][1]}"
            for spell in (self._hold, self._cut)
            for ways in spell.unmet
        ]
        return [*spells, *(str(rule) for rule in self._singled if not rule.used)]

    def heal(self) -> None:
        """End everything that has not ended yet."""
        self._singled.clear()
        for spell in (self._cut, self._hold):
            for one, other in sorted(spell.until):
                self._end(spell, _ways(one, other))

    def fall_silent(self) -> None:
        """Keep what is held for ever: the run is over."""
        self._resend = _keep

    def verdict(self, envelope: Envelope) -> tuple[int, ...] | None:
        """What the story wants of a message: how long each copy takes (none: lost), or None for the usual."""
        if self.loses(envelope):
            return ()
        for rule in self._singled:
            if rule.takes(envelope):
                return rule.copies
        return None

    def loses(self, envelope: Envelope) -> bool:
        """Say whether a message is lost, because its way is cut now."""
        return self._cut.strikes((envelope.sender, envelope.receiver))

    def keeps(self, envelope: Envelope) -> bool:
        """Hold an arriving message back, if its way is held."""
        if not self._hold.strikes((envelope.sender, envelope.receiver)):
            return False
        self._waiting.append(envelope)
        return True

    def _is_held(self, envelope: Envelope) -> bool:
        return (envelope.sender, envelope.receiver) in self._hold.until

    def _begin(self, spell: Spell, ways: tuple[Pair, ...], lasting: int | None) -> None:
        if lasting is not None:
            span_of(f"the time that a {spell.begins} lasts", lasting)
        one, other = ways[0]
        if one == other:
            raise ValueError(f"a {spell.begins} is between two endpoints, and {one!r} is one")
        spell.unmet.append(ways)
        until = FOR_EVER if lasting is None else self.kernel.now + lasting
        for way in ways:
            spell.until[way] = max(until, spell.until.get(way, 0))
        self.journal.note(
            self.kernel.now, NOBODY, What.FAULT, one, other, spell.begins, _how(ways), lasting or 0
        )
        if lasting is not None:
            self.kernel.call_at(until, f"{spell.begins} {one} {other} ends", lambda: self._over(spell, ways))

    def _over(self, spell: Spell, ways: tuple[Pair, ...]) -> None:
        """A spell has reached its end; where it was begun again for longer, it stays."""
        now = self.kernel.now
        self._end(spell, tuple(way for way in ways if spell.is_over(way, now)))

    def _end(self, spell: Spell, ways: tuple[Pair, ...]) -> None:
        if not spell.lift(ways):
            return
        one, other = ways[0]
        self.journal.note(self.kernel.now, NOBODY, What.FAULT, one, other, spell.ends, _how(ways))
        free = [envelope for envelope in self._waiting if not self._is_held(envelope)]
        self._waiting = [envelope for envelope in self._waiting if self._is_held(envelope)]
        for envelope in sorted(free, key=_sent):
            self._resend(envelope)


def _ways(one: str, other: str, one_way: bool = False) -> tuple[Pair, ...]:
    return ((one, other),) if one_way else ((one, other), (other, one))


def _how(ways: tuple[Pair, ...]) -> str:
    """A word for those who read of a spell that lies on one way only."""
    return "one way" if len(ways) == 1 else ""


def _keep(_envelope: Envelope) -> None:
    """Deliver nothing."""


def _sent(envelope: Envelope) -> int:
    return envelope.sent
