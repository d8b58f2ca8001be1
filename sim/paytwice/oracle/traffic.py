"""The promise about how often a channel is asked (L11): facts of one trade's calls, and the check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from paytwice.channels.messages import Meaning
from paytwice.channels.requests import AskRefund, QueryRefund, QueryTrade, Request, key_of
from paytwice.merchant.port import RefundStanding, Standing
from paytwice.oracle.verdict import Broken

if TYPE_CHECKING:
    from paytwice.oracle.facts import Case, Trade

FORGIVEN: Final = 3  # of each kind and number: what the network sends twice, or bunches up, or had on its way
BACK_OFF_MS: Final = 1_000
HELD_UP_MS: Final = 10_000  # so long a caller waits for an answer: what takes longer has met with an obstacle
ON_THE_WAY_MS: Final = 10 * 60_000  # so long after the first needless query others may have been held up
RATE_LIMITED: Final = (Meaning.BUSY, Meaning.TOO_SOON)
OVER: Final = (RefundStanding.DONE, RefundStanding.VOID)


@attrs.define(eq=False)
class Calls:
    """What was too much of one trade's traffic so far, by what was asked."""

    limited_at: dict[object, int] = attrs.field(factory=dict)  # when a request last met a rate limit
    hasty: dict[object, int] = attrs.field(factory=dict)
    needless_since: dict[object, int] = attrs.field(factory=dict)
    needless: dict[object, int] = attrs.field(factory=dict)  # of those that came later than ON_THE_WAY_MS
    too_soon: int = 0  # since a refund was last accepted

    def prompted(self) -> None:
        """A notification about the trade was answered: to look it up is good practice, and free."""
        for request, count in self.needless.items():
            self.needless[request] = max(0, count - 1)


def traffic_is_bounded(
    trade: Trade, request: Request, meaning: Meaning, at: int, sent_at: int
) -> Broken | None:
    """L11 protects the channel, and so the merchant, from a storm that ends in FREQUENCY_LIMITED for all.

    Promised, of one trade: no new refund number inside the channel's spacing (it answers TOO_SOON); no query
    of a payment, a refund or a closed trade whose end the merchant shows in its view; and after a rate limit
    the same request is sent no sooner than a second later. What a link has held up, or was on its way by
    then, is nobody's haste: refunds that were sent a minute apart can all arrive when the link is back.
    Allowed: a query for each notification, any query for ten minutes after the first needless one, and three
    of each beyond, since a network doubles messages, holds them up, and lets two catch up with each other;
    and to ask for a trade while a refund of it is PENDING. Not promised is a number of calls in all: who does
    not know may ask.
    """
    calls = trade.calls
    if isinstance(request, AskRefund) and meaning is Meaning.OK:
        calls.too_soon = 0  # else fifty parts, each sent in good faith, would add up to a storm
    elif isinstance(request, AskRefund) and meaning is Meaning.TOO_SOON and at - sent_at <= HELD_UP_MS:
        calls.too_soon += 1
        if calls.too_soon > FORGIVEN:
            return _storm(trade, f"a new refund number came {calls.too_soon} times inside the spacing")
    if _is_needless(trade, request) and at > calls.needless_since.setdefault(request, at) + ON_THE_WAY_MS:
        count = calls.needless[request] = calls.needless.get(request, 0) + 1
        if count > FORGIVEN:
            return _storm(
                trade, f"{_name(request)} was asked for {count} times after the merchant knew its end"
            )
    return _without_back_off(trade, request, meaning, at, sent_at)


def _without_back_off(
    trade: Trade, request: Request, meaning: Meaning, at: int, sent_at: int
) -> Broken | None:
    calls = trade.calls
    limited_at = calls.limited_at.pop(request, None)
    if meaning in RATE_LIMITED:
        calls.limited_at[request] = at
    if limited_at is None or not limited_at < sent_at < limited_at + BACK_OFF_MS:
        return None
    count = calls.hasty[request] = calls.hasty.get(request, 0) + 1
    if count <= FORGIVEN:
        return None
    return _storm(trade, f"{_name(request)} came again {count} times within a second of a rate limit")


def _is_needless(trade: Trade, request: Request) -> bool:
    if trade.case is None or not isinstance(request, (QueryTrade, QueryRefund)):
        return False
    refunds = [one for one in trade.case.refund_views() if one.out_trade_no == request.out_trade_no]
    if isinstance(request, QueryRefund):
        return any(one.standing in OVER for one in refunds if one.out_refund_no == request.out_refund_no)
    if any(one.standing is RefundStanding.PENDING for one in refunds):
        return False  # the trade tells what has gone back of it
    if not trade.captures:
        return _is_closed_for_good(trade, trade.case)
    return all(one.shown_at is not None for one in trade.captures.values())


def _is_closed_for_good(trade: Trade, case: Case) -> bool:
    """Whether the channel has closed it, and the merchant shows that it knows: it says CLOSED only then."""
    return case.rules.channel_first and case.standing is Standing.CLOSED and trade.closed_at is not None


def _name(request: Request) -> str:
    return f"{type(request).__name__} {key_of(request)}"


def _storm(trade: Trade, what: str) -> Broken:
    order_id = trade.case.order_id if trade.case is not None else "?"
    return Broken(
        f"{what[0].upper()}{what[1:]}: {trade.channel} trade {trade.out_trade_no} of order {order_id}.",
        None,
        tuple(capture.entry for capture in trade.captures.values()),
    )
