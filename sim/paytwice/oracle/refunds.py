"""Promises about refunds: the right payment, once, not claimed early, not forgotten (S6, S8, S9, L3, L4)."""

from __future__ import annotations

from collections.abc import Iterator

from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.channels.requests import AskRefund
from paytwice.merchant.port import OrderView, RefundStanding, RefundView, Standing
from paytwice.oracle.facts import Capture, Case, Trade
from paytwice.oracle.payments import (
    first_asked_at,
    foreign,
    is_processing,
    meant,
    refunds_of,
    with_a_person,
)
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken, worst
from paytwice.wording import span
from paytwice_core import Money


def refund_the_right_one(trade: Trade, request: AskRefund, meaning: Meaning, at: int) -> Broken | None:
    """S6 protects the payment that won: refunded only as customers asked; others up to what they captured."""
    if not trade.captures or (
        request.channel_number is not None and request.channel_number not in trade.captures
    ):
        named = f" (payment {request.channel_number})" if request.channel_number is not None else ""
        return Broken(
            f"{request.amount.display} was asked back from {trade.channel} for trade "
            f"{request.out_trade_no}{named}, where {trade.channel} has captured nothing.",
            request.amount,
            _asked_entries(trade),
        )
    case = trade.case
    if case is None:
        return None
    of = meant(trade, request.channel_number)
    asked = trade.asked(request.out_refund_no) + request.amount.minor
    if asked > _refundable(case, trade, None):
        return _too_much(case, trade, asked, _refundable(case, trade, None), request.amount.currency)
    if of is None:
        return None
    asked = trade.asked(request.out_refund_no, of) + request.amount.minor
    if asked > _refundable(case, trade, of):
        return _too_much(case, trade, asked, _refundable(case, trade, of), request.amount.currency)
    return None


def refunded_one_does_not_win(case: Case, now: OrderView, at: int) -> Broken | None:
    """S6 when the order becomes PAID: a payment that is being sent back cannot be the one that is kept."""
    if now.standing is not Standing.PAID or now.winner is None or case.standing is Standing.PAID:
        return None
    for trade in case.trades.values():
        if trade.channel != now.winner.channel or now.winner.number not in trade.captures:
            continue
        others = trade.captured - trade.budget(now.winner.number)
        asked = trade.asked("")
        if asked > case.wished_total + others:
            currency = trade.captures[now.winner.number].amount.currency
            return _too_much(case, trade, asked, case.wished_total + others, currency)
    return None


def _refundable(case: Case, trade: Trade, number: str | None) -> int:
    total = 0
    for capture in trade.captures.values():
        if number is None or capture.number == number:
            total += case.wished_total if case.is_winner(capture) else capture.amount.minor
    return total


def _too_much(case: Case, trade: Trade, asked: int, right: int, currency: str) -> Broken:
    wins = any(case.is_winner(capture) for capture in trade.captures.values())
    which = "settled the order, and customers asked for" if wins else "captured"
    return Broken(
        f"{Money(asked, currency).display} in all was asked back of {trade.channel} trade "
        f"{trade.out_trade_no} of order {case.order_id}, which {which} {Money(right, currency).display}.",
        Money(asked - right, currency),
        (
            *(capture.entry for capture in trade.captures.values()),
            case.winner_entry,
            *case.wish_entries,
            *_asked_entries(trade),
        ),
    )


def _asked_entries(trade: Trade) -> tuple[int, ...]:
    return tuple(refund.entry for refund in trade.refunds.values() if refund.asked_at is not None)


def one_intent_one_movement(trade: Trade, request: AskRefund, meaning: Meaning, at: int) -> Broken | None:
    """S8 protects the merchant from paying twice: a retry keeps its number while the first may move money.

    The reason of a refund cannot be seen at a desk. What can: a payment that did not win has one intent, all
    of it back; the winner has as many of one amount as customers wished. A wish that was split or joined is
    let pass.
    """
    case = trade.case
    if case is None or not trade.captures:
        return None
    alive = [
        refund
        for refund in trade.refunds.values()
        if refund.number != request.out_refund_no
        and refund.is_alive
        and (request.channel_number is None or refund.of is None or refund.of == request.channel_number)
    ]
    if not alive:
        return None
    intents = _losers_of(case, trade, request.channel_number)
    minor = request.amount.minor
    if intents < len(_captures_of(trade, request.channel_number)):
        wished = [wish for wish in case.wishes.values() if wish == minor]
        if not wished:
            return None
        alive = [refund for refund in alive if refund.asked_minor == minor]
        intents += len(wished)
    if len(alive) < intents:
        return None
    first = alive[-1]
    state = first.status.value if first.status is not None else "of unknown outcome"
    return Broken(
        f"A second refund number {request.out_refund_no} over {request.amount.display} reached "
        f"{trade.channel} for trade {trade.out_trade_no} of order {case.order_id} while "
        f"{first.number} was {state}: one wish, and two movements of money.",
        request.amount,
        tuple(refund.entry for refund in alive),
    )


def _captures_of(trade: Trade, number: str | None) -> list[Capture]:
    return [capture for capture in trade.captures.values() if number is None or capture.number == number]


def _losers_of(case: Case, trade: Trade, number: str | None) -> int:
    return sum(not case.is_winner(capture) for capture in _captures_of(trade, number))


