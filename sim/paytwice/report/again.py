"""What a failing test says of a run: what broke, what chance did, and the code that plays it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from paytwice.choices import SETTING
from paytwice.report.text import conclusion
from paytwice.report.timeline import stamp
from paytwice.run import Run
from paytwice.wording import one_line

MOST: Final = 40  # deviations that are listed; nobody reads more
_MADE: Final = re.compile(r"\b(only|[A-Z]\w*)\(")  # what is called in a story's code


def in_full(run: Run) -> str:
    """The verdict, the deviations, and the code that plays the run again, as an assertion's message."""
    return "\n".join([headline(run), "", *(line for line, _ in conclusion(run)), "", *_luck(run), *code(run)])


def headline(run: Run) -> str:
    """What is wrong with a run, in a line; pytest shows it in its summary."""
    if run.failure is not None:
        return f"{run.scenario} ended early: {type(run.failure).__name__}: {one_line(run.failure)}"
    broken = ", ".join(dict.fromkeys(one.invariant for one in run.verdict.violations))
    money = " and ".join(money.display for money in run.verdict.at_stake)
    return f"{run.scenario} breaks {broken}{f', {money} at stake' if money else ''}"


def code(run: Run) -> Iterator[str]:
    """The code that plays the run again, ready to be pasted into a test."""
    arguments = [one for one in run.arguments if one != "deviations=run.deviations"]
    yield "To play it again:"
    yield ""
    yield from (f"    {line}" for line in _imports(run, arguments))
    yield ""
    yield f"    run = simulate(\n        {run.story},"
    if run.seed is not None:
        yield f"        seed={run.seed},"
    elif run.deviations:
        yield "        deviations=["
        left = (one for one in run.deviations if not one.name.startswith(SETTING))  # they stand in settings
        yield from (f"            Deviation({d.name!r}, {d.n}, {d.value!r})," for d in left)
        yield "        ],"
    if run.settings:
        yield f"        settings=Settings().changed({dict(run.settings)!r}),"
    yield from (f"        {one}," for one in arguments)
    yield "    )"


def _imports(run: Run, arguments: list[str]) -> Iterator[str]:
    names = ["simulate"]
    names += ["Deviation"] if run.seed is None and run.deviations else []
    names += ["Settings"] if run.settings else []
    yield f"from paytwice import {', '.join(sorted(names))}"
    if run.story.startswith("load("):
        yield "from paytwice.story.scenario import load"
    made = sorted(set(_MADE.findall(" ".join([run.story, *arguments]))))
    if made:
        yield f"from paytwice.strategies import {', '.join(made)}"


def _luck(run: Run) -> Iterator[str]:
    if run.seed is not None or not run.deviations:
        return
    yield f"It takes {len(run.deviations)} deviations from calm:"
    yield from (f"  {stamp(one.at):>12}  {one}" for one in run.deviations[:MOST])
    if len(run.deviations) > MOST:
        yield f"  … and {len(run.deviations) - MOST} more, in run.deviations"
    yield ""
