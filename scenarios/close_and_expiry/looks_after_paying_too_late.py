"""The order expires while WeChat hangs; its success comes after that, and the customer looks at the page."""

from paytwice import Run, Settings, Simulation, minutes, play
from paytwice_core import Closing

SETTINGS = Settings(closing=Closing.LOCAL_FIRST, expires=minutes(15))


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(minutes(14))
    sim.network.hold("merchant", "wechat", lasting=minutes(10))
    await order.confirm("wechat")  # in time for WeChat, too late for the merchant to hear of it
    for _ in range(3):
        await sim.sleep(minutes(6))
        await order.status()


def expect(run: Run) -> None:
    assert run.captured("wechat") == 99_00
    if run.order.is_paid:  # closed at the channel first, and so never closed; or opened again
        assert run.kept("wechat") == 99_00
    else:
        assert run.kept("wechat") == 0, "money for a closed order goes back"
        assert "ship" not in run.shop


if __name__ == "__main__":
    play(story, expect)
