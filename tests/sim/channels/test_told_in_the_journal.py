"""What a channel tells stands beside the journal's entries, in the channel's own words."""

from __future__ import annotations

from paytwice import Run, Simulation, minutes, simulate
from paytwice.channels.messages import Answer, Meaning, Outcome
from paytwice.channels.telling import status_of
from paytwice.journal import What


def _pays_twice_and_gets_one_back(first: str, second: str) -> Run:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start(first)
        await order.start(second)
        await order.confirm(first)
        await order.confirm(second)
        await sim.sleep(minutes(30))

    return simulate(story)


def _told(run: Run, what: What, who: str, subject: str) -> list[str]:
    return [
        entry.text
        for entry in run.journal
        if (entry.what, entry.who, entry.subject) == (what, who, subject) and entry.text
    ]


def test_a_notification_tells_of_money_and_refund() -> None:
    run = _pays_twice_and_gets_one_back("alipay", "wechat")

    assert _told(run, What.SENT, "alipay", "payment.notify")[0] == "paid ¥99.00"
    assert _told(run, What.SENT, "wechat", "refund.notify") == ["refund P1-R1 SUCCESS ¥99.00"]


def test_alipay_tells_of_a_refund_as_of_a_payment() -> None:
    run = _pays_twice_and_gets_one_back("wechat", "alipay")

    assert _told(run, What.SENT, "alipay", "payment.notify") == [
        "paid ¥99.00",
        "TRADE_CLOSED, refund P1-R1 ¥99.00",
    ]


def test_an_answer_is_told_by_the_status_that_was_asked_for() -> None:
    run = _pays_twice_and_gets_one_back("alipay", "wechat")

    assert set(_told(run, What.DESK, "wechat", "refund.query")) == {"PROCESSING"}


def test_a_bare_number_is_told_with_its_meaning() -> None:
    run = _pays_twice_and_gets_one_back("alipay", "unionpay")
    answer = Answer(Outcome.UNKNOWN, Meaning.SYSTEM_ERROR, "03")

    assert set(_told(run, What.DESK, "unionpay", "refund.query")) == {"PROCESSING (05)"}
    assert status_of(answer) == "SYSTEM_ERROR (03)"
