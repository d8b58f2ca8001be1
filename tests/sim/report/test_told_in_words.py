"""A report says what happened in the words of the trade: read here as somebody with five minutes reads it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.library import NAMES

from paytwice import MerchantFactory, Run, Settings, Simulation, hours, minutes, seconds, simulate
from paytwice.channels.requests import QueryTrade
from paytwice.gallery import authenticity, crashes, reconciliation, refunds, winner
from paytwice.report.phrasing import deed
from paytwice.report.text import HEAD, TAIL, report
from paytwice.report.timeline import folded, timeline
from paytwice.story.at_channel import AtChannel
from paytwice.story.scenario import load


def lines(run: Run) -> list[str]:
    """The story of a run, without times and indentation."""
    return [f"{line.event.actor} {line.text}" for line in folded(timeline(run.journal, run.currency))]


def whole(run: Run) -> str:
    """The whole report."""
    return "\n".join(line for line, _ in report(run))


def played(name: str, merchant: MerchantFactory | None = None) -> Run:
    """A scenario, calm."""
    scenario = load(name)
    return (scenario.play() if merchant is None else scenario.play(merchant=merchant)).run


def arranged(arrange: Callable[[AtChannel], object], *, rest: int = minutes(1)) -> list[str]:
    """The story of an order at WeChat, at which something is arranged as soon as it can be paid."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        arrange(sim.channel("wechat"))
        await sim.sleep(rest)
        await order.confirm("wechat")
        await sim.sleep(rest)

    return lines(simulate(story))


@pytest.mark.parametrize("name", NAMES)
def test_an_amount_is_told_as_a_customer_reads_it(name: str) -> None:
    told = whole(played(name))

    assert not re.search(r"\d CNY", told)
    assert not re.search(r"\S ¥\S+ ¥", told), "two amounts without a word between them"


@pytest.mark.parametrize(
    ("name", "merchant"),
    [
        ("partial_refunds_with_coupon", authenticity.TakesTheCashForTheTotal),
        ("partial_refunds_with_coupon", refunds.ReturnsTheCash),
        ("midnight_bill", reconciliation.ReversesWhatTheBillLacks),
        ("two_refunds_at_once", refunds.GrantsBeforeItLooks),
    ],
)
def test_so_it_is_in_a_finding(name: str, merchant: MerchantFactory) -> None:
    found = played(name, merchant).verdict.violations

    assert any("¥" in one.message for one in found)
    assert not any("CNY" in one.message for one in found)


@pytest.mark.parametrize(
    ("arrange", "told"),
    [
        (
            lambda at: at.runs_dry("1.00 CNY"),
            "wechat has ¥1.00 left for refunds: one that is not covered is refused",
        ),
        (
            lambda at: at.runs_dry(takes_on=True),
            "wechat has ¥0.00 left for refunds: one that is not covered has to wait",
        ),
        (
            lambda at: (at.runs_dry(), at.top_up("50.00 CNY")),
            "wechat gets ¥50.00 from the merchant, for refunds",
        ),
        (
            lambda at: at.is_busy(lasting=seconds(20)),
            "wechat is busy for 20s: every call meets the rate limit",
        ),
        (lambda at: at.queries_lag(seconds(3)), "wechat answers queries as things stood 3s before"),
        (lambda at: at.queries_lag(0), "wechat answers queries as things stand"),
        (
            lambda at: at.unavailable("trade.*", lasting=hours(1)),
            "wechat answers trade.* with a system error for 1h00m",
        ),
        (lambda at: at.edit_prices("9.90 CNY"), "wechat console: changes the price of P1-1 to ¥9.90"),
        (lambda at: at.at_the_console(QueryTrade("P1-1")), "wechat console: query trade P1-1"),
        (
            lambda at: at.refund_by_hand("5.00 CNY", of="P1-1"),
            "wechat console: refund HAND-1 of P1-1 ¥5.00   answer INVALID_REQUEST",
        ),
    ],
)
def test_what_a_story_arranges_at_a_channel_stands_in_the_timeline(
    arrange: Callable[[AtChannel], object], told: str
) -> None:
    assert told in arranged(arrange)


