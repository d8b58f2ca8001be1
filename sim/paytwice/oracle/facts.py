"""What the oracle knows of an order: facts seen at the desks, in the shop and by the customer.

Nothing in here judges. Every fact remembers the journal entry in which it was seen, so that a broken promise
can tell its story. Sums are kept as money moves and never added up again; `recount` does that, to catch us
out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import attrs

from paytwice.calendar import MINUTE
from paytwice.channels.messages import Credential, RefundStatus
from paytwice.merchant.port import OrderView, RefundStanding, RefundView, Standing
from paytwice.oracle.refund import Refund as Refund
from paytwice.oracle.traffic import Calls
from paytwice_core import Money


@attrs.frozen
class Rules:
    """What is declared about the merchant and its channels: the oracle holds everyone to their own word.

    `has_close` tells of each channel whether it can close a trade (a channel that is not named can).
    Deadlines count from the evidence or from healing, whichever is later. Without `app_id` and `mch_id` every
    authentic notification counts as the merchant's own.
    """

    channel_first: bool = True  # CLOSED is said only when no channel would accept a payment any more
    reopens: bool = False  # a late payment may reopen a closed order if there is stock
    mismatch_to_person: bool = False  # a payment of another amount goes to a person, not back at once
    has_close: Mapping[str, bool] = attrs.field(factory=dict)
    capture_deadline_ms: int = 35 * MINUTE
    refund_deadline_ms: int = 60 * MINUTE
    app_id: str | None = None
    mch_id: str | None = None
    fee_rates: Mapping[str, int] = attrs.field(factory=dict)  # per million, by channel

    def can_close(self, channel: str) -> bool:
        """Whether the channel has a close call."""
        return self.has_close.get(channel, True)


@attrs.define(eq=False)
class Capture:
    """Money that a channel took from a customer: one channel number."""

    channel: str
    out_trade_no: str
    number: str
    amount: Money
    at: int
    entry: int
    returned: int = 0
    coupon: int = 0  # what of the amount a coupon paid, and what of that it got back
    coupon_returned: int = 0
    shown_at: int | None = None  # when the merchant's view first knew of it
    shown_entry: int | None = None
    acked_entry: int = -1  # when a notification of it was first answered with "do not send again"

    @property
    def entries(self) -> tuple[int, int]:
        """Where it was seen, and where the merchant said that it had heard of it."""
        return self.entry, self.acked_entry

    @property
    def held(self) -> int:
        """What the channel has not returned to the customer."""
        return self.amount.minor - self.returned

    @property
    def name(self) -> str:
        """How reports call it."""
        return f"{self.channel} payment {self.number} ({self.amount.display})"


@attrs.define(eq=False)
class Paper:
    """What the customer holds to pay with, and since when."""

    credential: Credential
    at: int
    entry: int
    dead_at: int


@attrs.define(eq=False)
class Trade:
    """One out_trade_no at one channel."""

    channel: str
    out_trade_no: str
    case: Case | None = None
    paper: Paper | None = None
    captures: dict[str, Capture] = attrs.field(factory=dict)
    refunds: dict[str, Refund] = attrs.field(factory=dict)
    captured: int = 0
    returned: int = 0
    kept: dict[str, int] = attrs.field(factory=dict)  # the same by currency
    returned_at: int | None = None
    returned_entry: int | None = None
    closed_at: int | None = None
    close_asked: bool = False
    calls: Calls = attrs.field(factory=Calls)

    def budget(self, number: str | None) -> int:
        """What was captured under this number, or under all."""
        if number is None:
            return self.captured
        capture = self.captures.get(number)
        return capture.amount.minor if capture is not None else 0

    def asked(self, but: str, number: str | None = None) -> int:
        """The sum of all living refunds asked for, except one; of one channel number or of all."""
        total = 0
        for refund in self.refunds.values():
            if refund.number != but and refund.is_alive and (number is None or refund.of == number):
                total += refund.asked_minor
        return total

    @property
    def is_processing(self) -> bool:
        """Whether the desk itself still works on a refund of it."""
        return any(refund.status is RefundStatus.PROCESSING for refund in self.refunds.values())


def _no_trades() -> dict[tuple[str, str], Trade]:
    return {}


@attrs.define(eq=False)
class Case:
    """Everything that is known of one order."""

    order_id: str
    rules: Rules
    amount: Money
    expires_at: int
    at: int
    entry: int
    payable: Callable[[Credential, int], bool] | None = None  # what the desk itself says, if it can be asked
    trades: dict[tuple[str, str], Trade] = attrs.field(factory=_no_trades)
    kept: dict[str, int] = attrs.field(factory=dict)  # captured minus returned, by currency
    unshown: list[Capture] = attrs.field(factory=list)
    broken: dict[str, bool] = attrs.field(factory=dict)  # invariants that were reported already
    declined: bool = False  # the customer was told that the order is not taken
    # the merchant's claims
    view: OrderView | None = None
    view_entry: int = -1
    standing_entry: int = -1
    final_at: int | None = None
    final_entry: int | None = None
    winner: tuple[str, str] | None = None
    winner_entry: int = -1
    done: dict[tuple[str, str], int] = attrs.field(factory=dict)  # refunds shown as DONE, and the entry
    # the shop
    stock: int = 0
    stock_entries: list[int] = attrs.field(factory=list)
    ships: list[int] = attrs.field(factory=list)
    # the customer
    wishes: dict[str, int] = attrs.field(factory=dict)
    granted: dict[str, int] = attrs.field(factory=dict)
    wish_entries: list[int] = attrs.field(factory=list)
    told_paid: int | None = None
    pay_again: tuple[int, int, int] | None = None  # holds for credentials until, told at, entry
    # notifications that were refused last, by id: at, entry, channel
    refused: dict[str, tuple[int, int, str]] = attrs.field(factory=dict)
    # bookkeeping of `settled`
    dirty: bool = False
    owes: bool = True

    @property
    def is_no_order(self) -> bool:
        """Whether it never came to be: declined, with no goods and no money kept for it."""
        return self.declined and self.view is None and not self.stock and not any(self.kept.values())

    @property
    def standing(self) -> Standing | None:
        """What the merchant says the order is."""
        return self.view.standing if self.view is not None else None

    def captures(self) -> Iterator[Capture]:
        """All payments of the order, in the order in which its trades became known."""
        for trade in self.trades.values():
            yield from trade.captures.values()

    def losers(self) -> Iterator[Capture]:
        """The payments that must go back: all but the winner of a PAID order."""
        for capture in self.captures():
            if not self.is_winner(capture):
                yield capture

    def is_winner(self, capture: Capture) -> bool:
        """Whether the merchant says that this payment settled the order."""
        view = self.view
        if view is None or view.winner is None or view.standing is not Standing.PAID:
            return False
        return view.winner.number == capture.number and view.winner.channel == capture.channel

    def winning_trade(self) -> Trade | None:
        """The trade of the winner, if the merchant names one that exists."""
        if self.view is None or self.view.winner is None:
            return None
        winner = self.view.winner
        for trade in self.trades.values():
            if trade.channel == winner.channel and winner.number in trade.captures:
                return trade
        return None

    def named(self, out_trade_no: str) -> list[Trade]:
        """The trades with this number; more than one if the merchant shares it between channels."""
        return [trade for trade in self.trades.values() if trade.out_trade_no == out_trade_no]

    def refund_views(self) -> tuple[RefundView, ...]:
        """The refunds that the merchant shows, if it shows any."""
        return self.view.refunds or () if self.view is not None else ()

    def with_a_person(self, out_trade_no: str) -> int:
        """What the merchant shows as waiting for a person, of one trade."""
        return sum(
            refund.amount.minor
            for refund in self.refund_views()
            if refund.out_trade_no == out_trade_no and refund.standing is RefundStanding.NEEDS_PERSON
        )

    def is_payable(self, trade: Trade, at: int) -> bool:
        """Whether the customer could still pay with what they were given."""
        paper = trade.paper
        if paper is None or at > paper.dead_at or trade.closed_at is not None or trade.captures:
            return False
        return self.payable is None or self.payable(paper.credential, at)

    def money(self, minor: int) -> Money:
        """A sum in the currency of the order."""
        return Money(minor, self.amount.currency)

    @property
    def granted_total(self) -> int:
        """What the customer was promised to get back, of what they paid rightly."""
        return sum(self.granted.values())

    @property
    def wished_total(self) -> int:
        """What the customer asked to get back."""
        return sum(self.wishes.values())
