"""An Alipay trade is over when it can no longer be refunded, and Alipay tells of it as of a payment."""

import attrs

from paytwice import CHANNELS as ALL
from paytwice import Run, Simulation, days, play

# As the classic documents have it. By the usual contract it is a year; two days are as good for a story.
CHANNELS = {
    **ALL,
    "alipay": attrs.evolve(ALL["alipay"], finished_word="TRADE_FINISHED", refund_window=days(2)),
}


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("alipay")  # TRADE_SUCCESS
    await sim.sleep(days(3))  # TRADE_FINISHED, under the same trade_no


def expect(run: Run) -> None:
    assert run.order.paid_by == "alipay"
    assert run.kept("alipay") == 99_00
    assert run.shop == {"reserve": 1, "ship": 1}, "it is the payment of two days ago"


if __name__ == "__main__":
    play(story, expect)
