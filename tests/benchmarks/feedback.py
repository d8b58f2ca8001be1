"""`python -m tests.benchmarks.feedback`: mutations of rare runs against seeds alone, on the same budget.

For each budget it counts the situations and pairs of the core that were reached, and those that were reached
three times or less; and for merchants with one mistake each, how many runs it took to catch them (median over
several ranges of seeds; a range in which it was not caught counts as the budget).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

import attrs

from paytwice.chaos.campaign import Campaign
from paytwice.chaos.result import Result, result_of
from paytwice.chaos.store import ResultStore
from paytwice.gallery import closing, refund_news, winner
from paytwice.merchant.port import MerchantFactory
from paytwice.story.plot import Plot, Stage

SHARES: Final = (0, 25, 50, 100)  # mutations for every 100 seeds
MERCHANTS: Final[dict[str, MerchantFactory]] = {
    "ComparesTheTradeOnly": winner.ComparesTheTradeOnly,
    "IgnoresLateSuccess": closing.IgnoresLateSuccess,
    "TakesAlreadyPaidForClosed": closing.TakesAlreadyPaidForClosed,
    "AnyCardWillDo": refund_news.AnyCardWillDo,
    "NotNowIsNo": refund_news.NotNowIsNo,
}


def results(stage: Stage, share: int, budget: int, begin: int) -> Iterator[Result]:
    """So many runs of a stage from a seed on, with so many mutations among them."""
    campaign = Campaign((stage.plot,), budget, begin, share)
    search, played = campaign.search(stage.plot, ResultStore(None)), 0
    while played < budget and (origins := search.next()) is not None:
        found = []
        for origin in origins[: budget - played]:
            played += 1
            found.append(result_of(origin, stage.play_origin(origin)))
            yield found[-1]
        search.take(found)


def reached(stage: Stage, share: int, budget: int, begin: int) -> tuple[int, int]:
    """How much was reached at all, and how much of it in three runs or less."""
    counts = Counter(name for one in results(stage, share, budget, begin) for name in one.reached)
    return len(counts), sum(count <= 3 for count in counts.values())


def runs_to_catch(stage: Stage, share: int, budget: int, begin: int) -> int:
    """After how many runs a promise was broken; the budget if none was."""
    found = (n for n, one in enumerate(results(stage, share, budget, begin), 1) if one.broken)
    return next(found, budget)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.feedback", description=__doc__)
    parser.add_argument("--world", default="busy_shop")
    parser.add_argument("--profile", default="rough")
    parser.add_argument("--budget", type=int, default=400, help="runs (400)")
    parser.add_argument("--ranges", type=int, default=5, help="ranges of seeds (5)")
    asked = parser.parse_args(arguments)
    stage = Plot(asked.world, {"profile": asked.profile}).loaded()
    begins = [10_000 * n for n in range(1, asked.ranges + 1)]
    print(f"{asked.world}, {asked.profile}, {asked.budget} runs, {asked.ranges} ranges of seeds")
    print(f"{'mutations for 100 seeds':40}" + "".join(f"{share:>8}" for share in SHARES))
    both = [[reached(stage, share, asked.budget, begin) for begin in begins] for share in SHARES]
    for title, which in (("reached", 0), ("reached in three runs or less", 1)):
        cells = (median(one[which] for one in found) for found in both)
        print(f"{title:40}" + "".join(f"{cell:8.0f}" for cell in cells))
    for name, merchant in MERCHANTS.items():
        broken = attrs.evolve(stage, factory=merchant)
        cells = (
            median(runs_to_catch(broken, share, asked.budget, one) for one in begins) for share in SHARES
        )
        print(f"{'runs to catch ' + name:40}" + "".join(f"{cell:8.0f}" for cell in cells))


if __name__ == "__main__":
    main()