def no_optimistic_refund(case: Case, now: OrderView, at: int) -> Broken | None:
    """S9 protects the customer from "refunded" without money: DONE is said after the ledger returned it."""
    if not now.refunds or (case.view is not None and now.refunds is case.view.refunds):
        return None
    for refund in now.refunds:
        if refund.standing is not RefundStanding.DONE:
            continue
        if (refund.out_trade_no, refund.out_refund_no) in case.done:
            continue
        returned = _returned(case, now, refund)
        if returned < refund.amount.minor:
            return Broken(
                f"Refund {refund.out_refund_no} of order {case.order_id} over {refund.amount.display} is "
                f"shown as DONE, but the channel has returned {case.money(max(returned, 0)).display}.",
                refund.amount,
                tuple(entry for trade in case.named(refund.out_trade_no) for entry in _asked_entries(trade)),
            )
    return None


def _returned(case: Case, now: OrderView, refund: RefundView) -> int:
    trades = case.named(refund.out_trade_no)
    by_number = [
        known.returned
        for trade in trades
        for known in trade.refunds.values()
        if known.number == refund.out_refund_no
    ]
    if by_number:
        return sum(by_number)
    # A number that no desk knows: the merchant's own name for money that came back by another way.
    claimed = sum(
        other.amount.minor
        for other in now.refunds or ()
        if other.standing is RefundStanding.DONE
        and other.out_trade_no == refund.out_trade_no
        and other is not refund
    )
    return sum(trade.returned for trade in trades) - claimed


def losers_go_back(case: Case, scene: Scene) -> Broken | None:
    """L3 protects who paid twice or too late: the money is asked back in time, by channel while it can."""
    if case.view is None or case.view.refunds is None:
        return None
    return worst(_not_gone_back(case, scene))


def _not_gone_back(case: Case, scene: Scene) -> Iterator[Broken]:
    for trade in case.trades.values():
        for capture in trade.captures.values():
            # Of an order that is still open, the right amount may yet be what settles it.
            waits = case.final_at is None and capture.amount == case.amount
            if not waits and not case.is_winner(capture):
                broken = _not_sent_back(case, trade, capture, scene)
                if broken is not None:
                    yield broken


def _not_sent_back(case: Case, trade: Trade, capture: Capture, scene: Scene) -> Broken | None:
    entries = (*capture.entries, *_asked_entries(trade))
    due = capture.shown_at if capture.shown_at is not None else capture.at
    due = scene.since(max(due, case.final_at or 0)) + case.rules.refund_deadline_ms
    asked = first_asked_at(trade, capture.number)
    person = with_a_person(case, trade, capture.number)
    if person and case.rules.mismatch_to_person and capture.amount != case.amount:
        return None
    if asked is None and capture.held > 0 and scene.at < due and not person:
        return Broken(
            f"{capture.name} has to go back, and its refund is not due yet.", capture.amount, entries, False
        )
    if asked is not None and asked > due:
        return Broken(
            f"{capture.name} of order {case.order_id} has to go back; its refund was asked for "
            f"{span(asked - due)} after the deadline.",
            capture.amount,
            entries,
        )
    if capture.held <= 0 or is_processing(trade, capture.number):
        return None
    # Row O7b leaves it to a person when somebody else has returned a part already.
    if person and (foreign(trade, capture.number) > 0 or not _has_a_route(trade, capture.number)):
        return None
    how = "was left to a person though the channel still takes refunds" if person else "was never sent back"
    return Broken(
        f"{capture.name} of order {case.order_id} did not settle the order and {how}: "
        f"{Money(capture.held, capture.amount.currency).display} is with the merchant.",
        Money(capture.held, capture.amount.currency),
        entries,
    )


def _has_a_route(trade: Trade, number: str) -> bool:
    """Whether the channel would still take a refund: none was tried, or it is worth trying again.

    An ABNORMAL refund, one on the merchant's own card, a refusal, an empty account and a second closed number
    leave it to a person.
    """
    closed = 0
    for refund in refunds_of(trade, number):
        if refund.is_stuck:
            return False
        if refund.status is None and (refund.refused or refund.answer in (Meaning.OK, Meaning.NO_BALANCE)):
            return False
        closed += refund.status is RefundStatus.CLOSED
    return closed < 2


def nothing_stays_pending(case: Case, scene: Scene) -> Broken | None:
    """L4 protects who waits for a refund: PENDING ends, in DONE or with a person who knows."""
    return worst(_pending(case))


def _pending(case: Case) -> Iterator[Broken]:
    for refund in case.refund_views():
        if refund.standing is not RefundStanding.PENDING:
            continue
        trades = case.named(refund.out_trade_no)
        desk = [trade.refunds.get(refund.out_refund_no) for trade in trades]
        states = [known.status.value for known in desk if known is not None and known.status is not None]
        short = any(known is not None and known.answer is Meaning.NO_BALANCE for known in desk)
        busy = RefundStatus.PROCESSING.value in states or (short and not states)
        says = "no channel knows of it" if not short else "the merchant's account does not cover it"
        says = f"the channel says {states[0]}" if states else says
        yield Broken(
            f"Refund {refund.out_refund_no} of order {case.order_id} over {refund.amount.display} is still "
            f"PENDING; {says}.",
            refund.amount,
            (case.view_entry, *(known.entry for known in desk if known is not None and known.entry >= 0)),
            sure=not busy,
        )
