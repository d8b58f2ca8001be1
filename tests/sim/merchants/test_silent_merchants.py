"""A notification that nobody answers is not accepted, however well everything else goes (L5)."""

from __future__ import annotations

import trio

from paytwice import Simulation, seconds, simulate
from paytwice.channels import Ack, Notification
from paytwice.merchant.port import Surroundings
from paytwice.merchant.reference.merchant import ReferenceMerchant


class NeverAnswers(ReferenceMerchant):
    async def notified(self, notification: Notification) -> Ack:
        await trio.sleep_forever()
        raise AssertionError("unreachable")


class AnswersTooLate(ReferenceMerchant):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.around = around

    async def notified(self, notification: Notification) -> Ack:
        await self.around.clock.sleep(seconds(20))
        return await super().notified(notification)


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")


def test_a_merchant_that_never_answers_is_caught() -> None:
    run = simulate(story, merchant=NeverAnswers)

    assert [violation.invariant for violation in run.verdict.violations] == ["L5"]


def test_a_merchant_that_answers_after_the_channel_has_given_up_waiting_is_caught() -> None:
    run = simulate(story, merchant=AnswersTooLate)

    assert [violation.invariant for violation in run.verdict.violations] == ["L5"]


def test_the_reference_merchant_is_not() -> None:
    assert simulate(story).ok
