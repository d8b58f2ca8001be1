"""The table of the payment order: O1 to O12."""

from enum import StrEnum
from typing import Final

from paytwice_core.states import OrderState
from paytwice_core.table import Machine
from paytwice_core.table import row as _row

CREATED, PAYING, CLOSING = OrderState.CREATED, OrderState.PAYING, OrderState.CLOSING
PAID, CLOSED = OrderState.PAID, OrderState.CLOSED


class OrderSign(StrEnum):
    """What evidence means to the order.

    The successes shut each other out, the first that fits counts: SUCCESS_OF_WINNER, SUCCESS_RETURNED,
    SUCCESS_MISMATCHED, SUCCESS_PARTLY_RETURNED, SUCCESS_WITH_STOCK, SUCCESS. So O7b and O7 beat O3 to O6.
    """

    OPENED = "OPENED"
    START = "START"
    SUCCESS = "SUCCESS"
    SUCCESS_WITH_STOCK = "SUCCESS_WITH_STOCK"
    SUCCESS_OF_WINNER = "SUCCESS_OF_WINNER"
    SUCCESS_MISMATCHED = "SUCCESS_MISMATCHED"
    SUCCESS_RETURNED = "SUCCESS_RETURNED"
    SUCCESS_PARTLY_RETURNED = "SUCCESS_PARTLY_RETURNED"
    CLOSE_CHANNEL_FIRST = "CLOSE_CHANNEL_FIRST"
    CLOSE_LOCAL_FIRST = "CLOSE_LOCAL_FIRST"
    NOTHING_LIVE = "NOTHING_LIVE"
    OVERDUE = "OVERDUE"
    NO_SUCCESS = "NO_SUCCESS"


_ANY = set(OrderState)
_S = OrderSign
_FITTING = {_S.SUCCESS, _S.SUCCESS_WITH_STOCK}
_CLOSE = {_S.CLOSE_CHANNEL_FIRST, _S.CLOSE_LOCAL_FIRST}

ORDER: Final[Machine[OrderState, OrderSign]] = Machine(
    name="order",
    states=OrderState,
    signs=OrderSign,
    final=frozenset({PAID, CLOSED}),
    rows=(
        _row("O1", set(), {_S.OPENED}, CREATED, "an order for more than nothing"),
        _row(
            "O2",
            {CREATED, PAYING},
            {_S.START},
            PAYING,
            "the attempt is on record before the channel is called",
        ),
        _row("O3", {CREATED, PAYING}, _FITTING, PAID, "the first success wins"),
        _row("O4", {PAID}, {_S.SUCCESS_OF_WINNER}, PAID, "the winner's success again: ack, nothing else"),
        _row(
            "O5", {PAID}, {*_FITTING, _S.SUCCESS_PARTLY_RETURNED}, PAID, "paid already: a duplicate goes back"
        ),
        _row(
            "O6", {CLOSED}, {_S.SUCCESS, _S.SUCCESS_PARTLY_RETURNED}, CLOSED, "too late: the money goes back"
        ),
        _row(
            "O6R",
            {CLOSED},
            {_S.SUCCESS_WITH_STOCK},
            PAID,
            "late, but the goods are still there: sold after all",
        ),
        _row("O7", _ANY, {_S.SUCCESS_MISMATCHED}, None, "another amount or currency never pays the order"),
        _row("O7b", _ANY, {_S.SUCCESS_RETURNED}, None, "the money has gone back already: never the winner"),
        _row(
            "O7b",
            {CREATED, PAYING, CLOSING},
            {_S.SUCCESS_PARTLY_RETURNED},
            None,
            "a part has gone back already: never the winner, a person decides on the rest",
        ),
        _row(
            "O8",
            {CREATED, PAYING},
            {_S.CLOSE_CHANNEL_FIRST},
            CLOSING,
            "the channels are asked to close first",
        ),
        _row(
            "O8L", {CREATED, PAYING}, {_S.CLOSE_LOCAL_FIRST}, CLOSED, "closed here first, the channels follow"
        ),
        _row("O9", {CLOSING}, {_S.NOTHING_LIVE}, CLOSED, "no attempt can be paid any more"),
        # O10 is O3 seen from CLOSING: "already paid" was the answer to the close, and the query found the
        # money.
        _row("O10", {CLOSING}, _FITTING, PAID, "an attempt turned out paid before it could be closed"),
        _row("O11", {CLOSING}, {_S.OVERDUE}, CLOSING, "closing takes too long: keep asking, never guess"),
        _row("O12", {PAID, CLOSED}, {_S.NO_SUCCESS, _S.START, *_CLOSE}, None, "final is final"),
    ),
)
