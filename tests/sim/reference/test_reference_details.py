"""Details of the reference merchant that no verdict shows at once: when it repeats, what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import attrs
import pytest

from paytwice import Deviation, Run, Settings, Simulation, Surroundings, minutes, seconds, simulate
from paytwice.channels import About, AskRefund, Credential, Meaning, Notification, TradeRecord, TradeState
from paytwice.journal import What
from paytwice.merchant.port import CustomerAnswer, Refusal, Said
from paytwice.merchant.reference.books import CREATE_TAKES
from paytwice.merchant.reference.jobs import PLANS, Kind
from paytwice.merchant.reference.merchant import ReferenceMerchant, reference
from paytwice.story.player import Story
from paytwice.story.scenario import load
from paytwice_core import MACHINES, Closing, LateSuccess, Mismatch, Money

REOPENING = Settings(closing=Closing.LOCAL_FIRST, late=LateSuccess.REOPEN_IF_STOCK)


def played(story: Story, settings: Settings | None = None, **how: Any) -> Run:
    run = simulate(story, settings=settings or Settings(), **how)
    assert run.ok, run.explain()
    return run


# -- a refund whose outcome is unknown ----------------------------------------------------------------------


def refund_times(spoil: Callable[[Simulation], None], deviations: list[Deviation]) -> list[int]:
    """When the one refund of a story reached WeChat's desk, try after try."""
    times: dict[str, list[int]] = {}

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(seconds(5))
        spoil(sim)
        await order.ask_refund("40.00 CNY")
        await sim.sleep(minutes(60))
        for one in sim.channel("wechat").desk.requests:
            if isinstance(one.request, AskRefund):
                times.setdefault(one.request.out_refund_no, []).append(one.at)

    run = played(story, Settings(profile="rough"), deviations=deviations)
    assert run.returned("wechat") == 40_00
    [(_, found)] = times.items()  # one wish is one number
    return found


def test_a_refund_that_meets_system_errors_is_sent_again_after_longer_and_longer_waits() -> None:
    errors = [Deviation("wechat AskRefund P1-R1 mishap", n, "BEFORE") for n in range(1, 5)]

    times = refund_times(lambda _: None, errors)

    waits = [later - earlier for earlier, later in pairwise(times)]
    assert len(waits) == 4, "four errors, and the fifth try comes through"
    assert all(longer >= shorter + seconds(30) for shorter, longer in pairwise(waits)), waits
    assert waits[0] >= minutes(1), "it asks first what became of the refund"


def test_a_refund_that_the_channel_has_made_is_not_sent_again_when_its_answer_is_lost() -> None:
    times = refund_times(lambda sim: sim.network.lose("wechat", "merchant", "refund.ask.reply", times=9), [])

    assert len(times) == 1, "the query finds it"


def test_a_refund_that_never_arrived_is_sent_again_after_longer_and_longer_waits() -> None:
    sent: list[int] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(seconds(5))
        sim.network.lose("merchant", "wechat", "refund.ask", times=4)
        await order.ask_refund("40.00 CNY")
        await sim.sleep(minutes(60))

    run = played(story)
    sent = [
        one.at
        for one in run.journal
        if one.what is What.LOST and one.who == "merchant" and one.whom == "wechat"
    ]

    waits = [later - earlier for earlier, later in pairwise(sent)]
    assert len(waits) == 3
    assert all(longer >= shorter + seconds(30) for shorter, longer in pairwise(waits)), waits


def test_two_refunds_stay_apart_at_the_channel_though_the_first_was_slow_on_its_way() -> None:
    met: list[Meaning] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(seconds(5))
        sim.network.delay("merchant", "wechat", "refund.ask", seconds(4))
        await sim.together(order.ask_refund("60.00 CNY", "a"), order.ask_refund("39.00 CNY", "b"))
        await sim.sleep(minutes(5))
        met.extend(
            one.meaning for one in sim.channel("wechat").desk.requests if isinstance(one.request, AskRefund)
        )

    played(story)

    assert met == [Meaning.OK, Meaning.OK], "neither came too soon after the other"


