"""The money of a desk, whatever is asked of it in whatever order; and a proof that these tests can fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.sim.channels.driving import yuan

from paytwice.calendar import MINUTE, SECOND, Calendar
from paytwice.channels import (
    ALIPAY,
    ALIPAY_TIMEOUT_EXPRESS,
    CALM,
    UNIONPAY,
    WECHAT,
    AbnormalRoute,
    Account,
    Ack,
    Answer,
    ApplyAbnormalRefund,
    AskRefund,
    ChannelProfile,
    Circumstances,
    CloseTrade,
    CreateTrade,
    Creation,
    Credential,
    Desk,
    FetchBill,
    FetchFundBill,
    Ledger,
    Mishap,
    Movement,
    MovementKind,
    Notification,
    Outcome,
    Payment,
    QueryRefund,
    QueryTrade,
    RefundFate,
    RefundStatus,
    Request,
    TradeState,
)
from paytwice.channels.shares import Held, fee_on
from paytwice.channels.trade import Trade
from paytwice_core import Money

LOOSE = ChannelProfile(
    name="loose",
    prefix="LO",
    gaps=(0, 0, SECOND),
    refund_takes=SECOND,
    closes_after=MINUTE,
    fee_rate=250_000,  # so that even small parts have a fee to share
    abnormal_routes=tuple(AbnormalRoute),
    abnormal_takes=SECOND,
    refund_gives_up=MINUTE,
    late_bank_returned=MINUTE,
)
PROFILES = (WECHAT, ALIPAY, UNIONPAY, ALIPAY_TIMEOUT_EXPRESS, LOOSE)

trade_numbers = st.sampled_from(["T1", "T2", "T3", "T4"])
refund_numbers = st.sampled_from(["R1", "R2", "R3"])
amounts = st.sampled_from([1, 40, 60, 100, 101])
coupons = st.sampled_from([None, None, 1, 33, 50, 99, 100, 500])
waits = st.sampled_from([0, 1, SECOND, 5 * SECOND, MINUTE, 30 * MINUTE])
fates = st.builds(
    RefundFate,
    st.sampled_from([RefundStatus.SUCCESS, RefundStatus.CLOSED, RefundStatus.ABNORMAL]),
    st.sampled_from([None, 0, SECOND, MINUTE]),
)
circumstances = st.one_of(
    st.just(CALM),
    st.builds(Circumstances, refund=fates),
    st.builds(Circumstances, st.sampled_from(Mishap), fates, st.sampled_from([0, 1, SECOND, MINUTE])),
)
acks = st.sampled_from([None, Ack.positive(), Ack.negative(), Ack(200, '{"code":"FAIL"}')])


def profile_made(kind: Callable[..., Desk], profile: ChannelProfile, balance: int | None) -> Desk:
    return kind(profile, calendar=Calendar(), balance=balance)


class DeskMachine(RuleBasedStateMachine):
    """Anyone may ask anything at any time; the money must stay right all the same."""

    kind: Callable[..., Desk] = Desk

    @initialize(profile=st.sampled_from(PROFILES), balance=st.sampled_from([None, 0, 150]))
    def begin(self, profile: ChannelProfile, balance: int | None) -> None:
        self.desk = profile_made(type(self).kind, profile, balance)
        self.now = 0
        self.held: list[Credential] = []
        self.unanswered: list[Notification] = []

    @rule(wait=waits)
    def wait(self, wait: int) -> None:
        until = self.now + wait
        while (due := self.desk.due()) is not None and due <= until:
            self.now = max(self.now, due)
            self.unanswered.extend(self.desk.act(self.now))
            assert (self.desk.due() or self.now + 1) > self.now, "act does all that is due"
        self.now = until

    @rule(no=trade_numbers, minor=amounts, lasts=waits, around=circumstances)
    def create(self, no: str, minor: int, lasts: int, around: Circumstances) -> None:
        request = CreateTrade(no, yuan(minor), self.now + lasts)
        if self.desk.profile.creation is Creation.FORM:
            self.held.append(self.desk.profile.credential(request, self.now))
        elif (got := self.desk.handle(request, self.now, around).credential) is not None:
            self.held.append(got)

    @rule(no=trade_numbers, coupon=coupons)
    def sell(self, no: str, coupon: int | None) -> None:
        self.create(no, 100, MINUTE, CALM)
        if self.held:
            self.confirm(self.held[-1], coupon)

    @rule(data=st.data(), confirm=st.booleans(), coupon=coupons)
    def customer(self, data: st.DataObject, confirm: bool, coupon: int | None) -> None:
        if not self.held:
            return
        credential = data.draw(st.sampled_from(self.held))
        self.desk.open(credential, self.now)
        if confirm:
            self.confirm(credential, coupon)

    def confirm(self, credential: Credential, coupon: int | None) -> None:
        trade = self.desk.trades.get(credential.out_trade_no)
        payable = self.desk.is_payable(credential, self.now)
        assert not payable or self.now <= credential.dead_at
        assert not payable or trade is None or trade.state is TradeState.UNPAID
        money = None if coupon is None else yuan(coupon)
        assert self.desk.pay(credential, self.now, money).accepted is payable

    @rule(data=st.data(), number=refund_numbers, minor=amounts, around=circumstances)
    def refund(self, data: st.DataObject, number: str, minor: int, around: Circumstances) -> None:
        no = data.draw(st.sampled_from([*self.desk.trades] or ["T1"]))
        payments = [trade.channel_number for trade in self.payments() if trade.out_trade_no == no]
        of = data.draw(st.sampled_from([None, *payments]))
        self.desk.handle(AskRefund(no, number, yuan(minor), of), self.now, around)

    @rule(no=trade_numbers, wait=waits)
    def book_again(self, no: str, wait: int) -> None:
        trade = self.desk.trades.get(no)
        if trade is not None and trade.is_paid and len(trade.again) < 2:
            self.desk.will_book_again(no, self.now + wait)

    def payments(self) -> list[Trade]:
        return [one for trade in self.desk.trades.values() for one in (trade, *trade.again)]

    @rule(data=st.data(), number=refund_numbers, route=st.sampled_from(AbnormalRoute), around=circumstances)
    def reroute(self, data: st.DataObject, number: str, route: AbnormalRoute, around: Circumstances) -> None:
        no = data.draw(st.sampled_from([*self.desk.trades] or ["T1"]))
        self.desk.handle(ApplyAbnormalRefund(no, number, route), self.now, around)

    @rule(minor=amounts, takes_on=st.booleans(), in_not_out=st.booleans())
    def account(self, minor: int, takes_on: bool, in_not_out: bool) -> None:
        if in_not_out:
            self.desk.top_up(minor, self.now)
        else:
            self.desk.drain(minor, takes_on=takes_on and self.desk.profile.refund_gives_up is not None)

    @rule(
        request=st.one_of(
            st.builds(QueryTrade, trade_numbers),
            st.builds(CloseTrade, trade_numbers),
            st.builds(QueryRefund, trade_numbers, refund_numbers),
            st.just(FetchBill(date(2026, 3, 2))),
            st.just(FetchFundBill(date(2026, 3, 2))),
        ),
        around=circumstances,
    )
    def ask(self, request: Request, around: Circumstances) -> None:
        answer = self.desk.handle(request, self.now, around)
        holds = answer.trade or answer.refund or answer.bill or answer.fund_bill
        assert not holds or answer.outcome is Outcome.DONE

    @rule(ack=acks)
    def answer(self, ack: Ack | None) -> None:
        if self.unanswered:
            sent = self.unanswered.pop(0)
            counts = self.desk.answered(sent.id, sent.send, ack, self.now)
            assert counts is (ack is not None and self.desk.profile.ack_rule.accepts(ack))

    @invariant()
    def money_is_conserved(self) -> None:
        assert self.desk.ledger.total == 0, self.desk.ledger.accounts
        givers = Account.CUSTOMER, Account.MARKETING
        assert all(account in givers or minor >= 0 for account, minor in self.accounts())

    @invariant()
    def no_trade_returns_more_than_it_captured(self) -> None:
        ledger = self.desk.ledger
        for trade in self.payments():
            no, number = trade.out_trade_no, trade.channel_number or ""
            assert 0 <= ledger.returned(no, number) <= trade.promised <= ledger.captured(no, number)
        for no, trade in self.desk.trades.items():
            both = (trade, *trade.again)
            assert ledger.captured(no) == sum(ledger.captured(no, one.channel_number or "") for one in both)
            assert ledger.returned(no) == sum(ledger.returned(no, one.channel_number or "") for one in both)

    @invariant()
    def shares_of_the_parts_sum_to_the_whole(self) -> None:
        ledger = self.desk.ledger
        for no, trade in self.desk.trades.items():
            assert 0 <= ledger.coupon_returned(no) <= ledger.coupon_captured(no)
            assert ledger.coupon_returned(no) <= ledger.returned(no)
            if trade.is_paid and ledger.kept(no) == 0:
                assert ledger.coupon_returned(no) == ledger.coupon_captured(no)
                assert self.fees(no) == 0
            both = (trade, *trade.again)
            if not any(one.refunds for one in both):
                rate = self.desk.profile.fee_rate
                assert self.fees(no) == sum(fee_on(one.held.amount, rate) for one in both)
        assert ledger.total_coupons_kept >= 0
        assert ledger.total_cash_kept >= 0

    def fees(self, no: str) -> int:
        signs = {MovementKind.FEE: 1, MovementKind.FEE_RETURNED: -1}
        movements = self.desk.ledger.movements
        return sum(signs.get(one.kind, 0) * one.amount.minor for one in movements if one.out_trade_no == no)

    @invariant()
    def the_sums_are_those_of_the_movements(self) -> None:
        ledger, again = self.desk.ledger, Ledger()
        for movement in ledger.movements:
            again.record(movement)
        assert ledger == again
        assert [movement.at for movement in ledger.movements] == sorted(m.at for m in ledger.movements)

    @invariant()
    def a_number_moves_money_once(self) -> None:
        seen = [
            (
                movement.kind,
                movement.out_trade_no,
                movement.out_refund_no or movement.channel_number,
            )
            for movement in self.desk.ledger.movements
        ]
        assert len(seen) == len(dict.fromkeys(seen))

    @invariant()
    def a_balance_is_never_overdrawn(self) -> None:
        assert self.desk.balance is None or self.desk.balance >= 0

    def accounts(self) -> list[tuple[Account, int]]:
        return list(self.desk.ledger.accounts.items())

    def teardown(self) -> None:
        """Answered by a merchant that acks, every desk comes to rest."""
        if not hasattr(self, "desk"):
            return
        for sent in self.unanswered:
            self.desk.answered(sent.id, sent.send, Ack.positive(), self.now)
        while (due := self.desk.due()) is not None:
            self.now = max(self.now, due)
            for sent in self.desk.act(self.now):
                self.desk.answered(sent.id, sent.send, Ack.positive(), self.now)
        assert not self.desk.owes, self.desk.pending()


DeskMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestDesk = DeskMachine.TestCase

# That a sabotaged desk fails is enough: no shrinking, and the same examples every time.
UNTIL_IT_FAILS = settings(
    max_examples=10_000,  # which ones they are depends on what else the test run has imported
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    phases=[Phase.generate],
    print_blob=False,
)


class Generous(Desk):
    """Sabotage: forgets what was promised before each refund."""

    def handle(self, request: Request, now: int, circumstances: Circumstances = CALM) -> Answer:
        for trade in self.trades.values():
            trade.given = Held()
        return super().handle(request, now, circumstances)


class Forgetful(Desk):
    """Sabotage: does not recognise a refund number."""

    def handle(self, request: Request, now: int, circumstances: Circumstances = CALM) -> Answer:
        for trade in self.trades.values():
            trade.refunds.clear()
        self._refunds._used.clear()
        return super().handle(request, now, circumstances)


class Leaky(Desk):
    """Sabotage: one minor unit of each payment gets lost."""

    def pay(self, credential: Credential, now: int, coupon: Money | None = None) -> Payment:
        payment = super().pay(credential, now, coupon)
        self.ledger.accounts[Account.MERCHANT] -= payment.accepted
        return payment


class KeepsTheRest(Desk):
    """Sabotage: every part takes its rounded share, and nobody takes the rest."""

    def handle(self, request: Request, now: int, circumstances: Circumstances = CALM) -> Answer:
        for trade in self.trades.values():
            trade.given = trade.given._replace(coupon=0, fee=0)
        return super().handle(request, now, circumstances)


def test_a_desk_that_keeps_what_is_left_of_a_coupon_is_found_out() -> None:
    """Played by hand: it takes three parts that do not divide evenly, which is seldom drawn."""
    for kind, is_sound in ((Desk, True), (KeepsTheRest, False)):
        state: Any = type(kind.__name__, (DeskMachine,), {"kind": kind})()
        state.begin(PROFILES[0], None)
        state.sell("T1", 50)
        for number in ("R1", "R2", "R3", "R4"):
            request = AskRefund("T1", number, yuan(25))
            state.desk.handle(request, state.now, CALM)
            state.wait(10 * MINUTE)
        assert state.desk.ledger.kept("T1") == 0
        if is_sound:
            state.shares_of_the_parts_sum_to_the_whole()
        else:
            with pytest.raises(AssertionError):
                state.shares_of_the_parts_sum_to_the_whole()


@pytest.mark.parametrize("kind", [Generous, Forgetful, Leaky])
def test_a_sabotaged_desk_is_found_out(kind: type[Desk]) -> None:
    sabotaged = type(kind.__name__, (DeskMachine,), {"kind": kind})

    with pytest.raises(AssertionError):
        run_state_machine_as_test(sabotaged, settings=UNTIL_IT_FAILS)


@pytest.mark.parametrize("kind", MovementKind)
def test_every_movement_leaves_the_sum_as_it_was(kind: MovementKind) -> None:
    ledger = Ledger()
    ledger.record(Movement(0, kind, "T1", "WX0001", yuan(7)))

    assert ledger.total == 0
    assert sorted(ledger.accounts.values()) == [-7, 0, 0, 0, 0, 7]
