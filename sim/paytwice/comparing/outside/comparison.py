"""Two merchants in one world, held against each other by what can be seen of them from outside.

Two merchants never make the same calls at the same time, so their journals part at once, and say nothing
(`paytwice diff` compares those, and is for two runs of one merchant). Here only that counts which a customer,
a channel, the shop or somebody at the desk would notice; and when they notice it does not count.

What is "the same world"? Every choice of chance is drawn from the seed and from the name of what it is about:
what the customers do, how long the first notification of P1-1 takes, whether the third query is answered. So
with one seed both merchants meet the same customers and, wherever they do a thing of the same name, the same
luck; and what only one of them does meets luck of its own, as in life. That is the default. The other way is
to let chance do to B just what it did to A and nothing else (`as_recorded`): then all that B alone does goes
well, so a B that asks more often lives in a kinder world. It is the better way for a failure that was
recorded and shrunk, where nothing but a few decisions is left to play, and the worse one for judging whom to
trust. Either way names must meet: a merchant that calls its attempts and refunds otherwise than A shares
less of A's luck, and the comparison says how much was shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import zip_longest

import attrs

from paytwice.comparing.outside.ends import VIEW, End, ends
from paytwice.comparing.outside.facts import KINDS, Fact, Kind, Thread, facts
from paytwice.comparing.side import Chance, Side, chance_of
from paytwice.run import Run


@attrs.frozen
class Difference:
    """The first fact of a thread in which two merchants differ; None where one of them has no more."""

    kind: Kind
    order: str
    where: str
    a: Fact | None
    b: Fact | None

    @property
    def thread(self) -> Thread:
        """Which facts of both were held against each other."""
        return self.kind, self.order, self.where

    @property
    def at(self) -> int:
        """When it could first be noticed, in milliseconds of the run."""
        return min(one.at for one in (self.a, self.b) if one is not None)


@attrs.frozen
class Seen:
    """One merchant's run as the outside saw it; `name` is what the merchant is called.

    A view may leave its refunds out. What one merchant shows of them is compared with what the other shows,
    and with nothing where the other shows none at all.
    """

    name: str
    run: Run
    refunds_too: bool = True  # whether what the merchant says of refunds counts

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """All that was to be seen."""
        return tuple(fact for fact in facts(self.run) if self.refunds_too or not _is_a_claim(fact))

    @cached_property
    def ends(self) -> Mapping[str, End]:
        """How each order ends."""
        return ends(self.run, self.facts)

    @property
    def verdict(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The verdict, with each broken promise and the order it was broken to."""
        broken = sorted({(one.invariant, one.order) for one in self.run.verdict.violations})
        return "ended early" if self.run.failure is not None else self.run.outcome, tuple(broken)


@attrs.frozen
class Comparison:
    """Two merchants' runs compared; `differences` by time, the first of each thread."""

    a: Seen
    b: Seen
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether nobody outside could tell one from the other, but for the time things took."""
        return not self.differences

    @property
    def same_in_the_end(self) -> bool:
        """Whether both end alike: orders, money, stock and shipping, refunds, verdict."""
        return not self.in_the_end

    @property
    def first(self) -> Difference | None:
        """Where they first differ."""
        return self.differences[0] if self.differences else None

    @property
    def chance(self) -> Chance:
        """What chance did in one only, or otherwise in both."""
        found = chance_of(Side.of(self.a.name, self.a.run), Side.of(self.b.name, self.b.run))
        assert found is not None, "both were played"
        return found

    @property
    def shared(self) -> int:
        """How many deviations from calm both met, with the same value."""
        mine = {(one.key, one.value) for one in self.a.run.deviations}
        return sum((one.key, one.value) in mine for one in self.b.run.deviations)

    @cached_property
    def in_the_end(self) -> tuple[str, ...]:
        """What is different for good, a sentence each and the money first; none where they end alike."""
        from paytwice.comparing.outside.saying import how_they_end

        return tuple(how_they_end(self))

    def lines(self, lines: int = 12) -> Iterator[tuple[str, str]]:
        """The comparison in words, as lines with a style each, `lines` of the story at most."""
        from paytwice.comparing.outside.telling import told

        return told(self, lines)

    def __str__(self) -> str:
        return "\n".join(line for line, _ in self.lines())


def compare_runs(a: Run, b: Run, *, names: tuple[str, str] = ("A", "B")) -> Comparison:
    """Compare two finished runs of one story by what was to be seen from outside."""
    refunds_too = _shows_refunds(a) and _shows_refunds(b)
    one, other = (Seen(name, run, refunds_too) for name, run in zip(names, (a, b), strict=True))
    found = [*_differences(one.facts, other.facts)]
    if one.verdict != other.verdict:
        found.append(Difference(Kind.VERDICT, "", "", _judged(one), _judged(other)))
    found.sort(key=lambda each: (each.at, KINDS.index(each.kind)))
    return Comparison(one, other, tuple(found))


def _shows_refunds(run: Run) -> bool:
    return any(order.view is not None and order.view.refunds is not None for order in run.orders)


def _is_a_claim(fact: Fact) -> bool:
    """Whether it is what the merchant says of a refund."""
    return fact.kind is Kind.VIEW and fact.where != VIEW


def _differences(a: Iterable[Fact], b: Iterable[Fact]) -> Iterator[Difference]:
    """The first difference of each thread."""
    in_a, in_b = _threads(a), _threads(b)
    for thread in dict.fromkeys([*in_a, *in_b]):
        for one, other in zip_longest(in_a.get(thread, ()), in_b.get(thread, ())):
            if one is None or other is None or one.what != other.what:
                yield Difference(*thread, one, other)
                break


def _threads(seen: Iterable[Fact]) -> dict[Thread, list[Fact]]:
    found: dict[Thread, list[Fact]] = {}
    for fact in seen:
        if fact.kind is not Kind.DEED:
            found.setdefault(fact.thread, []).append(fact)
    return found


def _judged(one: Seen) -> Fact:
    outcome, broken = one.verdict
    names = " ".join(dict.fromkeys(name for name, _ in broken))
    text = f"is {outcome}{f': {names}' if names else ''}"
    return Fact(one.run.ended_at, Kind.VERDICT, "", "", (outcome,), text)
