"""The index of a desk's records finds what a look through all of them finds, however the desk goes on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paytwice.calendar import HOUR, MINUTE, Calendar
from paytwice.channels import WECHAT, AskRefund, CreateTrade, Desk
from paytwice.wire.records import Records
from paytwice_core import Money

STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "again", "refund", "ask"]), st.integers(0, 3)), max_size=20
)


def looked_through(desk: Desk, transaction_id: str) -> str:
    found = [no for no, trade in desk.trades.items() if trade.payment(transaction_id) is not None]
    return found[0] if found else ""


@given(steps=STEPS)
def test_an_index_that_reads_on_finds_what_is_there(steps: list[tuple[str, int]]) -> None:
    desk = Desk(WECHAT, calendar=Calendar())
    records, now = Records(desk), 0
    for what, n in steps:
        now += 2 * MINUTE
        no = f"T-1000{n}"
        if what == "pay":
            held = desk.handle(CreateTrade(no, Money(100, "CNY"), 24 * HOUR), 0).credential
            if held is not None:
                desk.pay(held, now)
        elif what == "again" and no in desk.trades and desk.trades[no].is_paid:
            desk.will_book_again(no, now)
        elif what == "refund":
            desk.handle(AskRefund(no, f"R{now}", Money(10, "CNY"), f"WX000{n}" if n else None), now)
        desk.act(now)
        check(desk, records)


def check(desk: Desk, records: Records) -> None:
    for number in ("WX0000", "WX0001", "WX0002", "WX0003", "WX0004"):
        assert records.trade_number_of(number) == looked_through(desk, number)
    for refund in desk.refunds.values():
        assert records.trade_of_refund(refund.out_refund_no) == refund.out_trade_no
        assert records.refund(refund.out_trade_no, refund.out_refund_no) is refund
    assert records.trade_of_refund("R0") == ""
    assert records.refund("T-10000", "R0") is None
