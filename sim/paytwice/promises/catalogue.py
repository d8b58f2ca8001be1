"""What each promise says in full, and when a run has nothing to hold against it.

The tables (`oracle/invariants.py`, `trials/table.py`) say what is checked; this says it in words. A name that
is explained here and stands in no table is not promised yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs


@attrs.frozen
class Explanation:
    """One promise in words: its full statement, and when it is vacuous."""

    says: str
    vacuous: str


CATALOGUE: Final[Mapping[str, Explanation]] = {
    "S1": Explanation(
        "An order's view shows at most one winner (channel and channel number), and once shown it "
        "never changes.",
        "no view ever showed a winner",
    ),
    "S2": Explanation(
        "PAID, CLOSED and a refund that is DONE are never left, and no evidence downgrades them. "
        "Declared exceptions: REOPEN_IF_STOCK may make CLOSED PAID, and a finished refund may turn "
        "out to have failed at the channel.",
        "no order became PAID or CLOSED, and no refund DONE",
    ),
    "S3": Explanation(
        "When a view first says PAID, and when goods are shipped, the desk has the winner's trade "
        "paid, and its order total and currency equal the order's. What the payer paid in cash may be "
        "less: coupons.",
        "no order became PAID, and nothing was shipped",
    ),
    "S4": Explanation(
        "At rest, for each order: captured - returned to the customer - paid out by hand = the amount "
        "of a PAID order less the refunds that were granted, and 0 of any other. A difference that is "
        "shown as NEEDS_PERSON with attempt and amount makes the verdict unknown; any other breaks "
        "the promise.",
        "no money moved, and no order became PAID",
    ),
    "S5": Explanation(
        "One shipping effect an order (the shop dedupes by key only), and at that moment its view is "
        "PAID and not fully refunded.",
        "nothing was shipped",
    ),
    "S6": Explanation(
        "What is asked back of the winner is at most what customers asked for; of any other captured "
        "attempt at most what it captured, from its own channel and number.",
        "no refund was asked for",
    ),
    "S7": Explanation(
        "What is returned of an attempt by all routes is at most what was captured; a request for "
        "more that reaches a desk breaks the promise even though the desk refuses it.",
        "no refund was asked for, and no money went back",
    ),
    "S8": Explanation(
        "For one wish to refund, a second refund number reaches the desk only after the earlier one "
        "is CLOSED or definitely refused there: not while it is UNKNOWN, PROCESSING or ABNORMAL. "
        "Numbers survive retries and crashes.",
        "no refund was asked for",
    ),
    "S9": Explanation(
        "A refund is shown as DONE only when the channel's ledger has returned it.",
        "no refund was shown as DONE",
    ),
    "S11": Explanation(
        "A notification that is acked is on record: the process is killed as the ack leaves, "
        "notifications, queries and bills fall silent, and within 35 minutes of the restart the view "
        "shows that payment, or that refund as DONE.",
        "no payment or refund was acked, or the merchant's view shows none",
    ),
    "S12": Explanation(
        "A notification that is not authentic, or is for another app or merchant, changes nothing and "
        "gets no positive ack. (An authentic repeat must be acked: S16, L5.)",
        "every notification was authentic and for this merchant",
    ),
    "S14": Explanation(
        "Stock is released only when the view is CLOSED, and never twice; an order holds 0 or 1 "
        "items; to ship needs one.",
        "nothing was reserved, released or shipped",
    ),
    "S15": Explanation(
        "Under CHANNEL_FIRST, once a view says CLOSED no credential that the customer holds would "
        "still be accepted, and none has paid the price before (a second payment of one trade aside, "
        "which no query tells of); a channel without a close is exempt. (Under LOCAL_FIRST S4 takes over.)",
        "no order was CLOSED, or the policy is LOCAL_FIRST",
    ),
    "S16": Explanation(
        "Delivering any message several times gives the same money, stock and view as once: every "
        "notification, and every message of the customer that may be repeated, alone and all "
        "together, at once and later.",
        "never: every story places an order, and that may be said twice",
    ),
    "S17": Explanation(
        "When all captures precede all news of them and no expiry lies between, any order of the news "
        "gives one winner and n-1 reversals; n if the order was CLOSED before the first, under the "
        "policy REFUND. Which payment wins may differ.",
        "the news of fewer than two payments could be held back, or the orders expired meanwhile",
    ),
    "S18": Explanation(
        "Money at a desk is moved and never made: customers, merchant, fees, and refunds on their way "
        "add up to 0, and the oracle saw every movement.",
        "never: every run has its ledgers",
    ),
    "S20": Explanation(
        "What a customer is given to pay is the order's price, to the minor unit and in its currency; a "
        "refund is asked for in the currency of the payment.",
        "no customer was given anything to pay with, and no refund was asked for",
    ),
    "S21": Explanation(
        "A poison message (an unknown number, a status nobody knows, one whose handling raises), or "
        "an order that is stuck, changes nothing of other orders, and delays them by at most 5 "
        "minutes.",
        "the story has no order",
    ),
    "S22": Explanation(
        "Reading the bill moves nothing that is on its way already, and reading it several times is "
        "as reading it once: never a second reversal.",
        "the merchant reads no bill",
    ),
    "S25": Explanation(
        "Who was told PAID finds PAID in every later view, across crashes; who was told to pay again "
        "had no attempt that may still be paid.",
        "no customer was told PAID or PAY_AGAIN",
    ),
    "C3": Explanation(
        "What a customer was granted is asked of the winner's channel, no fen more or less, unless a "
        "person sees to it; and where a payment went back in parts, their shares of a coupon sum to the "
        "whole.",
        "nothing was granted, and no payment with a coupon went back",
    ),
    "C4": Explanation(
        "What the console or the channel has returned already is not returned a second time.",
        "the merchant acked no news of money that was returned without its asking",
    ),
    "C5": Explanation(
        "Captures - returns - fees are what the newest fund bill closes with, and the fee on each "
        "payment is the rate's, less what goes with its refunds: a check of the simulated channels "
        "themselves.",
        "the run has no fund bill of a channel that captured anything",
    ),
    "C6": Explanation(
        "A coupon comes back whole, and once, with a payment that does not settle the order or that "
        "went back in full.",
        "no coupon paid anything",
    ),
    "L1": Explanation(
        "Every order reaches PAID or CLOSED. Doing nothing is not correct.",
        "there was no order",
    ),
    "L2": Explanation(
        "Every capture shows in the view within 35 minutes of healing where the merchant queries, "
        "else by the bill and an hour, even if all notifications are lost.",
        "nothing was captured, or the merchant's view shows no payments",
    ),
    "L3": Explanation(
        "Every payment that did not win ends DONE, or with a person while the desk offers no route "
        "any more; its refund is asked for within an hour of the evidence.",
        "every payment won, or the merchant's view shows no refunds",
    ),
    "L4": Explanation(
        "No refund stays PENDING for ever.",
        "no refund was shown",
    ),
    "L5": Explanation(
        "A notification that is delivered whole after healing, for a number that is known, is acked "
        "positively; a ladder that ran out is exempt.",
        "nothing was delivered whole after healing",
    ),
    "L6": Explanation(
        "What is PAID is shipped, unless it is fully refunded first.",
        "no order became PAID",
    ),
    "L7": Explanation(
        "A CLOSED order has released its stock, and no trade of it stays payable.",
        "no order was CLOSED",
    ),
    "L8": Explanation(
        "An hour after a bill could be had each line of it is explained by the view: a payment by its "
        "number, a refund by its number, or by its sum if nobody here asked for it; one that the channel "
        "has closed moved nothing, and may be left out.",
        "no payment stands in a bill that could be had for an hour, or the run ended before the bill",
    ),
    "L10": Explanation(
        "A refund that is ABNORMAL is resolved, or a person knows of it.",
        "no refund became ABNORMAL, or the merchant's view shows no refunds",
    ),
    "L11": Explanation(
        "Traffic is bounded: no new refund number of a trade inside the spacing, no query after a "
        "final answer, and back-off when the channel says that it is too much.",
        "the channels were asked for nothing",
    ),
}
