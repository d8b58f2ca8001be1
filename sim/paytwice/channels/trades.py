"""The desk's trades: created, opened, paid, queried, closed, expired.

The trap in here is *when a trade exists*. At a SCAN channel the merchant's call gives a QR code and no trade:
until the customer scans it, a query and a close find nothing, and the QR code can still be paid afterwards.
"""

from __future__ import annotations

from typing import assert_never

import attrs

from paytwice.channels.agenda import Agenda, Task
from paytwice.channels.ledger import Ledger, Movement, MovementKind
from paytwice.channels.messages import Answer, Credential, Meaning, TradeState
from paytwice.channels.notices import Notices
from paytwice.channels.phrases import Phrases
from paytwice.channels.profile import ChannelProfile, Creation
from paytwice.channels.requests import CloseTrade, CreateTrade, QueryTrade
from paytwice.channels.shares import Held, fee_on
from paytwice.channels.trade import Offer, Payment, Trade
from paytwice_core import Money


@attrs.define(eq=False, kw_only=True)
class Trades:
    """All trades of one desk, by out_trade_no."""

    profile: ChannelProfile
    phrases: Phrases
    ledger: Ledger
    agenda: Agenda
    notices: Notices
    offers: dict[str, Offer] = attrs.Factory(dict)
    trades: dict[str, Trade] = attrs.Factory(dict)
    taken_late: dict[str, Trade] = attrs.Factory(dict)  # paid by a bank after the expiry, not yet given back
    _payments: int = 0
    _nothing: Money = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._nothing = Money.zero(self.ledger.currency)

    def create(self, request: CreateTrade, now: int) -> Answer:
        """Register what is to be paid; the same request again gets the same credential while that lives."""
        refusal = self._why_not_create(request, now)
        if refusal is not None:
            return self.phrases.bare(CreateTrade, refusal)
        offer = self._offer(request, now)
        self.offers[request.out_trade_no] = offer
        if self.profile.creation is Creation.CALL and request.out_trade_no not in self.trades:
            self._make(offer.credential, now)
        return self.phrases.ok(CreateTrade, credential=offer.credential)

    def query(self, request: QueryTrade, moment: int, now: int) -> Answer:
        """Say how the trade stood at a moment, which is now unless the read lags."""
        trade = self.trades.get(request.out_trade_no)
        if trade is None:
            return self.phrases.bare(QueryTrade, Meaning.NO_SUCH_TRADE)
        record = trade.record if moment >= now else trade.as_of(moment)
        if record is None:
            return self.phrases.bare(QueryTrade, Meaning.NO_SUCH_TRADE)
        return self.phrases.ok(QueryTrade, trade=record)

    def close(self, request: CloseTrade, now: int) -> Answer:
        """Make the trade unpayable, unless it is paid or does not exist."""
        trade = self.trades.get(request.out_trade_no)
        meaning = self._close_meaning(trade, now)
        if trade is not None and meaning is Meaning.OK and trade.state is TradeState.UNPAID:
            self._shut(trade, now)
        return self.phrases.bare(CloseTrade, meaning)

    def open(self, credential: Credential, now: int) -> None:
        """The customer scans the code or opens the form: where no trade exists before, one does now."""
        no = credential.out_trade_no
        if no in self.trades or now > credential.dead_at:
            return
        if self.profile.creation is Creation.FORM or no in self.offers:
            self._make(credential, now)

    def pay(self, credential: Credential, now: int, coupon: int) -> Payment:
        """The customer confirms, and the money moves or does not; a coupon is worth the trade at most."""
        self.open(credential, now)
        trade = self.trades.get(credential.out_trade_no)
        refusal = self._why_not_pay(trade, credential, now)
        if trade is None or refusal is not None:
            meaning = refusal or Meaning.NO_SUCH_TRADE
            self._take_late(trade, meaning, now)
            return Payment(False, meaning, self.profile.code(meaning).word)
        return self._capture(trade, now, min(coupon, trade.amount.minor))

    def edit_price(self, out_trade_no: str, amount: Money, now: int) -> None:
        """Change what an unpaid trade is about, under the very code that the customer holds."""
        trade = self.trades.get(out_trade_no)
        if trade is None or trade.state is not TradeState.UNPAID:
            stands = "no trade" if trade is None else f"a {trade.state.value} trade"
            raise ValueError(f"{out_trade_no} is {stands} at {self.profile.name}: its price cannot be edited")
        if not self._is_amount(amount):
            raise ValueError(
                f"a price at {self.profile.name} is more than 0 {self.ledger.currency}: {amount}"
            )
        trade.amount, trade.is_edited = amount, True
        trade.note(now, self.profile)

    def give_back(self, out_trade_no: str, now: int) -> None:
        """What a bank paid too late goes back to the customer."""
        trade = self.taken_late.pop(out_trade_no)
        self.ledger.record(Movement(now, MovementKind.GAVE_BACK, out_trade_no, "", trade.amount))

    def is_payable(self, credential: Credential, now: int) -> bool:
        """Whether `pay` would be accepted."""
        trade = self.trades.get(credential.out_trade_no)
        if trade is None:
            known = self.profile.creation is Creation.FORM or credential.out_trade_no in self.offers
            return known and now <= credential.dead_at
        return self._why_not_pay(trade, credential, now) is None

    def expire(self, out_trade_no: str, now: int) -> None:
        """The channel closes an unpaid trade by itself."""
        trade = self.trades[out_trade_no]
        if trade.state is TradeState.UNPAID:
            self._shut(trade, now)

    def tell_finished(self, payment: str, now: int) -> None:
        """The time for refunds of a payment is over, and the channel tells of what it has kept."""
        no, _, number = payment.partition(" ")
        payments, word = [self.trades[no], *self.trades[no].again], self.profile.finished_word
        [before] = [n for n, one in enumerate(payments) if one.channel_number == number]
        if word is not None and payments[before].returned != payments[before].amount:
            self.notices.finished(payments[before].record, before, word, now)

    def book_again(self, out_trade_no: str, now: int) -> None:
        """The channel books a paid trade once more, under another number; queries tell of the first."""
        first = self.trades[out_trade_no]
        second = Trade(
            out_trade_no=out_trade_no,
            amount=first.amount,
            created_at=now,
            payable_until=first.payable_until,
            returned=self._nothing,
        )
        first.again.append(second)
        self._capture(second, now)

    def _take_late(self, trade: Trade | None, refusal: Meaning, now: int) -> None:
        """A bank that was at work when the time ran out pays all the same: the channel keeps nothing of it.

        The trade stays unpaid and no notification, query or bill tells of it, so that no merchant can ship
        for it or send it back a second time.
        """
        returned = self.profile.late_bank_returned
        if trade is None or returned is None or refusal is not Meaning.TOO_LATE or trade.taken_late_at:
            return
        trade.taken_late_at = now
        self.taken_late[trade.out_trade_no] = trade
        self.ledger.record(Movement(now, MovementKind.TOOK_LATE, trade.out_trade_no, "", trade.amount))
        self.agenda.plan(now + returned, Task.GIVE_BACK, trade.out_trade_no)

    def _why_not_create(self, request: CreateTrade, now: int) -> Meaning | None:
        if self.profile.creation is Creation.FORM or not self._is_amount(request.amount):
            return Meaning.NOT_SUPPORTED
        offer = self.offers.get(request.out_trade_no)
        if offer is not None and offer.request != request:
            return Meaning.NUMBER_USED
        trade = self.trades.get(request.out_trade_no)
        if trade is not None and trade.state is not TradeState.UNPAID:
            return Meaning.ALREADY_PAID if trade.is_paid else Meaning.ALREADY_CLOSED
        still_lives = offer is not None and now <= offer.credential.dead_at
        return Meaning.TOO_LATE if now >= request.expires_at and not still_lives else None

    def _is_amount(self, amount: Money) -> bool:
        return amount.minor > 0 and amount.currency == self.ledger.currency

    def _offer(self, request: CreateTrade, now: int) -> Offer:
        offer = self.offers.get(request.out_trade_no)
        if offer is not None and now <= offer.credential.dead_at:
            return offer
        return Offer(request, now, self.profile.credential(request, now))

    def _make(self, credential: Credential, now: int) -> None:
        no = credential.out_trade_no
        trade = Trade(
            out_trade_no=no,
            amount=credential.amount,
            created_at=now,
            payable_until=self._payable_until(credential, now),
            returned=self._nothing,
        )
        trade.note(now, self.profile)
        self.trades[no] = trade
        ends = self._closed_by_itself_at(trade)
        if ends is not None:
            self.agenda.plan(ends, Task.EXPIRE, no)

    def _payable_until(self, credential: Credential, now: int) -> int:
        offer = self.offers.get(credential.out_trade_no)
        if offer is None:
            return credential.dead_at
        if self.profile.relative_expiry:
            return now + offer.request.expires_at - offer.asked_at
        return offer.request.expires_at

    def _closed_by_itself_at(self, trade: Trade) -> int | None:
        ends = [trade.payable_until + 1] if self.profile.closes_at_expiry else []
        if self.profile.closes_after is not None:
            ends.append(trade.created_at + self.profile.closes_after)
        return min(ends, default=None)

    def _close_meaning(self, trade: Trade | None, now: int) -> Meaning:
        if not self.profile.has_close:
            return Meaning.NOT_SUPPORTED
        if trade is None:
            return Meaning.NO_SUCH_TRADE
        match trade.state:
            case TradeState.PAID | TradeState.RETURNED:
                return self.profile.close_of_paid
            case TradeState.CLOSED:
                return self.profile.close_of_closed
            case TradeState.UNPAID:
                early = now < trade.created_at + self.profile.close_not_before
                return Meaning.TOO_SOON if early else Meaning.OK
            case _:
                assert_never(trade.state)

    def _shut(self, trade: Trade, now: int) -> None:
        trade.state = TradeState.CLOSED
        trade.note(now, self.profile)
        self.agenda.strike(Task.EXPIRE, trade.out_trade_no)
        self.notices.closed(trade.record, now)

    def _why_not_pay(self, trade: Trade | None, credential: Credential, now: int) -> Meaning | None:
        if trade is None:
            return Meaning.TOO_LATE if now > credential.dead_at else Meaning.NO_SUCH_TRADE
        if trade.state is not TradeState.UNPAID:
            return Meaning.ALREADY_PAID if trade.is_paid else Meaning.ALREADY_CLOSED
        if credential.amount != trade.amount and not trade.is_edited:
            return Meaning.NUMBER_USED
        return Meaning.TOO_LATE if now > min(credential.dead_at, trade.payable_until) else None

    def _capture(self, trade: Trade, now: int, coupon: int = 0) -> Payment:
        self._payments += 1
        number = f"{self.profile.prefix}{self._payments:04d}"
        trade.state, trade.channel_number, trade.paid_at = TradeState.PAID, number, now
        taken = Held(trade.amount.minor, coupon, fee_on(trade.amount.minor, self.profile.fee_rate))
        trade.held = trade.held.plus(taken)
        no, fee = trade.out_trade_no, Money(taken.fee, trade.amount.currency)
        self.ledger.record(Movement(now, MovementKind.CAPTURED, no, number, trade.amount, None, coupon))
        if fee.minor:
            self.ledger.record(Movement(now, MovementKind.FEE, no, number, fee))
        trade.note(now, self.profile)
        self.agenda.strike(Task.EXPIRE, trade.out_trade_no)
        self.notices.paid(trade.record, len(self.trades[trade.out_trade_no].again), now)
        if self.profile.finished_word is not None and self.profile.refund_window is not None:
            self.agenda.plan(now + self.profile.refund_window, Task.TELL_FINISHED, f"{no} {number}")
        return Payment(True, Meaning.OK, self.profile.code(Meaning.OK).word, number)
