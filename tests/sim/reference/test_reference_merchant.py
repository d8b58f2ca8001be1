"""What the reference merchant does, in small stories; the money is judged by the oracle in each."""

from __future__ import annotations

from datetime import datetime

import attrs

from paytwice import CHANNELS, Run, Settings, Simulation, hours, minutes, seconds, simulate
from paytwice.calendar import SHANGHAI
from paytwice.channels import About, AskRefund, Notification, TradeRecord, TradeState
from paytwice.channels.messages import RefundStatus
from paytwice.journal import What
from paytwice.merchant.port import CustomerAnswer, Refusal, Said
from paytwice.story.player import Story
from paytwice_core import Attempts, LateSuccess, Money
from paytwice_core.policy import Closing

ONE_AT_A_TIME = Settings(attempts=Attempts.ONE_AT_A_TIME)


def played(story: Story, settings: Settings | None = None) -> Run:
    run = simulate(story, settings=settings or Settings())
    assert run.ok, run.explain()
    return run


def alarms(run: Run) -> list[str]:
    return [entry.text for entry in run.journal if entry.what is What.ALARM]


def refund_states(run: Run) -> list[str]:
    return [entry.subject for entry in run.journal if entry.what is What.REFUND]


def test_one_at_a_time_closes_the_first_attempt_before_it_starts_the_second() -> None:
    answers: list[object] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        answers.append(await order.start("alipay"))
        await sim.sleep(seconds(5))
        answers.append(await order.pay("alipay"))
        answers.append(await order.confirm("wechat"))

    run = played(story, ONE_AT_A_TIME)

    assert isinstance(answers[0], Refusal)
    assert run.order.paid_by == "alipay"
    assert run.captured("wechat") == 0, "its cashier was closed before Alipay's was opened"


def test_a_cancelled_order_releases_its_stock_once() -> None:
    answers: list[CustomerAnswer | None] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        answers.extend([await order.cancel(), await order.cancel()])
        await sim.sleep(seconds(1))
        answers.append(await order.status())

    run = played(story)

    first, _second, last = [answer.said for answer in answers if answer is not None]
    assert (first, last) == (Said.ACCEPTED, Said.CLOSED)
    assert run.shop == {"reserve": 1, "release": 1}


def test_a_paid_order_cannot_be_cancelled_and_is_refunded_in_parts() -> None:
    answers: list[CustomerAnswer | None] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(seconds(5))
        answers.append(await order.cancel())
        answers.append(await order.ask_refund("60.00 CNY"))
        answers.append(await order.ask_refund("39.00 CNY"))
        answers.append(await order.ask_refund("0.01 CNY"))

    run = played(story)

    assert [answer.said for answer in answers if answer is not None] == [
        Said.REFUSED,
        Said.ACCEPTED,
        Said.ACCEPTED,
        Said.REFUSED,
    ]
    assert run.kept("wechat") == 0
    assert run.order.is_paid, "a refund does not undo that the order was paid"


def test_two_refund_numbers_of_one_trade_keep_the_channels_spacing() -> None:
    asked: list[int] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(seconds(5))
        await sim.together(order.ask_refund("60.00 CNY", "a"), order.ask_refund("39.00 CNY", "b"))
        await sim.sleep(minutes(5))
        asked.extend(
            one.at for one in sim.channel("wechat").desk.requests if isinstance(one.request, AskRefund)
        )

    played(story)

    assert len(asked) == 2, "neither was refused as too soon"
    assert asked[1] - asked[0] >= CHANNELS["wechat"].refund_spacing


def test_the_same_request_for_a_refund_moves_money_once() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("alipay")
        await sim.sleep(seconds(5))
        await sim.together(order.ask_refund("50.00 CNY", "same"), order.ask_refund("50.00 CNY", "same"))

    assert played(story).kept("alipay") == 49_00


def test_the_bill_finds_what_neither_notification_nor_query_told() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.lose("wechat", "merchant", "payment.notify", times=99)
        sim.network.lose("merchant", "wechat", "trade.query", times=999)
        await order.confirm("wechat")
        await sim.sleep(hours(30))

    run = simulate(story, settings=Settings(expires=hours(48)))

    assert run.order.is_paid, "the bill of the day has it"
    assert run.kept("wechat") == 99_00
    found = next(entry for entry in run.journal if entry.what is What.VIEW and entry.subject == "PAID")
    assert hours(20) <= found.at <= hours(20) + minutes(5), "10:00 of the next day: the run began at 14:00"


def test_a_payment_just_before_midnight_is_in_that_days_bill_and_not_touched() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await sim.sleep(seconds(9))
        await order.pay("wechat")
        await sim.sleep(hours(11))

    late = Settings(begins=datetime(2026, 3, 2, 23, 59, 50, tzinfo=SHANGHAI), bill=True)
    run = played(story, late)

    assert run.kept("wechat") == 99_00
    assert run.order.refunds == ()


