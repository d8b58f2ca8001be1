"""Three customers do what they like, on rough days and under every policy, and the money is right."""

from __future__ import annotations

import pytest

from paytwice import Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.merchant.process import StoreError
from paytwice_core import Attempts, Closing, LateSuccess, Mismatch, Money

CHANNELS = ("wechat", "alipay", "unionpay")
SEEDS = range(30)

SETTINGS = {
    "as it comes": Settings(profile="rough"),
    "local first, reopening, two pieces": Settings(
        profile="rough", closing=Closing.LOCAL_FIRST, late=LateSuccess.REOPEN_IF_STOCK, stock=2
    ),
    "one at a time": Settings(profile="rough", attempts=Attempts.ONE_AT_A_TIME),
    "until the bill": Settings(profile="rough", bill=True),
    "a clock ahead": Settings(profile="rough", skew=minutes(10)),
    "a clock behind": Settings(profile="rough", skew=-minutes(10)),
    "a person for mismatches": Settings(profile="rough", mismatch=Mismatch.PERSON),
}


async def customer(sim: Simulation, number: int) -> None:
    name = f"c{number}"
    await sim.sleep(seconds(sim.choose(f"{name} comes", 120)))
    expires = minutes(5 + sim.choose(f"{name} expiry", 20))
    order = await sim.checkout(f"{10 + number}.00 CNY", expires=expires)
    for _ in range(3 + sim.choose(f"{name} steps", 5)):
        channel = CHANNELS[sim.choose(f"{name} channel", len(CHANNELS))]
        match sim.choose(f"{name} does", 9):
            case 0 | 1:
                await order.start(channel)
            case 2 | 3:
                await order.confirm(channel, which=-1 - sim.choose(f"{name} which", 2))
            case 4:
                await order.pay(channel)
            case 5:
                await order.cancel()
            case 6:
                await order.ask_refund(Money(100 * (1 + sim.choose(f"{name} part", 10)), "CNY"))
            case 7:
                await order.status()
            case _:
                await order.scan(channel)
        await sim.sleep(seconds(sim.choose(f"{name} waits", 90)))


async def three_customers(sim: Simulation) -> None:
    await sim.together(*(customer(sim, number) for number in range(3)))


def check(run: Run) -> None:
    assert run.failure is None, run.explain()
    assert not run.verdict.violations, run.explain()
    assert [error for error in run.errors if not isinstance(error, StoreError)] == []


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_the_money_is_right_whatever_three_customers_do(settings: Settings) -> None:
    runs = [simulate(three_customers, seed=seed, settings=settings) for seed in SEEDS]

    for run in runs:
        check(run)
    digests = {run.digest: run.seed for run in runs}
    captured = {name: sum(run.captured(name) > 0 for run in runs) for name in CHANNELS}
    returned = {name: sum(run.returned(name) > 0 for run in runs) for name in CHANNELS}
    print(f"{len(digests)} different runs; runs with captures {captured}, with returns {returned}")
    assert len(digests) == len(SEEDS), "every seed is another story"
    assert all(captured.values()), "every channel took money in some run"
    assert sum(returned.values()) > 0, "some of it went back"
    assert sum(any(order.is_paid for order in run.orders) for run in runs) > len(SEEDS) // 3


def test_refunds_of_every_channel_are_among_the_stories() -> None:
    runs = [simulate(three_customers, seed=seed, settings=Settings(profile="rough")) for seed in SEEDS]

    returned = {name: sum(run.returned(name) for run in runs) for name in CHANNELS}
    print(returned)
    assert all(returned.values())


def test_a_story_of_random_customers_is_played_again_by_its_seed_and_by_its_deviations() -> None:
    settings = SETTINGS["as it comes"]
    for seed in range(3):
        run = simulate(three_customers, seed=seed, settings=settings)

        assert simulate(three_customers, seed=seed, settings=settings).digest == run.digest
        assert simulate(three_customers, deviations=run.deviations, settings=settings).digest == run.digest
