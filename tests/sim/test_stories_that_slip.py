"""A story with a slip ends with an error that names it, and leaves nothing for the garbage collector."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import trio

from paytwice import Simulation, minutes, simulate
from paytwice.errors import EmptyStory, NeverAwaited
from paytwice.merchant.port import CustomerAnswer
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice.story.player import Story


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(one.message) for one in heard] == []


async def does_not_wait_for_the_payment(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    order.pay("wechat")  # type: ignore[unused-coroutine]  # the slip
    await sim.sleep(minutes(1))


async def does_not_wait_for_the_order(sim: Simulation) -> None:
    order = sim.checkout("99.00 CNY")
    await order.pay("wechat")  # type: ignore[attr-defined]  # the slip


async def does_not_wait_for_several(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.together(order.start("wechat"), order.start("alipay"))  # type: ignore[unused-coroutine]  # the slip


@pytest.mark.parametrize(
    ("story", "names"),
    [
        (does_not_wait_for_the_payment, ("pay",)),
        (does_not_wait_for_the_order, ("checkout",)),
        (does_not_wait_for_several, ("start", "start", "together")),
    ],
)
@pytest.mark.parametrize("seed", [None, 1])
def test_what_was_never_awaited_is_named_with_its_line(
    story: Story, names: tuple[str, ...], seed: int | None
) -> None:
    run = simulate(story, seed=seed)

    assert isinstance(run.failure, NeverAwaited)
    said = str(run.failure)
    for name in names:
        assert f"{name}() ({__file__}:" in said
    assert f"write `await …{names[0]}(…)`" in said
    assert said.count(__file__) == len(names)


def test_a_long_list_of_slips_is_cut_short() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        for _ in range(5):
            order.status()  # type: ignore[unused-coroutine]  # the slip

    assert "and 2 more and never awaits it" in str(simulate(story).failure)


async def _goes_wrong(sim: Simulation, after: int) -> None:
    await sim.sleep(after)
    raise ValueError("the story's own mistake")


def test_an_error_of_the_story_is_not_covered_up_by_what_it_left_behind() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        order.pay("wechat")  # type: ignore[unused-coroutine]  # the slip
        raise AttributeError("there is no such thing")

    assert isinstance(simulate(story).failure, AttributeError)


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_what_is_done_together_ends_as_a_whole_when_a_part_fails(seed: int | None) -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await sim.together(_goes_wrong(sim, 0), _goes_wrong(sim, 0), order.pay("wechat"))

    failure = simulate(story, seed=seed).failure

    assert isinstance(failure, ValueError | BaseExceptionGroup)
    assert "the story's own mistake" in str(failure) + repr(getattr(failure, "exceptions", ""))


def test_a_story_that_places_no_order_is_no_story() -> None:
    async def story(sim: Simulation) -> None:
        await sim.sleep(minutes(1))

    run = simulate(story)

    assert isinstance(run.failure, EmptyStory)
    assert "await sim.checkout(" in str(run.failure)
    assert not run.ok


def test_a_call_that_begins_later_counts_as_awaited() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        later = order.pay("wechat")
        await order.status()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(order.start, "alipay")
        await later

    run = simulate(story)

    assert run.failure is None
    assert run.order.paid_by == "wechat"


async def _helper(sim: Simulation) -> None:
    await sim.sleep(minutes(1))


def test_a_helper_of_the_story_that_was_never_awaited_is_named_with_its_line() -> None:
    async def story(sim: Simulation) -> None:
        await sim.checkout("99.00 CNY")
        _helper(sim)  # type: ignore[unused-coroutine]  # the slip
        await sim.sleep(minutes(1))

    failure = simulate(story).failure

    assert isinstance(failure, NeverAwaited)
    assert f"_helper() ({__file__}:{story.__code__.co_firstlineno + 2})" in str(failure)


def test_what_a_merchant_throws_away_is_an_error_of_the_merchant() -> None:
    class Forgets(ReferenceMerchant):
        async def status(self, order_id: str) -> CustomerAnswer:
            super().status(order_id)  # type: ignore[unused-coroutine]  # the slip
            return await super().status(order_id)

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.status()

    run = simulate(story, merchant=Forgets)

    assert run.failure is None
    assert [type(error) for error in run.errors] == [RuntimeWarning]
    assert "status' was never awaited" in str(run.errors[0])
    assert __file__ in str(run.errors[0])


def test_other_warnings_of_a_story_go_where_they_would_have_gone() -> None:
    async def story(sim: Simulation) -> None:
        await sim.checkout("99.00 CNY")
        warnings.warn("the story's own", stacklevel=1)

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        run = simulate(story)

    assert run.failure is None
    assert [str(one.message) for one in heard] == ["the story's own"]


@pytest.mark.parametrize("story", ["late_wechat_after_alipay", None])
def test_what_is_no_story_is_refused_before_anything_runs(story: Any) -> None:
    with pytest.raises(ValueError, match="a story is an `async def` of a Simulation"):
        simulate(story)
