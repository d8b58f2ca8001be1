"""`paytwice run`, and a scenario file run as a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import attrs
import click

from paytwice.cli.journal_file import journal_file
from paytwice.cli.options import options, the_merchant
from paytwice.printing import Style, print_json, print_lines, quiet_stdout
from paytwice.usage import OneLineErrors, refuse

if TYPE_CHECKING:
    from paytwice.merchant.port import MerchantFactory
    from paytwice.scenario import Played, Scenario


@click.command()
@click.argument("scenarios", nargs=-1, metavar="SCENARIO…")
@options
def run(scenarios: tuple[str, ...], **chosen: Any) -> int:
    """Play scenarios, by name or by path, and judge them.

    Exit status: 0 as declared, 1 violated, 2 bad usage, 3 unknown.
    """
    from paytwice.loading import LoadingError, find

    if not scenarios:
        raise click.UsageError("run needs a scenario: `paytwice list` shows all, a path will do too")
    with quiet_stdout(chosen["as_json"]):
        try:
            for name in scenarios:
                find(name)
            from paytwice.scenario import load

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


@attrs.frozen
class _Outcome:
    """A scenario played, and its interleavings where it states any and no seed was asked for."""

    played: Played
    others: tuple[Played, ...]

    @property
    def status(self) -> int:
        return _worst(one.exit_status for one in (self.played, *self.others))

    @property
    def interrupted(self) -> bool:
        from paytwice.scenario import StoryStopped

        return any(isinstance(one.run.failure, StoryStopped) for one in (self.played, *self.others))


def _play_all(
    scenarios: Sequence[Scenario],
    *,
    seed: int | None,
    changes: dict[str, str],
    as_json: bool,
    journal: Path | None,
    merchant: str | None,
) -> int:
    with quiet_stdout(as_json):
        factory = the_merchant(merchant)
        for scenario in scenarios:
            try:
                scenario.settings.changed(changes)
            except ValueError as error:
                refuse(str(error))
    statuses, objects = [], []
    with journal_file(journal) as sink:
        for scenario in scenarios:
            with quiet_stdout(as_json):
                outcome = _outcome(scenario, seed, changes, factory, merchant)
            statuses.append(outcome.status)
            if as_json:
                objects.append(_as_json(outcome))
            else:
                print_lines(_text(outcome, first=len(statuses) == 1))
            if sink is not None:
                sink(outcome.played)
            if outcome.interrupted:
                break
    if as_json:
        print_json(objects[0] if len(scenarios) == 1 else objects)
    return _worst(statuses)


def _outcome(
    scenario: Scenario,
    seed: int | None,
    changes: dict[str, str],
    factory: MerchantFactory,
    merchant: str | None,
) -> _Outcome:
    seeds = [seed] if seed is not None else [None, *range(1, scenario.interleavings + 1)]
    try:
        played, *others = [
            scenario.play(seed=one, changes=changes, merchant=factory, merchant_name=merchant)
            for one in seeds
        ]
    except SystemExit as error:
        from paytwice.places import place_of

        refuse(f"{scenario.name}: the merchant raised SystemExit{place_of(error)}: no verdict", 3)
    return _Outcome(played, tuple(others))


def _worst(statuses: Iterable[int]) -> int:
    found = set(statuses)
    return next((status for status in (1, 3) if status in found), 0)


# -- what is printed ----------------------------------------------------------------------------------------


def _text(outcome: _Outcome, *, first: bool) -> Iterator[Style]:
    from paytwice.report import report

    if not first:
        yield "", ""
    yield from report(outcome.played.run, outcome.played.scenario.title)
    yield from _expectations(outcome.played, outcome.others)


def _expectations(played: Played, others: Sequence[Played]) -> Iterator[Style]:
    from paytwice.report import replay_command

    if others:
        distinct = len({one.run.digest for one in others})
        held = sum(one.as_declared for one in others)
        style = "green" if held == len(others) else "bold red"
        yield (
            f"          {held} of {len(others)} interleavings as declared, {distinct} of them distinct",
            style,
        )
        bad = next((one for one in others if not one.as_declared), None)
        if bad is not None:
            yield f"          the first that is not: {bad.why}", "bold red"
            yield f"          see it with: {replay_command(bad.run)}", ""
    if not played.as_declared and played.run.failure is None:
        yield f"Not as declared: {played.why}", "bold red"
    elif played.run.seed is not None and not played.scenario.asks_about(played.run):
        yield (
            "          expect was not asked: chance had a hand in this run, so the promises alone count",
            "dim",
        )
    elif played.as_declared and played.scenario.verdict != "ok":
        yield f"As declared: this scenario is there to show the verdict {played.scenario.verdict!r}", "green"


def _as_json(outcome: _Outcome) -> dict[str, Any]:
    from paytwice.as_json import interleavings_as_json, played_as_json

    return {**played_as_json(outcome.played), "interleavings": interleavings_as_json(outcome.others)}
