"""How `paytwice chaos` has a campaign played: by whom, kept where, and with a live line for who watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.chaos.campaign import Campaign, Crew
    from paytwice.chaos.census import Census
    from paytwice.chaos.result import Result

Tell = Callable[[str, Sequence["Result"]], None]
BY_HAND: Final = "stopped before the end"
LOST: Final = 3  # nobody can know what the rest would have been


def hire(executor: str, jobs: int | None) -> Crew:
    """Hire the workers, or say why nobody would play before hours are spent."""
    from paytwice.chaos.executors import ExecutorError, hired

    try:
        return hired(executor, jobs)
    except ExecutorError as error:
        refuse(str(error))


def played(
    campaign: Campaign, path: Path | None, crew: Crew, minutes: float | None
) -> tuple[Census, float, str]:
    """What was played, in how many seconds, and why it ended before the end, if it did."""
    from paytwice.chaos.campaign import name, play
    from paytwice.chaos.canary import play_canary
    from paytwice.chaos.census import Census
    from paytwice.chaos.executors import ExecutorError
    from paytwice.chaos.store import ASKED, CANARY, ENDED, ResultStore, StoreError
    from paytwice.story.loading import LoadingError

    census, began = Census(), time.monotonic()  # noqa: TID251  # how long a campaign took is no part of a run
    try:
        store = ResultStore(path)
        store.begin({name(plot): [dict(plot.changes), plot.merchant] for plot in campaign.plots})
        store.note(**{ASKED: _asked(campaign, minutes), CANARY: "", ENDED: ""})
        for plot, result in store.results():
            if campaign.asks_for(result.origin):
                census.take(plot, [result])
    except StoreError as error:
        crew.dismiss()
        refuse(str(error))
    census.of_before = census.runs

    def seconds() -> float:
        return time.monotonic() - began  # noqa: TID251

    def is_over() -> bool:
        return minutes is not None and seconds() >= 60 * minutes

    stopped = ""
    try:
        census.canary = canary = play_canary(crew, campaign.chance)
        store.note(**{CANARY: canary.as_text})
        with _progress(campaign, census, seconds) as tell:
            play(campaign, store, crew, tell, is_over)
        store.note(**{ENDED: "played to its end"})
    except KeyboardInterrupt:
        stopped = BY_HAND
        with suppress(StoreError):  # a full disk may be why somebody stopped it
            store.note(**{ENDED: stopped})
    except (ExecutorError, StoreError) as error:
        stopped = str(error)
    except LoadingError as error:  # it was loaded here, so something keeps it from being loaded twice
        stopped = f"a worker cannot play this: {error}"
    finally:
        crew.dismiss()
        store.close()
    return census, seconds(), stopped


def _asked(campaign: Campaign, minutes: float | None) -> str:
    return f"{campaign.runs:,} runs" if minutes is None else f"{minutes:g} minutes"


@contextmanager
def _progress(campaign: Campaign, census: Census, seconds: Callable[[], float]) -> Iterator[Tell]:
    """Count what comes in, with a live line where somebody watches."""
    if not sys.stderr.isatty():
        yield census.take
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from paytwice.chaos.coverage import PAIRS

    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=campaign.runs, completed=census.runs)

        def tell(plot: str, results: Sequence[Result]) -> None:
            census.take(plot, results)
            rate = census.rate(seconds())
            broken = (
                " ".join(f"{one.invariant} ×{one.count}" for one in census.ranked[:4]) or "nothing broken"
            )
            core = f"{sum(map(bool, census.core.values()))}/{len(PAIRS)} of the core"
            said = f"{census.runs} runs, {census.distinct} distinct, {rate:.0f}/s, {core}, {broken}"
            bar.update(task, completed=census.runs, description=said)

        yield tell
