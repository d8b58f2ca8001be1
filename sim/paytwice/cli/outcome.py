"""What came of playing a scenario, and how it is told: in full, in a line, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from paytwice.cli.printing import Style

if TYPE_CHECKING:
    from paytwice.story.scenario import Played


def worst(statuses: Iterable[int]) -> int:
    """The exit status of several: violated counts more than unknown, and that more than as declared."""
    found = set(statuses)
    return next((status for status in (1, 3) if status in found), 0)


@attrs.frozen
class Outcome:
    """A scenario played, and its interleavings where it states any and no seed was asked for."""

    played: Played
    others: tuple[Played, ...]

    @property
    def status(self) -> int:
        """0 as declared, 1 violated, 3 unknown, of all that was played."""
        return worst(one.exit_status for one in (self.played, *self.others))

    @property
    def interrupted(self) -> bool:
        """Whether a story wanted to end the process."""
        from paytwice.story.scenario import StoryStopped

        return any(isinstance(one.run.failure, StoryStopped) for one in (self.played, *self.others))

    def in_full(self, *, first: bool, verbose: bool) -> Iterator[Style]:
        """The report; an empty line parts it from the one before."""
        from paytwice.report.text import report

        if not first:
            yield "", ""
        yield from report(self.played.run, self.played.scenario.title, verbose=verbose)
        yield from self._interleavings()
        yield from self._declared()

    def in_a_line(self) -> Iterator[Style]:
        """A line if all is as declared, else what is not."""
        from paytwice.report.text import in_a_line

        yield from in_a_line(self.played.run)
        if any(not one.as_declared for one in self.others):
            yield from self._interleavings()
        if not self.played.as_declared:
            yield from self._declared()

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        from paytwice.report.as_json import interleavings_as_json, played_as_json

        return {**played_as_json(self.played), "interleavings": interleavings_as_json(self.others)}

    def _interleavings(self) -> Iterator[Style]:
        from paytwice.report.text import replay_command

        if not self.others:
            return
        distinct = len({one.run.digest for one in self.others})
        held = sum(one.as_declared for one in self.others)
        style = "green" if held == len(self.others) else "bold red"
        told = f"{held} of {len(self.others)} interleavings as declared, {distinct} of them distinct"
        yield f"          {told}", style
        bad = next((one for one in self.others if not one.as_declared), None)
        if bad is not None:
            yield f"          the first that is not: {bad.why}", "bold red"
            yield f"          see it with: {replay_command(bad.run)}", ""

    def _declared(self) -> Iterator[Style]:
        played = self.played
        if not played.as_declared and played.run.failure is None:
            yield f"Not as declared: {played.why}", "bold red"
        elif played.run.seed is not None and not played.scenario.asks_about(played.run):
            told = "expect was not asked: chance had a hand in this run, so the promises alone count"
            yield f"          {told}", "dim"
        elif played.as_declared and played.scenario.verdict != "ok":
            verdict = played.scenario.verdict
            yield f"As declared: this scenario is there to show the verdict {verdict!r}", "green"
