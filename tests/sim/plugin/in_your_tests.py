"""What the README shows of tests under pytest; a test plays it."""

import pytest

from paytwice import Simulation, minutes, seconds
from paytwice.testing import PaytwiceFixture


@pytest.mark.paytwice(seeds=50, profile="rough")
async def test_late_success_goes_back(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", lasting=minutes(3))
    await order.confirm("wechat")
    await sim.sleep(seconds(40))
    await order.pay("alipay")


def test_the_first_payment_wins(paytwice: PaytwiceFixture) -> None:
    run = paytwice.play("late_wechat_after_alipay")

    assert run.order.paid_by == "alipay"
