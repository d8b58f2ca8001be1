"""Whatever a desk answers, the merchant gets all of it."""

from __future__ import annotations

from datetime import date

import attrs

from paytwice import Simulation, hours, simulate
from paytwice.channels.messages import NO_ANSWER, Answer, Bill, FundBill, Meaning
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Money

DAY = date(2026, 3, 2)


def test_what_a_desk_says_is_complete_when_its_time_is_on_it() -> None:
    full = attrs.evolve(NO_ANSWER, bill=Bill(DAY, ()), fund_bill=FundBill(DAY, (), Money.zero("CNY")))

    assert full.said_at(7) == attrs.evolve(full, at=7)


def test_a_merchant_can_read_the_fund_bill() -> None:
    answers: list[Answer] = []

    class ReadsFundBills(ReferenceMerchant):
        async def work(self) -> None:
            await self.around.clock.sleep(hours(22))
            answers.append(await self.around.channels["wechat"].fund_bill(DAY))

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(hours(23))

    simulate(story, merchant=ReadsFundBills)

    assert [answer.meaning for answer in answers] == [Meaning.OK]
    assert answers[0].fund_bill is not None
