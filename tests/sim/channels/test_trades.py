"""Trades: what each channel makes of create, open, pay, query and close, in every state."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from tests.sim.channels.driving import (
    EXPIRES_AT,
    PRICE,
    close,
    creation,
    credential,
    new_desk,
    query,
    run_out,
)

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels import (
    ALIPAY,
    ALIPAY_PAGE,
    ALIPAY_TIMEOUT_EXPRESS,
    CHANNELS,
    UNIONPAY,
    WECHAT,
    WECHAT_CLOSE_OF_PAID,
    WECHAT_V2,
    ChannelProfile,
    Circumstances,
    CreateTrade,
    Credential,
    Desk,
    Meaning,
    Mishap,
    Outcome,
    TradeState,
)
from paytwice_core import Money

everywhere = pytest.mark.parametrize("profile", CHANNELS.values(), ids=list(CHANNELS))


def unseen(desk: Desk) -> Credential:
    return credential(desk)


def opened(desk: Desk) -> Credential:
    held = credential(desk)
    desk.open(held, 0)
    return held


def paid(desk: Desk) -> Credential:
    held = credential(desk)
    assert desk.pay(held, 0).accepted
    return held


def closed(desk: Desk) -> Credential:
    held = opened(desk)
    assert close(desk, 0).outcome is Outcome.DONE
    return held


# What a query and then a close mean, by channel and by what happened before.
ANSWERS: list[tuple[ChannelProfile, Callable[[Desk], Credential], TradeState | None, Meaning, str]] = [
    (WECHAT, unseen, TradeState.UNPAID, Meaning.OK, "NO_CONTENT"),
    (WECHAT, opened, TradeState.UNPAID, Meaning.OK, "NO_CONTENT"),
    (WECHAT, paid, TradeState.PAID, Meaning.ALREADY_PAID, "ORDER_PAID"),
    (WECHAT, closed, TradeState.CLOSED, Meaning.OK, "NO_CONTENT"),
    (ALIPAY, unseen, None, Meaning.NO_SUCH_TRADE, "ACQ.TRADE_NOT_EXIST"),
    (ALIPAY, opened, TradeState.UNPAID, Meaning.OK, "10000"),
    (ALIPAY, paid, TradeState.PAID, Meaning.ALREADY_PAID, "ACQ.TRADE_STATUS_ERROR"),
    (ALIPAY, closed, TradeState.CLOSED, Meaning.ALREADY_CLOSED, "ACQ.TRADE_STATUS_ERROR"),
    (UNIONPAY, unseen, None, Meaning.NOT_SUPPORTED, "32"),
    (UNIONPAY, opened, TradeState.UNPAID, Meaning.NOT_SUPPORTED, "32"),
    (UNIONPAY, paid, TradeState.PAID, Meaning.NOT_SUPPORTED, "32"),
]


@pytest.mark.parametrize(("profile", "before", "state", "meaning", "word"), ANSWERS)
def test_query_and_close(
    profile: ChannelProfile,
    before: Callable[[Desk], Credential],
    state: TradeState | None,
    meaning: Meaning,
    word: str,
) -> None:
    desk = new_desk(profile)
    before(desk)

    answer = query(desk, 1)
    if state is None:
        assert (answer.meaning, answer.trade) == (Meaning.NO_SUCH_TRADE, None)
    else:
        assert answer.trade is not None
        assert answer.trade.state is state

    answer = close(desk, 2)
    assert (answer.meaning, answer.code) == (meaning, word)
    assert (answer.outcome is Outcome.DONE) is (meaning is Meaning.OK)


@everywhere
def test_a_number_nobody_used_is_no_trade(profile: ChannelProfile) -> None:
    desk = new_desk(profile)

    assert query(desk, 0, "T9").meaning is Meaning.NO_SUCH_TRADE
    expected = Meaning.NO_SUCH_TRADE if profile.has_close else Meaning.NOT_SUPPORTED
    assert close(desk, 0, "T9").meaning is expected


@pytest.mark.parametrize("profile", [WECHAT, ALIPAY])
def test_the_same_creation_again_gives_the_same_credential(profile: ChannelProfile) -> None:
    desk = new_desk(profile)
    first, again = desk.handle(creation(), 0), desk.handle(creation(), MINUTE)

    assert first == again
    assert first.credential is not None
    assert first.credential.dead_at == EXPIRES_AT


@pytest.mark.parametrize("profile", [WECHAT, ALIPAY])
@pytest.mark.parametrize("other", [creation(minor=1), creation(expires_at=EXPIRES_AT + 1)])
def test_the_same_number_with_other_parameters_is_used(profile: ChannelProfile, other: CreateTrade) -> None:
    desk = new_desk(profile)
    desk.handle(creation(), 0)

    assert desk.handle(other, 0).meaning is Meaning.NUMBER_USED


@pytest.mark.parametrize("profile", [WECHAT, ALIPAY])
def test_a_paid_or_closed_number_gets_no_new_credential(profile: ChannelProfile) -> None:
    settled, shut = new_desk(profile), new_desk(profile)
    paid(settled)
    closed(shut)

    assert settled.handle(creation(), 1).meaning is Meaning.ALREADY_PAID
    assert shut.handle(creation(), 1).meaning is Meaning.ALREADY_CLOSED


def test_a_dead_prepay_id_is_replaced_while_the_trade_lives() -> None:
    desk = new_desk(WECHAT)
    old = credential(desk, expires_at=DAY)
    assert old.dead_at == 2 * HOUR

    new = credential(desk, now=2 * HOUR + 1, expires_at=DAY)

    assert new.dead_at == 4 * HOUR + 1
    assert desk.pay(old, 2 * HOUR + 1).meaning is Meaning.TOO_LATE
    assert desk.pay(new, 2 * HOUR + 1).accepted


@pytest.mark.parametrize("profile", [WECHAT, ALIPAY])
@pytest.mark.parametrize(
    "wrong",
    [
        CreateTrade("T1", Money(PRICE, "USD"), EXPIRES_AT),
        creation(minor=0),
        creation(minor=-1),
    ],
)
def test_what_is_no_amount_here_is_refused(profile: ChannelProfile, wrong: CreateTrade) -> None:
    assert new_desk(profile).handle(wrong, 0).outcome is Outcome.REFUSED


def test_a_trade_that_would_be_dead_at_once_is_refused() -> None:
    assert new_desk(WECHAT).handle(creation(expires_at=5), 5).meaning is Meaning.TOO_LATE


@pytest.mark.parametrize("profile", [UNIONPAY, ALIPAY_PAGE])
def test_a_signed_form_needs_no_call_and_makes_its_trade_when_it_is_opened(profile: ChannelProfile) -> None:
    desk = new_desk(profile)
    assert desk.handle(creation(), 0).meaning is Meaning.NOT_SUPPORTED

    held = profile.credential(creation(), 0)
    assert query(desk, 0).meaning is Meaning.NO_SUCH_TRADE
    desk.open(held, 1)

    assert query(desk, 1).trade is not None
    assert desk.pay(held, 2).accepted


def test_two_forms_under_one_number_are_one_trade() -> None:
    desk = new_desk(UNIONPAY)
    desk.open(UNIONPAY.credential(creation(), 0), 0)

    assert desk.pay(UNIONPAY.credential(creation(minor=1), 0), 1).meaning is Meaning.NUMBER_USED


@everywhere
def test_a_payment_is_accepted_once(profile: ChannelProfile) -> None:
    desk = new_desk(profile)
    held = credential(desk)

    first, second = desk.pay(held, 1), desk.pay(held, 2)

    assert (first.accepted, first.channel_number) == (True, f"{profile.prefix}0001")
    assert (second.accepted, second.meaning) == (False, Meaning.ALREADY_PAID)
    assert desk.ledger.captured("T1") == PRICE


@everywhere
def test_a_credential_can_be_paid_until_it_is_dead_and_no_longer(profile: ChannelProfile) -> None:
    in_time, late = new_desk(profile), new_desk(profile)

    held = credential(in_time)
    assert in_time.is_payable(held, held.dead_at)
    assert in_time.pay(held, held.dead_at).accepted
    held = credential(late)
    assert not late.is_payable(held, held.dead_at + 1)
    assert late.pay(held, held.dead_at + 1).meaning is Meaning.TOO_LATE


@pytest.mark.parametrize("profile", [WECHAT, ALIPAY])
def test_a_closed_trade_cannot_be_paid(profile: ChannelProfile) -> None:
    desk = new_desk(profile)
    held = closed(desk)

    assert not desk.is_payable(held, 1)
    assert desk.pay(held, 1).meaning is Meaning.ALREADY_CLOSED
    assert desk.ledger.movements == []


def test_alipays_qr_code_outlives_a_close_before_the_scan() -> None:
    desk = new_desk(ALIPAY)
    held = credential(desk)

    assert close(desk, 1).meaning is Meaning.NO_SUCH_TRADE
    assert desk.is_payable(held, 2)
    assert desk.pay(held, 2).accepted


def test_wechat_says_unpaid_after_the_expiry_until_seven_days_have_passed() -> None:
    desk = new_desk(WECHAT)
    held = credential(desk)
    assert desk.due() == 7 * DAY
    assert not desk.owes, "a trade nobody pays is no debt"

    answer = query(desk, 7 * DAY - 1)
    assert answer.trade is not None
    assert (answer.trade.state, answer.trade.status) == (TradeState.UNPAID, "NOTPAY")
    assert desk.act(7 * DAY) == []

    answer = query(desk, 7 * DAY)
    assert answer.trade is not None
    assert (answer.trade.state, answer.trade.status) == (TradeState.CLOSED, "CLOSED")
    assert desk.pay(held, 7 * DAY).meaning is Meaning.ALREADY_CLOSED


def test_alipay_closes_a_scanned_trade_at_its_expiry() -> None:
    desk = new_desk(ALIPAY)
    opened(desk)

    assert desk.due() == EXPIRES_AT + 1
    run_out(desk)

    answer = query(desk, EXPIRES_AT + 1)
    assert answer.trade is not None
    assert (answer.trade.state, answer.trade.status) == (TradeState.CLOSED, "TRADE_CLOSED")


@everywhere
def test_a_paid_trade_does_not_expire(profile: ChannelProfile) -> None:
    desk = new_desk(profile)
    paid(desk)
    run_out(desk)

    answer = query(desk, 8 * DAY)
    assert answer.trade is not None
    assert answer.trade.state is TradeState.PAID


def test_relative_expiry_begins_at_the_scan() -> None:
    fixed, relative = new_desk(ALIPAY), new_desk(ALIPAY_TIMEOUT_EXPRESS)
    for desk in (fixed, relative):
        held = credential(desk, expires_at=15 * MINUTE)
        desk.open(held, 10 * MINUTE)
        in_time = desk.pay(held, 20 * MINUTE).accepted
        assert in_time is (desk is relative)


def test_the_latest_payment_under_relative_expiry_is_within_dead_at() -> None:
    desk = new_desk(ALIPAY_TIMEOUT_EXPRESS)
    held = credential(desk, expires_at=15 * MINUTE)
    assert held.dead_at == 2 * HOUR + 15 * MINUTE

    desk.open(held, 47 * MINUTE)

    assert desk.pay(held, 62 * MINUTE).accepted


def test_the_older_wechat_closes_no_trade_that_is_younger_than_five_minutes() -> None:
    desk = new_desk(WECHAT_V2)
    credential(desk)

    assert close(desk, 5 * MINUTE - 1).meaning is Meaning.TOO_SOON
    assert close(desk, 5 * MINUTE).meaning is Meaning.OK


@pytest.mark.parametrize("version", WECHAT_CLOSE_OF_PAID)
def test_the_word_for_a_close_that_came_too_late_is_a_switch(version: str) -> None:
    code = WECHAT_CLOSE_OF_PAID[version]
    desk = new_desk(WECHAT.saying({Meaning.ALREADY_PAID: code}))
    paid(desk)

    answer = close(desk, 1)

    assert (answer.meaning, answer.code) == (Meaning.ALREADY_PAID, code.word)


@pytest.mark.parametrize("profile", [WECHAT, ALIPAY])
@pytest.mark.parametrize(
    ("mishap", "told", "closed"),
    [
        (Mishap.NONE, Meaning.OK, True),
        (Mishap.BEFORE, Meaning.SYSTEM_ERROR, False),
        (Mishap.AFTER, Meaning.SYSTEM_ERROR, True),
        (Mishap.BUSY, Meaning.BUSY, False),
    ],
)
def test_a_mishap_hides_what_was_done(
    profile: ChannelProfile, mishap: Mishap, told: Meaning, closed: bool
) -> None:
    desk = new_desk(profile)
    held = opened(desk)

    answer = close(desk, 1, circumstances=Circumstances(mishap=mishap))

    assert answer.meaning is told
    assert (answer.outcome is Outcome.UNKNOWN) is (mishap is not Mishap.NONE)
    assert desk.is_payable(held, 2) is not closed
    done = Meaning.OK if closed else told
    assert desk.requests[-1].meaning is done, "the record tells what was done, not what was said"


def test_a_creation_that_answered_system_error_can_be_repeated() -> None:
    desk = new_desk(WECHAT)
    answer = desk.handle(creation(), 0, Circumstances(mishap=Mishap.AFTER))
    assert answer.credential is None

    assert desk.pay(credential(desk, now=1), 2).accepted


def test_a_lagging_query_tells_how_things_stood() -> None:
    desk = new_desk(WECHAT)
    held = credential(desk, now=10 * SECOND)
    desk.pay(held, 20 * SECOND)

    def told(now: int, lag: int) -> TradeState | None:
        answer = query(desk, now, circumstances=Circumstances(read_lag=lag))
        return answer.trade.state if answer.trade is not None else None

    assert told(20 * SECOND, 0) is TradeState.PAID
    assert told(20 * SECOND, 1) is TradeState.UNPAID
    assert told(23 * SECOND, 3 * SECOND) is TradeState.PAID
    assert told(23 * SECOND - 1, 3 * SECOND) is TradeState.UNPAID
    assert told(12 * SECOND, 3 * SECOND) is None


def test_every_request_is_on_record() -> None:
    desk = new_desk(WECHAT)
    desk.handle(creation(), 1)
    query(desk, 2, "T9")

    assert [(at, meaning) for at, _, meaning, _ in desk.requests] == [
        (1, Meaning.OK),
        (2, Meaning.NO_SUCH_TRADE),
    ]
    assert desk.requests[0].request == creation()


def test_a_credential_of_another_channel_is_the_callers_mistake() -> None:
    held = credential(new_desk(WECHAT))

    with pytest.raises(ValueError, match="alipay cannot take a credential of 'wechat'"):
        new_desk(ALIPAY).pay(held, 0)


def test_a_qr_code_the_desk_never_gave_opens_nothing() -> None:
    held = credential(new_desk(ALIPAY))
    stranger = new_desk(attrs.evolve(ALIPAY))

    assert not stranger.is_payable(held, 0)
    assert stranger.pay(held, 0).meaning is Meaning.NO_SUCH_TRADE


def test_a_dead_qr_code_makes_no_trade() -> None:
    desk = new_desk(ALIPAY)
    held = credential(desk)
    desk.open(held, held.dead_at + 1)

    assert query(desk, held.dead_at + 1).meaning is Meaning.NO_SUCH_TRADE


def test_under_relative_expiry_the_time_after_the_scan_ends_too() -> None:
    desk = new_desk(attrs.evolve(ALIPAY_TIMEOUT_EXPRESS, closes_at_expiry=False))
    held = credential(desk, expires_at=15 * MINUTE)
    desk.open(held, 10 * MINUTE)

    assert desk.pay(held, 25 * MINUTE + 1).meaning is Meaning.TOO_LATE
    assert desk.pay(held, 25 * MINUTE).accepted


def test_under_relative_expiry_a_creation_is_repeated_as_long_as_its_qr_code_lives() -> None:
    desk = new_desk(ALIPAY_TIMEOUT_EXPRESS)
    held = credential(desk, expires_at=15 * MINUTE)

    assert credential(desk, now=HOUR, expires_at=15 * MINUTE) == held
