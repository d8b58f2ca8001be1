"""The order expires while WeChat hangs, and WeChat's success arrives when the goods are back on the shelf."""

from paytwice import Run, Settings, Simulation, minutes, play
from paytwice_core import Closing

SETTINGS = Settings(closing=Closing.LOCAL_FIRST, expires=minutes(15))


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(minutes(14))
    sim.network.hold("merchant", "wechat", lasting=minutes(10))
    await order.confirm("wechat")  # in time for WeChat, too late for the merchant to hear of it
    await sim.sleep(minutes(2))


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00
    if run.order.is_paid:  # closed at the channel first, and so never closed; or opened again
        assert run.kept("wechat") == 99_00
        assert run.shop["ship"] == 1
    else:
        assert run.kept("wechat") == 0, "money for a closed order goes back"
        assert len(run.refund_numbers("wechat")) == 1
        assert "ship" not in run.shop


if __name__ == "__main__":
    play(story, expect)
