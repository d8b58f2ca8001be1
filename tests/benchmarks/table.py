"""The goals, and the table that says which are met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
from tests.benchmarks.stopwatch import Result


@attrs.frozen
class Goal:
    """`what` shall cost at most so many times what `than` costs."""

    what: str
    than: str
    most: float


GOALS: Final = (
    Goal("kernel wake-up", "MockClock sleep", 0.2),
    Goal("kernel wake-up", "trio checkpoint", 1.5),
    Goal("kernel wake-up, elided", "trio checkpoint", 0.2),
    Goal("kernel wake-up by trio's loop", "MockClock sleep", 0.2),
    Goal("kernel wake-up by trio's loop", "trio checkpoint", 1.5),
    Goal("kernel wake-up", "detangle sleep", 1),
    Goal("network message", "detangle queue message", 1),
    Goal("network message", "SimPy Store message", 1),
    Goal("network request and response", "SimPy Store message", 2),
    Goal("run, calm", "SimPy Store message", 500),
    Goal("run, calm, one of many", "SimPy Store message", 500),
    Goal("run, seeded", "SimPy Store message", 700),
    Goal("run, seeded, one of many", "SimPy Store message", 700),
)
PASSES: Final = 110  # of trio's loop in a run
SHELL: Final = {"paytwice --help": 0.3, "paytwice run": 0.6}  # seconds


@attrs.frozen
class Report:
    """All that was measured. Times of results are in microseconds, those of the shell in seconds."""

    results: Mapping[str, Result]
    passes: int
    shell: Mapping[str, float]
    missing: tuple[str, ...]

    def ratio(self, goal: Goal) -> float | None:
        """What a goal came to, by the best rounds; None where a side is not installed."""
        if goal.what not in self.results or goal.than not in self.results:
            return None
        return self.results[goal.what].best / self.results[goal.than].best

    def as_json(self) -> dict[str, object]:
        """All of it, for a machine."""
        return {
            "microseconds": {
                name: {"best": round(one.best, 3), "median": round(one.middle, 3)}
                for name, one in self.results.items()
            },
            "ratios": [
                {"what": goal.what, "than": goal.than, "goal": goal.most, "ratio": round(ratio, 3)}
                for goal in GOALS
                if (ratio := self.ratio(goal)) is not None
            ],
            "passes": {"run": self.passes, "goal": PASSES},
            "shell_seconds": {
                name: {"best": round(seconds, 3), "goal": SHELL[name]} for name, seconds in self.shell.items()
            },
            "missing": list(self.missing),
        }

    def as_text(self) -> str:
        """All of it, for people."""
        lines = [f"{'microseconds an operation':32}{'best':>10}{'median':>10}"]
        lines += [f"{name:32}{one.best:10.2f}{one.middle:10.2f}" for name, one in self.results.items()]
        lines += ["", f"{'against':58}{'ratio':>10}{'goal':>8}"]
        lines += [_line(goal, self.ratio(goal)) for goal in GOALS]
        lines += [_met("passes of trio's loop in a run", float(self.passes), PASSES, "")]
        lines += [_met(f"{name}, seconds", taken, SHELL[name], "") for name, taken in self.shell.items()]
        lines += [f"\nnot installed, so left out: {', '.join(self.missing)}"] if self.missing else []
        return "\n".join(lines)


def _line(goal: Goal, ratio: float | None) -> str:
    words = f"{goal.what} / {goal.than}"
    return f"{words:58}{'not installed':>13}" if ratio is None else _met(words, ratio, goal.most, "x")


def _met(words: str, found: float, most: float, unit: str) -> str:
    return f"{words:58}{found:9.2f}{unit:1}{most:8g}{'' if found <= most else '  missed'}"
