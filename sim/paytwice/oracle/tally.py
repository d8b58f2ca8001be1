"""What happened at all in a run: an invariant without its premise is vacuous, and says so."""

from __future__ import annotations

import attrs


@attrs.define
class Tally:
    """Every premise of an invariant, and whether it was met."""

    orders: bool = False
    winners: bool = False
    finals: bool = False
    paid: bool = False
    closed: bool = False
    captures: bool = False
    returns: bool = False
    refund_requests: bool = False
    refunds_shown: bool = False
    done_shown: bool = False
    shop: bool = False
    ships: bool = False
    promises: bool = False
    whole_after_healing: bool = False
    not_ours: bool = False
    losers_with_refunds: bool = False
    captures_visible: bool = False
    ledgers: bool = False
    handed: bool = False
    granted: bool = False
    coupons: bool = False
    billed: bool = False
    funds_billed: bool = False
    stuck: bool = False
    foreign: bool = False
    calls: bool = False
