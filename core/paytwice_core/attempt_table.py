"""The table of the attempt, one trade at one channel: A1 to A13."""

from enum import StrEnum
from typing import Final

from paytwice_core.states import AttemptState
from paytwice_core.table import Machine
from paytwice_core.table import row as _row

INIT, SUBMITTED, UNKNOWN = AttemptState.INIT, AttemptState.SUBMITTED, AttemptState.UNKNOWN
CLOSING, SUCCEEDED = AttemptState.CLOSING, AttemptState.SUCCEEDED
CLOSED, FAILED = AttemptState.CLOSED, AttemptState.FAILED


class AttemptSign(StrEnum):
    """What evidence means to an attempt; "before" and "after" the death of what the customer holds."""

    STARTED = "STARTED"
    ACCEPTED = "ACCEPTED"
    NO_ANSWER = "NO_ANSWER"
    REFUSED = "REFUSED"
    SUCCESS = "SUCCESS"
    SUCCESS_RETURNED = "SUCCESS_RETURNED"
    SUCCESS_REPEATED = "SUCCESS_REPEATED"
    CLOSE_SENT = "CLOSE_SENT"
    CLOSED_UNPAID = "CLOSED_UNPAID"
    ALREADY_PAID = "ALREADY_PAID"
    CLOSE_UNANSWERED = "CLOSE_UNANSWERED"
    FOUND_UNPAID_BEFORE = "FOUND_UNPAID_BEFORE"
    NOT_FOUND_BEFORE = "NOT_FOUND_BEFORE"
    UNPAID_AFTER = "UNPAID_AFTER"
    PAYMENT_FAILED = "PAYMENT_FAILED"


_S = AttemptSign
_SUCCESSES = {_S.SUCCESS, _S.SUCCESS_RETURNED, _S.SUCCESS_REPEATED}
_OPEN = {SUBMITTED, UNKNOWN, CLOSING}
_UNPAID = {INIT, *_OPEN, CLOSED, FAILED}


ATTEMPT: Final[Machine[AttemptState, AttemptSign]] = Machine(
    name="attempt",
    states=AttemptState,
    signs=AttemptSign,
    final=frozenset({SUCCEEDED, CLOSED, FAILED}),
    rows=(
        _row("O2", set(), {_S.STARTED}, INIT, "on record before the channel is called"),
        _row("A1", {INIT, UNKNOWN}, {_S.ACCEPTED}, SUBMITTED, "the customer can pay"),
        # The answer to a create can come after a close was asked for: its date of death is A12's way out.
        _row("A1'", {SUBMITTED, CLOSING}, {_S.ACCEPTED}, None, "accepted once more: the later death counts"),
        _row("A2", {INIT}, {_S.NO_ANSWER}, UNKNOWN, "the trade may exist or not"),
        _row("A3", {INIT}, {_S.REFUSED}, FAILED, "the channel will not have it"),
        _row("A4", _UNPAID, {_S.SUCCESS}, SUCCEEDED, "the channel has the money"),
        _row("A4'", _UNPAID, {_S.SUCCESS_RETURNED}, SUCCEEDED, "what went back had been paid"),
        _row(
            "A5a",
            {SUCCEEDED},
            {_S.SUCCESS_REPEATED},
            SUCCEEDED,
            "the channel repeats itself until it is acked",
        ),
        # The row of the first payment stays as it is; the second payment gets a row of its own, in SUCCEEDED.
        _row(
            "A5b", {SUCCEEDED}, {_S.SUCCESS, _S.SUCCESS_RETURNED}, None, "a second payment of the same trade"
        ),
        _row("A5c", {SUCCEEDED}, set(_S) - _SUCCESSES - {_S.STARTED}, None, "money is stronger than words"),
        _row("A6", {INIT, SUBMITTED, UNKNOWN}, {_S.CLOSE_SENT}, CLOSING, "the channel is asked to close"),
        _row("A7", _OPEN, {_S.CLOSED_UNPAID}, CLOSED, "closed at the channel, unpaid"),
        _row("A8", {CLOSING}, {_S.ALREADY_PAID}, CLOSING, "the channel would not close: ask it why"),
        _row("A10", {CLOSING}, {_S.CLOSE_UNANSWERED}, CLOSING, "no answer to the close: close again"),
        _row("A11", {UNKNOWN}, {_S.FOUND_UNPAID_BEFORE}, SUBMITTED, "the trade exists and may yet be paid"),
        _row("A11", {SUBMITTED, CLOSING}, {_S.FOUND_UNPAID_BEFORE}, None, "unpaid so far proves nothing"),
        # A channel may make the trade only when the customer scans or logs in.
        _row("A11", _OPEN, {_S.NOT_FOUND_BEFORE}, None, "unknown so far proves nothing"),
        _row("A12", _OPEN, {_S.UNPAID_AFTER}, CLOSED, "unpaid, and what the customer holds is dead"),
        _row("A13", _OPEN, {_S.PAYMENT_FAILED}, FAILED, "the channel says it failed for good"),
    ),
)