def test_money_that_goes_to_the_merchants_own_card_is_not_told_as_a_refund_that_arrived() -> None:
    told = lines(played("refund_abnormal_needs_a_person"))

    assert "wechat console: refund P1-R1 to MERCHANT_BANK_CARD" in told
    assert "wechat refund P1-R1 of P1-1, ¥99.00: SUCCESS, to the merchant's own card" in told
    assert sum("NEEDS_PERSON" in line for line in told) == 1


def test_a_query_is_told_with_what_it_was_answered() -> None:
    told = [line for line in lines(played("query_answer_is_stale")) if "trade.query" in line]

    assert told == [
        "merchant → wechat: trade.query P1-1   answer NOTPAY (×3, the last at +50.28s)",
        "merchant → wechat: trade.query P1-1   answer NOTPAY",
        "merchant → wechat: trade.query P1-1   answer SUCCESS (×2)",
    ]


def test_a_refusal_is_told_in_the_channels_own_word() -> None:
    told = lines(played("refund_without_balance"))

    assert "merchant → wechat: refund.ask P1-R1   answer NOT_ENOUGH" in told


def test_a_payment_that_a_channel_refuses_is_told() -> None:
    told = lines(played("nobody_pays"))

    assert "customer → wechat: customer.pay P1-1   cannot be paid" in told
    assert "customer → alipay: customer.pay P1-2   cannot be paid" in told


def test_a_notice_of_a_refund_is_told_by_what_it_says() -> None:
    told = lines(played("alipay_refund_notice_looks_like_payment"))

    assert "alipay → merchant: payment.notify P1-1   acked" in told
    assert "alipay → merchant: payment.notify P1-1: TRADE_SUCCESS, refund P1-R1 ¥30.00   acked" in told
    assert "alipay → merchant: payment.notify P1-1: TRADE_CLOSED, refund P1-R2 ¥69.00   acked" in told


def test_a_link_that_hangs_one_way_is_told_with_its_way() -> None:
    assert any("wechat → merchant hangs for 5m00s" in line for line in lines(played("midnight_bill")))
    assert any(
        "merchant — wechat hangs for 3m00s" in line for line in lines(played("late_wechat_after_alipay"))
    )


def test_a_response_that_meets_a_dead_process_is_told_to_do_so() -> None:
    told = lines(played("crash_after_refund_call"))

    assert "merchant ← wechat: response to refund.ask P1-R1, sent 8s before   merchant is down" in told


def test_only_what_counts_twice_is_told_to_come_twice() -> None:
    async def story(sim: Simulation) -> None:
        sim.network.duplicate("wechat", "merchant", "trade.create.reply", seconds(1))
        sim.network.duplicate("wechat", "merchant", "payment.notify", seconds(1))
        sim.network.duplicate("merchant", "wechat", "trade.query", seconds(1))
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await sim.sleep(seconds(30))
        await order.confirm("wechat")
        await sim.sleep(seconds(30))

    run = simulate(story)

    assert run.unmet == ()
    assert [line for line in lines(run) if "twice" in line or "once more" in line] == [
        "wechat → merchant: payment.notify P1-1   sent twice by the network, acked",
        "merchant ← wechat: payment.notify P1-1 once more   acked",
    ]


def test_slow_messages_that_differ_in_their_slowness_alone_are_one_line() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        for late in (3, 5, 4):
            sim.network.delay("merchant", "wechat", "trade.query", seconds(late))
        await sim.sleep(minutes(3))

    slow = [line for line in lines(simulate(story)) if "slow" in line]

    assert len(slow) == 1
    assert "trade.query P1-1   slow, takes up to 5s (×3, the last at +58.20s)" in slow[0]


