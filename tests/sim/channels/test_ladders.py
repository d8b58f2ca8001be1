"""Notifications: sent as often and as late as the channels say, until the channel's own idea of an ack."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest
from tests.sim.channels.driving import (
    PRICE,
    ack_all,
    close,
    credential,
    new_desk,
    paid,
    refund,
    run_out,
)

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.channels import (
    ALIPAY,
    ALIPAY_CLASSIC,
    ALIPAY_GAPS,
    ALIPAY_WAP,
    CHANNELS,
    UNIONPAY,
    UNIONPAY_GAPS,
    WECHAT,
    About,
    Ack,
    ChannelProfile,
    Circumstances,
    LadderState,
    RefundFate,
    RefundNews,
    RefundStatus,
    TradeState,
)


def send_times(profile: ChannelProfile, ack: Ack | None = None) -> list[int]:
    desk = new_desk(profile)
    assert desk.pay(credential(desk), 0).accepted
    return [at for at, _ in run_out(desk, ack)]


def seconds(*gaps: float) -> list[int]:
    times, now = [0], 0
    for gap in gaps:
        now += round(gap * SECOND)
        times.append(now)
    return times


def test_wechat_sends_16_times_within_24_hours_and_4_minutes() -> None:
    times = send_times(WECHAT)

    assert times == seconds(
        *(15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600),
        *(10800, 10800, 10800, 21600, 21600),
    )
    assert len(times) == WECHAT.sends == 16
    assert times[-1] == 24 * HOUR + 4 * MINUTE


def test_alipay_sends_8_times_within_24_hours_and_24_minutes() -> None:
    times = send_times(ALIPAY)

    assert times == seconds(240, 600, 600, 3600, 7200, 21600, 54000)
    assert len(times) == 8
    assert times[-1] == 24 * HOUR + 24 * MINUTE


def test_unionpay_sends_5_times() -> None:
    assert send_times(UNIONPAY) == seconds(60, 120, 240, 300)


@pytest.mark.parametrize(
    ("profile", "gaps", "lasts"),
    [
        (ALIPAY, ALIPAY_GAPS["antom"], 24 * HOUR + 22 * MINUTE),
        (ALIPAY, ALIPAY_GAPS["first three at once"], 24 * HOUR + 24 * MINUTE),
        (ALIPAY, ALIPAY_GAPS["without the doubtful last"], 9 * HOUR + 24 * MINUTE),
        (UNIONPAY, UNIONPAY_GAPS["0, 1, 2, 4"], 7 * MINUTE),
    ],
)
def test_a_doubtful_ladder_is_a_switch(profile: ChannelProfile, gaps: tuple[int, ...], lasts: int) -> None:
    times = send_times(attrs.evolve(profile, gaps=gaps))

    assert len(times) == len(gaps) + 1
    assert times[-1] == lasts


@pytest.mark.parametrize(
    ("profile", "ack", "counts"),
    [
        (WECHAT, Ack(200, ""), True),
        (WECHAT, Ack(204, ""), True),
        (WECHAT, Ack(200, '{"code":"FAIL"}'), True),  # the status wins over the body
        (WECHAT, Ack(201, "success"), False),
        (WECHAT, Ack(302, ""), False),
        (WECHAT, Ack(500, '{"code":"SUCCESS"}'), False),
        (WECHAT, None, False),
        (ALIPAY, Ack(200, "success"), True),
        (ALIPAY, Ack(200, '{"code":"FAIL"}'), False),
        (ALIPAY, Ack(200, "SUCCESS"), False),
        (ALIPAY, Ack(200, "success\n"), False),
        (ALIPAY, Ack(200, ""), False),
        (ALIPAY, Ack(302, "success"), False),
        (ALIPAY, Ack(500, "success"), False),
        (ALIPAY, None, False),
        (UNIONPAY, Ack(200, "fail"), True),
        (UNIONPAY, Ack(302, ""), False),
        (UNIONPAY, Ack(500, "success"), False),
        (UNIONPAY, None, False),
    ],
)
def test_what_counts_as_an_ack_is_the_channels_rule(
    profile: ChannelProfile, ack: Ack | None, counts: bool
) -> None:
    desk = new_desk(profile)
    desk.pay(credential(desk), 0)
    (sent,) = desk.act(0)

    assert desk.answered(sent.id, sent.send, ack, 1) is counts
    assert desk.owes is not counts
    assert (desk.ladders[sent.id].state is LadderState.ACKED) is counts


@pytest.mark.parametrize("profile", CHANNELS.values(), ids=list(CHANNELS))
def test_every_channel_takes_our_plain_answers_alike(profile: ChannelProfile) -> None:
    assert len(send_times(profile, Ack.positive())) == 1
    assert len(send_times(profile, Ack.negative())) == profile.sends


def test_the_next_gap_is_counted_from_the_send_and_not_from_the_answer() -> None:
    desk = new_desk(WECHAT)
    desk.pay(credential(desk), 0)
    (sent,) = desk.act(0)
    assert desk.due() is None, "nothing is due before the answer"

    desk.answered(sent.id, 1, None, 5 * SECOND)

    assert desk.due() == 15 * SECOND


def test_an_answer_that_takes_longer_than_the_gap_makes_the_next_send_due_at_once() -> None:
    desk = new_desk(attrs.evolve(UNIONPAY, gaps=(0,)))
    desk.pay(credential(desk), 0)
    (sent,) = desk.act(0)

    desk.answered(sent.id, 1, None, 10 * SECOND)

    assert desk.due() == 10 * SECOND


def test_all_sends_of_a_ladder_have_one_id_and_count_from_1() -> None:
    desk = new_desk(UNIONPAY)
    desk.pay(credential(desk), 0)

    heard = [sent for _, sent in run_out(desk)]

    assert {sent.id for sent in heard} == {"UP:T1:paid"}
    assert [sent.send for sent in heard] == [1, 2, 3, 4, 5]
    assert desk.ladders["UP:T1:paid"].state is LadderState.RAN_OUT
    assert not desk.owes


def test_an_answer_to_an_older_send_is_nobodys_any_more() -> None:
    desk = new_desk(WECHAT)
    desk.pay(credential(desk), 0)
    desk.act(0)
    desk.answered("WX:T1:paid", 1, None, 5 * SECOND)

    assert not desk.answered("WX:T1:paid", 1, Ack.positive(), 6 * SECOND)
    assert desk.owes
    desk.act(15 * SECOND)
    assert not desk.answered("WX:T1:paid", 1, Ack.positive(), 16 * SECOND)
    assert desk.answered("WX:T1:paid", 2, Ack.positive(), 16 * SECOND)
    assert not desk.answered("WX:T1:paid", 2, Ack.positive(), 17 * SECOND), "the copy of an ack"
    assert not desk.owes


def test_an_answer_to_a_notification_that_was_never_sent_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="WX:T9:paid"):
        new_desk(WECHAT).answered("WX:T9:paid", 1, None, 0)


def test_what_is_owed_can_be_told() -> None:
    desk = paid(WECHAT)
    refund(desk, 0)
    cred = credential(desk, "T2")
    desk.pay(cred, 0)
    desk.act(0)

    assert desk.pending() == [
        "WeChat Pay: notification WX:T2:paid sent 1 of 16 times, not acked",
        "WeChat Pay: refund R1 of T1 is on its way",
    ]


@pytest.mark.parametrize("outcome", [RefundStatus.SUCCESS, RefundStatus.CLOSED, RefundStatus.ABNORMAL])
def test_wechat_tells_every_end_of_a_refund_by_a_ladder_of_its_own(outcome: RefundStatus) -> None:
    desk = paid(WECHAT)
    refund(desk, 0, circumstances=Circumstances(refund=RefundFate(outcome)))

    heard = run_out(desk)

    assert len(heard) == 16
    at, sent = heard[0]
    assert (at, sent.about, sent.id) == (5 * MINUTE, About.REFUND, f"WX:T1/R1:{outcome.value}")
    assert sent.refund is not None
    assert sent.refund.state is outcome


def test_alipay_tells_a_refund_in_the_shape_of_a_payment() -> None:
    desk = paid(ALIPAY)
    refund(desk, 0, PRICE - 100, "R1")
    (part,) = ack_all(desk, 0)
    refund(desk, 3 * SECOND, 100, "R2")
    (rest,) = ack_all(desk, 3 * SECOND)

    assert (part.about, rest.about) == (About.PAYMENT, About.PAYMENT)
    assert (part.trade.status, part.trade.returned.minor) == ("TRADE_SUCCESS", PRICE - 100)
    assert (rest.trade.status, rest.trade.returned.minor) == ("TRADE_CLOSED", PRICE)
    assert rest.refund is not None
    assert rest.refund.out_refund_no == "R2"


@pytest.mark.parametrize(
    ("news", "abouts"),
    [
        (RefundNews.OWN, [About.REFUND]),
        (RefundNews.PAYMENT_URL, [About.PAYMENT]),
        (RefundNews.NEVER, []),
    ],
)
def test_the_news_of_a_refund_is_a_switch(news: RefundNews, abouts: Sequence[About]) -> None:
    desk = paid(attrs.evolve(ALIPAY, refund_news=news))
    refund(desk, 0)

    assert [sent.about for sent in desk.act(0)] == abouts


@pytest.mark.parametrize(("profile", "told"), [(ALIPAY, False), (WECHAT, False), (ALIPAY_WAP, True)])
def test_only_some_products_tell_of_an_unpaid_close(profile: ChannelProfile, told: bool) -> None:
    desk = new_desk(profile)
    desk.open(credential(desk), 0)
    close(desk, 10)

    sends = desk.act(10)

    assert bool(sends) is told
    assert all(sent.trade.state is TradeState.CLOSED for sent in sends)


def told_in_words(profile: ChannelProfile, *, returned: int) -> list[str]:
    """What is told of one payment, in the channel's words, until the time for refunds is long over."""
    desk = paid(profile)
    if returned:
        refund(desk, MINUTE, returned)
    return [one.trade.status for at in (MINUTE, 366 * 24 * HOUR) for one in ack_all(desk, at)]


def test_classic_alipay_tells_once_more_of_what_it_has_kept() -> None:
    assert told_in_words(ALIPAY_CLASSIC, returned=0) == ["TRADE_FINISHED"]
    assert told_in_words(ALIPAY_CLASSIC, returned=PRICE // 3)[1:] == ["TRADE_FINISHED"]
    assert "TRADE_FINISHED" not in told_in_words(ALIPAY_CLASSIC, returned=PRICE)
    assert told_in_words(ALIPAY, returned=0) == []
