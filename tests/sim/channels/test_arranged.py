"""What a story arranges at a channel happens there, in every run of the story."""

from __future__ import annotations

import pytest

from paytwice import Settings, Simulation, hours, minutes, simulate
from paytwice.channels import AskRefund, Meaning, Payment, QueryTrade, RefundStatus, TradeState
from paytwice.story.at_channel import AtChannel
from paytwice_core import Money


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_next_refund_ends_as_was_arranged_and_the_one_after_it_by_itself(seed: int | None) -> None:
    ends: list[RefundStatus] = []

    async def story(sim: Simulation) -> None:
        wechat = sim.channel("wechat")
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        wechat.next_refund_ends("ABNORMAL", after=minutes(1))
        await order.ask_refund("10.00 CNY")
        await sim.sleep(minutes(10))
        await order.ask_refund("20.00 CNY")
        await sim.sleep(minutes(10))
        changes = [
            change for change in wechat.desk.refund_changes if change.state is not RefundStatus.PROCESSING
        ]
        ends.extend(change.state for change in changes)

    simulate(story, seed=seed)

    assert ends == [RefundStatus.ABNORMAL, RefundStatus.SUCCESS]


def test_a_query_is_answered_as_things_stood_before() -> None:
    answers: list[TradeState] = []

    async def story(sim: Simulation) -> None:
        wechat = sim.channel("wechat")
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await sim.sleep(minutes(3))
        await order.confirm("wechat")
        [trade] = wechat.desk.trades
        wechat.queries_lag(minutes(2))
        answers.append(asked(wechat, trade))
        wechat.queries_lag(0)
        answers.append(asked(wechat, trade))

    def asked(wechat: AtChannel, trade: str) -> TradeState:
        record = wechat.at_the_console(QueryTrade(trade)).trade
        assert record is not None
        return record.state

    simulate(story)

    assert answers == [TradeState.UNPAID, TradeState.PAID]


@pytest.mark.parametrize("end", ["DONE", "PROCESSING", ""])
def test_an_end_that_a_refund_cannot_have_is_refused(end: str) -> None:
    async def story(sim: Simulation) -> None:
        with pytest.raises(ValueError, match="end of a refund"):
            sim.channel("wechat").next_refund_ends(end)
        await sim.sleep(1)

    simulate(story)


def test_a_refund_from_the_console_moves_money() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        [trade] = sim.channel("wechat").desk.trades
        by_hand = AskRefund(trade, "by hand", Money(10_00, "CNY"))
        sim.channel("wechat").at_the_console(by_hand)
        await sim.sleep(minutes(10))

    run = simulate(story)

    assert run.returned("wechat") == 10_00


def test_calls_that_are_unavailable_fail_for_so_long_and_do_nothing() -> None:
    met: list[Meaning] = []

    async def story(sim: Simulation) -> None:
        wechat = sim.channel("wechat")
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        wechat.unavailable("*.query", lasting=minutes(2))
        await sim.sleep(minutes(5))
        met.extend(one.meaning for one in wechat.desk.requests if isinstance(one.request, QueryTrade))

    simulate(story)

    assert met[0] is Meaning.SYSTEM_ERROR
    assert met[-1] is Meaning.OK


def test_an_outage_of_calls_ends_when_the_run_heals() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.network.lose("wechat", "merchant", "payment.notify", times=16)
        sim.channel("wechat").unavailable("trade.query", lasting=hours(200))
        await order.pay("wechat")

    run = simulate(story)

    assert run.order.is_paid
    assert run.ok


def test_an_outage_of_what_is_no_call_is_refused() -> None:
    async def story(sim: Simulation) -> None:
        with pytest.raises(ValueError, match=r"'trade\.pay' is no call .* trade\.query"):
            sim.channel("wechat").unavailable("trade.pay", lasting=minutes(1))
        await sim.checkout("99.00 CNY")

    assert simulate(story).failure is None


def test_an_edited_price_is_what_the_customer_pays_with_the_code_in_hand() -> None:
    seen: list[Payment | None] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.channel("wechat").edit_prices("9.90 CNY")
        seen.append(await order.confirm("wechat"))
        sim.channel("wechat").edit_prices("1.00 CNY")  # it is paid: nothing is left to edit

    run = simulate(story)

    assert [one.accepted for one in seen if one] == [True]
    assert run.captured("wechat") == 9_90


@pytest.mark.parametrize("coupon", ["0.00 CNY", "-1.00 CNY", "1.00 USD", "ten"])
def test_a_coupon_that_cannot_be_is_refused_where_it_is_used(coupon: str) -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await order.confirm("wechat", coupon=coupon)

    assert isinstance(simulate(story).failure, ValueError)


def test_rough_days_have_coupons_and_calm_days_have_none() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")

    rough = [simulate(story, seed=seed, settings=Settings(profile="rough")) for seed in range(30)]
    kept = [run.coupons_kept("wechat") for run in rough]

    assert 0 < sum(minor > 0 for minor in kept) < 15
    assert all(0 <= minor <= 99_00 for minor in kept)
    assert any(name.name == "wechat Pay P1-1 coupon" for run in rough for name in run.deviations)
    assert all(simulate(story, seed=seed).coupons_kept("wechat") == 0 for seed in range(5))


def test_an_outage_that_no_call_meets_is_told() -> None:
    async def story(sim: Simulation) -> None:
        await sim.checkout("99.00 CNY")
        sim.channel("wechat").unavailable("trade.query", lasting=minutes(1))

    assert "let wechat fail 'trade.query'" in simulate(story).unmet
