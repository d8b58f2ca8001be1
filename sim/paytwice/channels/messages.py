"""What a merchant and a channel say to each other, in one vocabulary for all channels.

The channels differ in words and codes; what the words mean is the same everywhere. Every answer therefore
carries both: `meaning` is the class a merchant acts upon, `code` is the channel's own word, for logs and
for merchants that want to make the mistakes which only the channel's own words allow.

Times are integer milliseconds since the run began, money is `Money`.
"""

from __future__ import annotations

from enum import Enum

import attrs

from paytwice.channels.statements import Bill as Bill
from paytwice.channels.statements import BillLine as BillLine
from paytwice.channels.statements import FundBill as FundBill
from paytwice.channels.statements import LineKind as LineKind
from paytwice.vocabulary import Word
from paytwice_core import Money


class Outcome(Enum):
    """The only three things a call can tell; UNKNOWN never permits what is only safe after REFUSED."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


class Meaning(Word):
    """What an answer means, whatever the channel calls it."""

    OK = "OK"
    ALREADY_PAID = "ALREADY_PAID"  # a close came too late
    ALREADY_CLOSED = "ALREADY_CLOSED"
    NO_SUCH_TRADE = "NO_SUCH_TRADE"
    NO_SUCH_REFUND = "NO_SUCH_REFUND"
    NUMBER_USED = "NUMBER_USED"  # the same out_trade_no with other parameters
    NOT_PAID = "NOT_PAID"  # a refund of an unpaid trade
    OVER_BUDGET = "OVER_BUDGET"  # more than was captured and is not yet returned
    OTHER_AMOUNT = "OTHER_AMOUNT"  # the same refund number with another amount
    NO_BALANCE = "NO_BALANCE"
    TOO_SOON = "TOO_SOON"  # spacing between two refund numbers of one trade
    TOO_LATE = "TOO_LATE"  # the refund window is over
    TOO_MANY_PARTS = "TOO_MANY_PARTS"
    NOT_ABNORMAL = "NOT_ABNORMAL"  # a refund that needs no other route
    NOT_READY = "NOT_READY"  # the bill of that day is not made yet
    NOT_SUPPORTED = "NOT_SUPPORTED"  # the channel has no such call
    BUSY = "BUSY"  # a rate limit
    SYSTEM_ERROR = "SYSTEM_ERROR"
    NO_ANSWER = "NO_ANSWER"  # never said by a channel: the caller's time-out


class TradeState(Word):
    """A trade as its channel sees it."""

    UNPAID = "UNPAID"
    PAID = "PAID"
    RETURNED = "RETURNED"  # paid, and refunded in part or in full
    CLOSED = "CLOSED"  # never paid, and cannot be any more


class RefundStatus(Word):
    """A refund as its channel sees it."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    ABNORMAL = "ABNORMAL"


@attrs.frozen
class Credential:
    """What the customer can pay with: a QR code, a prepay_id, a signed form.

    It cannot be paid after `dead_at`.
    """

    channel: str
    out_trade_no: str
    amount: Money
    dead_at: int


@attrs.frozen
class TradeRecord:
    """A trade as told by its channel; `status` is the channel's own word.

    `amount` is the order total, which is what a merchant compares with its order (WeChat `total`, Alipay
    `total_amount`, UnionPay `txnAmt`); `payer_total` is the payer's cash, less where a coupon helped.
    `returned` is cumulative: all that went back to the customer.
    """

    out_trade_no: str
    state: TradeState
    amount: Money
    returned: Money
    channel_number: str | None
    paid_at: int | None
    status: str
    payer_total: Money = attrs.field()

    @payer_total.default
    def _all_in_cash(self) -> Money:
        return self.amount


@attrs.frozen
class RefundRecord:
    """A refund as told by its channel; `status` is the channel's own word.

    `amount` is what the merchant returns; `payer_refund` the part of it that the payer gets in cash, while
    the rest goes back to the coupon.
    """

    out_trade_no: str
    out_refund_no: str
    channel_refund_number: str
    amount: Money
    state: RefundStatus
    status: str
    to_merchant_card: bool = False
    payer_refund: Money = attrs.field()

    @payer_refund.default
    def _all_in_cash(self) -> Money:
        return self.amount


@attrs.frozen
class Answer:
    """A channel's answer to a request; the part that was asked for is there when the outcome is DONE.

    `at` is the channel's own time, as the Date header of an HTTP response tells it: what it says was true
    then, whatever the clock of the caller shows. None where nobody has answered.
    """

    outcome: Outcome
    meaning: Meaning
    code: str
    credential: Credential | None = None
    trade: TradeRecord | None = None
    refund: RefundRecord | None = None
    bill: Bill | None = None
    at: int | None = None
    fund_bill: FundBill | None = None

    def said_at(self, at: int) -> Answer:
        """The same answer with the channel's own time on it; written out, for every answer comes by here."""
        return Answer(
            self.outcome,
            self.meaning,
            self.code,
            self.credential,
            self.trade,
            self.refund,
            self.bill,
            at,
            self.fund_bill,
        )


NO_ANSWER = Answer(Outcome.UNKNOWN, Meaning.NO_ANSWER, "TIMEOUT")


class About(Enum):
    """What a notification is about."""

    PAYMENT = "payment.notify"
    REFUND = "refund.notify"


@attrs.frozen
class Notification:
    """What a channel sends by itself. `id` stays the same over all sends of one ladder; `send` counts from 1.

    `authentic` is what checking the signature would tell; app and merchant must be compared by the receiver.
    """

    id: str
    send: int
    channel: str
    about: About
    app_id: str
    mch_id: str
    trade: TradeRecord
    refund: RefundRecord | None = None
    authentic: bool = True


@attrs.frozen
class Ack:
    """The HTTP answer to a notification. What counts as positive is the channel's rule, not ours."""

    status: int
    body: str

    @classmethod
    def positive(cls) -> Ack:
        """An answer that every channel takes as "do not send again"."""
        return cls(200, "success")

    @classmethod
    def negative(cls) -> Ack:
        """An answer that every channel takes as "send again"."""
        return cls(500, "fail")
