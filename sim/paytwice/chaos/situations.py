"""What a run came to: situations that payment engineers have names for, read from journal and ledgers.

A campaign counts them, so that nobody takes ten thousand dull runs for ten thousand tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from paytwice.journal import What
from paytwice.run import OrderResult, Run

Sign = tuple[str, str]  # what an entry is, and the word in it that matters


def situations(run: Run) -> tuple[str, ...]:
    """The names of all situations that a run came to, in the order of the table."""
    signs = frozenset(_signs(run))
    by_sign = (name for name, wanted in IN_THE_JOURNAL.items() if signs & wanted)
    by_order = (name for name, holds in OF_AN_ORDER.items() if any(map(holds, run.orders)))
    return (*by_order, *by_sign)


def _signs(run: Run) -> Iterator[Sign]:
    for _, _, what, _, whom, subject, key, _ in run.journal.rows:
        match what:
            case What.DESK:
                yield subject, whom
            case What.MONEY | What.REFUND | What.DID:
                yield what, subject
            case What.CRASHED:
                yield what, "before an ack" if key.endswith(" answers") else "elsewhere"
            case What.COPIED | What.HELD | What.LOST:
                yield what, "a reply" if subject.endswith(".reply") else "a message"
            case What.UNHEARD | What.ALARM | What.RAISED:
                yield what, ""
            case _:
                pass


def _was_paid_twice(order: OrderResult) -> bool:
    return order.captured > order.amount.minor


def _was_paid_after_its_close(order: OrderResult) -> bool:
    return order.is_closed and order.captured > 0


def _was_refunded_in_part(order: OrderResult) -> bool:
    return order.is_paid and 0 < order.returned < order.captured


def _waits_for_a_person(order: OrderResult) -> bool:
    return order.waits_for_a_person > 0


OF_AN_ORDER: Final[Mapping[str, Callable[[OrderResult], bool]]] = {
    "an order was paid twice": _was_paid_twice,
    "a payment came after the close": _was_paid_after_its_close,
    "a paid order was refunded in part": _was_refunded_in_part,
    "money waits for a person": _waits_for_a_person,
}
IN_THE_JOURNAL: Final[Mapping[str, frozenset[Sign]]] = {
    "a close raced with a payment": frozenset({("trade.close", "ALREADY_PAID")}),
    "a close of a trade that its channel does not know": frozenset({("trade.close", "NO_SUCH_TRADE")}),
    "a channel said that it does not know": frozenset(
        {(call, "SYSTEM_ERROR") for call in ("trade.create", "trade.query", "trade.close", "refund.ask")}
    ),
    "a rate limit was met": frozenset(
        {(call, "BUSY") for call in ("trade.create", "trade.query", "trade.close", "refund.ask")}
    ),
    "a refund was over budget": frozenset({("refund.ask", "OVER_BUDGET")}),
    "a refund came too soon after another": frozenset({("refund.ask", "TOO_SOON")}),
    "a refund was not covered": frozenset({("refund.ask", "NO_BALANCE")}),
    "a refund was closed by the channel": frozenset({(What.REFUND, "CLOSED")}),
    "a refund turned abnormal": frozenset({(What.REFUND, "ABNORMAL")}),
    "an abnormal refund went another way": frozenset({("refund.reroute", "OK")}),
    "somebody worked at the console": frozenset({(What.DID, "console:")}),
    "a coupon paid a part": frozenset({(What.MONEY, "COUPON_CAPTURED")}),
    "a bank paid too late": frozenset({(What.MONEY, "TOOK_LATE")}),
    "a crash between commit and ack": frozenset({(What.CRASHED, "before an ack")}),
    "a crash elsewhere": frozenset({(What.CRASHED, "elsewhere")}),
    "a message was lost": frozenset({(What.LOST, "a message")}),
    "an answer was lost": frozenset({(What.LOST, "a reply")}),
    "a message came twice": frozenset({(What.COPIED, "a message")}),
    "a message was held": frozenset({(What.HELD, "a message"), (What.HELD, "a reply")}),
    "a message found nobody at home": frozenset({(What.UNHEARD, "")}),
    "the merchant's code raised": frozenset({(What.RAISED, "")}),
    "an alarm was raised": frozenset({(What.ALARM, "")}),
}
NAMES: Final = (*OF_AN_ORDER, *IN_THE_JOURNAL)
