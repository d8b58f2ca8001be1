"""A desk's own records of trades and refunds, with the short history that a lagging read needs."""

from __future__ import annotations

import attrs

from paytwice.channels.circumstances import RefundFate
from paytwice.channels.messages import (
    Credential,
    Meaning,
    RefundRecord,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice.channels.profile import ChannelProfile
from paytwice.channels.requests import AbnormalRoute, CreateTrade
from paytwice.channels.shares import NOTHING, Held
from paytwice_core import Money


@attrs.frozen
class Payment:
    """What the customer sees after having confirmed; `meaning` says why a payment was not accepted."""

    accepted: bool
    meaning: Meaning
    code: str
    channel_number: str | None = None


@attrs.frozen
class Offer:
    """What a merchant asked to be paid, and the credential it got. At a SCAN channel this is no trade yet."""

    request: CreateTrade
    asked_at: int
    credential: Credential


@attrs.define(eq=False, kw_only=True)
class Refund:
    """One refund number. `history` has the record after each change, oldest first."""

    out_trade_no: str
    out_refund_no: str
    number: str
    amount: Money
    fate: RefundFate
    share: Held  # what goes with it: its amount, the coupon's part of that, and the fee on it
    paid_as: str | None = None  # the channel number of the payment that it returns
    state: RefundStatus = RefundStatus.PROCESSING
    route: AbnormalRoute | None = None  # None: to the account that the money came from
    history: list[tuple[int, RefundRecord]] = attrs.Factory(list)

    @property
    def record(self) -> RefundRecord:
        """The refund as it stands."""
        return self.history[-1][1]

    def note(self, now: int, profile: ChannelProfile) -> None:
        """Remember how the refund stands from now on."""
        self.history.append((now, self.told_as(self.state, profile.refund_words[self.state])))

    def told_as(self, state: RefundStatus, status: str) -> RefundRecord:
        """The refund in the channel's words, which need not tell the newest state."""
        return RefundRecord(
            self.out_trade_no,
            self.out_refund_no,
            self.number,
            self.amount,
            state=state,
            status=status,
            payer_refund=Money(self.amount.minor - self.share.coupon, self.amount.currency),
            to_merchant_card=state is RefundStatus.SUCCESS and self.route is AbnormalRoute.MERCHANT_CARD,
        )

    def as_of(self, moment: int) -> RefundRecord | None:
        """The refund as it stood, if it existed."""
        return next((record for at, record in reversed(self.history) if at <= moment), None)


@attrs.define(eq=False, kw_only=True)
class Trade:
    """One out_trade_no. `history` has the record after each change, oldest first."""

    out_trade_no: str
    amount: Money
    created_at: int
    payable_until: int  # the last millisecond at which it can be paid
    returned: Money  # of all refunds that have reached the customer
    state: TradeState = TradeState.UNPAID
    channel_number: str | None = None
    paid_at: int | None = None
    is_edited: bool = False  # it has another price now than it was made with
    held: Held = NOTHING  # what was captured
    given: Held = NOTHING  # what goes with all refunds that are not closed
    refunds: dict[str, Refund] = attrs.Factory(dict)
    last_refund_at: int | None = None
    taken_late_at: int | None = None  # when a bank paid it after its expiry
    history: list[tuple[int, TradeRecord]] = attrs.Factory(list)
    again: list[Trade] = attrs.Factory(list)  # other payments under this number, each with its own budget

    def payment(self, channel_number: str | None) -> Trade | None:
        """The payment of a channel number; where none is named, the first one."""
        if channel_number is None:
            return self
        return next((one for one in (self, *self.again) if one.channel_number == channel_number), None)

    def returning(self, out_refund_no: str) -> Trade | None:
        """The payment that a refund number returns money of."""
        return next((one for one in (self, *self.again) if out_refund_no in one.refunds), None)

    @property
    def record(self) -> TradeRecord:
        """The trade as it stands."""
        return self.history[-1][1]

    @property
    def promised(self) -> int:
        """Minor units of all refunds that are not closed."""
        return self.given.amount

    @property
    def is_paid(self) -> bool:
        """Whether the customer's money was captured, be it returned since or not."""
        return self.paid_at is not None

    def note(self, now: int, profile: ChannelProfile) -> None:
        """Remember how the trade stands from now on."""
        record = TradeRecord(
            self.out_trade_no,
            self.state,
            self.amount,
            self.returned,
            self.channel_number,
            self.paid_at,
            profile.trade_word(self.state, in_full=self.returned == self.amount),
            Money(self.amount.minor - self.held.coupon, self.amount.currency),
        )
        self.history.append((now, record))

    def as_of(self, moment: int) -> TradeRecord | None:
        """The trade as it stood, if it existed."""
        return next((record for at, record in reversed(self.history) if at <= moment), None)
