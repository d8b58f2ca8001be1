"""Shoppers who cannot sit still, channels that book twice and bad weather, under every policy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

import pytest

from paytwice import Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.merchant.process import StoreError
from paytwice_core import Attempts, Closing, LateSuccess

CHANNELS: Final = ("wechat", "alipay", "unionpay")
PRICES: Final = ("99.00 CNY", "0.01 CNY", "50.00 CNY")
SEEDS: Final = 96
MANY_SEEDS: Final = 10_000  # with -m slow

POLICIES: Final = tuple(product(Closing, Attempts, LateSuccess, (0, minutes(1), -minutes(1))))


def settings_of(seed: int) -> Settings:
    """Every policy in turn, three times on a rough day and then once on a calm one."""
    closing, attempts, late, skew = POLICIES[seed % len(POLICIES)]
    profile = "calm" if seed // len(POLICIES) % 4 == 3 else "rough"
    return Settings(profile=profile, closing=closing, attempts=attempts, late=late, skew=skew)


def pick(sim: Simulation, name: str, among: Sequence[int]) -> int:
    return among[sim.choose(name, len(among))]


async def shopper(sim: Simulation, number: int) -> None:
    name = f"shopper {number}"
    order = await sim.checkout(
        PRICES[sim.choose(f"{name} price", len(PRICES))],
        expires=minutes(pick(sim, f"{name} time", (5, 15, 30, 3))),
    )
    for _ in range(3 + sim.choose(f"{name} steps", 5)):
        channel = CHANNELS[sim.choose(f"{name} channel", len(CHANNELS))]
        match sim.choose(f"{name} does", 8):
            case 0:
                await order.pay(channel)
            case 1:
                await order.start(channel)
            case 2:
                await order.confirm(channel, which=-1 - sim.choose(f"{name} which", 2))
            case 3:
                await order.scan(channel)
            case 4:
                answer = await order.status()
                if answer is not None and answer.said.value == "PAY_AGAIN":
                    await order.pay(channel)
            case 5:
                await order.cancel()
            case 6:
                await order.ask_refund(("10.00 CNY", "50.00 CNY", "0.01 CNY")[sim.choose(f"{name} part", 3)])
            case _:
                again = seconds(pick(sim, f"{name} again", (0, 1, 60, 3600)))
                sim.channel(channel).books_twice(after=again)
                await order.pay(channel)
        await sim.sleep(pick(sim, f"{name} waits", (0, 500, 5_000, 60_000, 300_000)))


async def weather(sim: Simulation) -> None:
    for _ in range(1 + sim.choose("weather", 4)):
        channel = CHANNELS[sim.choose("weather at", len(CHANNELS))]
        lasts = seconds(pick(sim, "weather lasts", (5, 60, 600, 7200)))
        match sim.choose("weather is", 7):
            case 0:
                sim.network.hold("merchant", channel, lasting=lasts)
            case 1:
                sim.network.partition("merchant", channel, lasting=lasts)
            case 2:
                sim.network.partition(channel, "merchant", lasting=lasts, one_way=True)
            case 3:
                sim.crash_merchant(downtime=lasts)
            case 4:
                sim.channel(channel).queries_lag(min(lasts, seconds(9)))  # the merchant reckons with 10 s
            case 5:
                sim.network.hold("merchant", "customer", lasting=min(lasts, minutes(1)))
            case _:
                sim.network.hold(channel, "merchant", lasting=lasts, one_way=True)
        await sim.sleep(seconds(pick(sim, "weather rests", (1, 20, 120, 600))))


async def busy_day(sim: Simulation) -> None:
    shoppers = 1 + sim.choose("shoppers", 4)
    await sim.together(weather(sim), *(shopper(sim, number) for number in range(shoppers)))


def wrong_with(run: Run) -> str:
    strange = [error for error in run.errors if not isinstance(error, StoreError)]
    return run.explain() if run.verdict.violations or run.failure is not None or strange else ""


def survives(seeds: int) -> None:
    runs = [simulate(busy_day, seed=seed, settings=settings_of(seed)) for seed in range(seeds)]

    assert [(run.seed, wrong) for run in runs if (wrong := wrong_with(run))] == []
    assert len({run.digest: run.seed for run in runs}) == seeds, "every seed is another story"
    for name in ("S1", "S4", "S6", "S7", "S8", "S15", "S25", "L2", "L3", "L5", "L7"):
        assert any(name in run.verdict.checked for run in runs), f"{name} is vacuous in all of these stories"


def test_the_money_is_right_whatever_happens_on_a_busy_day() -> None:
    survives(SEEDS)


@pytest.mark.slow
def test_the_money_is_right_on_many_busy_days() -> None:
    survives(MANY_SEEDS)


# -- what these stories have found --------------------------------------------------------------------------


def test_the_bill_is_planned_also_by_who_goes_on_with_an_attempt_of_a_dead_process() -> None:
    """The process died between the attempt's row and the bill's, and nobody ever read the bill."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.crash_merchant_before("merchant pay.start * store.put jobs bill *", downtime=seconds(5))
        sim.channel("unionpay").books_twice()
        await order.start("unionpay")
        sim.network.partition("unionpay", "merchant", lasting=minutes(20), one_way=True)
        await order.confirm("unionpay")

    run = simulate(story)

    assert run.ok, run.explain()
    assert run.unmet == ()
    assert run.captured("unionpay") == 198_00
    assert run.kept("unionpay") == 99_00


def test_the_bill_may_be_the_first_to_tell_of_a_first_payment() -> None:
    """The second payment of a trade was heard of first, so that nobody asked any more."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")  # a merchant whose queries get through has a deadline
        await order.start("unionpay")
        sim.channel("unionpay").books_twice(after=minutes(14))
        sim.network.partition("unionpay", "merchant", lasting=minutes(14))  # for the first one's ladder
        await order.confirm("unionpay")
        await sim.sleep(minutes(15))

    run = simulate(story)

    assert run.ok, run.explain()
    assert run.order.view is not None
    assert run.order.view.winner is not None
    assert run.order.view.winner.number == "UP0002"
    assert run.kept("unionpay") == 99_00
