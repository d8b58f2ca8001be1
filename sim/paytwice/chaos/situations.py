"""What a run came to: situations that payment engineers have names for, read from journal and ledgers.

A campaign counts them, so that nobody takes ten thousand dull runs for ten thousand tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from paytwice.chaos.histories import History, histories
from paytwice.journal import What
from paytwice.run import OrderResult, Run

Sign = tuple[str, str]  # what an entry is, and the word in it that matters


def situations(run: Run) -> tuple[str, ...]:
    """The names of all situations that a run came to, in the order of the table."""
    signs = frozenset(_signs(run))
    stories = histories(run.journal)
    by_sign = (name for name, wanted in IN_THE_JOURNAL.items() if signs & wanted)
    by_story = (name for name, holds in OF_A_HISTORY.items() if any(map(holds, stories)))
    by_order = (name for name, holds in OF_AN_ORDER.items() if any(map(holds, run.orders)))
    return (*by_order, *by_story, *by_sign)


def _signs(run: Run) -> Iterator[Sign]:
    newest: dict[tuple[str, str], int] = {}  # the last message that arrived, by its sending
    for _, cause, what, who, whom, subject, key, number in run.journal.rows:
        match what:
            case What.ARRIVED:
                if subject == FALSE_NEWS:
                    yield what, subject
                if cause < newest.get((who, whom), cause):
                    yield what, "overtaken"
                newest[who, whom] = max(cause, newest.get((who, whom), cause))
            case What.DESK:
                yield subject, whom
            case What.MONEY | What.REFUND | What.DID:
                yield what, subject
            case What.CRASHED:
                is_before_an_ack = ".notify " in key and key.endswith(" answers")
                yield what, "before an ack" if is_before_an_ack else "elsewhere"
            case What.COPIED | What.HELD | What.LOST:
                yield what, "a reply" if subject.endswith(".reply") else "a message"
            case What.FAULT:
                yield what, f"{subject} {key}" if whom else f"{subject} {_sign(number)}".rstrip()
            case What.UNHEARD:
                yield what, "merchant" if who == "merchant" else "channel"
            case What.ALARM | What.RAISED:
                yield what, ""
            case _:
                pass


def _sign(number: int) -> str:
    return "ahead" if number > 0 else "behind" if number < 0 else ""


def _was_paid_twice(order: OrderResult) -> bool:
    return order.captured > order.amount.minor


def _was_paid_after_its_close(order: OrderResult) -> bool:
    return order.is_closed and order.captured > 0


def _was_refunded_in_part(order: OrderResult) -> bool:
    return order.is_paid and 0 < order.kept < order.amount.minor  # a duplicate that went back is no refund


def _waits_for_a_person(order: OrderResult) -> bool:
    return order.waits_for_a_person > 0


FALSE_NEWS: Final = "stranger.notify"
OF_AN_ORDER: Final[Mapping[str, Callable[[OrderResult], bool]]] = {
    "an order was paid twice": _was_paid_twice,
    "a payment came after the close": _was_paid_after_its_close,
    "a paid order was refunded in part": _was_refunded_in_part,
    "money waits for a person": _waits_for_a_person,
}
OF_A_HISTORY: Final[Mapping[str, Callable[[History], bool]]] = {
    "a late success came after another channel had paid": History.heard_late_of_another_channel,
    "a second channel was paid after the first": History.was_paid_by_another_channel_afterwards,
    "one channel was paid twice": History.was_paid_twice_at_a_channel,
    "one trade was paid twice": History.was_paid_twice_under_one_number,
    "a customer wanted money back before a second payment was known": History.was_wanted_back_in_between,
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
    "a price was edited under a live code": frozenset({(What.DID, "edits the price of")}),
    "a coupon paid a part": frozenset({(What.MONEY, "COUPON_CAPTURED")}),
    "a bank paid too late": frozenset({(What.MONEY, "TOOK_LATE")}),
    "a crash between commit and ack": frozenset({(What.CRASHED, "before an ack")}),
    "a crash elsewhere": frozenset({(What.CRASHED, "elsewhere")}),
    "false news came": frozenset({(What.ARRIVED, FALSE_NEWS)}),
    "a message was lost": frozenset({(What.LOST, "a message")}),
    "an answer was lost": frozenset({(What.LOST, "a reply")}),
    "a message came twice": frozenset({(What.COPIED, "a message")}),
    "a message was overtaken by a later one": frozenset({(What.ARRIVED, "overtaken")}),
    "a message was held": frozenset({(What.HELD, "a message"), (What.HELD, "a reply")}),
    "a message found nobody at home": frozenset({(What.UNHEARD, "merchant")}),
    "a link hung": frozenset({(What.FAULT, "hold "), (What.FAULT, "hold one way")}),
    "a link was cut": frozenset({(What.FAULT, "partition ")}),
    "a link was cut one way": frozenset({(What.FAULT, "partition one way")}),
    "a channel was down, and did not hear": frozenset({(What.UNHEARD, "channel")}),
    "the merchant's clock was ahead": frozenset({(What.FAULT, "clock ahead")}),
    "the merchant's clock was behind": frozenset({(What.FAULT, "clock behind")}),
    "the merchant's code raised": frozenset({(What.RAISED, "")}),
    "an alarm was raised": frozenset({(What.ALARM, "")}),
}
NAMES: Final = (*OF_AN_ORDER, *OF_A_HISTORY, *IN_THE_JOURNAL)
