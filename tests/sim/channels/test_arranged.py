"""What a story arranges at a channel happens there, in every run of the story."""

from __future__ import annotations

import pytest

from paytwice import Simulation, minutes, simulate
from paytwice.at_channel import AtChannel
from paytwice.channels import AskRefund, QueryTrade, RefundStatus, TradeState
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
        ends.extend(refund.state for refund in list(wechat.desk.refunds.values())[:2])

    simulate(story, seed=seed)

    assert RefundStatus.SUCCESS in ends
    assert ends[0] is RefundStatus.ABNORMAL


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
