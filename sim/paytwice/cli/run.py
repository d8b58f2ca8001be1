"""`paytwice run`, and a scenario file run as a program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from paytwice.cli.journal_file import journal_file
from paytwice.cli.options import options, the_merchant
from paytwice.cli.outcome import Outcome, worst
from paytwice.cli.picture_files import picture_files
from paytwice.cli.printing import print_json, print_lines, quiet_stdout
from paytwice.cli.usage import OneLineErrors, refuse

if TYPE_CHECKING:
    from paytwice.merchant.port import MerchantFactory
    from paytwice.story.scenario import Scenario


@click.command()
@click.argument("scenarios", nargs=-1, metavar="SCENARIO…")
@options
def run(scenarios: tuple[str, ...], **chosen: Any) -> int:
    """Play scenarios, by name or by path, and judge them.

    Exit status: 0 as declared, 1 violated, 2 bad usage, 3 unknown.
    """
    from paytwice.story.loading import LoadingError, find

    if not scenarios:
        raise click.UsageError("run needs a scenario: `paytwice list` shows all, a path will do too")
    with quiet_stdout(chosen["as_json"]):
        try:
            for name in scenarios:
                find(name)
            from paytwice.story.scenario import load

            loaded = [load(name) for name in scenarios]
        except LoadingError as error:
            refuse(str(error))
    return _play_all(loaded, **chosen)


def run_scenario(scenario: Scenario, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one scenario with the options of `paytwice run`, as `python scenarios/NAME.py` does."""

    @click.command(
        cls=OneLineErrors, help=scenario.title, context_settings={"help_option_names": ["-h", "--help"]}
    )
    @options
    def command(**chosen: Any) -> int:
        return _play_all([scenario], **chosen)

    command(args=arguments, prog_name=scenario.name)
    raise AssertionError("the command ends the process")


def _play_all(
    scenarios: Sequence[Scenario],
    *,
    seed: int | None,
    changes: dict[str, str],
    as_json: bool,
    quiet: bool,
    verbose: bool,
    journal: Path | None,
    merchant: str | None,
    chart: Path | None,
    mermaid: Path | None,
    trace: Path | None,
) -> int:
    if as_json + quiet + verbose > 1:
        raise click.UsageError("of --json, --quiet and --verbose only one can be given")
    with quiet_stdout(as_json):
        factory = the_merchant(merchant)
        for scenario in scenarios:
            try:
                scenario.changed(changes)
            except ValueError as error:
                refuse(str(error))
    statuses, objects = [], []
    draw = picture_files(chart, mermaid, trace, scenarios=len(scenarios))
    with journal_file(journal) as sink:
        for scenario in scenarios:
            with quiet_stdout(as_json):
                outcome = _outcome(scenario, seed, changes, factory, merchant)
            statuses.append(outcome.status)
            if as_json:
                objects.append(outcome.as_json())
            elif quiet:
                print_lines(outcome.in_a_line())
            else:
                print_lines(outcome.in_full(first=len(statuses) == 1, verbose=verbose))
            if sink is not None:
                sink(outcome.played)
            draw(outcome.played)
            if outcome.interrupted:
                break
    if as_json:
        print_json(objects[0] if len(scenarios) == 1 else objects)
    return worst(statuses)


def _outcome(
    scenario: Scenario,
    seed: int | None,
    changes: dict[str, str],
    factory: MerchantFactory,
    merchant: str | None,
) -> Outcome:
    seeds = [seed] if seed is not None else [None, *range(1, scenario.interleavings + 1)]
    try:
        played, *others = [
            scenario.play(seed=one, changes=changes, merchant=factory, merchant_name=merchant)
            for one in seeds
        ]
    except SystemExit as error:
        from paytwice.places import place_of

        refuse(f"{scenario.name}: the merchant raised SystemExit{place_of(error)}: no verdict", 3)
    return Outcome(played, tuple(others))
