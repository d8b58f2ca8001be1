"""`paytwice bench`: how fast each mistake of the gallery is caught."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paytwice.cli.picture_files import check_chart
from paytwice.cli.printing import print_json, print_lines
from paytwice.cli.usage import INTERRUPTED, refuse

if TYPE_CHECKING:
    from paytwice.bench.store import TrialStore
    from paytwice.bench.task import Assignment, Trial

ESCAPED = 1
HOW_TO = "pip install 'paytwice[hypothesis]'"


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--trials", type=click.IntRange(1, 1_000), default=30, metavar="N", help="Of each [30].")
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=10_000, metavar="N", help="Seeds [10000]."
)
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="M",
    help="rough, swarm, no-faults, core-alone … [rough].",
)
@click.option("--jobs", type=click.IntRange(1, 512), metavar="J", help="Processes [one a core].")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    default="bench.sqlite",
    metavar="FILE.sqlite",
    help="Keep trials; go on [bench.sqlite].",
)
@click.option("--markdown", type=click.Path(path_type=Path), metavar="FILE.md", help="Write the table.")
@click.option("--chart", type=click.Path(path_type=Path), metavar="FILE.svg|png", help="Draw the buckets.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and nothing else.")
def bench(
    names: tuple[str, ...],
    trials: int,
    limit: int,
    methods: tuple[str, ...],
    jobs: int | None,
    store: Path,
    markdown: Path | None,
    chart: Path | None,
    as_json: bool,
) -> int:
    """Measure how many seeds it takes to catch each merchant of the gallery, or those that are named.

    Trials that the store has already are not made again. Exhibits whose promise takes a trial of several runs
    (`paytwice trial`) are left out: chaos plays one at a time.

    Exit status: 0 all caught in all trials, 1 some escaped, 2 bad usage, 130 stopped by Ctrl-C: the same
    command goes on.
    """
    from paytwice.bench.running import assignments, left_to_do
    from paytwice.bench.store import BenchStoreError, TrialStore
    from paytwice.bench.task import CORE_ALONE, method
    from paytwice.errors import PaytwiceError
    from paytwice.gallery.collection import exhibit, gallery

    methods = methods or ("rough",)
    if chart is not None:
        check_chart(chart)
    if markdown is not None and not markdown.parent.is_dir():
        refuse(f"--markdown {markdown} cannot be written: there is no folder {markdown.parent}")
    if CORE_ALONE in methods and find_spec("hypothesis") is None:
        refuse(f"--method {CORE_ALONE} needs Hypothesis, which is not installed: {HOW_TO}")
    try:
        exhibits = [exhibit(name) for name in names] or list(gallery().values())
        chosen = [one.name for one in exhibits if one.showing.trial is None]
        wanted = assignments(chosen, [method(one).name for one in methods], trials, limit)
        kept = TrialStore(store)
    except (PaytwiceError, BenchStoreError) as error:
        refuse(str(error))
    stopped = not _made(left_to_do(wanted, kept), kept, jobs or os.cpu_count() or 1)
    keys = {one.key for one in wanted}
    escaped = _tell(
        [one for one in kept.trials() if one.key in keys], wanted, markdown, chart, as_json=as_json
    )
    kept.close()
    if stopped:
        click.echo(f"paytwice: stopped before the end; the same command goes on from {store}", err=True)
        return INTERRUPTED
    return ESCAPED if escaped else 0


def _made(left: Sequence[Assignment], store: TrialStore, jobs: int) -> bool:
    """Make what is left to do; False if Ctrl-C ended it."""
    from paytwice.bench.running import make

    count = 0

    def tell(trial: Trial) -> None:
        nonlocal count
        count += 1
        said = f"{trial.seeds} seeds" if trial.caught else "not caught"
        if sys.stderr.isatty():
            click.echo(
                f"\r{count}/{len(left)}  {trial.exhibit} {trial.method}: {said}\x1b[K", err=True, nl=False
            )

    try:
        make(left, store, jobs, tell)
    except KeyboardInterrupt:
        return False
    finally:
        if count and sys.stderr.isatty():
            click.echo("", err=True)
    return True


def _tell(
    made: Sequence[Trial],
    wanted: Sequence[Assignment],
    markdown: Path | None,
    chart: Path | None,
    *,
    as_json: bool,
) -> int:
    """Tell what was found; how many tasks were not caught in every trial."""
    from paytwice.bench.table import figures
    from paytwice.bench.telling import as_markdown, in_json, told

    found = figures(made)
    if as_json:
        print_json(in_json(found))
    else:
        print_lines(told(found))
    if markdown is not None:
        markdown.write_text(as_markdown(found, wanted), encoding="utf-8")
    if chart is not None:
        from paytwice.bench.chart import buckets
        from paytwice.charts import save

        save(buckets(found), chart)
    return sum(one.caught < one.trials for one in found)
