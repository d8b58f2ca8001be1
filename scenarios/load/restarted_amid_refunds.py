"""Four customers get a part back at once, two of the calls are lost, and the shop restarts in between."""

from paytwice import Run, Simulation, minutes, play, seconds

ORDERS = 4


async def story(sim: Simulation) -> None:
    orders = [await sim.checkout("99.00 CNY") for _ in range(ORDERS)]
    for order in orders:
        await order.pay("wechat")
    await sim.sleep(minutes(5))
    sim.network.lose("merchant", "wechat", "refund.ask", times=2)
    await sim.together(*(order.ask_refund("40.00 CNY") for order in orders))
    await sim.sleep(seconds(5))  # two calls wait for answers that will not come
    sim.crash_merchant(downtime=seconds(30))
    await sim.sleep(minutes(30))


def expect(run: Run) -> None:
    assert run.returned("wechat") == ORDERS * 40_00, "each has its part, once"
    assert len(run.refund_numbers("wechat")) == ORDERS, "the numbers outlive the process, as the work does"


if __name__ == "__main__":
    play(story, expect)
