"""Support sends a part back in the console, no notice of it arrives, and the customer asks for the whole."""

from paytwice import Run, Settings, Simulation, hours, minutes, play

SETTINGS = Settings(bill=True)  # a run begins at 14:00


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(5))
    sim.network.lose("wechat", "merchant", "refund.notify", times=16)  # the whole ladder
    sim.channel("wechat").refund_by_hand("20.00 CNY")
    await sim.sleep(hours(25))  # it is 15:00, and the bill is there since 10:00
    await order.ask_refund("99.00 CNY")
    await order.ask_refund("79.00 CNY")


def expect(run: Run) -> None:
    assert run.order.paid_by == "wechat"
    assert run.captured("wechat") == run.returned("wechat") == 99_00, "20 by hand, and 79 by the shop"
    assert len(run.refund_numbers("wechat")) == 1, "of the 99 there were 79 left, as the bill says"


if __name__ == "__main__":
    play(story, expect)
