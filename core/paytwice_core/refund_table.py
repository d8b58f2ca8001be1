"""The table of the refund, one reversal of one attempt: R1 to R17."""

from enum import StrEnum
from typing import Final

from paytwice_core.states import RefundState
from paytwice_core.table import Machine
from paytwice_core.table import row as _row

CREATED, SENT, PROCESSING = RefundState.CREATED, RefundState.SENT, RefundState.PROCESSING
UNKNOWN, ABNORMAL, MANUAL = RefundState.UNKNOWN, RefundState.ABNORMAL, RefundState.MANUAL
SUCCESS, CHANNEL_CLOSED = RefundState.SUCCESS, RefundState.CHANNEL_CLOSED
REJECTED, SETTLED_BY_HAND = RefundState.REJECTED, RefundState.SETTLED_BY_HAND


class RefundSign(StrEnum):
    """What evidence means to a refund; a refusal means less once the refund was sent more than once."""

    ASKED = "ASKED"
    OWED_TO_A_PERSON = "OWED_TO_A_PERSON"
    FOREIGN = "FOREIGN"
    DISPLACED = "DISPLACED"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    UNANSWERED = "UNANSWERED"
    NOT_FOUND = "NOT_FOUND"
    SUCCEEDED = "SUCCEEDED"
    SUCCEEDED_TO_MERCHANT = "SUCCEEDED_TO_MERCHANT"
    SUCCEEDED_OTHERWISE = "SUCCEEDED_OTHERWISE"
    ABNORMAL = "ABNORMAL"
    REROUTED = "REROUTED"
    CLOSED = "CLOSED"
    REFUSED_FIRST_CUSTOMERS = "REFUSED_FIRST_CUSTOMERS"
    REFUSED_FIRST_OURS = "REFUSED_FIRST_OURS"
    REFUSED_REPEAT = "REFUSED_REPEAT"
    REVOKED = "REVOKED"
    GIVEN_UP = "GIVEN_UP"
    PAID_BY_HAND = "PAID_BY_HAND"


_S = RefundSign
_REFUSED = {_S.REFUSED_FIRST_CUSTOMERS, _S.REFUSED_FIRST_OURS, _S.REFUSED_REPEAT}
_STALE = {
    _S.ACCEPTED,
    _S.UNANSWERED,
    _S.NOT_FOUND,
    _S.ABNORMAL,
    _S.REROUTED,
    _S.CLOSED,
    _S.GIVEN_UP,
    *_REFUSED,
}
_AT_CHANNEL = {SENT, PROCESSING, UNKNOWN}


REFUND: Final[Machine[RefundState, RefundSign]] = Machine(
    name="refund",
    states=RefundState,
    signs=RefundSign,
    final=frozenset({SUCCESS, CHANNEL_CLOSED, REJECTED, SETTLED_BY_HAND}),
    rows=(
        _row("R1", set(), {_S.ASKED}, CREATED, "number and amount are on record before the call"),
        _row("R1", set(), {_S.OWED_TO_A_PERSON}, MANUAL, "owed, and for a person to settle"),
        _row("R2", {CREATED, UNKNOWN}, {_S.SENT}, SENT, "the same number and amount on every repeat"),
        _row("R3", {SENT, UNKNOWN}, {_S.ACCEPTED}, PROCESSING, "taken on, not done"),
        _row("R5", {SENT}, {_S.UNANSWERED}, UNKNOWN, "nobody knows: ask, or repeat with the same number"),
        _row(
            "R6", {UNKNOWN}, {_S.NOT_FOUND}, UNKNOWN, "an empty answer proves nothing: repeat the same number"
        ),
        # CREATED too: the answer may overtake the note of the sender.
        _row("R8", {CREATED, *_AT_CHANNEL, ABNORMAL, MANUAL}, {_S.SUCCEEDED}, SUCCESS, "the money went back"),
        _row(
            "R8",
            {CREATED, *_AT_CHANNEL, ABNORMAL, MANUAL},
            {_S.SUCCEEDED_TO_MERCHANT},
            MANUAL,
            "the money went to the merchant's own card, and the customer is still unpaid",
        ),
        _row("R9", _AT_CHANNEL, {_S.ABNORMAL}, ABNORMAL, "the channel cannot reach the customer's account"),
        _row("R9b", {ABNORMAL}, {_S.REROUTED}, PROCESSING, "another route was accepted"),
        _row(
            "R10", {*_AT_CHANNEL, ABNORMAL, MANUAL}, {_S.CLOSED}, CHANNEL_CLOSED, "ended, and nothing moved"
        ),
        _row("R11", {SENT}, {_S.REFUSED_FIRST_CUSTOMERS}, REJECTED, "refused at once: nothing moved"),
        _row("R11", {SENT}, {_S.REFUSED_FIRST_OURS}, MANUAL, "refused at once, and the money is still owed"),
        _row(
            "R11b", {SENT}, {_S.REFUSED_REPEAT}, MANUAL, "a repeat was refused: the first may have succeeded"
        ),
        _row("R11b", {UNKNOWN}, _REFUSED, MANUAL, "refused after no answer: the first may have succeeded"),
        _row("R12", {SUCCESS}, {*_STALE, _S.SUCCEEDED}, None, "older than what is known"),
        _row("R12", {CHANNEL_CLOSED, REJECTED}, _STALE, None, "older than what is known"),
        _row("R13", {SUCCESS}, {_S.REVOKED}, MANUAL, "the channel takes its success back"),
        _row("R14", {PROCESSING, UNKNOWN, ABNORMAL}, {_S.GIVEN_UP}, MANUAL, "tried for long enough"),
        _row("R15", {MANUAL}, {_S.PAID_BY_HAND}, SETTLED_BY_HAND, "a person paid in another way"),
        _row(
            "R16",
            {REJECTED, CHANNEL_CLOSED, SETTLED_BY_HAND},
            {_S.SUCCEEDED},
            SUCCESS,
            "it succeeded after all: the budget is taken again",
        ),
        _row("R17", set(), {_S.FOREIGN}, SUCCESS, "money went back that nobody here asked for"),
        # MANUAL only where nothing can have moved: a person may well have used the console.
        _row(
            "R17", {CREATED, MANUAL}, {_S.DISPLACED}, REJECTED, "nothing is left to send: the money is back"
        ),
    ),
)
