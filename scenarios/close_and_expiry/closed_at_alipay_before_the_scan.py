"""An order is cancelled before its QR code was scanned: Alipay knows no trade, and can still be paid."""

from paytwice import Run, Simulation, play, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("alipay")
    await order.cancel()  # the close is answered with TRADE_NOT_EXIST
    await sim.sleep(seconds(30))
    await order.scan("alipay")
    await order.confirm("alipay")


def expect(run: Run) -> None:
    assert run.captured("alipay") == 99_00, "the scan makes the trade, and the customer pays it"
    if run.order.is_paid:
        assert run.kept("alipay") == 99_00
        assert run.shop == {"reserve": 1, "ship": 1}
    else:
        assert run.kept("alipay") == 0, "money for a closed order goes back"
        assert run.shop == {"reserve": 1, "release": 1}


if __name__ == "__main__":
    play(story, expect)
