"""Runs to draw pictures of: all shipped scenarios, rough seeds, broken merchants, several customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.library import SCENARIOS
from tests.sim.merchants import broken, plots

from paytwice import Run, Simulation, hours, minutes, seconds, simulate
from paytwice.pictures.model import Picture
from paytwice.pictures.reading import picture
from paytwice.story.scenario import load

ROUGH_SEEDS: Final = range(1, 9)


async def three_customers(sim: Simulation) -> None:
    """Three customers buy at once, and the merchant dies."""
    orders = [await sim.checkout(amount) for amount in ("99.00 CNY", "45.50 CNY", "1288.00 CNY")]
    await sim.together(*[order.pay("wechat") for order in orders])
    sim.crash_merchant(downtime=seconds(30))
    await orders[1].pay("unionpay")
    await sim.sleep(minutes(3))


async def asks_in_vain(sim: Simulation) -> None:
    """WeChat cannot be reached for a day, and the merchant asks it again and again."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    sim.network.partition("merchant", "wechat")
    await sim.sleep(minutes(29))
    sim.network.partition("merchant", "alipay")
    await sim.sleep(hours(20))


def seed_story() -> Run:
    """The run of the README."""
    return load("late_wechat_after_alipay").play().run


def rough(name: str, seed: int) -> Run:
    """A run in which chance has its way."""
    return load(name).play(seed=seed, changes={"profile": "rough"}).run


def pictures() -> Iterator[Picture]:
    """Pictures of all kinds of runs."""
    for path in SCENARIOS:
        played = load(str(path)).play()
        yield picture(played.run, played.scenario.title)
    for seed in ROUGH_SEEDS:
        yield picture(rough(SCENARIOS[seed % len(SCENARIOS)].stem, seed))
    yield picture(simulate(three_customers))
    yield picture(simulate(asks_in_vain))
    yield picture(simulate(plots.late_wechat, merchant=broken.NewNumberForEachTry))
    yield picture(simulate(plots.both_at_once, merchant=broken.ShipsForEachNotice))
    yield picture(simulate(plots.paid_once, merchant=broken.DoesNothing))
