"""`paytwice diff`: where two runs part, what chance did in each, and how they end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from paytwice.cli.options import pairs
from paytwice.cli.printing import Style, print_json, print_lines, quiet_stdout
from paytwice.cli.sides import Played, Recorded, Written, side_named


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--profile", metavar="P", help="The fault profile of scenarios with a seed.")
@click.option(
    "--set",
    "changes",
    callback=pairs,
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a setting of scenarios.",
)
@click.option("--story", metavar="SCENARIO", help="The story, where a replay file names one by a path.")
@click.option("--merchant", metavar="MODULE:FACTORY", help="Your own merchant, in all that is played.")
@click.option(
    "--lines", type=click.IntRange(1, 10_000), default=8, metavar="N", help="Lines told before and after [8]."
)
@click.option("--verbose", "-v", is_flag=True, help="Every deviation in which they differ.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and nothing else.")
def diff(
    a: str,
    b: str,
    profile: str | None,
    changes: dict[str, str],
    story: str | None,
    merchant: str | None,
    lines: int,
    verbose: bool,
    as_json: bool,
) -> int:
    """Show where two runs part, what chance did in each, and how they end.

    A and B are each a scenario, NAME as it is or NAME@SEED with a seed; a replay file, or the folder of a
    failure, which is played again; or a journal file, which is read. Exit status: 0 the same run, 1 two
    different runs, 2 bad usage.
    """
    from paytwice.comparing.telling import Comparison, told
    from paytwice.comparing.telling import as_json as compared_as_json

    named = [side_named(a), side_named(b)]
    _check(named, story=story, merchant=merchant, settings=profile is not None or bool(changes))
    if profile is not None:
        changes = {"profile": profile, **changes}
    with quiet_stdout(as_json):
        compared = Comparison.of(*(one.side(story, merchant, changes) for one in named))
    if as_json:
        print_json(compared_as_json(compared, lines))
    else:
        print_lines(_printable(told(compared, lines=lines, verbose=verbose)))
    return 0 if compared.parting is None else 1


def _check(
    named: Iterable[Played | Recorded | Written], *, story: str | None, merchant: str | None, settings: bool
) -> None:
    """Refuse what would be given for nothing."""
    kinds = {type(one) for one in named}
    if settings and Played not in kinds:
        raise click.UsageError("--profile and --set are for scenarios: a replay file has its own settings")
    if story is not None and Recorded not in kinds:
        raise click.UsageError("--story is for a replay file, and neither A nor B is one")
    if merchant is not None and kinds == {Written}:
        raise click.UsageError("--merchant is for what is played, and journals are only read")


def _printable(lines: Iterable[Style]) -> Iterator[Style]:
    """Text from a stranger's file cannot steer the terminal."""
    for line, style in lines:
        yield "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in line), style
