"""`python -m tests.benchmarks.schedules`: what each schedule finds, and how many orders it comes to.

For planted races the share of seeds that show them. For whole stories the number of distinct pairs of events
that are neighbours in some journal, whatever the times; whole orders tell nothing, as nearly every seed has
one of its own. The fault profile is calm, so that nothing but latencies and order differs between seeds.

Of 60 seeds each:

               checks, then acts   same, one slower   same in busy_shop   pairs, seed story   pairs, busy_shop
    uniform                30.0%              26.7%                0.0%                 204               3303
    pct                     5.0%               6.7%                0.0%                 213               3336
    pos                    33.3%              35.0%                0.0%                 211               3298
    delay                  90.0%               3.3%               33.3%                 164               3267
    portfolio              43.3%              18.3%                8.3%                 217               3411

None is best everywhere. `delay` owes its finds to usual latencies, under which more is ready at once, and so
does worst where a handler has to be held back at one step of many.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from tests.sim.merchants import broken, plots, racing

from paytwice import Run, Settings
from paytwice.choices import SCHEDULES
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.story.player import Story, simulate_seeds
from paytwice.story.scenario import load

SEED_STORY: Final = load("late_wechat_after_alipay").story
BUSY_SHOP: Final = load("busy_shop").story
BOTH: Final = load("both_notifications_at_once").story
RACES: Final[tuple[tuple[str, Story, MerchantFactory], ...]] = (
    ("checks, then acts", BOTH, broken.ChecksThenActs),
    ("same, one slower", plots.both_at_once, racing.SlowForUnionPay),
    ("same in busy_shop", BUSY_SHOP, broken.ChecksThenActs),
)
STORIES: Final[tuple[tuple[str, Story], ...]] = (("seed story", SEED_STORY), ("busy_shop", BUSY_SHOP))


def found(story: Story, merchant: MerchantFactory, schedule: str, seeds: int) -> float:
    """The share of seeds in which a promise is broken."""
    broke = 0

    def look(run: Run) -> None:
        nonlocal broke
        broke += bool(run.verdict.violations)

    _play(story, merchant, schedule, seeds, look)
    return broke / seeds


def neighbours(story: Story, schedule: str, seeds: int) -> int:
    """How many pairs of events follow each other in some run."""
    pairs: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()

    def look(run: Run) -> None:
        events = [(one.what.value, one.who, one.whom, one.subject, one.key) for one in run.journal]
        pairs.update(pairwise(events))

    _play(story, reference, schedule, seeds, look)
    return len(pairs)


def _play(
    story: Story, merchant: MerchantFactory, schedule: str, seeds: int, look: Callable[[Run], object]
) -> None:
    simulate_seeds(story, range(seeds), look, settings=Settings(schedule=schedule), merchant=merchant)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table with a line a schedule."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.schedules", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="seeds of each (200)")
    seeds = parser.parse_args(arguments).seeds
    names = [*(name for name, _, _ in RACES), *(f"pairs, {name}" for name, _ in STORIES)]
    print(f"{'':11}" + "".join(f"{name:>20}" for name in names))
    for schedule in SCHEDULES:
        shares = [found(story, merchant, schedule, seeds) for _, story, merchant in RACES]
        pairs = [neighbours(story, schedule, seeds) for _, story in STORIES]
        cells = [*(f"{share:20.1%}" for share in shares), *(f"{count:20}" for count in pairs)]
        print(f"{schedule:11}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
