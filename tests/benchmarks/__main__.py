"""`python -m tests.benchmarks`: what a wake-up, a message and a run cost, beside what others cost."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from tests.benchmarks import campaigns, others, ours
from tests.benchmarks.shell import HELP, RUN, seconds_of
from tests.benchmarks.stopwatch import compete
from tests.benchmarks.table import Report

CAMPAIGN_ROUNDS = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=15, help="rounds in which everybody plays (15)")
    parser.add_argument("--operations", type=int, default=4_000, help="operations in a round (4000)")
    parser.add_argument("--tries", type=int, default=5, help="tries for each shell command (5; 0: none)")
    parser.add_argument("--seeds", type=int, default=200, help="seeds of a campaign (200; 0: no campaigns)")
    parser.add_argument(
        "--memory-seeds", type=int, default=2_000, help="seeds to watch the memory of (2000; in full: 100000)"
    )
    asked = parser.parse_args(arguments)
    report = measure(
        rounds=asked.rounds,
        operations=asked.operations,
        tries=asked.tries,
        seeds=asked.seeds,
        memory_seeds=asked.memory_seeds,
    )
    print(json.dumps(report.as_json(), indent=2) if asked.json else report.as_text())


def measure(*, rounds: int, operations: int, tries: int, seeds: int = 0, memory_seeds: int = 10) -> Report:
    """Measure everything that is here."""
    players = [*ours.contestants(), *campaigns.contestants(), *others.contestants()]
    commands = {"paytwice --help": HELP, "paytwice run": RUN} if tries else {}
    return Report(
        results=compete(players, rounds=rounds, operations=operations),
        passes=ours.passes_of_a_run(),
        shell={name: seconds_of(command, tries=tries) for name, command in commands.items()},
        missing=tuple(others.missing()),
        campaigns=campaigns.measure_campaigns(
            seeds=seeds, rounds=min(rounds, CAMPAIGN_ROUNDS), memory_seeds=memory_seeds
        )
        if seeds
        else None,
    )


if __name__ == "__main__":
    main()
