"""A payment channel as data: everything in which WeChat Pay, Alipay and UnionPay differ.

One desk serves every channel. What it does at a close, how long it repeats a notification, which words it
answers with: all of that is read from a profile, so a channel nobody foresaw is a
`ChannelProfile(name="paypal")` with the few lines in which it differs, and a doubtful figure is an
`attrs.evolve(WECHAT, ...)`.

Durations are integer milliseconds. `sources` says for each figure where it comes from: [O] an official
document, [S] a second-hand one, [-] no source was found and the value is our assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import attrs

from paytwice.calendar import DAY, HOUR, MINUTE, SECOND
from paytwice.channels.messages import Ack, Credential, Meaning, Outcome, RefundStatus, TradeState
from paytwice.channels.requests import AbnormalRoute, CreateTrade, Request


class Creation(Enum):
    """When a trade comes to exist at the channel."""

    CALL = "CALL"  # at the merchant's call
    SCAN = "SCAN"  # the call gives a QR code; the trade is made when the customer scans it
    FORM = "FORM"  # the merchant signs a form by itself; the trade is made when the customer opens it


class RefundNews(Enum):
    """How a merchant hears of the end of a refund without asking."""

    OWN = "OWN"  # by a notification of its own kind
    PAYMENT_URL = "PAYMENT_URL"  # by one that looks like a payment's, at the payment's address
    NEVER = "NEVER"


class NumberScope(Enum):
    """Within what a refund number must be unique."""

    MERCHANT = "MERCHANT"
    TRADE = "TRADE"


@attrs.frozen
class AckRule:
    """What a channel takes as "do not send again": one of these statuses and, if given, this very body."""

    statuses: tuple[int, ...] = (200,)
    body: str | None = None

    def accepts(self, ack: Ack) -> bool:
        """Whether this answer ends the ladder."""
        return ack.status in self.statuses and (self.body is None or ack.body == self.body)


@attrs.frozen
class Code:
    """One answer in the channel's own words."""

    word: str
    outcome: Outcome
    http: int = 200


def done(word: str, http: int = 200) -> Code:
    """A word that says: it was done."""
    return Code(word, Outcome.DONE, http)


def refused(word: str, http: int = 400) -> Code:
    """A word that says: it was definitely not done."""
    return Code(word, Outcome.REFUSED, http)


def unknown(word: str, http: int = 500) -> Code:
    """A word that leaves open what was done."""
    return Code(word, Outcome.UNKNOWN, http)


# The meanings after which nobody may conclude that nothing happened. NO_BALANCE and OTHER_AMOUNT are here
# because a repeat of the same number is what must follow them, never a new number (row R5 of the core's
# tables).
OPEN_MEANINGS: Final = (
    Meaning.SYSTEM_ERROR,
    Meaning.BUSY,
    Meaning.TOO_SOON,
    Meaning.NO_BALANCE,
    Meaning.OTHER_AMOUNT,
)

# What a desk may say; NO_ANSWER is the caller's own.
SAYABLE: Final = tuple(meaning for meaning in Meaning if meaning is not Meaning.NO_ANSWER)


def _plain_code(meaning: Meaning) -> Code:
    if meaning is Meaning.OK:
        return done("OK")
    return unknown(meaning.value) if meaning in OPEN_MEANINGS else refused(meaning.value)


PLAIN_CODES: Final[Mapping[Meaning, Code]] = {meaning: _plain_code(meaning) for meaning in SAYABLE}
PLAIN_TRADE_WORDS: Final[Mapping[TradeState, str]] = {state: state.value for state in TradeState}
PLAIN_REFUND_WORDS: Final[Mapping[RefundStatus, str]] = {state: state.value for state in RefundStatus}


def _filled_codes(codes: Mapping[Meaning, Code]) -> Mapping[Meaning, Code]:
    return {**PLAIN_CODES, **codes}


def _filled_trade_words(words: Mapping[TradeState, str]) -> Mapping[TradeState, str]:
    return {**PLAIN_TRADE_WORDS, **words}


def _filled_refund_words(words: Mapping[RefundStatus, str]) -> Mapping[RefundStatus, str]:
    return {**PLAIN_REFUND_WORDS, **words}


