"""A payment that chance books twice: another number, another notification, and a name to play it again by."""

from __future__ import annotations

from typing import Final

import pytest

from paytwice import Deviation, FaultProfile, Latency, Settings, Simulation, minutes, simulate
from paytwice.chaos.situations import situations
from paytwice.journal import What
from paytwice.report.chance import kind

ROUGH: Final = Settings(profile="rough")
PLACE: Final = "wechat Pay P1-1 again"
ALWAYS: Final = FaultProfile("always", twice=1_000_000, twice_after=Latency.uniform(1_000, 60_000))


async def pays(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(20))


def test_it_is_drawn_once_for_each_payment_and_the_merchant_sends_the_second_one_back() -> None:
    for seed in range(10):
        run = simulate(pays, seed=seed, faults=ALWAYS)

        assert run.ok, run.explain()
        assert run.captured("wechat") == 198_00
        assert run.kept("wechat") == 99_00
        assert [one.name for one in run.deviations if kind(one) == "booked twice"] == [PLACE]
        assert "one trade was paid twice" in situations(run)


def test_it_is_played_again_from_its_name() -> None:
    run = simulate(pays, deviations=[Deviation(PLACE, 1, "60000 ms later")], settings=ROUGH)
    first, second = (one.at for one in run.journal if one.what is What.MONEY and one.subject == "CAPTURED")

    assert run.ok, run.explain()
    assert run.unused == ()
    assert second - first == 60_000


@pytest.mark.parametrize("value", ["nonsense", "-1 ms later", 60_000, "99999999999999 ms later"])
def test_what_cannot_be_is_told_as_unused_and_books_nothing(value: str | int) -> None:
    run = simulate(pays, deviations=[Deviation(PLACE, 1, value)], settings=ROUGH)

    assert [one.name for one in run.unused] == [PLACE]
    assert run.captured("wechat") == 99_00


def test_what_a_story_has_arranged_comes_before_chance() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.channel("wechat").books_twice(after=minutes(3))
        await order.pay("wechat")
        await sim.sleep(minutes(20))

    run = simulate(story, seed=1, faults=ALWAYS)
    first, second = (one.at for one in run.journal if one.what is What.MONEY and one.subject == "CAPTURED")

    assert second - first == minutes(3)
    assert not [one for one in run.deviations if kind(one) == "booked twice"]
