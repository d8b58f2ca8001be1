"""The desk's refunds: checked, accepted, finished, repeated.

A refund number is the key of its idempotency: asked again it does nothing and tells how the first one stands.
The budget of a trade is what it captured, less all refunds that are not closed, whatever their state.
"""

from __future__ import annotations

from typing import assert_never

import attrs

from paytwice.channels.agenda import Agenda, Task
from paytwice.channels.circumstances import RefundFate
from paytwice.channels.funds import Funds
from paytwice.channels.ledger import Ledger, Movement, MovementKind
from paytwice.channels.messages import Answer, Meaning, RefundRecord, RefundStatus, TradeState
from paytwice.channels.notices import Notices
from paytwice.channels.phrases import Phrases
from paytwice.channels.profile import ChannelProfile, NumberScope
from paytwice.channels.requests import AbnormalRoute, AskRefund, QueryRefund
from paytwice.channels.shares import share
from paytwice.channels.trade import Refund, Trade
from paytwice_core import Money


@attrs.define(eq=False, kw_only=True)
class Refunds:
    """All refunds of one desk, by the channel's own refund number."""

    profile: ChannelProfile
    phrases: Phrases
    ledger: Ledger
    agenda: Agenda
    notices: Notices
    trades: dict[str, Trade]
    funds: Funds
    refunds: dict[str, Refund] = attrs.Factory(dict)
    on_their_way: dict[str, Refund] = attrs.Factory(dict)
    changes: list[RefundRecord] = attrs.Factory(list)  # every state a refund came to, as it came
    _used: dict[str, str] = attrs.Factory(dict)  # out_refund_no -> the out_trade_no that used it first

    def ask(self, request: AskRefund, now: int, fate: RefundFate) -> Answer:
        """Accept a refund, repeat the answer to it, or refuse it."""
        trade = self._payment(request)
        if trade is None:
            return self.phrases.bare(AskRefund, Meaning.NO_SUCH_TRADE)
        known = trade.refunds.get(request.out_refund_no)
        if known is not None:
            return self._repeat(known, request)
        refusal = self._why_not(trade, request, now)
        if refusal is not None:
            return self.phrases.bare(AskRefund, refusal)
        refund = self._accept(trade, request, now, fate)
        return self.phrases.ok(AskRefund, refund=self._as_answered(refund, refund.state))

    def query(self, request: QueryRefund, moment: int) -> Answer:
        """Say how the refund stood at a moment."""
        first = self.trades.get(request.out_trade_no)
        trade = first.returning(request.out_refund_no) if first is not None else None
        refund = trade.refunds[request.out_refund_no] if trade is not None else None
        record = refund.as_of(moment) if refund is not None else None
        if record is None or record.state not in self.profile.refund_found_in:
            return self.phrases.bare(QueryRefund, Meaning.NO_SUCH_REFUND)
        return self.phrases.ok(QueryRefund, refund=record)

    def is_over_budget(self, request: AskRefund) -> bool:
        """Whether a new number asks for more than its paid trade has left."""
        trade = self._payment(request)
        if trade is None or not trade.is_paid or request.out_refund_no in trade.refunds:
            return False
        return self._exceeds(trade, request)

    def finish(self, number: str, now: int) -> None:
        """An accepted refund reaches its end."""
        refund = self.refunds[number]
        self.on_their_way.pop(number, None)
        trade = self.payment_of(refund)
        refund.state = refund.fate.outcome
        self._settle(trade, refund, now)
        self._ended(trade, refund, now)

    def payment_of(self, refund: Refund) -> Trade:
        """The payment that a refund sends back."""
        trade = self.trades[refund.out_trade_no].payment(refund.paid_as)
        assert trade is not None, "a refund is of a payment"
        return trade

    def _ended(self, trade: Trade, refund: Refund, now: int) -> None:
        self._note(trade, refund, now)
        self.notices.refunded(trade.record, refund.record, now, refund.route)

    def _payment(self, request: AskRefund) -> Trade | None:
        first = self.trades.get(request.out_trade_no)
        return None if first is None else first.payment(request.channel_number)

    def _repeat(self, refund: Refund, request: AskRefund) -> Answer:
        if request.amount != refund.amount and self.profile.refund_same_amount:
            return self.phrases.bare(AskRefund, Meaning.OTHER_AMOUNT)
        told = refund.state if self.profile.refund_repeat_tells else RefundStatus.PROCESSING
        return self.phrases.ok(AskRefund, refund=self._as_answered(refund, told))

    def _as_answered(self, refund: Refund, told: RefundStatus) -> RefundRecord:
        words = self.profile.refund_answer_words
        return refund.told_as(told, words.get(told, self.profile.refund_words[told]))

    def _why_not(self, trade: Trade, request: AskRefund, now: int) -> Meaning | None:
        if request.amount.minor <= 0 or request.amount.currency != self.ledger.currency:
            return Meaning.NOT_SUPPORTED
        if trade.paid_at is None:
            return Meaning.NOT_PAID
        if self._exceeds(trade, request):
            return Meaning.OVER_BUDGET
        if self._is_used_elsewhere(request):
            return Meaning.NUMBER_USED
        return self._why_not_now(trade, trade.paid_at, request.amount.minor, now)

    def _why_not_now(self, trade: Trade, paid_at: int, minor: int, now: int) -> Meaning | None:
        profile = self.profile
        if profile.refund_window is not None and now > paid_at + profile.refund_window:
            return Meaning.TOO_LATE
        if profile.refund_parts is not None and len(trade.refunds) >= profile.refund_parts:
            return Meaning.TOO_MANY_PARTS
        if trade.last_refund_at is not None and now < trade.last_refund_at + profile.refund_spacing:
            return Meaning.TOO_SOON
        return None if self.funds.covers(minor) or self.funds.takes_on else Meaning.NO_BALANCE

    def _exceeds(self, trade: Trade, request: AskRefund) -> bool:
        captured = self.ledger.captured(trade.out_trade_no, trade.channel_number)
        return trade.promised + request.amount.minor > captured

    def _is_used_elsewhere(self, request: AskRefund) -> bool:
        if self.profile.refund_number_scope is NumberScope.MERCHANT:
            return request.out_refund_no in self._used
        return self.trades[request.out_trade_no].returning(request.out_refund_no) is not None

    def _accept(self, trade: Trade, request: AskRefund, now: int, fate: RefundFate) -> Refund:
        refund = self._enter(trade, request, fate)
        trade.given = trade.given.plus(refund.share)
        trade.last_refund_at = now
        trade.state = TradeState.RETURNED
        if self.funds.covers(refund.amount.minor):
            self._pay_out(trade, refund, now)
        else:
            self._wait_for_money(trade, refund, now)
        return refund

    def _pay_out(self, trade: Trade, refund: Refund, now: int) -> None:
        self._move(MovementKind.SET_ASIDE, trade, refund, now)
        self._move_fee(MovementKind.FEE_RETURNED, trade, refund, now)
        self.start(trade, refund, now, self.profile.refund_takes)

    def _wait_for_money(self, trade: Trade, refund: Refund, now: int) -> None:
        self._note(trade, refund, now)
        self.on_their_way[refund.number] = self.funds.waiting[refund.number] = refund
        if self.profile.refund_gives_up is not None:
            self.agenda.plan(now + self.profile.refund_gives_up, Task.GIVE_UP, refund.number)

    def topped_up(self, now: int) -> None:
        """There is more money: pay the refunds that waited for it."""
        for refund in self.funds.now_covered():
            self.agenda.strike(Task.GIVE_UP, refund.number)
            self._pay_out(self.payment_of(refund), refund, now)

    def give_up(self, number: str, now: int) -> None:
        """A refund has waited for money for too long: it ends, and nothing has moved."""
        refund = self.funds.waiting.pop(number)
        trade = self.payment_of(refund)
        self.on_their_way.pop(number, None)
        refund.state = RefundStatus.CLOSED
        trade.given = trade.given.less(refund.share)
        self._ended(trade, refund, now)

    def _enter(self, trade: Trade, request: AskRefund, fate: RefundFate) -> Refund:
        number = f"{self.profile.prefix}R{len(self.refunds) + 1:04d}"
        refund = Refund(
            out_trade_no=trade.out_trade_no,
            out_refund_no=request.out_refund_no,
            number=number,
            amount=request.amount,
            fate=fate,
            paid_as=trade.channel_number,
            share=share(request.amount.minor, trade.held, trade.held.less(trade.given)),
        )
        self.refunds[number] = trade.refunds[request.out_refund_no] = refund
        self._used.setdefault(request.out_refund_no, trade.out_trade_no)
        return refund

    def start(self, trade: Trade, refund: Refund, now: int, normally: int) -> None:
        """Let a refund take its time, so many milliseconds if its fate says nothing else."""
        takes = normally if refund.fate.after_ms is None else refund.fate.after_ms
        if takes == 0:
            self.finish(refund.number, now)
            return
        self._note(trade, refund, now)
        self.on_their_way[refund.number] = refund
        self.agenda.plan(now + takes, Task.FINISH, refund.number)

    def _note(self, trade: Trade, refund: Refund, now: int) -> None:
        refund.note(now, self.profile)
        trade.note(now, self.profile)
        self.changes.append(refund.record)

    def _settle(self, trade: Trade, refund: Refund, now: int) -> None:
        match refund.state:
            case RefundStatus.SUCCESS if refund.route is AbnormalRoute.MERCHANT_CARD:
                self._move(MovementKind.TO_MERCHANT_CARD, trade, refund, now)
            case RefundStatus.SUCCESS:
                self._move(MovementKind.RETURNED, trade, refund, now)
                trade.returned += refund.amount
            case RefundStatus.CLOSED:
                self._move(MovementKind.RELEASED, trade, refund, now)
                self._move_fee(MovementKind.FEE, trade, refund, now)
                trade.given = trade.given.less(refund.share)
            case RefundStatus.ABNORMAL | RefundStatus.PROCESSING:
                pass  # the money waits in transit
            case _:
                assert_never(refund.state)

    def _move(self, kind: MovementKind, trade: Trade, refund: Refund, now: int) -> None:
        number = trade.channel_number or ""
        self.ledger.record(
            Movement(
                now,
                kind,
                trade.out_trade_no,
                number,
                refund.amount,
                refund.out_refund_no,
                refund.share.coupon,
            )
        )
        if kind is MovementKind.SET_ASIDE:
            self.funds.take(refund.amount.minor)
        elif kind is MovementKind.RELEASED:
            self.funds.give(refund.amount.minor)

    def _move_fee(self, kind: MovementKind, trade: Trade, refund: Refund, now: int) -> None:
        fee = Money(refund.share.fee, refund.amount.currency)
        number = trade.channel_number or ""
        if fee.minor:
            self.ledger.record(Movement(now, kind, trade.out_trade_no, number, fee, refund.out_refund_no))
