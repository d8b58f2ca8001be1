"""WeChat, Alipay and UnionPay capture for one order, and all three notifications arrive at once."""

from paytwice import Run, Simulation, play

INTERLEAVINGS = 50
ALL_THREE = ("wechat", "alipay", "unionpay")


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    for channel in ALL_THREE:
        await order.start(channel)
        sim.network.hold("merchant", channel)
    await sim.together(*(order.confirm(channel) for channel in ALL_THREE))
    for channel in ALL_THREE:
        sim.network.release("merchant", channel)


def expect(run: Run) -> None:
    assert run.order.paid_by in ALL_THREE
    for channel in ALL_THREE:
        wins = channel == run.order.paid_by
        assert run.captured(channel) == 99_00
        assert run.kept(channel) == (99_00 if wins else 0), "one payment is kept, and it is the winner's"
        assert len(run.refund_numbers(channel)) == (0 if wins else 1)
    assert run.shop["ship"] == 1


if __name__ == "__main__":
    play(story, expect)
