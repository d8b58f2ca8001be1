"""The goals, and the table that says which are met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
from tests.benchmarks.campaigns import Campaigns, cores
from tests.benchmarks.stopwatch import Result


@attrs.frozen
class Goal:
    """`what` shall cost at most so many times what `than` costs; `floor` is what could still be accepted."""

    what: str
    than: str
    most: float
    floor: float | None = None


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
    Goal("rough late_wechat_after_alipay, median", "SimPy Store message", 600, floor=800),
)
GAIN: Final = 1.8  # of two jobs over one, at least
GROWTH: Final = 1.25  # of memory, from a tenth of the seeds to all of them, at most
PASSES: Final = 110  # of trio's loop in a run
SHELL: Final = {"paytwice --help": 0.3, "paytwice run": 0.6}  # seconds


@attrs.frozen
class Report:
    """All that was measured. Times of results are in microseconds, those of the shell in seconds."""

    results: Mapping[str, Result]
    passes: int
    shell: Mapping[str, float]
    missing: tuple[str, ...]
    campaigns: Campaigns | None = None

    def ratio(self, goal: Goal) -> float | None:
        """What a goal came to, by the best rounds; None where a side is not installed."""
        if goal.what not in self.results or goal.than not in self.results:
            return None
        return self.results[goal.what].best / self.results[goal.than].best

    @property
    def seeds_per_second(self) -> dict[str, float]:
        """How many seeds one core plays in a second, by plot."""
        means = {name.removesuffix(", mean"): one for name, one in self.results.items() if ", mean" in name}
        return {name: 1e6 / one.best for name, one in means.items()}

    def as_json(self) -> dict[str, object]:
        """All of it, for a machine."""
        return {
            "microseconds": {
                name: {"best": round(one.best, 3), "median": round(one.middle, 3)}
                for name, one in self.results.items()
            },
            "ratios": [
                {
                    "what": goal.what,
                    "than": goal.than,
                    "goal": goal.most,
                    "floor": goal.floor,
                    "ratio": round(ratio, 3),
                }
                for goal in GOALS
                if (ratio := self.ratio(goal)) is not None
            ],
            "passes": {"run": self.passes, "goal": PASSES},
            "shell_seconds": {
                name: {"best": round(seconds, 3), "goal": SHELL[name]} for name, seconds in self.shell.items()
            },
            "missing": list(self.missing),
            "seeds_per_second": {name: round(rate, 1) for name, rate in self.seeds_per_second.items()},
            "campaigns": None if self.campaigns is None else _campaigns_as_json(self.campaigns),
        }

    def as_text(self) -> str:
        """All of it, for people."""
        lines = [f"{'microseconds an operation':42}{'best':>10}{'median':>10}"]
        lines += [f"{name:42}{one.best:10.2f}{one.middle:10.2f}" for name, one in self.results.items()]
        lines += ["", f"{'against':58}{'ratio':>10}{'goal':>8}"]
        lines += [_line(goal, self.ratio(goal)) for goal in GOALS]
        lines += [_met("passes of trio's loop in a run", float(self.passes), PASSES, "")]
        lines += [_met(f"{name}, seconds", taken, SHELL[name], "") for name, taken in self.shell.items()]
        lines += [
            f"{f'seeds a second and core, {name}':58}{rate:9.1f}"
            for name, rate in self.seeds_per_second.items()
        ]
        lines += [] if self.campaigns is None else _campaigns_as_text(self.campaigns)
        lines += [f"\nnot installed, so left out: {', '.join(self.missing)}"] if self.missing else []
        return "\n".join(lines)


def _line(goal: Goal, ratio: float | None) -> str:
    words = f"{goal.what} / {goal.than}"
    if ratio is None:
        return f"{words:58}{'not installed':>13}"
    floor = "" if goal.floor is None or ratio <= goal.most else f", and {goal.floor:g} is the floor"
    return _met(words, ratio, goal.most, "x") + floor


def _campaigns_as_json(found: Campaigns) -> dict[str, object]:
    return {
        "shares": {
            plot: {part: round(share, 3) for part, share in shares.items()}
            for plot, shares in found.shares.items()
        },
        "two_jobs": {"gain": round(found.gain, 2), "goal": GAIN, "cores": cores()},
        "memory": {
            "seeds": found.memory_seeds,
            "mib": [round(found.memory_after_a_tenth, 1), round(found.memory_after_all, 1)],
            "growth": round(found.growth, 3),
            "goal": GROWTH,
        },
    }


def _campaigns_as_text(found: Campaigns) -> list[str]:
    lines = [""]
    for plot, shares in found.shares.items():
        told = ", ".join(f"{part} {share:.0%}" for part, share in shares.items())
        lines.append(f"time of rough {plot}: {told}")
    met = "" if found.gain >= GAIN else "  missed"
    lines.append(f"{f'two jobs against one, on {cores()} cores':58}{found.gain:9.2f}x{GAIN:8g}{met}")
    tenth, whole = found.memory_after_a_tenth, found.memory_after_all
    words = f"memory after {found.memory_seeds} seeds ({whole:.0f} MiB) / a tenth ({tenth:.0f} MiB)"
    return [*lines, _met(words, found.growth, GROWTH, "x")]


def _met(words: str, found: float, most: float, unit: str) -> str:
    return f"{words:58}{found:9.2f}{unit:1}{most:8g}{'' if found <= most else '  missed'}"
