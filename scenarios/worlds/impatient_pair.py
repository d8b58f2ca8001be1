"""Two people pay one order at one moment and two channels: small enough to try every order of events."""

from paytwice import CHANNELS as ALL
from paytwice import Settings, Simulation, minutes, play

SETTINGS = Settings(expires=minutes(2))
CHANNELS = {name: ALL[name] for name in ("wechat", "alipay")}


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    await sim.together(order.confirm("wechat"), order.confirm("alipay"))


if __name__ == "__main__":
    play(story)
