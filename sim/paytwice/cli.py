"""The command line. Everything a command needs is imported when it runs, so that `--help` is quick."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from paytwice.merchant.port import MerchantFactory
    from paytwice.scenario import Played, Scenario

SEED = click.IntRange(min=0, max=2**64 - 1)


def _pairs(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Split KEY=VALUE at the first equals sign; of two values for a key the last counts."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r} is not KEY=VALUE")
    return dict(value.split("=", 1) for value in values)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `paytwice run` and a scenario file share."""
    for option in reversed(
        [
            click.option(
                "--seed", type=SEED, help="Draw latencies, ties and what the profile allows from this seed."
            ),
            click.option(
                "--set",
                "changes",
                callback=_pairs,
                multiple=True,
                metavar="KEY=VALUE",
                help="Change a setting: profile=rough, closing=LOCAL_FIRST, expires=15m …",
            ),
            click.option(
                "--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and nothing else."
            ),
            click.option(
                "--journal",
                type=click.Path(dir_okay=False, path_type=Path),
                metavar="FILE.jsonl",
                help="Write every journal entry, one JSON object a line.",
            ),
            click.option(
                "--merchant", metavar="MODULE:FACTORY", help="Put your own merchant in place of ours."
            ),
        ]
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="paytwice")
def main() -> None:
    """Find the sequence of events that makes your customer pay twice."""


@main.command("list")
def list_scenarios() -> None:
    """List the scenarios that can be run by name."""
    from paytwice.scenario import available, title_of

    found = available()
    width = max(map(len, found), default=0)
    for name, path in found.items():
        click.echo(f"{name:<{width}}  {title_of(path)}")


@main.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO…")
@options
def run(scenarios: tuple[str, ...], **chosen: Any) -> None:
    """Play scenarios, by name or by path, and judge them.

    Exit status: 0 as declared, 1 violated, 2 bad usage, 3 unknown.
    """
    from paytwice.scenario import ScenarioError, load

    try:
        loaded = [load(name) for name in scenarios]
    except ScenarioError as error:
        _refuse(str(error))
    sys.exit(_play_all(loaded, **chosen))


def run_scenario(scenario: Scenario, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one scenario with the options of `paytwice run`, as `python scenarios/NAME.py` does."""

    @click.command(help=scenario.title)
    @options
    def command(**chosen: Any) -> None:
        sys.exit(_play_all([scenario], **chosen))

    command(args=arguments, prog_name=scenario.name)
    raise AssertionError("click ends the process")


def _play_all(
    scenarios: Sequence[Scenario],
    *,
    seed: int | None,
    changes: dict[str, str],
    as_json: bool,
    journal: Path | None,
    merchant: str | None,
) -> int:
    from paytwice.as_json import played_as_json

    factory = _merchant(merchant)
    sink = _writable(journal)
    results = []
    status = 0
    for scenario in scenarios:
        try:
            played = scenario.play(seed=seed, changes=changes, merchant=factory)
        except ValueError as error:
            _refuse(str(error))
        others = [] if seed is not None else _interleavings(scenario, changes, factory)
        results.append(played_as_json(played))
        if not as_json:
            _show(played, others)
        if sink is not None:
            sink.writelines(line + "\n" for line in played.run.journal.jsonl())
        status = _worse(status, *(one.exit_status for one in [played, *others]))
    if as_json:
        click.echo(json.dumps(results if len(results) > 1 else results[0], ensure_ascii=False, indent=2))
    return status


def _interleavings(scenario: Scenario, changes: dict[str, str], factory: MerchantFactory) -> list[Played]:
    return [
        scenario.play(seed=seed, changes=changes, merchant=factory)
        for seed in range(1, scenario.interleavings + 1)
    ]


def _worse(*statuses: int) -> int:
    return next((status for status in (1, 3) if status in statuses), 0)


def _show(played: Played, others: Sequence[Played]) -> None:
    from rich.console import Console
    from rich.text import Text

    from paytwice.report import report

    console = Console(highlight=False, soft_wrap=True)
    for line, style in report(played.run, played.scenario.title):
        console.print(Text(line, style=style if console.is_terminal else ""))
    for line, style in _expectations(played, others):
        console.print(Text(line, style=style if console.is_terminal else ""))


def _expectations(played: Played, others: Sequence[Played]) -> Iterable[tuple[str, str]]:
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
            yield f"          the first that is not: --seed {bad.run.seed}: {_why(bad)}", "bold red"
    if not played.as_declared:
        yield f"Not as declared: {_why(played)}", "bold red"
    elif played.scenario.verdict != "ok":
        yield f"As declared: this scenario is there to show the verdict {played.scenario.verdict!r}", "green"


def _why(played: Played) -> str:
    if played.disappointment is not None:
        return f"expect says: {played.disappointment}"
    if played.run.failure is not None:
        return f"the run ended early: {played.run.failure}"
    return f"the verdict is {played.run.outcome}, the scenario declares {played.scenario.verdict}"


def _writable(path: Path | None) -> IO[str] | None:
    if path is None:
        return None
    try:
        return click.get_current_context().with_resource(path.open("w", encoding="utf-8"))
    except OSError as error:
        _refuse(f"cannot write the journal to {path}: {error.strerror or error}")


def _merchant(name: str | None) -> MerchantFactory:
    from paytwice.loading import LoadingError, load_factory
    from paytwice.merchant.reference.merchant import reference

    if name is None:
        return reference
    try:
        return load_factory(name)
    except LoadingError as error:
        _refuse(str(error))


def _refuse(message: str) -> NoReturn:
    click.echo(f"paytwice: {message}", err=True)
    sys.exit(2)
