"""A refund by others that ended on the merchant's own card: the customer has nothing of it."""

from __future__ import annotations

import pytest

from paytwice import Settings, Simulation, hours, minutes, simulate


@pytest.mark.parametrize("is_told", [True, False])
def test_the_customer_who_got_nothing_is_not_told_otherwise(is_told: bool) -> None:
    """Found by the world of a whole day (S9): notice and bill both passed for a refund that arrived."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        wechat = sim.channel("wechat")
        if not is_told:
            sim.network.lose("wechat", "merchant", "refund.notify", times=40)
        wechat.next_refund_ends("ABNORMAL", after=0)
        wechat.refund_by_hand("40.00 CNY")
        await sim.sleep(minutes(1))
        wechat.reroute_by_hand("MERCHANT_BANK_CARD")
        await sim.sleep(hours(30))

    run = simulate(story, settings=Settings(bill=True))

    assert run.failure is None, run.failure
    assert run.ok, run.explain()
    assert run.returned("wechat") == 0
    assert run.order.refunds == ()
