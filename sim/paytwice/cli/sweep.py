"""`paytwice sweep`: a story under every combination of some settings, as a table."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paytwice.cli.options import SEEDS
from paytwice.cli.picture_files import check_chart
from paytwice.cli.printing import print_json, print_lines
from paytwice.cli.usage import INTERRUPTED, refuse

if TYPE_CHECKING:
    from paytwice.sweep.grid import Grid
    from paytwice.sweep.measure import Measured
    from paytwice.sweep.study import Sweep

VIOLATED = 1
NO_VERDICT = 3


def values(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, list[str]]:
    """Split KEY=VALUE,VALUE,…; a key is given once."""
    found: dict[str, list[str]] = {}
    for one in given:
        key, equals, listed = one.partition("=")
        if not equals or not all(value.strip() for value in listed.split(",")):
            raise click.UsageError(f"--set takes KEY=VALUE,VALUE,… such as loss=0,0.05,0.1, not {one!r}")
        if key in found:
            raise click.UsageError(f"--set {key} is given twice: list its values with commas between them")
        found[key] = [value.strip() for value in listed.split(",")]
    return found


@click.command()
@click.argument("scenario", metavar="SCENARIO|WORLD")
@click.option(
    "--set",
    "axes",
    callback=values,
    multiple=True,
    metavar="KEY=VALUE,…",
    help="Values of a setting: loss=0,0.05 latency.wechat=50ms,2s …",
)
@click.option(
    "--seeds", type=click.IntRange(1, 1_000_000), default=100, metavar="N", help="Of each cell [100]."
)
@click.option(
    "--from", "begin", type=click.IntRange(0, SEEDS - 1), default=0, metavar="S", help="The first seed [0]."
)
@click.option("--profile", metavar="P", help="The fault profile [calm].")
@click.option("--jobs", type=click.IntRange(1, 512), metavar="J", help="Processes [one a core].")
@click.option("--merchant", metavar="MODULE:FACTORY", help="Put your own merchant in place of ours.")
@click.option("--store", type=click.Path(path_type=Path), metavar="FILE.sqlite", help="Keep runs; go on.")
@click.option("--csv", "table", type=click.Path(path_type=Path), metavar="FILE", help="A row for each cell.")
@click.option("--csv-runs", type=click.Path(path_type=Path), metavar="FILE", help="A row for each run.")
@click.option(
    "--chart", type=click.Path(path_type=Path), metavar="FILE.svg|png", help="Draw the cells, or a line."
)
@click.option("--value", default="duplicate", metavar="V", help="What --chart shows [duplicate].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and nothing else.")
def sweep(
    scenario: str,
    axes: dict[str, list[str]],
    seeds: int,
    begin: int,
    profile: str | None,
    jobs: int | None,
    merchant: str | None,
    store: Path | None,
    table: Path | None,
    csv_runs: Path | None,
    chart: Path | None,
    value: str,
    as_json: bool,
) -> int:
    """Play a story under all combinations of settings.

    Each has many seeds; what can be set is what `paytwice run --set` takes, here with several values.

    Exit status: 0 nothing broke, 1 violated, 2 bad usage, 3 a run has no verdict, 130 stopped by Ctrl-C: with
    a store the same command goes on.
    """
    from paytwice.story.loading import LoadingError
    from paytwice.sweep.grid import SweepError, grid
    from paytwice.sweep.study import with_profile
    from paytwice.sweep.telling import in_json, told

    for option, path in (("--csv", table), ("--csv-runs", csv_runs)):
        if path is not None and not path.parent.is_dir():
            refuse(f"{option} {path} cannot be written: there is no folder {path.parent}")
    if table is not None and table == csv_runs:
        refuse(f"--csv and --csv-runs both name {table}: give two files")
    number = min(seeds, SEEDS - begin)
    try:
        made = grid(scenario, with_profile(axes, profile), merchant)
        _check(made, chart, value)
        found, stopped = _played(made, range(begin, begin + number), store, jobs or os.cpu_count() or 1)
    except (SweepError, LoadingError) as error:
        refuse(str(error))
    if as_json:
        print_json(in_json(found))
    else:
        print_lines(told(found))
    if stopped:
        again = "" if store is None else f"; the same command goes on from {store}"
        click.echo(f"paytwice: stopped before the end{again}", err=True)
        return INTERRUPTED
    _write(found, {table: "cells", csv_runs: "runs"})
    if chart is not None:
        from paytwice.charts import heat, save

        save(heat(found, value=value), chart)
    if any(one.broken for one in found.runs):
        return VIOLATED
    return NO_VERDICT if any(one.failed for one in found.cells) else 0


def _check(made: Grid, chart: Path | None, value: str) -> None:
    """Refuse a chart that could not be drawn, before hours are spent on what it shows."""
    from paytwice.sweep.figures import figure

    figure(value)
    if chart is None:
        return
    check_chart(chart)
    if not 1 <= len(made.varied) <= 2:
        many = ", ".join(made.varied) or "none"
        refuse(
            f"--chart draws one or two settings that have several values, and here are {many}: of more, "
            "`paytwice chart heat` draws a part of what --store keeps"
        )


def _played(made: Grid, seeds: range, path: Path | None, jobs: int) -> tuple[Sweep, bool]:
    """What was played, and whether Ctrl-C ended it."""
    from paytwice.sweep.store import SweepStore
    from paytwice.sweep.study import played, read

    store = SweepStore(path)
    try:
        with _progress(made, len(seeds)) as tell:
            return played(made, seeds, store, jobs, tell), False
    except KeyboardInterrupt:
        return read(made, seeds, store), True
    finally:
        store.close()


@contextmanager
def _progress(made: Grid, seeds: int) -> Iterator[Callable[[Sequence[Measured]], None]]:
    """A live line where somebody watches."""
    wanted, count = seeds * sum(1 for _ in made.combinations()), 0

    def tell(runs: Sequence[Measured]) -> None:
        nonlocal count
        count += len(runs)
        if sys.stderr.isatty():
            click.echo(f"\r{count} of at most {wanted} runs\x1b[K", err=True, nl=False)

    try:
        yield tell
    finally:
        if count and sys.stderr.isatty():
            click.echo("", err=True)


def _write(found: Sweep, files: Mapping[Path | None, str]) -> None:
    for path, of in files.items():
        if path is None:
            continue
        try:
            path.write_text(found.csv("runs" if of == "runs" else "cells"), encoding="utf-8")
        except OSError as error:
            refuse(f"{path} cannot be written: {error.strerror or error}")
