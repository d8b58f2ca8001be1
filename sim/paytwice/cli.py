"""The command line. Everything a command needs is imported when it runs, so that `--help` is quick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn

import attrs
import click

from paytwice.printing import Style, print_json, print_lines, quiet_stdout
from paytwice.usage import OneLineErrors, Program, refuse

if TYPE_CHECKING:
    from paytwice.merchant.port import MerchantFactory
    from paytwice.scenario import Played, Scenario

SEEDS: Final = 2**64


def _seed(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> int | None:
    if len(values) > 1:
        raise click.UsageError(f"--seed can be given once, not {len(values)} times ({', '.join(values)})")
    for text in values:
        if not (text.isascii() and text.isdecimal() and len(text) <= 20 and int(text) < SEEDS):
            raise click.UsageError(f"--seed takes a whole number from 0 to 2^64-1, not {text!r}")
        return int(text)
    return None


def _pairs(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Split KEY=VALUE at the first equals sign; of two values for a key the last counts."""
    for value in values:
        if "=" not in value:
            raise click.UsageError(f"--set takes KEY=VALUE, such as profile=rough, not {value!r}")
    return dict(value.split("=", 1) for value in values)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `paytwice run` and a scenario file share."""
    for option in reversed(
        [
            click.option(
                "--seed",
                callback=_seed,
                multiple=True,
                metavar="N",
                help="Draw latencies, ties and what the profile allows from this seed.",
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
                type=click.Path(path_type=Path),
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


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="paytwice", message="%(prog)s %(version)s")
def main() -> None:
    """Find the sequence of events that makes your customer pay twice."""


@main.command("list")
def list_scenarios() -> None:
    """List the scenarios that can be run by name."""
    from paytwice.loading import available, title_of

    found = available()
    width = max(map(len, found), default=0)
    print_lines((f"{name:<{width}}  {title_of(path)}", "") for name, path in found.items())


@main.command()
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
        factory = _merchant(merchant)
        for scenario in scenarios:
            try:
                scenario.settings.changed(changes)
            except ValueError as error:
                refuse(str(error))
    statuses, objects = [], []
    with _journal(journal) as sink:
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


# -- what is given ------------------------------------------------------------------------------------------


@contextmanager
def _journal(path: Path | None) -> Iterator[Callable[[Played], None] | None]:
    """Opens the journal file, and gives what writes a run to it."""
    if path is None:
        yield None
        return
    try:
        file: IO[str] = path.open("w", encoding="utf-8")
    except OSError as error:
        refuse(_unwritable(path, error))

    def write(played: Played) -> None:
        from paytwice.as_json import journal_as_jsonl

        try:
            file.writelines(line + "\n" for line in journal_as_jsonl(played))
            file.flush()
        except OSError as error:
            refuse(_unwritable(path, error))

    try:
        yield write
    finally:
        with suppress(OSError):  # `write` has said so
            file.close()


def _unwritable(path: Path, error: OSError) -> str:
    return f"the journal {path} cannot be written: {error.strerror or error}"


def _merchant(name: str | None) -> MerchantFactory:
    from paytwice.loading import LoadingError, load_factory

    if name is None:
        from paytwice.merchant.reference.merchant import reference

        return reference
    try:
        return load_factory(name)
    except LoadingError as error:
        refuse(str(error))
