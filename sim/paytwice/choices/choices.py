"""The tape of a run: every choice is asked here, by name, and what deviated from calm is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from paytwice.choices.bits import Bits
from paytwice.choices.deviation import BATCH, CHOOSE, FIRST, LAST, SETTING, Deviation, Row, Value
from paytwice.choices.fitting import Fits, is_from, is_one_of
from paytwice.choices.line import Contender, Drawn, Kept, is_move, is_schedule
from paytwice.choices.schedules import UNIFORM, scheduled
from paytwice.choices.sources import Sample, Scripted, Source


class Choices:
    """Answers every choice of one run, and keeps what deviated from calm.

    The values come from a seed, from the recorded deviations of a `script`, or from another `source`. With a
    seed, `schedule` names who decides which of several that are ready goes first.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        script: Iterable[Deviation] | None = None,
        source: Source | None = None,
        schedule: str = UNIFORM,
        now: Callable[[], int] = lambda: 0,
    ) -> None:
        if sum(one is not None for one in (seed, script, source)) > 1:
            raise ValueError(
                "choices come from a seed, from recorded deviations or from another source, not from several"
            )
        if seed is not None:
            source = scheduled(seed, schedule)
        elif script is not None:
            source = Scripted(script)
        self.source = source
        self.calm = source is None
        self._taken: list[Row | None] = []  # None: it has turned out calm so far
        self.counts: dict[str, int] = {}  # of choices and wake-ups so far, by name
        self._now = now
        order = source if is_schedule(source) else None
        line = Drawn(self._move) if order is None else Kept(order, self._keep)
        self.choose: Callable[[Sequence[Contender]], int] = line.choose
        self.schedule = order.name if order is not None else UNIFORM if seed is not None else ""
        self.steady = order is not None and order.steady  # messages take their usual time

    def draw(
        self,
        name: str,
        calm: Value,
        sample: Sample | None,
        fits: Fits,
    ) -> Value:
        """Make a choice: `calm` on a calm run, else what `sample` makes of bits or what was recorded.

        Without a `sample` a seed cannot but choose `calm`: the choice is counted, and nothing is drawn. What
        was recorded and does not fit (any more) is calm as well, and counts as unused.
        """
        source = self.source
        if source is None:
            return calm
        self.counts[name] = n = self.counts.get(name, 0) + 1
        value = source.value(name, n, calm, sample)
        if value == calm:
            return calm
        if not fits(value):
            self._misfits(name, n)
            return calm
        self._taken.append((name, n, value, self._now()))
        return value

    def count(self, name: str) -> int:
        """Count one more choice of this name, and say which it is; the first is 1."""
        self.counts[name] = n = self.counts.get(name, 0) + 1
        return n

    def toss(self, name: str, per_million: int) -> bool:
        """Toss a coin about what may be drawn at all: no deviation, and True where nothing is drawn."""
        if self.source is None or isinstance(self.source, Scripted):
            return True
        tossed = self.source.value(name, 1, None, lambda bits: None if bits.happens(per_million) else "out")
        return tossed is None

    def _move(self, place: str, n: int) -> Value:
        """Say whether a wake-up that competes with others is moved first, last, or not at all."""
        assert self.source is not None, "nobody competes on a calm run"
        value = self.source.value(place, n, None, _sample_move)
        if value is None:
            return None
        if not is_move(value):
            self._misfits(place, n)
            return None
        self._taken.append((place, n, value, self._now()))
        return value

    def _misfits(self, name: str, n: int) -> None:
        if isinstance(self.source, Scripted):
            self.source.misfits(name, n)

    def _keep(self, row: int | None, place: str, n: int, value: Value) -> int:
        """Keep how a schedule has moved a wake-up; the row is taken when it first competes."""
        if row is None:
            self._taken.append(None)
            return len(self._taken) - 1
        self._taken[row] = place, n, value, self._now()
        return row

    def pick(self, places: Sequence[str]) -> int:
        """Pick one of several tasks that code which is not ours made ready at once; calm is the first."""
        return self._one_of(f"{BATCH}{places[0]}", len(places))

    def option(self, name: str, options: int) -> int:
        """Pick one of so many options, as a customer does; calm is the first."""
        return self._one_of(f"{CHOOSE}{name}", options)

    def setting(self, name: str, values: Sequence[str]) -> str:
        """Pick the value of a setting that the run chooses itself, as text; calm is the first."""
        place = f"{SETTING}{name}"
        value = self.draw(place, values[0], lambda bits: values[bits.below(len(values))], is_one_of(values))
        assert isinstance(value, str), "what does not fit is calm"
        return value

    def _one_of(self, name: str, options: int) -> int:
        value = self.draw(name, 0, lambda bits: bits.below(options), is_from(0, options - 1))
        assert isinstance(value, int), "what does not fit is calm"
        return value

    def dismiss(self) -> None:
        """Let go of the line, which asks us what to do: the run is over, and nobody is ready any more."""
        self.choose = _over

    @property
    def rows(self) -> tuple[Row, ...]:
        """The choices that did not take their calm value, in the order in which they were made."""
        return tuple(row for row in self._taken if row is not None)

    @property
    def taken(self) -> list[Deviation]:
        """The same, as deviations."""
        return [Deviation(*row) for row in self.rows]

    @property
    def unused(self) -> tuple[Deviation, ...]:
        """The recorded deviations that named something which did not happen."""
        return () if self.source is None else self.source.unused


def _over(_ready: Sequence[Contender]) -> int:
    raise AssertionError("the run is over")


def _sample_move(bits: Bits) -> Value:
    chance = bits.below(4)
    return FIRST if chance == 0 else LAST if chance == 1 else None
