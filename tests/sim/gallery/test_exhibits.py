"""Every exhibit does what its docstring says: it breaks those promises, and the reference merchant none."""

from __future__ import annotations

import inspect
from functools import cache
from types import ModuleType

import pytest

from paytwice.errors import PaytwiceError
from paytwice.gallery.collection import ROOMS, exhibit, gallery, titles
from paytwice.gallery.exhibit import Exhibit, exhibit_of
from paytwice.gallery.showing import Showing
from paytwice.gallery.telling import Shown, told
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice.story.loading import load_factory

LONGEST = 40  # lines of code of an exhibit: one mistake, to be read at a glance
each_exhibit = pytest.mark.parametrize("one", gallery().values(), ids=lambda one: one.name)


@cache
def played(name: str) -> Shown:
    """An exhibit, played once for all tests that look at it."""
    return Shown.of(exhibit(name))


def shown(one: Exhibit) -> Shown:
    """An exhibit as it was played."""
    return played(one.name)


@each_exhibit
def test_an_exhibit_breaks_what_it_says_and_nothing_else(one: Exhibit) -> None:
    run = shown(one).wrong

    assert {broken.invariant for broken in run.verdict.violations} == set(one.breaks), run.explain()
    assert run.failure is None


@each_exhibit
def test_the_reference_merchant_keeps_every_promise_in_the_same_story(one: Exhibit) -> None:
    assert shown(one).is_kept, shown(one).right.explain()
    assert shown(one).is_caught


@each_exhibit
def test_an_exhibit_can_be_read_at_a_glance(one: Exhibit) -> None:
    assert len(one.code.splitlines()) <= LONGEST
    assert "\n" not in one.summary
    assert one.summary.endswith(".")
    assert load_factory(one.merchant) is one.factory
    assert not (set("×✗") & set(one.code)), "the code is code, and no picture of it"


@each_exhibit
def test_an_exhibit_tells_its_story_its_cost_and_what_is_right(one: Exhibit) -> None:
    lines = [line for line, _ in told(shown(one))]

    assert lines[0] == one.name
    for heading in ("The mistake", "What breaks", "What is right"):
        assert heading in lines
    assert any(f"  {one.invariant} " in line and "BROKEN" in line for line in lines)
    assert f"  class {one.factory.__name__}(" in "\n".join(lines)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__.rpartition(".")[2])
def test_a_room_has_a_title_and_its_exhibits_have_names_of_their_own(room: ModuleType) -> None:
    name = room.__name__.rpartition(".")[2]

    assert titles()[name].startswith("Room ")
    assert any(one.room == name for one in gallery().values())


def test_a_docstring_that_lacks_something_is_named() -> None:
    class Silent(ReferenceMerchant):
        """It does something wrong.

        Seen in: a shop.
        """

    with pytest.raises(ValueError, match="Silent does not say: Schedule, Breaks, Instead, Shown by"):
        exhibit_of(Silent)


def test_a_promise_that_there_is_not_is_named() -> None:
    class Odd(ReferenceMerchant):
        """It does something wrong.

        Seen in: a shop.
        Schedule: W.
        Breaks: S99.
        Instead: nothing.
        Shown by: nobody_pays.
        """

    with pytest.raises(ValueError, match="Odd breaks S99"):
        exhibit_of(Odd)


def test_a_name_that_is_not_there_brings_the_nearest() -> None:
    with pytest.raises(PaytwiceError, match="did you mean swallows_the_second"):
        exhibit("swallow_the_second")


def test_what_is_shown_as_code_is_the_class_without_its_docstring() -> None:
    one = exhibit("swallows_the_second")

    assert one.code.splitlines()[0] == "class SwallowsTheSecond(Deaf):"
    assert "Seen in" not in one.code
    assert "def ignores" in one.code
    assert inspect.getsource(one.factory).rstrip().endswith(one.code.splitlines()[-1])


def test_an_exhibit_on_trial_is_convicted_by_the_trial_and_told_with_its_command() -> None:
    one = exhibit("acks_then_books")
    lines = [line for line, _ in told(shown(one))]

    assert shown(one).wrong.verdict.checked == ("S11",)
    assert any("S11 ack ⇒ durable: BROKEN" in line for line in lines)
    assert any(line.startswith("Try:  paytwice trial only_the_notification_tells ") for line in lines)
    assert lines[-1].endswith("--only S11 --variant 1")


def test_a_story_without_anything_to_try_is_no_showing_of_a_trial() -> None:
    with pytest.raises(ValueError, match="nobody_pays does not put S11 to the test: no payment or refund"):
        Showing.of("nobody_pays, trial S11").play_right(())


@pytest.mark.parametrize("text", ["nobody_pays, trial S1", "nobody_pays, seed x", "nobody_pays, twice"])
def test_a_showing_that_cannot_be_read_is_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=f"a showing is .*, not '{text}'"):
        Showing.of(text)
