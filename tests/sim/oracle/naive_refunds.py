"""The second judge on refund requests: the right one, no more, once, in its currency (S6-S9, S20, C4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.sim.oracle import refunds_seen as refunds
from tests.sim.oracle.history import History, Key, Seen
from tests.sim.oracle.naive_orders import shown_as_done

from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.channels.requests import AskRefund
from paytwice.merchant.port import RefundStanding, Standing

ALREADY_CALLING: Final = 10_000  # who acks the news in one handler may be about to call in another


def _new_asks(h: History) -> Iterator[tuple[Any, Any, Key, str, History]]:
    """Requests that are no repeat of a living one: it, all of it, trade, order, and what was before."""
    for one, before in h.each("requested"):
        request = one["request"]
        if type(request).__name__ != "AskRefund":
            continue
        key = one["channel"], request.out_trade_no
        number = request.out_refund_no
        calls = [told for told in before.all("requested", channel=key[0]) if _is_about(told, key, number)]
        is_copy = refunds.sent_at(one) in map(refunds.sent_at, calls)
        if not is_copy and not refunds.is_alive(before, key, number):
            yield request, one, key, _whose(before, key), before


def _is_about(told: Seen, key: Key, number: str) -> bool:
    """Whether what was asked is this refund."""
    request = told["request"]
    return isinstance(request, AskRefund) and (request.out_trade_no, request.out_refund_no) == (
        key[1],
        number,
    )


def _whose(h: History, key: Key) -> str:
    """The order of a trade, or of its namesake at another channel."""
    owner = h.owner(key)
    if owner is not None:
        return owner
    return next((o for o in h.orders for _, no in h.trades(o) if no == key[1]), "")


def _refundable(h: History, order: str, key: Key, of: str | None) -> int:
    """What may be asked back: of the winner what was wished for, of the rest all."""
    wished = sum(h.wishes(order).values())
    return sum(
        wished if h.is_winner(order, key, movement.channel_number) else movement.amount.minor
        for movement, _ in h.captures(key)
        if of in (None, movement.channel_number)
    )


def s6_refund_the_right_one(h: History) -> Iterator[str]:
    for request, _, key, order, before in _new_asks(h):
        numbers = [movement.channel_number for movement, _ in before.captures(key)]
        if not numbers or (request.channel_number is not None and request.channel_number not in numbers):
            yield order
            continue
        if before.owner(key) is None:
            continue
        for of in (None, refunds.meant(before, key, request.channel_number)):
            asked = refunds.asked_back(before, key, request.out_refund_no, of) + request.amount.minor
            if asked > _refundable(before, order, key, of):
                yield order
    for one, before in h.each("viewed"):
        order, now = one["order_id"], one["view"]
        if now.standing is Standing.PAID and now.winner and before.standing(order) is not Standing.PAID:
            for key in before.trades(order):
                sums = [
                    m.amount.minor for m, _ in before.captures(key) if m.channel_number != now.winner.number
                ]
                wins = len(sums) < len(before.captures(key)) and key[0] == now.winner.channel
                wished = sum(before.wishes(order).values())
                if wins and refunds.asked_back(before, key, "") > wished + sum(sums):
                    yield order


def _captured(h: History, key: Key, of: str | None) -> int:
    return sum(one.amount.minor for one, _ in h.captures(key) if of == one.channel_number)


def s7_no_over_refund(h: History) -> Iterator[str]:
    for request, told, key, order, before in _new_asks(h):
        of = refunds.meant(before, key, request.channel_number)
        own = refunds.asked_back(before, key, request.out_refund_no, of) + request.amount.minor
        if told["meaning"] is Meaning.OVER_BUDGET and own > _captured(before, key, of):
            yield order
    for one, before in h.each("moved"):
        movement, key = one["movement"], (one["channel"], one["movement"].out_trade_no)
        owner, of = before.owner(key), one["movement"].channel_number
        if owner is None or movement.kind is not MovementKind.RETURNED:
            continue
        back = before.returned(key, number=of) + movement.amount.minor
        if back > _captured(before, key, of) or before.returned(key) + movement.amount.minor > (
            before.captured(key)
        ):
            yield owner


def s8_one_intent_one_movement(h: History) -> Iterator[str]:
    for request, _, key, order, before in _new_asks(h):
        of, captures = request.channel_number, before.captures(key)
        if before.owner(key) is None or not captures:
            continue
        living = [
            refunds.asks(before, key, number)[0][0]
            for number in refunds.asked_numbers(before, key)
            if number != request.out_refund_no
            and refunds.is_alive(before, key, number)
            and of in (None, refunds.payment_of(before, key, number))
        ]
        paid = [one.channel_number for one, _ in captures if of in (None, one.channel_number)]
        intents = sum(not before.is_winner(order, key, number) for number in paid)
        if intents < len(paid):
            wished = [minor for minor in before.wishes(order).values() if minor == request.amount.minor]
            if not wished:
                continue  # a wish that was split or joined
            living = [one for one in living if one.amount.minor == request.amount.minor]
            intents += len(wished)
        if living and len(living) >= intents:
            yield order


def s9_no_optimistic_refund(h: History) -> Iterator[str]:
    for one, before in h.each("viewed"):
        order, now = one["order_id"], one["view"]
        done = [refund for refund in now.refunds or () if refund.standing is RefundStanding.DONE]
        for refund in done:
            if (refund.out_trade_no, refund.out_refund_no) in shown_as_done(before, order):
                continue
            keys = [key for key in before.trades(order) if key[1] == refund.out_trade_no]
            known = [key for key in keys if refund.out_refund_no in refunds.refund_numbers(before, key)]
            if known:
                back = sum(before.returned(key, refund=refund.out_refund_no) for key in known)
            else:  # the merchant's own name for money that came back by another way
                others = [x.amount.minor for x in done if x.out_trade_no == refund.out_trade_no]
                back = sum(before.returned(key) for key in keys) - sum(others) + refund.amount.minor
            if back < refund.amount.minor:
                yield order


def s20_one_unit(h: History) -> Iterator[str]:
    for one, before in h.each("handed"):
        key = one["credential"].channel, one["credential"].out_trade_no
        first = before.owner(key) in (None, one["order_id"])
        if first and one["credential"].amount != h.amount(one["order_id"]):
            yield one["order_id"]
    for request, _, key, order, before in _new_asks(h):
        currencies = [one.amount.currency for one, _ in before.captures(key)]
        if currencies and {*currencies} != {request.amount.currency}:
            yield order


def c4_no_second_refund(h: History) -> Iterator[str]:
    for request, told, key, order, before in _new_asks(h):
        of = refunds.meant(before, key, request.channel_number)
        if before.owner(key) is None or of is None:
            continue
        gone = _known_to_be_gone(before, key, of, refunds.sent_at(told) - ALREADY_CALLING)
        own = refunds.asked_back(before, key, request.out_refund_no, of) + request.amount.minor
        if own <= _captured(before, key, of) < own + gone:
            yield order


def _known_to_be_gone(h: History, key: Key, of: str, by: int) -> int:
    """What others returned of a payment, in news that the merchant acked before a moment."""
    heard = [
        one["notification"].refund.out_refund_no
        for one, before in h.each("acked")
        if one["positive"]
        and one.at < by
        and one["notification"].refund is not None
        and one["notification"].refund.out_refund_no in refunds.refund_numbers(before, key)
        and (one["notification"].channel, one["notification"].trade.out_trade_no) == key
        and one["notification"].refund.state is RefundStatus.SUCCESS
        and h.is_ours(one["notification"])
    ]
    return sum(
        h.returned(key, refund=number)
        for number in refunds.foreign_numbers(h, key)
        if number in heard and refunds.payment_of(h, key, number) == of
    )