@attrs.frozen(kw_only=True, cache_hash=True)
class ChannelProfile:
    """How one channel behaves, as data; every field has a default that a plain channel could have."""

    name: str
    display_name: str = attrs.field()
    prefix: str = attrs.field()  # channel numbers are WX0001, channel refund numbers WXR0001

    # Notifications: `gaps[n]` lies between send n+1 and n+2, so there is one send more than there are gaps.
    gaps: tuple[int, ...] = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 12 * HOUR)
    ack_rule: AckRule = AckRule()
    ack_timeout: int = 5 * SECOND
    refund_news: RefundNews = RefundNews.OWN
    refund_news_of: tuple[RefundStatus, ...] = (
        RefundStatus.SUCCESS,
        RefundStatus.ABNORMAL,
        RefundStatus.CLOSED,
    )
    notifies_close: bool = False  # a payment-shaped notification when an unpaid trade is closed
    finished_word: str | None = None  # the word of one more when a paid trade's time for refunds is over

    # Trades
    creation: Creation = Creation.CALL
    credential_lifetime: int | None = 2 * HOUR  # None: only the trade's own expiry counts
    relative_expiry: bool = (
        False  # the time to pay starts when the trade is made, not when the merchant asked
    )
    closes_at_expiry: bool = False  # else an expired trade is unpayable and yet says UNPAID
    closes_after: int | None = None  # so long after it was made an unpaid trade is closed by the channel
    has_close: bool = True
    close_of_paid: Meaning = Meaning.ALREADY_PAID
    close_of_closed: Meaning = Meaning.OK  # OK: a close may be repeated
    close_not_before: int = 0  # so long after it was made a trade cannot be closed yet

    # Refunds
    refund_window: int | None = 365 * DAY
    refund_spacing: int = 0  # between two *different* numbers of one trade
    refund_parts: int | None = None
    refund_takes: int = 5 * MINUTE
    refund_repeat_tells: bool = True  # False: the answer to a repeat does not say "done" even when it is
    refund_same_amount: bool = (
        True  # a repeat with another amount is refused; else it gets the first one's state
    )
    refund_number_scope: NumberScope = NumberScope.MERCHANT
    refund_found_in: tuple[RefundStatus, ...] = tuple(RefundStatus)  # the states in which a query finds it
    refund_gives_up: int | None = (
        None  # so long a refund may wait for money in the merchant's account; None: it is not taken on
    )
    abnormal_routes: tuple[AbnormalRoute, ...] = ()  # the ways out of ABNORMAL that the channel offers
    abnormal_takes: int = DAY
    late_bank_returned: int | None = (
        None  # a bank's payment after the expiry goes back after so long; None: it is refused
    )

    # Fee: taken of a payment at its capture, and given back pro rata when a refund is accepted
    fee_rate: int = 0  # per million of the order total

    # Bill, reading, calling
    bill_hour: int = 10  # of the next day
    bill_minute: int = 0
    read_lag: int = 0  # a query may be so far behind; which one is, the caller of the desk chooses
    call_timeout: int = 10 * SECOND  # how long a caller waits for an answer

    # Words
    codes: Mapping[Meaning, Code] = attrs.field(factory=dict, converter=_filled_codes, hash=False)
    codes_of_call: Mapping[type[Request], Mapping[Meaning, Code]] = attrs.field(factory=dict, hash=False)
    trade_words: Mapping[TradeState, str] = attrs.field(
        factory=dict, converter=_filled_trade_words, hash=False
    )
    fully_returned_word: str | None = (
        None  # where a trade refunded in full is called otherwise than one in part
    )
    refund_words: Mapping[RefundStatus, str] = attrs.field(
        factory=dict, converter=_filled_refund_words, hash=False
    )
    refund_answer_words: Mapping[RefundStatus, str] = attrs.field(factory=dict, hash=False)

    sources: Mapping[str, str] = attrs.field(factory=dict, hash=False)

    @display_name.default
    def _name_as_title(self) -> str:
        return self.name.title()

    @prefix.default
    def _name_begins_with(self) -> str:
        return self.name[:2].upper()

    def __attrs_post_init__(self) -> None:
        if not self.name:
            raise ValueError("a channel needs a name, not ''")
        if not 0 <= self.fee_rate <= 1_000_000:
            raise ValueError(f"the fee of {self.name} is 0 to 1000000 per million, not {self.fee_rate}")
        if negative := [gap for gap in self.gaps if gap < 0]:
            raise ValueError(f"the gaps of {self.name}'s ladder must be 0 ms or more, not {negative}")

    @property
    def sends(self) -> int:
        """How often a notification is sent that nobody acks."""
        return len(self.gaps) + 1

    def code(self, meaning: Meaning, call: type[Request] | None = None) -> Code:
        """The channel's own word for a meaning, in the answer to this kind of call."""
        special = self.codes_of_call.get(call, {}) if call is not None else {}
        return special.get(meaning) or self.codes[meaning]

    def saying(self, codes: Mapping[Meaning, Code]) -> ChannelProfile:
        """The same channel with some other words."""
        return attrs.evolve(self, codes={**self.codes, **codes})

    def credential(self, request: CreateTrade, now: int) -> Credential:
        """What the customer gets to pay with.

        At a FORM channel the merchant's own client calls this, because no request goes to the channel. With
        relative expiry `dead_at` is what the customer gets by scanning as late as possible.
        """
        return Credential(self.name, request.out_trade_no, request.amount, self._dead_at(request, now))

    def _dead_at(self, request: CreateTrade, now: int) -> int:
        if self.credential_lifetime is None:
            return request.expires_at
        if self.relative_expiry:
            return now + self.credential_lifetime + max(0, request.expires_at - now)
        return min(request.expires_at, now + self.credential_lifetime)

    def trade_word(self, state: TradeState, *, in_full: bool) -> str:
        """The channel's own word for the state of a trade."""
        if in_full and self.fully_returned_word is not None and state is TradeState.RETURNED:
            return self.fully_returned_word
        return self.trade_words[state]
