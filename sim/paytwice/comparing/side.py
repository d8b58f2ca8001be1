"""One of two runs that are compared: its journal, and what else is known of it."""

from __future__ import annotations

import attrs

from paytwice.choices import Deviation
from paytwice.comparing.ending import Ending, ending
from paytwice.journal import Journal
from paytwice.run import Run
from paytwice.wording import one_line


@attrs.frozen
class Side:
    """A run by the name it was given. A journal that was read tells no deviations, and no verdict."""

    name: str
    journal: Journal
    run: Run | None = None
    remarks: tuple[str, ...] = ()  # what is to be known of it before it is compared

    @classmethod
    def of(cls, name: str, run: Run, *remarks: str) -> Side:
        """A run that was played."""
        return cls(name, run.journal, run, remarks)

    @property
    def ending(self) -> Ending:
        """How it ended."""
        return ending(self.journal)

    @property
    def how_it_ended(self) -> str:
        """How it ended, in words, and how it was judged where somebody did."""
        if self.run is None:
            return "ends"
        if self.run.failure is not None:
            return f"ended early: {type(self.run.failure).__name__}: {one_line(self.run.failure)},"
        broken = dict.fromkeys(one.invariant for one in self.run.verdict.violations)
        stake = " + ".join(money.display for money in self.run.verdict.at_stake)
        said = f": {' '.join(broken)}" if broken else ""
        return f"ends {self.run.outcome}{said}{f', {stake} at stake' if broken and stake else ''},"


@attrs.frozen
class Chance:
    """What chance did in one of two runs and not in the other, or in both and differently."""

    only_a: tuple[Deviation, ...]
    only_b: tuple[Deviation, ...]
    changed: tuple[tuple[Deviation, Deviation], ...]

    @property
    def is_same(self) -> bool:
        """Whether chance did the same in both."""
        return not (self.only_a or self.only_b or self.changed)


def chance_of(a: Side, b: Side) -> Chance | None:
    """Compare the deviations from calm; None where one side is a journal, which tells none."""
    if a.run is None or b.run is None:
        return None
    in_a = {one.key: one for one in a.run.deviations}
    in_b = {one.key: one for one in b.run.deviations}
    return Chance(
        tuple(one for key, one in in_a.items() if key not in in_b),
        tuple(one for key, one in in_b.items() if key not in in_a),
        tuple((one, in_b[key]) for key, one in in_a.items() if key in in_b and one.value != in_b[key].value),
    )