def test_the_bills_of_quiet_days_are_one_line() -> None:
    told = [line for line in lines(played("unionpay_pays_after_paytimeout")) if "bill.fetch" in line]

    assert told == ["merchant → unionpay: bill.fetch 2026-03-02 to 2026-03-08   (×7, the last at +6d20h00m)"]


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("payment.notify P1-1 answers", "in payment.notify P1-1, before it answers"),
        ("close P1-3 alipay trade.close P1-3", "in close P1-3, before alipay trade.close P1-3"),
        ("ship P1 shop.ship P1", "in ship P1, before shop.ship P1"),
        ("refund P1-R1 store.put orders P1", "in refund P1-R1, before store.put orders P1"),
        ("pay.start P1 unionpay sign P1-2", "in pay.start P1, before unionpay sign P1-2"),
    ],
)
def test_a_crash_is_told_with_what_was_under_way_and_what_was_not_done(place: str, where: str) -> None:
    async def story(sim: Simulation) -> None:
        sim.crash_merchant_before(f"merchant {place}", downtime=seconds(5))
        order = await sim.checkout("99.00 CNY")
        for channel in ("wechat", "unionpay", "alipay"):
            await order.start(channel)
        await order.confirm("wechat")
        await order.confirm("unionpay")
        await sim.sleep(minutes(1))

    run = simulate(story)
    crashes = [entry for entry in run.journal if entry.what.value == "crashed"]

    assert [deed(one, "CNY") for one in crashes] == [(f"CRASHES {where}, down for 5s", "crash")]


def test_of_several_customers_each_is_told_by_the_order() -> None:
    async def story(sim: Simulation) -> None:
        orders = [await sim.checkout("99.00 CNY"), await sim.checkout("10.00 CNY")]
        for order in orders:
            await order.pay("wechat")

    told = [line for line in lines(simulate(story)) if line.startswith("customer")]

    assert told == [
        "customer P1: orders ¥99.00",
        "customer P2: orders ¥10.00",
        "customer P1: chooses wechat",
        "customer P1: can pay now: P1-1",
        "customer P1: confirms wechat ¥99.00",
        "customer P2: chooses wechat",
        "customer P2: can pay now: P2-1",
        "customer P2: confirms wechat ¥10.00",
    ]


def test_a_crash_on_the_way_stands_among_the_causes() -> None:
    told = whole(played("crash_between_commit_and_ack", crashes.ForgetsItsWork))

    because = told[told.index("because") : told.index("checked")]
    assert "CRASHES in payment.notify P1-1, before it answers" in because


def test_what_was_lost_on_the_way_stands_among_the_causes() -> None:
    told = whole(played("all_notifications_lost", crashes.NeverAsks))

    because = told[told.index("because") : told.index("L1 every order ends")]
    assert "payment.notify P1-1 (sends 1 to 16)   LOST" in because


def test_what_nobody_can_know_is_said_beside_the_verdict() -> None:
    told = whole(played("refund_abnormal_needs_a_person"))

    assert "Verdict:  unknown: S4 no stranded money is open, ¥99.00 at stake" in told


def test_the_short_names_are_told_where_to_look_up() -> None:
    broken = whole(played("late_wechat_after_alipay", winner.SwallowsTheSecond))

    assert "what they promise: paytwice invariants S4" in broken, "what is broken, before all others"
    assert "what they promise: paytwice invariants S1" in whole(played("late_wechat_after_alipay"))


def test_a_run_says_at_which_date_it_began() -> None:
    async def story(sim: Simulation) -> None:
        await sim.checkout("99.00 CNY")

    run = simulate(story, settings=Settings().changed({"begins": "2026-03-02T23:50"}))

    assert "of virtual time from 2026-03-02 23:50" in whole(run)


def test_a_story_that_goes_round_in_circles_is_told_by_its_beginning_and_its_end() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        for _ in range(700):
            await order.status()
            sim.crash_merchant(downtime=seconds(1))
            await sim.sleep(minutes(1))

    run = simulate(story, settings=Settings(expires=hours(24)))
    told = [line for line, _ in report(run)]
    [gap] = [line for line in told if "are left out: --verbose has them all" in line]

    assert len(told) < 600
    assert told.index(gap) == 2 + HEAD
    assert int(gap.split()[1]) + HEAD + TAIL == len(lines(run))
    assert "left out" not in "".join(line for line, _ in report(run, verbose=True))
