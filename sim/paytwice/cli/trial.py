"""`paytwice trial`: the promises that take more than one run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs
import click

from paytwice.cli.options import pairs, the_merchant
from paytwice.cli.printing import Style, print_json, print_lines, quiet_stdout
from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.story.scenario import Scenario
    from paytwice.trials import Subject, Trial


@click.command()
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--only", multiple=True, metavar="NAME", help="Try this promise only: S11, S16, S17, S21 or S22."
)
@click.option("--variant", type=click.IntRange(min=1), metavar="N", help="Show the run of one variant of it.")
@click.option("--set", "changes", callback=pairs, multiple=True, metavar="KEY=VALUE", help="Change a setting")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--merchant", metavar="MODULE:FACTORY", help="Put your own merchant in place of ours.")
def trial(
    scenario: str,
    only: tuple[str, ...],
    variant: int | None,
    changes: dict[str, str],
    as_json: bool,
    merchant: str | None,
) -> int:
    """Play a scenario many times with one thing changed, and compare the runs.

    Messages come twice, in another order, beside poison; the process dies at an ack; the bill is read again.
    Exit status: 0 all kept, 1 violated, 2 bad usage, 3 unknown.
    """
    from paytwice.story.loading import LoadingError, find

    try:
        find(scenario)
        with quiet_stdout(as_json):
            from paytwice.story.scenario import load

            loaded = load(scenario)
    except LoadingError as error:
        refuse(str(error))
    _check(only, variant, as_json)
    with quiet_stdout(as_json):
        subject = _subject(loaded, scenario, changes, merchant)
    if variant is not None:
        return _show(subject, only[0], variant)
    return _try(subject, only, as_json)


def _check(only: tuple[str, ...], variant: int | None, as_json: bool) -> None:
    from paytwice.trials import TRIALS
    from paytwice.wording import nearest

    for name in only:
        if name not in TRIALS:
            raise click.UsageError(f"there is no trial {name!r}{nearest(name, TRIALS)}")
    if variant is not None and (len(only) != 1 or as_json):
        raise click.UsageError("--variant shows one run as text: give it with one --only, and without --json")


def _subject(scenario: Scenario, source: str, changes: dict[str, str], merchant: str | None) -> Subject:
    from paytwice.story.scenario import options_of
    from paytwice.trials import Subject

    try:
        settings = scenario.changed(changes)
    except ValueError as error:
        refuse(str(error))
    command = ("paytwice", "trial", source, *options_of(changes, merchant))
    return Subject(
        scenario.story, scenario.name, settings, the_merchant(merchant), scenario.channels, command
    )


def _show(subject: Subject, name: str, variant: int) -> int:
    from paytwice.report.text import report
    from paytwice.trials import TRIALS, variant_of

    try:
        title, run = variant_of(TRIALS[name], subject, variant)
    except ValueError as error:
        refuse(str(error))
    command = shlex.join([*subject.words, "--only", name, "--variant", str(variant)])
    print_lines(report(attrs.evolve(run, command=tuple(shlex.split(command))), f"{name}: {title}"))
    return 0


def _try(subject: Subject, only: tuple[str, ...], as_json: bool) -> int:
    from paytwice.oracle import Conclusion
    from paytwice.trials import try_all

    trials = []
    if not as_json:
        print_lines([(f"{subject.name} on trial", "bold")])
    for one in try_all(subject, only):
        trials.append(one)
        if not as_json:
            print_lines(_text(one))
    if as_json:
        print_json({"scenario": subject.name, "trials": [_as_json(one) for one in trials]})
    outcomes = [one.verdict.outcome for one in trials]
    return 1 if Conclusion.VIOLATED in outcomes else 3 if Conclusion.UNKNOWN in outcomes else 0


def _text(trial: Trial) -> Iterator[Style]:
    name = f"{trial.invariant:<4} {trial.title:<34}"
    if trial.why_vacuous:
        yield f"{name} vacuous: {trial.why_vacuous}", "dim"
        return
    outcome = trial.verdict.outcome.value
    style = {"ok": "green", "violated": "bold red"}.get(outcome, "bold yellow")
    yield f"{name} {outcome}: {_counted(trial)}", style
    for one in trial.verdict.violations:
        stake = f", {one.at_stake.display} at stake" if one.at_stake is not None else ""
        yield f"  BROKEN{f', order {one.order}' if one.order else ''}{stake}", "red"
        yield from _told(one.message)
    for doubt in trial.verdict.unknown:
        yield "  OPEN", "yellow"
        yield from _told(doubt.message)


def _counted(trial: Trial) -> str:
    return f"{trial.played} variant{'s' * (trial.played != 1)}, {trial.distinct} of them distinct"


def _told(message: str) -> Iterator[Style]:
    from paytwice.report.findings import hanging

    said, _, repeat = message.partition(" Repeat: ")
    command, more, others = repeat.partition(" (and ")
    yield from hanging("    ", f"{said} (and {others}" if more else said)
    if command:
        yield f"    see it with: {command}", ""


def _as_json(trial: Trial) -> dict[str, Any]:
    from paytwice.report.as_json import finding_as_json

    return {
        "invariant": trial.invariant,
        "verdict": trial.verdict.outcome.value,
        "violations": [finding_as_json(one) for one in trial.verdict.violations],
        "unknown": [finding_as_json(one) for one in trial.verdict.unknown],
        "variants": trial.played,
        "distinct": trial.distinct,
        "vacuous": trial.why_vacuous or None,
    }
