"""The tape of a run: every choice is asked here, by name, and what deviated from calm is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from paytwice.choices.bits import Bits
from paytwice.choices.deviation import BATCH, CHOOSE, Deviation, Value
from paytwice.choices.sources import Sample, Scripted, Seeded, Source

_RANKS: Final = {"first": -1, "last": 1}


class Choices:
    """Answers every choice of one run, and keeps what deviated from calm.

    The values come from a seed, from the recorded deviations of a `script`, or from another `source`.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        script: Iterable[Deviation] | None = None,
        source: Source | None = None,
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        if sum(one is not None for one in (seed, script, source)) > 1:
            raise ValueError(
                "choices come from a seed, from recorded deviations or from another source, not from several"
            )
        if seed is not None:
            source = Seeded(seed)
        elif script is not None:
            source = Scripted(script)
        self.source = source
        self.calm = source is None
        self.draws = 0
        self._taken: list[tuple[str, int, Value, int]] = []
        self._counts: dict[str, int] = {}
        self._now = now

    def draw(
        self,
        name: str,
        calm: Value,
        sample: Sample | None,
        fits: Callable[[Value], bool] | None = None,
    ) -> Value:
        """Make a choice: `calm` on a calm run, else what `sample` makes of bits or what was recorded.

        Without a `sample` a seed cannot but choose `calm`: the choice is counted, and nothing is drawn. What
        was recorded and does not fit (any more) is calm as well.
        """
        if self.calm:
            return calm
        self._counts[name] = n = self._counts.get(name, 0) + 1
        return self._decide(name, n, calm, sample, fits)

    def count(self, name: str) -> int:
        """Count one more choice of this name, and say which it is; the first is 1."""
        self._counts[name] = n = self._counts.get(name, 0) + 1
        return n

    def _decide(
        self,
        name: str,
        n: int,
        calm: Value,
        sample: Sample | None,
        fits: Callable[[Value], bool] | None = None,
    ) -> Value:
        assert self.source is not None, "a calm run decides nothing"
        value = self.source.value(name, n, calm, sample)
        if fits is not None and not fits(value):
            return calm
        self.draws += sample is not None
        if value != calm:
            self._taken.append((name, n, value, self._now()))
        return value

    def rank(self, place: str, n: int) -> int:
        """Say whether a wake-up that competes with others is moved first, last, or not at all."""
        value = self._decide(place, n, None, _move)
        return _RANKS.get(value, 0) if isinstance(value, str) else 0

    def pick(self, places: Sequence[str]) -> int:
        """Pick one of several tasks that code which is not ours made ready at once; calm is the first."""
        value = self.draw(f"{BATCH}{places[0]}", 0, lambda bits: bits.below(len(places)))
        return min(value, len(places) - 1) if isinstance(value, int) else 0

    def option(self, name: str, options: int) -> int:
        """Pick one of so many options, as a customer does; calm is the first."""
        value = self.draw(f"{CHOOSE}{name}", 0, lambda bits: bits.below(options))
        return min(value, options - 1) if isinstance(value, int) else 0

    @property
    def taken(self) -> list[Deviation]:
        """The choices that did not take their calm value, in the order in which they were made."""
        return [Deviation(*row) for row in self._taken]

    @property
    def unused(self) -> tuple[Deviation, ...]:
        """The recorded deviations that named something which did not happen."""
        return () if self.source is None else self.source.unused


def _move(bits: Bits) -> Value:
    chance = bits.below(4)
    return "first" if chance == 0 else "last" if chance == 1 else None
