"""An exhibit that one run does not convict: it is put on trial, and the run that shows it is told of.

Some promises compare runs, or kill the process in the one moment that counts (S11, S16, S17, S21, S22): what
a merchant does wrong there, queries and bills put right again in any ordinary run.
"""

from __future__ import annotations

import attrs

from paytwice.oracle.verdict import Conclusion, Verdict, Violation
from paytwice.run import Run
from paytwice.story.plot import Stage
from paytwice.story.scenario import options_of
from paytwice.trials import TRIALS, Mode, Subject
from paytwice.trials.outcome import Difference
from paytwice.trials.trial import NothingToTry, SeenEnough, Untried, Variant


def on_trial(stage: Stage, name: str) -> Run:
    """Play what a trial tries, up to the first run that breaks its promise; that run, or else the last.

    It is judged by the trial and nothing else, and its command is the one that plays this variant again.
    Raises ValueError where the story has nothing to try.
    """
    mode, subject, run = TRIALS[name], _subject(stage), None
    try:
        for number, variant in enumerate(mode.variants(subject), start=1):
            run = variant.play()
            found = tuple(variant.judge(run))
            command = (*subject.words, "--only", name, "--variant", str(number))
            run = attrs.evolve(_judged(run, mode, variant, found), command=command)
            if found:
                break
    except (NothingToTry, Untried) as why:
        raise ValueError(f"{subject.name} does not put {name} to the test: {why}") from why
    if run is None:
        raise ValueError(f"{subject.name} does not put {name} to the test: it has no variants")
    return run


def _subject(stage: Stage) -> Subject:
    plot, scenario = stage.plot, stage.scenario
    return Subject(
        scenario.guarded_story,
        scenario.name,
        scenario.changed(plot.changes),
        stage.factory,
        scenario.channels,
        ("paytwice", "trial", plot.source, *options_of(plot.changes, plot.merchant)),
    )


def _judged(run: Run, mode: Mode, variant: Variant, found: tuple[Difference, ...]) -> Run:
    """The run with the trial's verdict; that the trial has ended it early is no failure."""
    violations = tuple(
        Violation(mode.name, one.order, run.ended_at, f"{variant.title}: {one.message}", one.at_stake, ())
        for one in found
    )
    outcome = Conclusion.VIOLATED if violations else Conclusion.OK
    failure = None if isinstance(run.failure, SeenEnough) else run.failure
    verdict = Verdict(outcome, violations, checked=(mode.name,))
    return attrs.evolve(run, verdict=verdict, failure=failure)
