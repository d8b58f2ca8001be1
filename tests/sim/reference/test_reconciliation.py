"""What the reference merchant makes of the bill: nothing twice, nothing too early, every day's."""

from __future__ import annotations

from paytwice import Run, Settings, Simulation, days, hours, minutes, simulate
from paytwice.channels import AskRefund
from paytwice.journal import What
from paytwice.merchant.port import RefundStanding
from paytwice.story.player import Story
from paytwice_core import Money

BILL = Settings(bill=True)


def fetched(run: Run) -> list[str]:
    """The days of the bills that were asked for, as often as they were."""
    return [one.key for one in run.journal if one.what is What.SENT and one.subject == "bill.fetch"]


def by_hand(sim: Simulation, amount: str) -> None:
    """Somebody refunds at the console, and no notification tells of it."""
    sim.network.lose("wechat", "merchant", "refund.notify", times=99)
    [trade] = sim.channel("wechat").desk.trades
    sim.channel("wechat").at_the_console(AskRefund(trade, "HAND-1", Money.parse(amount)))


def silent_console(*, ends: str | None = None, after: int | None = None, day: int = 0) -> Story:
    """Paid at once; on some day a part goes back from the console."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(days(day) + minutes(10))
        if ends is not None:
            sim.channel("wechat").next_refund_ends(ends, after=after)
        by_hand(sim, "40.00 CNY")
        await sim.sleep(days(1))

    return story


def test_the_bill_of_each_day_is_read_though_nothing_was_started_on_it() -> None:
    run = simulate(silent_console(day=3), settings=BILL)

    assert run.ok, run.explain()
    assert fetched(run) == [f"2026-03-0{day}" for day in range(2, 7)]
    assert [one.standing for one in run.order.view.refunds or ()] == [RefundStanding.DONE]  # type: ignore[union-attr]
    assert run.kept("wechat") == 59_00


def test_a_refund_in_the_bill_that_is_still_on_its_way_is_not_done() -> None:
    run = simulate(silent_console(ends="SUCCESS", after=hours(30)), settings=BILL)
    done = [one for one in run.journal if one.what is What.CLAIM and one.subject == "DONE"]
    back = [one for one in run.journal if one.what is What.MONEY and one.subject == "RETURNED"]

    assert run.ok, run.explain()
    assert done
    assert done[0].at > back[0].at, "S9: not before the money is with the customer"


def test_a_refund_in_the_bill_that_came_to_nothing_is_no_refund() -> None:
    run = simulate(silent_console(ends="CLOSED", after=hours(2)), settings=BILL)

    assert run.ok, run.explain()
    assert run.order.refunds == ()
    assert run.kept("wechat") == 99_00
    assert len(fetched(run)) == len({*fetched(run)}), "it is settled, so no bill is read twice"


def test_a_payment_that_only_the_bill_has_is_known_with_what_went_back_of_it() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.lose("wechat", "merchant", "payment.notify", times=16)
        sim.channel("wechat").unavailable("trade.query", lasting=days(2))
        await order.confirm("wechat")
        await sim.sleep(minutes(10))
        by_hand(sim, "99.00 CNY")
        await sim.sleep(days(1))

    run = simulate(story, settings=BILL)

    assert not run.order.is_paid, "its money is back already: it can pay for nothing"
    assert run.kept("wechat") == 0
    assert run.refund_numbers("wechat") == (), "nothing goes back twice"
    assert run.shop.get("ship", 0) == 0


def test_a_merchant_whose_clock_is_ahead_at_midnight_reads_the_bill_of_the_day_before() -> None:
    async def story(sim: Simulation) -> None:
        await sim.sleep(hours(10) - minutes(5))
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")

    run = simulate(story, settings=Settings(bill=True, skew=minutes(10)))

    assert run.ok, run.explain()
    assert fetched(run)[0] == "2026-03-02"
