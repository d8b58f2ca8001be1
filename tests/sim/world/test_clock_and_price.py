"""Two things that are wrong from outside: the merchant's clock, and a price that somebody has edited."""

from __future__ import annotations

from typing import Final

import pytest

from paytwice import Deviation, Run, Settings, Simulation, minutes, simulate
from paytwice.gallery import authenticity
from paytwice.merchant.port import Surroundings
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice.report.timeline import folded, timeline

ROUGH: Final = Settings(profile="rough")


def told(run: Run) -> list[str]:
    return [f"{line.event.actor} {line.text}" for line in folded(timeline(run.journal, run.currency))]


async def nobody_pays(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY", expires=minutes(10))
    await order.start("wechat")
    await sim.sleep(minutes(30))


def closed_after(run: Run) -> int:
    """Minutes after which the order was closed."""
    return next(row[0] for row in run.journal.rows if row[2] == "view" and row[5] == "CLOSED") // 60_000


@pytest.mark.parametrize(
    ("off", "minute"), [("90000 ms ahead", 8), ("90000 ms behind", 11), ("0 ms ahead", 10)]
)
def test_a_merchant_goes_by_its_own_clock(off: str, minute: int) -> None:
    run = simulate(nobody_pays, deviations=[Deviation("merchant clock", 1, off)], settings=ROUGH)

    assert run.ok, run.explain()
    assert run.unused == ()
    assert closed_after(run) == minute


def test_a_clock_that_cannot_be_is_told_as_unused_and_shows_the_right_time() -> None:
    nonsense = Deviation("merchant clock", 1, "nonsense")
    run = simulate(nobody_pays, deviations=[nonsense], settings=ROUGH)

    assert run.ok, run.explain()
    assert [one.key for one in run.unused] == [nonsense.key]
    assert closed_after(run) == 10


def test_a_clock_that_is_off_comes_on_top_of_the_setting() -> None:
    ahead = [Deviation("merchant clock", 1, "90000 ms ahead")]
    run = simulate(nobody_pays, deviations=ahead, settings=Settings(profile="rough", skew=minutes(2)))

    assert closed_after(run) == 6
    assert "merchant has its clock 3m30s ahead" in told(run)


def test_a_clock_is_set_right_when_the_run_heals() -> None:
    ahead = [Deviation("merchant clock", 1, "90000 ms ahead")]
    run = simulate(nobody_pays, deviations=ahead, settings=ROUGH)

    assert told(run)[0] == "merchant has its clock 1m30s ahead"
    assert "merchant has its clock set right" in told(run)


class SleepsForAnHour(ReferenceMerchant):
    """Writes down when it went to sleep, and when it got up, by its own clock."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.clock = around.clock
        self.slept: list[tuple[int, int]] = []
        around.spawn("sleeps", self.sleep)
        SLEEPERS.append(self)

    async def sleep(self) -> None:
        until = self.clock.now() + minutes(60)
        await self.clock.sleep_until(until)
        self.slept.append((until, self.clock.now()))


SLEEPERS: Final[list[SleepsForAnHour]] = []


def test_who_sleeps_while_the_clock_is_set_back_sleeps_on() -> None:
    SLEEPERS.clear()
    ahead = [Deviation("merchant clock", 1, "90000 ms ahead")]
    simulate(
        nobody_pays, deviations=ahead, settings=Settings(profile="rough", bill=True), merchant=SleepsForAnHour
    )
    [sleeper] = SLEEPERS

    assert [woke - until for until, woke in sleeper.slept] == [0]


async def pays_by_form(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("unionpay")


def edited(minor: str, merchant: type[ReferenceMerchant] = ReferenceMerchant) -> Run:
    one = Deviation("unionpay Pay P1-1 price", 1, f"edited to {minor}")
    return simulate(pays_by_form, deviations=[one], settings=ROUGH, merchant=merchant)


def test_a_payment_of_an_edited_price_is_sent_back() -> None:
    run = edited("990")

    assert run.ok, run.explain()
    assert run.unused == ()
    assert (run.captured("unionpay"), run.kept("unionpay")) == (9_90, 0)
    assert run.order.state == "CLOSED"
    assert "unionpay console: changes the price of P1-1 to ¥9.90" in told(run)


def test_a_merchant_that_takes_any_sum_is_caught_by_an_edited_price() -> None:
    assert "S3" in {one.invariant for one in edited("990", authenticity.TakesAnySum).verdict.violations}


@pytest.mark.parametrize("minor", ["0", "", "much"])
def test_what_is_no_price_is_not_edited(minor: str) -> None:
    assert edited(minor).captured("unionpay") == 99_00
