"""Coupons and fees: who gives what, how parts are shared out, and that nothing is lost in between."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sim.channels.driving import ack_all, credential, new_desk, query, refund, run_out, yuan

from paytwice.calendar import DAY, MINUTE, Calendar
from paytwice.channels import (
    WECHAT,
    Account,
    Circumstances,
    Desk,
    FetchBill,
    FetchFundBill,
    FundBill,
    FundKind,
    MovementKind,
    RefundFate,
    RefundStatus,
)
from paytwice.channels.bills import FUND_LINES
from paytwice.channels.ledger import MOVES
from paytwice.channels.shares import Held, share

CALENDAR = Calendar()
TODAY = CALENDAR.day_of(0)
READY = CALENDAR.ms_at(CALENDAR.day_of(DAY), hour=10)
CLOSED = Circumstances(refund=RefundFate(RefundStatus.CLOSED))


def bought(coupon: int | None = 1_000) -> Desk:
    """A desk with one trade of 99 yuan, a part of which a coupon paid."""
    desk = new_desk(WECHAT)
    assert desk.pay(credential(desk), 0, None if coupon is None else yuan(coupon)).accepted
    ack_all(desk, 0)
    return desk


def returned(desk: Desk, *parts: int) -> list[int]:
    """Refund these parts, and say what the payer gets of each."""
    shares = []
    for number, minor in enumerate(parts):
        answer = refund(desk, (number + 1) * 2 * MINUTE, minor, f"R{number}")
        assert answer.refund is not None, answer
        assert answer.refund.amount == yuan(minor)
        shares.append(answer.refund.payer_refund.minor)
        run_out(desk)
    return shares


def funds(desk: Desk, now: int = READY) -> FundBill:
    answer = desk.handle(FetchFundBill(CALENDAR.day_of(now - DAY)), now)
    assert answer.fund_bill is not None, answer
    return answer.fund_bill


def test_a_coupon_pays_a_part_and_the_merchant_is_owed_the_whole() -> None:
    desk = bought()
    trade = query(desk, MINUTE).trade

    assert trade is not None
    assert (trade.amount, trade.payer_total) == (yuan(9_900), yuan(8_900))
    assert desk.ledger.captured("T1") == 9_900
    assert desk.ledger.coupon_captured("T1") == 1_000
    assert desk.ledger.accounts[Account.CUSTOMER] == -8_900
    assert desk.ledger.accounts[Account.MARKETING] == -1_000


def test_without_a_coupon_the_payer_gives_all() -> None:
    trade = query(bought(None), MINUTE).trade

    assert trade is not None
    assert trade.payer_total == trade.amount


def test_a_refund_in_parts_gives_back_cash_and_coupon_to_the_fen() -> None:
    desk = bought()

    # 3333 × 8900 / 9900 = 2996.33, and the last part takes the rest
    assert returned(desk, 3_333, 3_333, 3_234) == [2_996, 2_996, 2_908]
    assert (desk.ledger.returned("T1"), desk.ledger.coupon_returned("T1")) == (9_900, 1_000)
    assert desk.ledger.accounts[Account.CUSTOMER] == 0
    assert desk.ledger.accounts[Account.MARKETING] == 0


def test_a_closed_part_leaves_its_share_to_the_others() -> None:
    desk = bought()
    refund(desk, MINUTE, 3_333, "R", circumstances=CLOSED)
    run_out(desk)

    assert desk.ledger.coupon_returned("T1") == 0
    assert sum(returned(desk, 5_000, 4_900)) == 8_900
    assert desk.ledger.coupon_returned("T1") == 1_000


def test_a_coupon_is_worth_the_trade_at_most() -> None:
    desk = bought(20_000)

    assert desk.ledger.coupon_captured("T1") == 9_900
    assert desk.ledger.accounts[Account.CUSTOMER] == 0


@pytest.mark.parametrize("coupon", [yuan(0), yuan(-1), attrs.evolve(yuan(5), currency="USD")])
def test_a_coupon_that_cannot_be_is_refused(coupon: object) -> None:
    desk = new_desk(WECHAT)

    with pytest.raises(ValueError, match="a coupon is worth"):
        desk.pay(credential(desk), 0, coupon)  # type: ignore[arg-type]  # what a story might try


@given(
    whole=st.builds(
        lambda amount, coupon, fee: Held(amount, min(coupon, amount), min(fee, amount)),
        st.integers(1, 10_000),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
    ),
    parts=st.lists(st.integers(1, 3_000), max_size=12),
)
def test_whatever_the_parts_their_shares_sum_to_the_whole(whole: Held, parts: list[int]) -> None:
    left = whole
    for minor in [*parts, whole.amount]:
        part = min(minor, left.amount)
        if not part:
            break
        taken = share(part, whole, left)
        assert taken.amount == part
        assert 0 <= taken.coupon <= part
        left = left.less(taken)
        assert min(left) >= 0
        assert left.coupon <= left.amount
    assert left == Held()


# -- fees and the fund bill ---------------------------------------------------------------------------------


def test_the_fee_is_taken_at_the_capture_and_comes_back_pro_rata() -> None:
    desk = bought()
    assert desk.ledger.accounts[Account.FEES] == 59  # 0.6 % of 99 yuan is 59.4 fen

    returned(desk, 3_300)
    assert desk.ledger.accounts[Account.FEES] == 39

    refund(desk, 10 * MINUTE, 6_600, "last")
    assert desk.ledger.accounts[Account.FEES] == 0


def test_the_fund_bill_has_fees_and_what_was_released_again() -> None:
    desk = bought()
    refund(desk, MINUTE, 3_300, "R", circumstances=CLOSED)
    run_out(desk)

    bill = funds(desk)

    assert [(line.kind, line.amount.minor) for line in bill.lines] == [
        (FundKind.PAYMENT, 9_900),
        (FundKind.FEE, -59),
        (FundKind.REFUND, -3_300),
        (FundKind.FEE_RETURNED, 20),
        (FundKind.RELEASED, 3_300),
        (FundKind.FEE, -20),
    ]
    assert bill.closing.minor == 9_900 - 59 == desk.ledger.accounts[Account.MERCHANT]


def test_the_balance_goes_on_from_day_to_day() -> None:
    desk = bought()
    refund(desk, DAY, 3_300, "R")

    first, second = funds(desk), funds(desk, READY + DAY)

    assert sum(line.amount.minor for line in second.lines) == second.closing.minor - first.closing.minor
    assert [line.kind for line in second.lines] == [FundKind.REFUND, FundKind.FEE_RETURNED]


def test_the_fund_bill_has_every_movement_that_touches_the_merchant() -> None:
    touching = {kind for kind, accounts in MOVES.items() if Account.MERCHANT in accounts}

    assert set(FUND_LINES) == touching
    assert MovementKind.RETURNED not in touching


def test_the_bill_of_trades_tells_the_payers_cash_beside_the_total() -> None:
    desk = bought()
    returned(desk, 3_300)
    bill = desk.handle(FetchBill(TODAY), READY).bill

    assert bill is not None
    assert [(line.amount.minor, line.payer_amount.minor) for line in bill.lines] == [
        (9_900, 8_900),
        (3_300, 2_967),
    ]
