"""Tests that are stories: `async def test_…(sim)`, marked `paytwice`.

Such a test is made a plain one before anybody else sees it, so that the plugins for asynchronous tests, which
may be installed too and take every coroutine for theirs, find none.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest

from paytwice.testing.seeds import MARK

if TYPE_CHECKING:
    from paytwice.story.simulation import Simulation
    from paytwice.testing.fixture import PaytwiceFixture

SIM: Final = "sim"
FIXTURE: Final = "_paytwice"


def is_story(collector: pytest.Collector, test: object) -> bool:
    """Whether a test is a story: it is marked, and its `sim` is the simulation."""
    if not (inspect.isfunction(test) and inspect.iscoroutinefunction(test)):
        return False
    marked = any(mark.name == MARK for mark in getattr(test, "pytestmark", ()))
    marked = marked or collector.get_closest_marker(MARK) is not None
    return marked and SIM in inspect.signature(test).parameters


def as_plain_test(story: Callable[..., Any]) -> Callable[..., None]:
    """A test that plays the story, and asks for all other fixtures that the story asks for."""

    @functools.wraps(story)
    def test(*instance: object, **given: Any) -> None:
        __tracebackhide__ = True
        fixture: PaytwiceFixture = given.pop(FIXTURE)

        async def play(sim: Simulation) -> None:
            await story(*instance, **{SIM: sim}, **given)

        fixture.play_test(play, story)

    signature = inspect.signature(story)
    asked = [one for one in signature.parameters.values() if one.name not in (SIM, FIXTURE)]
    asked.append(inspect.Parameter(FIXTURE, inspect.Parameter.KEYWORD_ONLY))
    test.__signature__ = signature.replace(parameters=asked, return_annotation=None)  # type: ignore[attr-defined]
    # So pytest-trio knows what it has wrapped, and in a module that is marked `trio` it wraps all that has
    # not this sign, or fails it because it is not async.
    test._trio_test_runner_wrapped = True  # type: ignore[attr-defined]
    return test
