"""`paytwice chart`: any chart from a scenario, a replay file, a journal, or a store of results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from paytwice.cli.kinds import KINDS, PLAYED, Kind, Sort
from paytwice.cli.options import pairs
from paytwice.cli.picture_files import check_file, need_matplotlib
from paytwice.cli.printing import print_lines
from paytwice.cli.usage import refuse
from paytwice.pictures.names import CHARTS
from paytwice.wording import nearest

OPTIONS: Final = {
    "between": "--between",
    "orders": "--order",
    "fold": "--no-fold",
    "causes_of": "--causes-of",
    "language": "--language",
    "value": "--value",
    "where": "--where",
    "theme": "--theme",
}
LISTED: Final = "\b\n" + "\n".join(f"{name:<9}  {kind.says}" for name, kind in KINDS.items())


def a_stretch(_ctx: click.Context, _param: click.Parameter, text: str | None) -> tuple[int, int] | None:
    """Read a stretch of a run, such as 40s..4m."""
    from paytwice.durations import duration

    if text is None:
        return None
    begin, dots, end = text.partition("..")
    try:
        if not dots:
            raise ValueError(f"{text!r} has no two dots in it")
        return duration(begin), duration(end)
    except ValueError as error:
        raise click.UsageError(f"--between takes two times such as 40s..4m: {error}") from None


@click.command(epilog=f"The kinds of charts:\n\n{LISTED}")
@click.argument("kind")
@click.argument("source", metavar="INPUT")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to, as its ending says: .svg or .png; .mmd for Mermaid, .json for a trace.",
)
@click.option("--theme", metavar="light|dark", help="The colours of the paper [light].")
@click.option(
    "--set", "changes", callback=pairs, multiple=True, metavar="KEY=VALUE", help="Change a setting."
)
@click.option("--merchant", metavar="MODULE:FACTORY", help="Your own merchant, in what is played.")
@click.option("--story", metavar="SCENARIO", help="The story, where a replay file names one by a path.")
@click.option("--title", metavar="TEXT", help="What to write above it.")
@click.option(
    "--between", callback=a_stretch, metavar="FROM..TO", help="A stretch of the run, such as 40s..4m."
)
@click.option("--order", "orders", multiple=True, metavar="ID", help="This order only; may be repeated.")
@click.option("--no-fold", is_flag=True, help="Draw quiet times and repeated tries in full.")
@click.option(
    "--causes-of", metavar="S1|first", help="Let what led to this broken promise stand out, or to the first."
)
@click.option("--language", metavar="en|zh", help="The language of the labels [en].")
@click.option("--value", metavar="V", help="What of a sweep is shown: violated, refund … [duplicate].")
@click.option(
    "--where", callback=pairs, multiple=True, metavar="KEY=VALUE", help="Of a sweep only what had this value."
)
def chart(
    kind: str,
    source: str,
    output: Path,
    theme: str | None,
    changes: dict[str, str],
    merchant: str | None,
    story: str | None,
    title: str | None,
    no_fold: bool,
    **view: Any,
) -> int:
    """Make a chart of a KIND from an INPUT.

    INPUT is a scenario, NAME as it is or NAME@SEED with a seed; a replay file or the folder of a failure,
    which is played again; a journal file; a store of `paytwice chaos`, `bench` or `sweep`; or, for
    `machines`, the name of one. Exit status: 0 written, 2 bad usage.
    """
    from paytwice.cli.subjects import Playing, sort_of, subject
    from paytwice.errors import PaytwiceError

    wanted = _kind(kind)
    check_file("-o", output, wanted.endings)
    options = _options(kind, wanted, output, {**view, "fold": False if no_fold else None, "theme": theme})
    if _is_drawn(output):
        need_matplotlib(kind)
    sort, named = sort_of(source, machines=Sort.MACHINE in wanted.takes)
    if sort not in wanted.takes:
        refuse(_wrong_sort(kind, wanted, source, sort))
    _check_playing(sort, changes=changes, merchant=merchant, story=story)
    try:
        of = subject(named, Playing(story, merchant, changes))
        wanted.write(kind, of.called(title), output, options)
    except OSError as error:
        refuse(f"the chart {output} cannot be written: {error.strerror or error}")
    except (ValueError, PaytwiceError) as error:
        refuse(str(error))
    print_lines([(f"the chart is {output}: {wanted.says}", "")])
    return 0


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise click.UsageError(f"there is no kind of chart {name!r}{nearest(name, KINDS)}")
    return KINDS[name]


def _is_drawn(output: Path) -> bool:
    return output.suffix.lower() in CHARTS


def _options(kind: str, wanted: Kind, output: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of what the kind takes; anything else would be given for nothing."""
    found = {name: value for name, value in given.items() if value not in (None, (), {})}
    takes = {*wanted.options, *(["theme"] if _is_drawn(output) else [])}
    for name in found:
        if name not in takes:
            others = [one for one, each in KINDS.items() if name in each.options]
            why = f"for {' and '.join(others)}" if others else "for what is drawn, and this is text"
            raise click.UsageError(f"{OPTIONS[name]} is {why}, not for {kind}")
    return found


def _wrong_sort(kind: str, wanted: Kind, source: str, sort: Sort) -> str:
    """What a kind is made from, and which ones can be made from what was given."""
    takes = [one.value for one in wanted.takes]
    words = takes[0] if len(takes) == 1 else f"{', '.join(takes[:-1])} or {takes[-1]}"
    fitting = [name for name, one in KINDS.items() if sort in one.takes]
    can = f": {' or '.join(fitting)} can be made from that" if fitting else ""
    return f"{kind} is made from {words}, and {source} is {sort.value}{can}"


def _check_playing(
    sort: Sort, *, changes: Mapping[str, str], merchant: str | None, story: str | None
) -> None:
    """Refuse what would be given for nothing."""
    if changes and sort is not Sort.SCENARIO:
        raise click.UsageError(f"--set is for a scenario, and this is {sort.value}")
    if merchant is not None and sort not in PLAYED:
        raise click.UsageError(f"--merchant is for what is played, and this is {sort.value}")
    if story is not None and sort is not Sort.REPLAY:
        raise click.UsageError(f"--story is for a replay file, and this is {sort.value}")
