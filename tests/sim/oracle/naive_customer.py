"""The second judge on what customers hold and are told: a real close, and no lie (S15, S25)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.sim.oracle.history import History, Key

from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import Meaning
from paytwice.merchant.port import Said, Standing


def _shut_at(h: History, key: Key) -> int | None:
    shut = [at for meaning, at in h.closes(key) if meaning in (Meaning.OK, Meaning.ALREADY_CLOSED)]
    return shut[0] if shut else None


def _is_payable(h: History, key: Key, at: int) -> bool:
    """Whether the customer could still pay with what they hold."""
    return bool(h.papers(key)) and at <= h.dead_at(key) and _shut_at(h, key) is None and not h.captures(key)


def s15_close_is_real(h: History) -> Iterator[str]:
    if not h.rules.channel_first:
        return
    for one, before in h.each("viewed"):
        order = one["order_id"]
        if one["view"].standing is Standing.CLOSED and before.standing(order) is not Standing.CLOSED:
            for key in before.trades(order):
                open_still = _is_payable(before, key, one.at) or _has_paid(before, order, key)
                if h.rules.can_close(key[0]) and open_still:
                    yield order
    for one, before in h.each("handed"):
        key = one["credential"].channel, one["credential"].out_trade_no
        alive = one.at <= one["credential"].dead_at and _shut_at(before, key) is None
        closed = before.standing(one["order_id"]) is Standing.CLOSED
        if closed and alive and not before.captures(key) and h.rules.can_close(key[0]):
            yield one["order_id"]


def _has_paid(h: History, order: str, key: Key) -> bool:
    """Whether a trade that was handed out was paid at first with the price, and nothing of that went back."""
    return bool(h.papers(key)) and any(
        one.amount == h.amount(order) and not h.returned(key, number=one.channel_number)
        for one, _ in h.captures(key)[:1]
    )


def s25_no_lie(h: History) -> Iterator[str]:
    for one, before in h.each("viewed"):
        if one["view"].standing is not Standing.PAID and before.all(
            "told", order_id=one["order_id"], said=Said.PAID
        ):
            yield one["order_id"]
    for one, before in h.each("told"):
        order, asked = one["order_id"], one.at if one["since"] is None else one["since"]
        if one["said"] is Said.PAID and before.standing(order) is not Standing.PAID:
            yield order
        for key in before.trades(order) if one["said"] is Said.PAY_AGAIN else ():
            if before.papers(key)[0][1] <= asked and (
                _is_payable(before, key, one.at) or _held_since(before, key, asked)
            ):
                yield order
    for one, before in h.each("moved"):
        key = one["channel"], one["movement"].out_trade_no
        owner = before.owner(key)
        if owner is None or one["movement"].kind is not MovementKind.CAPTURED:
            continue
        for promise in before.all("told", order_id=owner, said=Said.PAY_AGAIN)[-1:]:
            asked = promise.at if promise["since"] is None else promise["since"]
            shut = _shut_at(before, key)
            dead = before.dead_at(key) < promise.at or (shut is not None and shut <= promise.at)
            if before.papers(key)[0][1] <= asked and not dead:
                yield owner


def _held_since(h: History, key: Key, at: int) -> bool:
    """Whether a payment that was captured by then has not gone back in full."""
    return any(
        when <= at and h.returned(key, number=one.channel_number) < one.amount.minor
        for one, when in h.captures(key)
    )
