"""The second judge on what goes back and forth: forgeries, refusals, and storms of calls (S12, L5, L11)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tests.sim.oracle import refunds_seen as refunds
from tests.sim.oracle.history import Call, History, Key
from tests.sim.oracle.naive_orders import shown_at

from paytwice.calendar import MINUTE, SECOND
from paytwice.channels.messages import Meaning
from paytwice.channels.requests import AskRefund, QueryRefund, QueryTrade, Request
from paytwice.merchant.port import RefundStanding, Standing

FREE: Final = 3  # of each kind: a network doubles messages, and lets two catch up with each other
MAY_BE_HELD_UP: Final = 10 * MINUTE
A_CALL_TAKES: Final = 10 * SECOND  # at most, where no link has held it up
LIMITS: Final = (Meaning.BUSY, Meaning.TOO_SOON)
SHUT: Final = (Meaning.OK, Meaning.ALREADY_CLOSED)


def s12_not_ours_is_inert(h: History) -> Iterator[str]:
    for one, before in h.each("acked"):
        told = one["notification"]
        owner = before.owner((told.channel, told.trade.out_trade_no))
        if owner is not None and one["positive"] and not h.is_ours(told):
            yield owner


def l5_notifications_are_accepted(h: History) -> Iterator[str]:
    last: dict[tuple[str, str], bool] = {}
    for one, before in h.each("acked"):
        told = one["notification"]
        owner = before.owner((told.channel, told.trade.out_trade_no))
        if owner is None or not h.is_ours(told):
            continue
        if one["positive"] or (one["whole"] and before.healed_at is not None):
            last[owner, told.id] = one["positive"]
    yield from (owner for (owner, _), positive in last.items() if not positive)


def l11_traffic_is_bounded(h: History) -> Iterator[str]:
    for order in h.orders:
        for key in h.trades(order):
            calls = [call for call in h.calls if call.key == key and h.before(call.place, 0).owner(key)]
            if _ignores_the_spacing(calls) or _hurries(calls) or _asks_what_it_knows(h, order, key, calls):
                yield order


def _ignores_the_spacing(calls: list[Call]) -> bool:
    """New refund numbers inside the spacing, one after the other: the channel has said so of each."""
    refused = 0
    for one in calls:
        if isinstance(one.request, AskRefund) and one.meaning is Meaning.OK:
            refused = 0
        elif isinstance(one.request, AskRefund) and one.meaning is Meaning.TOO_SOON:
            refused += one.at - one.sent_at <= A_CALL_TAKES
            if refused > FREE:
                return True
    return False


def _hurries(calls: list[Call]) -> bool:
    """The same again within a second of an answer that it is too much."""
    for request in _distinct(calls):
        same = [one for one in calls if one.request == request]
        pairs = pairwise(same)
        limited = [(one.at, again.sent_at) for one, again in pairs if one.meaning in LIMITS]
        hasty = [1 for at, sent_at in limited if at < sent_at < at + SECOND]
        if len(hasty) > FREE:
            return True
    return False


def _distinct(calls: list[Call]) -> list[Request]:
    return list(dict.fromkeys(one.request for one in calls))


def _asks_what_it_knows(h: History, order: str, key: Key, calls: list[Call]) -> bool:
    """Queries of what the merchant shows as over: more than three, but one for each notification is free."""
    for request in _distinct(calls):
        same = [one for one in calls if one.request == request]
        over = {place: _is_over(h.before(place, 0), order, key, request) for place in _places(same)}
        vain = [one for one in same if over[one.place]]
        late = [one for one in vain if one.at > vain[0].at + MAY_BE_HELD_UP]
        if len(late) > FREE and _are_too_many(late, _acks(h, key)):
            return True
    return False


def _places(calls: list[Call]) -> list[int]:
    return list(dict.fromkeys(one.place for one in calls))


def _is_over(h: History, order: str, key: Key, request: Request) -> bool:
    if isinstance(request, QueryTrade):
        shown = [one for one in h.refunds(order) if one.out_trade_no == key[1]]
        if any(one.standing is RefundStanding.PENDING for one in shown):
            return False  # what has gone back is seen in the trade
        if not h.captures(key):
            closed = any(meaning in SHUT for meaning, _ in h.closes(key))
            return h.rules.channel_first and h.standing(order) is Standing.CLOSED and closed
        paid = [shown_at(h, order, one.channel_number, at) is not None for one, at in h.captures(key)]
        return all(paid)
    if not isinstance(request, QueryRefund):
        return False
    ended = (RefundStanding.DONE, RefundStanding.VOID)
    return refunds.shown_as(h, order, key, request.out_refund_no) in ended


def _acks(h: History, key: Key) -> list[int]:
    """The places at which notifications about a trade were answered."""
    return [
        place
        for place, one in enumerate(h.seen)
        if one.what == "acked"
        and (one["notification"].channel, one["notification"].trade.out_trade_no) == key
    ]


def _are_too_many(calls: list[Call], acks: list[int]) -> bool:
    """Each answered notification makes up for one of the calls before it."""
    steps = sorted([(one.place, 0) for one in calls] + [(place, 1) for place in acks])
    count = 0
    for _, is_ack in steps:
        count = max(0, count - 1) if is_ack else count + 1
        if count > FREE:
            return True
    return False