def test_an_expired_reservation_is_taken_again_when_there_is_stock() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY", expires=minutes(5))
        await order.start("wechat")
        sim.network.hold("merchant", "wechat", lasting=minutes(10))
        await sim.sleep(minutes(4))
        await order.confirm("wechat")
        await sim.sleep(minutes(2))

    reopening = Settings(closing=Closing.LOCAL_FIRST, late=LateSuccess.REOPEN_IF_STOCK)
    run = played(story, reopening)

    assert run.order.paid_by == "wechat"
    assert run.shop == {"reserve": 2, "release": 1, "ship": 1}


def test_late_money_goes_back_when_the_goods_were_sold_meanwhile() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY", expires=minutes(5))
        await order.start("wechat")
        sim.network.hold("merchant", "wechat", lasting=minutes(10))
        await sim.sleep(minutes(4))
        await order.confirm("wechat")
        await sim.sleep(minutes(2))
        other = await sim.checkout("99.00 CNY")
        await other.pay("alipay")

    reopening = Settings(closing=Closing.LOCAL_FIRST, late=LateSuccess.REOPEN_IF_STOCK, stock=1)
    run = played(story, reopening)

    late, other = run.orders
    assert late.is_closed
    assert late.refunds == ("LATE SUCCESS",)
    assert other.is_paid


def test_a_forged_notification_changes_nothing_and_is_not_acked() -> None:
    def forged(order_id: str, **changes: object) -> Notification:
        zero = Money(0, "CNY")
        trade = TradeRecord(
            f"{order_id}-1", TradeState.PAID, Money(99_00, "CNY"), zero, "FORGED", 0, "SUCCESS"
        )
        genuine = Notification("forged", 1, "wechat", About.PAYMENT, "app-1", "mch-1", trade)
        return attrs.evolve(genuine, **changes)  # type: ignore[arg-type]  # the fields of Notification

    acks: list[object] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        for lie in ({"authentic": False}, {"app_id": "another"}, {"mch_id": "another"}):
            sim.network.send(
                "wechat",
                "merchant",
                "payment.notify",
                "P1-1",
                forged("P1", **lie),
                reply=lambda ack, _entry: acks.append(ack),
            )
        await sim.sleep(seconds(1))

    run = played(story)

    assert run.order.is_closed, "nobody paid"
    assert [getattr(ack, "status", None) for ack in acks] == [500, 500, 500]
    assert alarms(run).count("a notification that is not authentic, or not ours") == 3


def test_a_number_that_is_not_on_record_is_not_acked_and_a_person_hears_of_it() -> None:
    acks: list[object] = []

    async def story(sim: Simulation) -> None:
        await sim.checkout("99.00 CNY")
        trade = TradeRecord("P7-1", TradeState.PAID, Money(1_00, "CNY"), Money(0, "CNY"), "WX9", 0, "SUCCESS")
        stray = Notification("stray", 5, "wechat", About.PAYMENT, "app-1", "mch-1", trade)
        sim.network.send(
            "wechat", "merchant", "payment.notify", "P7-1", stray, reply=lambda ack, _: acks.append(ack)
        )
        await sim.sleep(seconds(1))

    run = played(story)

    assert [getattr(ack, "status", None) for ack in acks] == [500]
    assert "a notification for a number that is not on record" in alarms(run)


def test_a_refund_the_channel_closed_gets_a_new_number() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await order.start("alipay")
        sim.network.hold("merchant", "wechat")
        await order.confirm("wechat")
        await order.confirm("alipay")
        sim.network.release("merchant", "wechat")

    closing = [
        run
        for run in (simulate(story, seed=seed, settings=Settings(profile="rough")) for seed in range(120))
        if any(
            entry.subject == RefundStatus.CLOSED.value for entry in run.journal if entry.what is What.REFUND
        )
    ]

    assert closing, "some seed closes a refund"
    for run in closing:
        assert not run.verdict.violations, run.explain()
        assert run.order.refunds[0] == "DUPLICATE CHANNEL_CLOSED"


def test_a_sold_out_order_is_declined_and_owes_nothing() -> None:
    async def story(sim: Simulation) -> None:
        first = await sim.checkout("99.00 CNY")
        second = await sim.checkout("99.00 CNY")
        assert isinstance(await second.start("wechat"), Refusal)
        await first.pay("wechat")

    run = played(story, Settings(stock=1))

    assert [order.is_paid for order in run.orders] == [True, False]
    assert run.orders[1].view is None


def test_a_refund_made_at_the_console_is_taken_in_and_not_made_again() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await order.start("alipay")
        sim.network.hold("merchant", "wechat", lasting=minutes(20))
        await order.confirm("wechat")
        await order.confirm("alipay")
        await sim.sleep(minutes(2))
        console = AskRefund("P1-1", "CONSOLE-1", Money(99_00, "CNY"))
        sim.channel("wechat").at_the_console(console)  # support has heard of it before the merchant has
        await sim.sleep(minutes(30))

    run = played(story)

    assert run.returned("wechat") == 99_00
    assert run.kept("alipay") == 99_00
    assert run.refund_numbers("wechat") == (), "the duplicate had gone back already"
