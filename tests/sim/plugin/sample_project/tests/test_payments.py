"""What the shop promises about its payments."""

import pytest

from paytwice import Simulation, minutes, seconds
from paytwice.testing import BrokenPromise, PaytwiceFixture


@pytest.mark.paytwice(seeds=10, profile="calm")
async def test_late_success_goes_back(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", lasting=minutes(3))
    await order.confirm("wechat")
    await sim.sleep(seconds(40))
    await order.pay("alipay")


@pytest.mark.parametrize("scenario", ["late_wechat_after_alipay", "same_notification_twice"])
def test_shipped_scenarios(paytwice: PaytwiceFixture, scenario: str) -> None:
    run = paytwice.play(scenario)

    assert run.order.is_paid


def test_what_is_not_given_back_is_found(paytwice: PaytwiceFixture) -> None:
    with pytest.raises(BrokenPromise, match="S4 no stranded money"):
        paytwice.play("late_wechat_after_alipay", merchant="shop.payments:Forgetful")
