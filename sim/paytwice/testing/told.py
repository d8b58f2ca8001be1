"""What is told of the runs of a test: properties for JUnit, and the line at the end of a test session.

All of it travels on the reports of the tests, which xdist carries from its workers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

import pytest

ON_REPORT: Final = "paytwice_runs"
WORST: Final = ("failed", "violated", "unknown", "ok")


class Ran(NamedTuple):
    """One run of a test. `outcome` is ok, violated, unknown, or failed: the run ended early."""

    seed: int | None
    profile: str
    digest: str
    outcome: str
    broken: tuple[str, ...]


RUNS: Final = pytest.StashKey[list[Ran]]()
FAILURE: Final = pytest.StashKey[Callable[[], Iterable[str]]]()  # finds out what to tell of a failure
REPLAY: Final = pytest.StashKey[str]()  # what plays the last run again


def tell(item: pytest.Item, report: pytest.TestReport) -> None:
    """Put what was played since the last report onto this one."""
    runs = item.stash.get(RUNS, [])
    if report.failed and (lines := _section(item)):
        report.sections.append(("paytwice", "\n".join(lines)))
    if runs:
        properties = [(f"paytwice.{name}", value) for name, value in _properties(runs)]
        if report.failed and REPLAY in item.stash:
            properties.append(("paytwice.replay", item.stash[REPLAY]))
        item.user_properties.extend(properties)
        report.user_properties.extend(properties)
        setattr(report, ON_REPORT, [[one.digest[:16], one.outcome] for one in runs])
        item.stash[RUNS] = []


def _section(item: pytest.Item) -> list[str]:
    """What the test has to say of its failure, or how to play its last run again."""
    if REPLAY not in item.stash:
        return []
    replay = f"replay    {item.stash[REPLAY]}"
    try:
        return list(item.stash[FAILURE]()) or [replay]
    except Exception as error:  # which would end the whole session, and the failure itself be lost
        return [replay, f"no more can be told: {type(error).__name__}: {error}"]


def _properties(runs: Sequence[Ran]) -> Iterator[tuple[str, str]]:
    seeds = list(dict.fromkeys(one.seed for one in runs if one.seed is not None))
    if seeds:
        yield "seeds", _seeds(seeds)
    yield "profile", " ".join(dict.fromkeys(one.profile for one in runs))
    yield "runs", str(len(runs))
    yield "distinct", str(len({one.digest for one in runs}))
    digests = [one.digest for one in runs]
    yield "digest", digests[0] if len(digests) == 1 else sha256("\n".join(digests).encode()).hexdigest()
    yield "outcome", min((one.outcome for one in runs), key=WORST.index)
    if broken := list(dict.fromkeys(name for one in runs for name in one.broken)):
        yield "broken", " ".join(broken)


def _seeds(seeds: list[int]) -> str:
    first, last = seeds[0], seeds[-1]
    in_a_row = len(seeds) > 1 and seeds == list(range(first, last + 1))
    return f"{first}-{last}" if in_a_row else " ".join(map(str, seeds))


def summary(stats: dict[str, list[Any]]) -> str:
    """The line at the end: how many runs there were, how many were different, and how they ended."""
    runs = [run for reports in stats.values() for one in reports for run in getattr(one, ON_REPORT, ())]
    if not runs:
        return ""
    outcomes = Counter(outcome for _, outcome in runs)
    bad = "".join(f", {outcomes[name]} {name}" for name in WORST if name != "ok" and outcomes[name])
    number = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    return f"paytwice: {number}, {len({digest for digest, _ in runs})} distinct{bad}"
