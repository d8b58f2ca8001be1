"""What is known of one run: its orders, its trades, and what happened in it at all."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.channels.ledger import Movement
from paytwice.channels.messages import Meaning, Notification, RefundRecord, RefundStatus
from paytwice.channels.requests import AskRefund
from paytwice.merchant.port import OrderView, RefundStanding, Standing
from paytwice.oracle.facts import Capture, Case, Refund, Trade
from paytwice.oracle.payments import meant
from paytwice.oracle.refund import MAY_STILL_COME
from paytwice.oracle.tally import Tally

SHUT: Final = (Meaning.OK, Meaning.ALREADY_CLOSED)  # the answers to a close after which a trade is closed

# The answers after which nobody may think that the close was heard.
UNHEARD: Final = (Meaning.SYSTEM_ERROR, Meaning.BUSY)


@attrs.define(eq=False)
class Record:
    """Facts only: they are taken down as they come, and nothing is judged here."""

    cases: dict[str, Case] = attrs.field(factory=dict)
    trades: dict[tuple[str, str], Trade] = attrs.field(factory=dict)
    tally: Tally = attrs.field(factory=Tally)
    healed_at: int | None = None
    queries: bool = False  # the merchant asked some channel about some trade

    def trade(self, channel: str, out_trade_no: str) -> Trade:
        """The trade of this number, known from now on."""
        key = (channel, out_trade_no)
        trade = self.trades.get(key)
        if trade is None:
            trade = self.trades[key] = Trade(channel, out_trade_no)
        return trade

    def adopt(self, case: Case, trade: Trade) -> None:
        """A trade turns out to belong to an order."""
        trade.case = case
        case.trades[trade.channel, trade.out_trade_no] = trade
        case.unshown += trade.captures.values()
        for currency, minor in trade.kept.items():
            _add(case.kept, currency, minor)

    def note_view(self, case: Case, view: OrderView, at: int, entry: int) -> None:
        """The merchant says something else of an order now."""
        seen = self.tally
        if case.view is None or case.view.standing is not view.standing:
            case.standing_entry = entry
            if view.standing is not Standing.OPEN:
                seen.finals = True
                seen.paid |= view.standing is Standing.PAID
                seen.closed |= view.standing is Standing.CLOSED
                if case.final_at is None:
                    case.final_at, case.final_entry = at, entry
        if view.winner is not None:
            seen.winners = True
            if case.winner is None:
                case.winner, case.winner_entry = (view.winner.channel, view.winner.number), entry
        if case.unshown:
            _note_shown(case, view, at, entry)
        if view.refunds is not None:
            seen.refunds_shown |= bool(view.refunds)
            for refund in view.refunds:
                if refund.standing is RefundStanding.DONE:
                    seen.done_shown = True
                    case.done.setdefault((refund.out_trade_no, refund.out_refund_no), entry)
        case.view, case.view_entry = view, entry

    def namesake(self, out_trade_no: str) -> Case | None:
        """The order of a number that another channel knows."""
        # A refund sent to the wrong channel: the number tells whose it was.
        for trade in self.trades.values():
            if trade.out_trade_no == out_trade_no and trade.case is not None:
                return trade.case
        return None

    def note_captured(self, trade: Trade, movement: Movement, at: int, entry: int) -> None:
        """Money was captured."""
        amount = movement.amount
        number, coupon = movement.channel_number, movement.coupon
        capture = Capture(trade.channel, trade.out_trade_no, number, amount, at, entry, coupon=coupon)
        self.tally.coupons |= coupon > 0
        trade.captures[movement.channel_number] = capture
        trade.captured += amount.minor
        self.tally.captures = True
        _add(trade.kept, amount.currency, amount.minor)
        if trade.case is not None:
            _add(trade.case.kept, amount.currency, amount.minor)
            trade.case.unshown.append(capture)

    def note_returned(self, trade: Trade, movement: Movement, at: int, entry: int) -> None:
        """Money went back."""
        amount = movement.amount
        number = movement.out_refund_no or ""
        refund = trade.refunds.get(number)
        if refund is None:
            refund = trade.refunds[number] = Refund(number, amount.minor, entry=entry)
        refund.returned += amount.minor
        refund.of = refund.of or movement.channel_number
        refund.returned_at = at
        refund.status = refund.status or RefundStatus.SUCCESS
        trade.returned += amount.minor
        trade.returned_at, trade.returned_entry = at, entry
        capture = trade.captures.get(movement.channel_number)
        if capture is not None:
            capture.returned += amount.minor
            capture.coupon_returned += movement.coupon
        self.tally.returns = True
        _add(trade.kept, amount.currency, -amount.minor)
        if trade.case is not None:
            _add(trade.case.kept, amount.currency, -amount.minor)

    def note_asked(
        self, trade: Trade, request: AskRefund, meaning: Meaning, at: int, entry: int, sent_at: int
    ) -> None:
        """A refund request reached a desk."""
        refund = trade.refunds.get(request.out_refund_no)
        if refund is None:
            refund = trade.refunds[request.out_refund_no] = Refund(request.out_refund_no)
        if refund.asked_at is None:
            refund.asked_at, refund.entry = at, entry
            refund.asked_minor, refund.of = request.amount.minor, meant(trade, request.channel_number)
        if refund.refused and meaning is not Meaning.OK and sent_at in refund.sent_at:
            return  # the network's copy of a call that was refused: nothing has come of it, and nothing will
        refund.sent_at.add(sent_at)
        refund.answer = meaning
        refund.accepted |= meaning is Meaning.OK
        refund.refused = meaning not in MAY_STILL_COME

    def note_refund(self, record: RefundRecord, trade: Trade, at: int, entry: int) -> None:
        """A desk's refund is in another state now."""
        refund = trade.refunds.get(record.out_refund_no)
        if refund is None:
            refund = trade.refunds[record.out_refund_no] = Refund(
                record.out_refund_no, record.amount.minor, entry=entry
            )
        refund.status, refund.at_merchant = record.state, record.to_merchant_card
        refund.last_entry = entry
        if refund.known_at is None:
            refund.known_at = at
        self.tally.stuck |= refund.is_stuck and refund.asked_at is not None

    def note_close(self, trade: Trade, meaning: Meaning, at: int) -> None:
        """A close of a trade was asked for."""
        trade.close_asked |= meaning not in UNHEARD
        if trade.closed_at is None and meaning in SHUT:
            trade.closed_at = at

    def note_news(self, trade: Trade, notification: Notification, at: int) -> None:
        """The merchant has acked a notification: what it says of a refund is known from now on."""
        told = notification.refund
        refund = trade.refunds.get(told.out_refund_no) if told is not None else None
        if refund is not None and told is not None and told.state is RefundStatus.SUCCESS:
            refund.heard_at = at if refund.heard_at is None else refund.heard_at
            self.tally.foreign |= refund.asked_at is None


def _note_shown(case: Case, view: OrderView, at: int, entry: int) -> None:
    captures = view.captures or ()
    named = [attempt.number for attempt in view.attempts or ()]
    if view.winner is not None:
        named.append(view.winner.number)
    for capture in case.unshown:
        if capture.number in captures or capture.number in named:
            capture.shown_at, capture.shown_entry = at, entry
    case.unshown = [capture for capture in case.unshown if capture.shown_at is None]


def _add(sums: dict[str, int], currency: str, minor: int) -> None:
    sums[currency] = sums.get(currency, 0) + minor