@pytest.mark.parametrize(("lost", "said"), [(0, Said.ACCEPTED), (2, Said.ACCEPTED), (3, None)])
def test_a_customer_asks_for_the_same_money_up_to_three_times(lost: int, said: Said | None) -> None:
    answers: list[CustomerAnswer | None] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(seconds(5))
        if lost:
            sim.network.lose("merchant", "customer", "refund.ask.reply", times=lost)
        answers.append(await order.ask_refund("40.00 CNY"))

    run = played(story)

    asked = [
        one
        for one in run.journal
        if one.what is What.ARRIVED and (one.who, one.subject) == ("merchant", "refund.ask")
    ]
    assert len(asked) == min(lost + 1, 3)
    assert [answer and answer.said for answer in answers] == [said]
    assert run.returned("wechat") == 40_00, "it is one request, however often it is made"


# -- the goods of an order that is reopened -----------------------------------------------------------------


def reopened_before_the_release(sold_on: list[bool]) -> Story:
    """The release dies with its process, and the late success is there before the jobs are read again."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY", expires=minutes(5))
        await order.start("wechat")
        sim.network.hold("merchant", "wechat", lasting=minutes(10))
        await sim.sleep(minutes(4))
        sim.crash_merchant_before("merchant release * shop.release *", downtime=seconds(10))
        await order.confirm("wechat")
        await sim.sleep(minutes(30))
        other = await sim.checkout("99.00 CNY")
        sold_on.append(not isinstance(await other.start("alipay"), Refusal))

    return story


def test_what_is_still_to_be_released_is_released_before_a_late_success_reserves_it_again() -> None:
    sold_on: list[bool] = []
    jobs_are_read_late = [Deviation("merchant work store.rows jobs", 3, f"slow {minutes(20)}")]

    run = played(
        reopened_before_the_release(sold_on), attrs.evolve(REOPENING, stock=1), deviations=jobs_are_read_late
    )

    assert not run.unused
    late = run.orders[0]
    assert late.is_paid, "the goods are there: they are the ones it had reserved itself"
    assert late.kept == 99_00
    assert run.shop == {"reserve": 2, "release": 1, "ship": 1}
    assert sold_on == [False], "one piece cannot be sold twice"


def test_an_order_is_reopened_soundly_whatever_comes_first_after_a_restart() -> None:
    for seed in range(40):
        story = reopened_before_the_release([])

        run = simulate(story, seed=seed, settings=attrs.evolve(REOPENING, stock=1))

        assert run.ok, run.explain()
        assert run.shop["reserve"] - run.shop.get("release", 0) == 1
        assert run.shop["ship"] == 1


# -- the inbox and the dead letters -------------------------------------------------------------------------


@attrs.define
class Opened:
    """The reference merchant with its books open to the test."""

    stores: list[Any] = attrs.field(factory=list)

    def __call__(self, around: Surroundings) -> ReferenceMerchant:
        self.stores.append(around.store)
        return reference(around)

    def table(self, name: str) -> Mapping[str, Any]:
        rows: Mapping[str, Any] = self.stores[-1].committed(name)
        return rows


def stray(send: int) -> Notification:
    trade = TradeRecord("P7-1", TradeState.PAID, Money(1_00, "CNY"), Money(0, "CNY"), "WX9", 0, "SUCCESS")
    return Notification(f"stray {send}", send, "wechat", About.PAYMENT, "app-1", "mch-1", trade)


def test_every_notification_that_is_applied_is_in_the_inbox_with_the_rows_it_led_to() -> None:
    opened = Opened()
    ladders: list[str] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        await sim.sleep(seconds(5))
        await order.ask_refund("40.00 CNY")
        await sim.sleep(minutes(30))
        ladders.extend(sim.channel("wechat").desk.ladders)

    played(story, merchant=opened)

    inbox = opened.table("inbox")
    assert len(ladders) == 2, "one tells of the payment, one of the refund"
    assert sorted(inbox) == sorted(ladders)
    assert [inbox[name].notification.id for name in ladders] == ladders
    assert "O3" in inbox[ladders[0]].disposition, "the payment paid the order"
    assert opened.table("dead letters") == {}


def test_a_notification_that_changes_nothing_is_kept_all_the_same() -> None:
    opened = Opened()

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.delay("wechat", "merchant", "payment.notify", minutes(5))
        await order.confirm("wechat")
        await sim.sleep(minutes(10))

    run = played(story, merchant=opened)

    assert run.order.is_paid, "a query told it long before"
    assert len(opened.table("inbox")) == 1


@pytest.mark.parametrize(
    ("send", "table"), [(1, "inbox"), (3, "inbox"), (4, "dead letters"), (9, "dead letters")]
)
def test_a_number_nobody_knows_waits_in_the_inbox_and_is_a_dead_letter_from_the_fourth_send_on(
    send: int, table: str
) -> None:
    opened = Opened()

    async def story(sim: Simulation) -> None:
        await sim.checkout("99.00 CNY")
        sim.network.send("wechat", "merchant", "payment.notify", "P7-1", stray(send))
        await sim.sleep(seconds(1))

    played(story, merchant=opened)

    for name in ("inbox", "dead letters"):
        assert len(opened.table(name)) == (name == table)
    [kept] = opened.table(table).values()
    assert kept.notification == stray(send)
    assert kept.disposition, "it says why it led to nothing"


# -- what the customer is told ------------------------------------------------------------------------------


@pytest.mark.parametrize("closing", Closing)
@pytest.mark.parametrize("channel", ["wechat", "alipay"])
def test_who_cancels_while_a_create_is_under_way_is_given_nothing_to_pay_with(
    channel: str, closing: Closing
) -> None:
    started: list[object] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.network.delay(channel, "merchant", "trade.create.reply", seconds(5))

        async def start() -> None:
            started.append(await order.start(channel))

        async def cancel() -> None:
            await sim.sleep(seconds(1))
            answer = await order.cancel()
            assert answer is not None
            assert answer.said is Said.ACCEPTED

        await sim.together(start(), cancel())
        await order.confirm(channel)

    run = played(story, Settings(closing=closing))

    [answer] = started
    assert not isinstance(answer, Credential)
    assert isinstance(answer, Refusal)
    assert not answer.pay_again
    assert run.captured(channel) == 0
    assert run.order.is_closed


def wrongly_paid(answers: list[Said]) -> Story:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("unionpay")
        [form] = order.credentials["unionpay"]
        order.credentials["unionpay"] = [attrs.evolve(form, amount=Money(50_00, "CNY"))]  # tampered with
        await order.confirm("unionpay")
        for _ in range(20):
            await sim.sleep(seconds(30))
            answer = await order.status()
            assert answer is not None
            answers.append(answer.said)

    return story


def partly_returned(answers: list[Said]) -> Story:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("alipay")
        sim.network.lose(
            "alipay", "merchant", "payment.notify", times=9
        )  # a query tells it, after the return
        await order.confirm("alipay")
        by_hand = AskRefund("P1-1", "by hand", Money(40_00, "CNY"))  # in the merchant's back office
        sim.channel("alipay").desk.handle(by_hand, sim.now)
        for _ in range(20):
            await sim.sleep(seconds(30))
            answer = await order.status()
            assert answer is not None
            answers.append(answer.said)

    return story


@pytest.mark.parametrize("told", [wrongly_paid, partly_returned])
@pytest.mark.parametrize("mismatch", Mismatch)
def test_who_has_paid_a_wrong_amount_is_not_asked_to_pay_again(
    told: Callable[[list[Said]], Story], mismatch: Mismatch
) -> None:
    answers: list[Said] = []

    run = simulate(told(answers), settings=Settings(mismatch=mismatch))

    assert run.failure is None
    assert not run.verdict.violations, run.explain()
    assert sum(map(run.captured, ("unionpay", "alipay"))) > 0
    assert not run.order.is_paid
    assert Said.PAY_AGAIN not in answers
    assert answers[-1] is Said.OPEN


def test_who_has_paid_nothing_and_cannot_any_more_is_asked_to_pay_again() -> None:
    answers: list[Said] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        for _ in range(2):
            answer = await order.status()
            assert answer is not None
            answers.append(answer.said)
            await order.start("wechat")

    played(story)

    assert answers == [Said.PAY_AGAIN, Said.OPEN]


def test_a_run_knows_which_pairs_of_state_and_evidence_came_up() -> None:
    run = load("late_wechat_after_alipay").play().run

    assert ("order", "PAID", "SUCCESS") in run.reached, "a second payment of a paid order"
    assert ("order", "CLOSED", "SUCCESS") not in run.reached
    assert set(run.reached) < {pair for machine in MACHINES for pair in machine.pairs}
    assert list(run.reached) == sorted(run.reached)


def test_a_refund_that_never_arrived_is_asked_for_again_within_the_hour() -> None:
    """L3: the longest wait for a query, the longest before it is sent again, and both calls timing out."""
    slowest = max(PLANS[Kind.QUERY_REFUND]) + max(PLANS[Kind.REFUND]) + 2 * CREATE_TAKES

    assert slowest < minutes(60)
