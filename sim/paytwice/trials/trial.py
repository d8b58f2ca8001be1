"""A trial: one promise, one story, many runs that differ in one thing, and the verdict on all of them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator

import attrs

from paytwice.oracle.verdict import Conclusion, Doubt, Verdict, Violation
from paytwice.run import Run
from paytwice.trials.outcome import Difference
from paytwice.trials.subject import Subject
from paytwice.wording import one_line


@attrs.frozen
class Variant:
    """One run that differs from the others in what `title` says; `judge` tells what went wrong in it."""

    title: str
    play: Callable[[], Run]
    judge: Callable[[Run], Iterable[Difference]]


class NothingToTry(Exception):  # it is no error, it is the answer
    """There is nothing in this story, or of this merchant, that the promise is about; the text says why."""


class Untried(Exception):  # the answer is that nobody can know
    """The story does not come to its end as it is, so nothing can be compared with it; the text says why."""


@attrs.frozen
class Mode:
    """A promise about more than one run: what it says, whom it protects, and how it is tried.

    `variants` plays what it needs to know, and yields the runs that put the promise to the test.
    """

    name: str
    title: str
    protects: str
    variants: Callable[[Subject], Iterator[Variant]]


@attrs.frozen
class Trial:
    """The outcome of one mode on one subject.

    `played` runs were compared, and `distinct` of their journals differ. `why_vacuous` says why there was
    nothing to try, and is empty where there was.
    """

    invariant: str
    title: str
    verdict: Verdict
    played: int = 0
    distinct: int = 0
    why_vacuous: str = ""

    @property
    def ok(self) -> bool:
        """Whether the promise was kept in all runs, or there was nothing to keep."""
        return self.verdict.ok


def conduct(mode: Mode, subject: Subject) -> Trial:
    """Play all variants of a mode, and judge them. One finding an order: the first, and how many followed."""
    found: dict[str, list[Violation]] = {}
    doubts: list[Doubt] = []
    digests: dict[str, bool] = {}
    played = 0
    try:
        for number, variant in enumerate(mode.variants(subject), start=1):
            run = variant.play()
            played, digests[run.digest] = number, True
            for one in variant.judge(run):
                message = f"{variant.title}: {one.message}. Repeat: {_command(subject, mode, number)}"
                found.setdefault(one.order, []).append(
                    Violation(mode.name, one.order, run.ended_at, message, one.at_stake, ())
                )
            doubts += _doubts(mode, variant, run)
    except NothingToTry as why:
        verdict = Verdict(Conclusion.OK, vacuous=(mode.name,))
        return Trial(mode.name, mode.title, verdict, played, len(digests), str(why))
    except Untried as why:
        doubts.append(Doubt(mode.name, "", 0, str(why), None, ()))
    violations = tuple(_first_of(same) for same in found.values())
    outcome = Conclusion.VIOLATED if violations else Conclusion.UNKNOWN if doubts else Conclusion.OK
    verdict = Verdict(outcome, violations, tuple(doubts[:1]), checked=(mode.name,))
    return Trial(mode.name, mode.title, verdict, played, len(digests))


def variant_of(mode: Mode, subject: Subject, number: int) -> tuple[str, Run]:
    """The title and the run of one variant, which are counted from 1."""
    count = 0
    for count, variant in enumerate(mode.variants(subject), start=1):  # the last is reported
        if count == number:
            return variant.title, variant.play()
    raise ValueError(f"{mode.name} has {count} variants in {subject.name}, so there is no variant {number}")


def _first_of(same: list[Violation]) -> Violation:
    more = len(same) - 1
    if not more:
        return same[0]
    tail = f" (and {more} other variant{'s' * (more > 1)})"
    return attrs.evolve(same[0], message=same[0].message + tail)


def _doubts(mode: Mode, variant: Variant, run: Run) -> Iterator[Doubt]:
    if run.failure is not None and not isinstance(run.failure, SeenEnough):
        why = f"{type(run.failure).__name__}: {one_line(run.failure)}"
        yield Doubt(mode.name, "", run.ended_at, f"{variant.title}: the run ended early: {why}", None, ())


class SeenEnough(Exception):  # it is no error
    """Ends a run of which all is known that was to be known."""


def base_run(run: Run) -> Run:
    """A run that others are compared with, if it can be: one that ended early says nothing."""
    if run.failure is not None:
        why = f"{type(run.failure).__name__}: {one_line(run.failure)}"
        raise Untried(f"the story itself ended early, with {why}")
    return run


def _command(subject: Subject, mode: Mode, number: int) -> str:
    if not subject.words:
        return f"variant_of(TRIALS[{mode.name!r}], subject, {number})"
    return shlex.join([*subject.words, "--only", mode.name, "--variant", str(number)])
