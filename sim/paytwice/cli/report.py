"""`paytwice report`: the results of a campaign or a bench as one page of HTML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

import click

from paytwice.cli.printing import print_lines
from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.chaos.reading import Kept
    from paytwice.page.found import Failure

Made: TypeAlias = tuple[str, list[str]]


@click.command()
@click.argument("store", type=click.Path(path_type=Path), metavar="STORE.sqlite")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    metavar="FILE",
    help="The page [report.html].",
)
@click.option(
    "--failures",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Show the worst that `paytwice chaos --out` wrote there; else it is played again.",
)
@click.option("--merchant", metavar="MODULE:FACTORY", help="Your own merchant, where the results name one.")
@click.option("--story", metavar="SCENARIO", help="The story, where the results name one by a path.")
def report(store: Path, output: Path, failures: Path | None, merchant: str | None, story: str | None) -> int:
    """Write one page of HTML on what `paytwice chaos --store` or `paytwice bench` keeps.

    It needs no network and no script, and the same results give the same page. Nothing that a file names is
    imported: a merchant, and a story that has no name here, are to be given where a failure is to be played
    again. Exit status: 0 written, 2 bad usage.
    """
    from paytwice.bench.reading import is_bench

    if output.is_dir() or not output.parent.is_dir():
        _unwritable(output, "it is a folder" if output.is_dir() else f"there is no folder {output.parent}")
    if is_bench(store):
        markup, said = _of_bench(store)
    else:
        markup, said = _of_campaign(store, failures, merchant, story)
    try:
        output.write_text(markup, encoding="utf-8")
    except OSError as error:
        _unwritable(output, error.strerror or str(error))
    print_lines([(f"the page is {output}: {said[0]}", ""), *((f"  {line}", "yellow") for line in said[1:])])
    return 0


def _of_bench(store: Path) -> Made:
    """The page of a bench, and what it says in a line."""
    from paytwice.bench.reading import read
    from paytwice.bench.store import BenchStoreError
    from paytwice.page.bench import page

    try:
        made = read(store)
    except BenchStoreError as error:
        refuse(str(error))
    return page(made, store.name), [f"{len(made.trials)} trials"]


def _of_campaign(store: Path, failures: Path | None, merchant: str | None, story: str | None) -> Made:
    """The page of a campaign, and what it says in a line; in a second why a failure is not shown in full."""
    from paytwice.chaos.reading import read
    from paytwice.chaos.store import StoreError
    from paytwice.page.campaign import page

    try:
        kept = read(store)
    except StoreError as error:
        refuse(str(error))
    failure, why_not = _worst(kept, failures, merchant, story)
    said = f"{kept.census.violated} of {kept.census.runs} runs broke a promise"
    return page(kept, store.name, failure, why_not), [said, *([why_not] if why_not else [])]


def _worst(
    kept: Kept, folder: Path | None, merchant: str | None, story: str | None
) -> tuple[Failure | None, str]:
    """The failure to be shown in full, or why there is none."""
    from paytwice.page.failures import NoFailureError, from_folder, played
    from paytwice.shrinking.replay import ReplayError
    from paytwice.story.loading import LoadingError
    from paytwice.story.plot import Plot

    if folder is not None and not folder.is_dir():
        refuse(f"--failures {folder} is no folder: name the one that `paytwice chaos --out` wrote")
    census = kept.census
    if not census.signatures:
        return None, ""
    try:
        if folder is not None:
            return from_folder(folder, kept.plots, census), ""
        worst = census.ranked[0].plot
        [plot] = [plot for plot in kept.plots if plot.source == worst]
        if why_not := _unnamed(plot.source, plot.merchant, story, merchant):
            return None, why_not
        given = Plot(story or plot.source, plot.changes, merchant)
        return played(plot.source, given, census), ""
    except NoFailureError as error:
        return None, str(error)
    except (ReplayError, LoadingError, ValueError, OSError) as error:
        refuse(str(error))


def _unnamed(source: str, factory: str | None, story: str | None, merchant: str | None) -> str:
    """What has to be named before the worst failure can be played; nothing where nothing has to."""
    from paytwice.story.loading import available

    what = "The worst failure is not shown in full, since nothing that a file names is imported"
    or_else = "or name the folder that `paytwice chaos --out` wrote with --failures"
    if factory is not None and merchant is None:
        return f"{what}: name the merchant with --merchant {factory}, {or_else}."
    if story is None and source not in available():
        return f"{what}: name the story with --story {source}, {or_else}."
    return ""


def _unwritable(path: Path, why: str) -> NoReturn:
    refuse(f"the page {path} cannot be written: {why}")
