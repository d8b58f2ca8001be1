"""All promises in one table: whom they protect, what they look at, when they have nothing to say.

The names are those of the catalogue: S is safety, checked as observations come in; S4 and L are checked at
rest. A check gets the facts as they were *before* the observation, except for money, which has moved when we
see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from paytwice.oracle import (
    amounts,
    bills,
    coupons,
    customer,
    foreign,
    money,
    progress,
    refunds,
    shop,
    stuck,
    traffic,
    winner,
)
from paytwice.oracle.invariant import Invariant as Invariant


def _table(*invariants: Invariant) -> Mapping[str, Invariant]:
    return {invariant.name: invariant for invariant in invariants}


INVARIANTS: Final[Mapping[str, Invariant]] = _table(
    Invariant(
        name="S1",
        title="one winner",
        protects="the customer whose payment was first, from being forgotten when a second one overwrites it",
        needs=lambda seen, rules: seen.winners,
        on_view=winner.one_winner,
    ),
    Invariant(
        name="S2",
        title="final is final",
        protects="everyone who acted on PAID, CLOSED or a finished refund, from messages that take it back",
        needs=lambda seen, rules: seen.finals or seen.done_shown,
        on_view=winner.final_is_final,
    ),
    Invariant(
        name="S3",
        title="no false paid",
        protects="the merchant's goods, from orders that say PAID without the money",
        needs=lambda seen, rules: seen.paid or seen.ships,
        on_view=winner.no_false_paid_view,
        on_shop=winner.no_false_paid_ship,
    ),
    Invariant(
        name="S4",
        title="no stranded money",
        protects="the customer's money, from staying with the merchant for nothing",
        needs=lambda seen, rules: seen.captures or seen.returns or seen.paid,
        at_rest=money.no_stranded_money,
    ),
    Invariant(
        name="S5",
        title="ship at most once",
        protects="the merchant's goods, from a second parcel, or one for an order that is not paid",
        needs=lambda seen, rules: seen.ships,
        on_shop=shop.ship_at_most_once,
    ),
    Invariant(
        name="S6",
        title="refund the right one",
        protects="the payment that won, from being sent back in place of the duplicate",
        needs=lambda seen, rules: seen.refund_requests,
        on_refund=refunds.refund_the_right_one,
        on_view=refunds.refunded_one_does_not_win,
    ),
    Invariant(
        name="S7",
        title="no over-refund",
        protects="the merchant's account, from giving back more than was paid",
        needs=lambda seen, rules: seen.refund_requests or seen.returns,
        on_refund=money.no_over_refund_request,
        on_money=money.no_over_refund_return,
    ),
    Invariant(
        name="S8",
        title="one intent, one movement",
        protects="the merchant's account, from retries that are new refunds",
        needs=lambda seen, rules: seen.refund_requests,
        on_refund=refunds.one_intent_one_movement,
    ),
    Invariant(
        name="S9",
        title="no optimistic refund",
        protects="the customer, from being told of a refund that never came",
        needs=lambda seen, rules: seen.done_shown,
        on_view=refunds.no_optimistic_refund,
    ),
    Invariant(
        name="S12",
        title="what is not ours is inert",
        protects="the merchant, from forged and misdirected notifications",
        needs=lambda seen, rules: seen.not_ours,
        on_ack=progress.not_ours_is_inert,
    ),
    Invariant(
        name="S14",
        title="stock is held once",
        protects="other customers, from goods that are sold twice or locked up",
        needs=lambda seen, rules: seen.shop,
        on_shop=shop.stock_is_held_once,
    ),
    Invariant(
        name="S15",
        title="close is real",
        protects="the customer, from paying for an order that is closed",
        needs=lambda seen, rules: rules.channel_first and seen.closed,
        on_view=customer.close_is_real,
        on_handed=customer.close_stays_real,
    ),
    Invariant(
        name="S18",
        title="the books balance",
        protects="the user, from mistakes of the simulated channels and of the oracle",
        needs=lambda seen, rules: seen.ledgers,
        of_the_books=True,
    ),
    Invariant(
        name="S20",
        title="one unit",
        protects="customer and merchant, from yuan that are taken for fen, and sums that nobody agreed on",
        needs=lambda seen, rules: seen.handed or seen.refund_requests,
        on_handed=amounts.registered_in_units,
        on_refund=amounts.refunded_in_units,
    ),
    Invariant(
        name="S25",
        title="no lie to the customer",
        protects="the customer, from paying again for what is paid, or trusting a PAID that does not last",
        needs=lambda seen, rules: seen.promises,
        on_view=customer.paid_stays_paid,
        on_money=customer.no_lie_by_capture,
        on_told=customer.no_lie,
    ),
    Invariant(
        name="C3",
        title="to the fen",
        protects="the customer, from being granted one sum and sent another",
        needs=lambda seen, rules: seen.granted or (seen.coupons and seen.returns),
        at_rest=amounts.granted_is_executed,
    ),
    Invariant(
        name="C4",
        title="no second refund after a foreign one",
        protects="the merchant's account, from sending back what the console or the channel has sent back",
        needs=lambda seen, rules: seen.foreign,
        on_refund=foreign.no_second_refund,
    ),
    Invariant(
        name="C5",
        title="the fund bill adds up",
        protects="the user, from fees and balances that the simulated channels get wrong",
        needs=lambda seen, rules: seen.funds_billed,
        of_the_books=True,
    ),
    Invariant(
        name="C6",
        title="coupons come back once",
        protects="the customer's coupon and who gives it, from being lost or paid out twice",
        needs=lambda seen, rules: seen.coupons,
        at_rest=coupons.coupon_comes_back,
    ),
    Invariant(
        name="L1",
        title="every order ends",
        protects="everyone who waits, from orders that are neither PAID nor CLOSED",
        needs=lambda seen, rules: seen.orders,
        at_rest=progress.every_order_ends,
    ),
    Invariant(
        name="L2",
        title="every capture is noticed",
        protects="the customer whose payment no notification announced, from being forgotten",
        needs=lambda seen, rules: seen.captures and seen.captures_visible,
        at_rest=progress.every_capture_is_noticed,
    ),
    Invariant(
        name="L3",
        title="what did not win goes back",
        protects="the customer who paid twice, too late or the wrong amount, from waiting for their money",
        needs=lambda seen, rules: seen.losers_with_refunds,
        at_rest=refunds.losers_go_back,
    ),
    Invariant(
        name="L4",
        title="nothing stays pending",
        protects="the customer who waits for a refund, from nobody working on it",
        needs=lambda seen, rules: seen.refunds_shown,
        at_rest=refunds.nothing_stays_pending,
    ),
    Invariant(
        name="L5",
        title="notifications are accepted",
        protects="the merchant, from endless redelivery",
        needs=lambda seen, rules: seen.whole_after_healing,
        at_rest=progress.notifications_are_accepted,
    ),
    Invariant(
        name="L6",
        title="paid is shipped",
        protects="the customer who paid, from getting nothing",
        needs=lambda seen, rules: seen.paid,
        at_rest=shop.paid_is_shipped,
    ),
    Invariant(
        name="L7",
        title="closed is cleared",
        protects="stock and customer, from an order that is closed in name only",
        needs=lambda seen, rules: seen.closed,
        at_rest=shop.closed_is_cleared,
    ),
    Invariant(
        name="L8",
        title="the bill is explained",
        protects="the merchant's books, from payments and refunds that only the channel knows of",
        needs=lambda seen, rules: seen.billed,
        at_rest=bills.every_line_is_explained,
    ),
    Invariant(
        name="L10",
        title="abnormal is resolved, or known",
        protects="the customer whose account is gone, from a refund that arrives nowhere",
        needs=lambda seen, rules: seen.stuck,
        at_rest=stuck.stuck_is_known,
    ),
    Invariant(
        name="L11",
        title="traffic is bounded",
        protects="channel and merchant, from a storm of calls that ends in FREQUENCY_LIMITED for all",
        needs=lambda seen, rules: seen.calls,
        on_request=traffic.traffic_is_bounded,
    ),
)


def _all() -> Iterator[Invariant]:
    return iter(INVARIANTS.values())


# The checks by what they look at, so that an observation meets those only which it concerns.
ON_VIEW: Final = tuple((one.name, one.on_view) for one in _all() if one.on_view is not None)
ON_HANDED: Final = tuple((one.name, one.on_handed) for one in _all() if one.on_handed is not None)
ON_REQUEST: Final = tuple((one.name, one.on_request) for one in _all() if one.on_request is not None)
ON_REFUND: Final = tuple((one.name, one.on_refund) for one in _all() if one.on_refund is not None)
ON_MONEY: Final = tuple((one.name, one.on_money) for one in _all() if one.on_money is not None)
ON_SHOP: Final = tuple((one.name, one.on_shop) for one in _all() if one.on_shop is not None)
ON_ACK: Final = tuple((one.name, one.on_ack) for one in _all() if one.on_ack is not None)
ON_TOLD: Final = tuple((one.name, one.on_told) for one in _all() if one.on_told is not None)
AT_REST: Final = tuple((one.name, one.at_rest) for one in _all() if one.at_rest is not None)
