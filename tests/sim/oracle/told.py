"""A story told to an oracle in observations, so that a test reads like what happened.

Every telling takes a second and one journal entry, and returns the number of that entry.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from paytwice.channels.ledger import Account, Ledger, Movement, MovementKind
from paytwice.channels.messages import (
    About,
    Credential,
    Meaning,
    Notification,
    RefundRecord,
    RefundStatus,
    TradeRecord,
    TradeState,
)
from paytwice.channels.requests import AskRefund, CloseTrade, QueryTrade
from paytwice.channels.statements import FundBill
from paytwice.merchant.port import OrderView, RefundStanding, RefundView, Said, Standing, WinnerView
from paytwice.oracle import Billed, Oracle, Rules, Verdict
from paytwice_core import Money

OPEN, PAID, CLOSED = Standing.OPEN, Standing.PAID, Standing.CLOSED
PENDING, DONE = RefundStanding.PENDING, RefundStanding.DONE
NEEDS_PERSON, VOID = RefundStanding.NEEDS_PERSON, RefundStanding.VOID
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
PRICE: Final = Money.parse("99.00 CNY")


def money(text: str) -> Money:
    """Read "40" as 40 yuan."""
    return Money.parse(text if " " in text else f"{text}.00 CNY")


class Told:
    """One order, `o1` of 99 yuan, as it is seen from outside."""

    def __init__(
        self,
        rules: Rules | None = None,
        amount: Money = PRICE,
        payable: Callable[[Credential, int], bool] | None = None,
    ) -> None:
        self.billed: dict[str, Billed] = {}
        self.oracle = Oracle(rules or Rules(), payable=payable, billed=lambda _at: self.billed)
        self.at = 0
        self.entry = 0
        self.ledgers: dict[str, Ledger] = {}
        self.standing: Standing | None = None
        self.winner: WinnerView | None = None
        self.refunds: tuple[RefundView, ...] | None = ()
        self.captures: frozenset[str] | None = frozenset()
        self.oracle.ordered("o1", amount, 15 * MINUTE, *self._now())

    def _now(self) -> tuple[int, int]:
        self.at += 1000
        self.entry += 1
        return self.at, self.entry

    def wait(self, ms: int) -> None:
        self.at += ms

    # the channels

    def hand(self, channel: str, trade: str, amount: Money = PRICE) -> int:
        at, entry = self._now()
        self.oracle.handed("o1", Credential(channel, trade, amount, 15 * MINUTE), at, entry)
        return entry

    def capture(
        self, channel: str, trade: str, number: str, amount: Money = PRICE, *, coupon: int = 0
    ) -> int:
        return self._move(channel, MovementKind.CAPTURED, trade, number, amount, None, coupon)

    def give_back(
        self,
        channel: str,
        trade: str,
        number: str,
        refund: str | None,
        amount: Money = PRICE,
        *,
        coupon: int = 0,
    ) -> int:
        return self._move(channel, MovementKind.RETURNED, trade, number, amount, refund, coupon)

    def bill(self, channel: str, closing: Money | None = None) -> None:
        """The bills are made of all that was seen at a channel so far."""
        has = Money(self.ledgers[channel].accounts[Account.MERCHANT], PRICE.currency)
        funds = FundBill(date(2026, 3, 2), (), has if closing is None else closing)
        self.billed[channel] = Billed(self.at + 1, funds)

    def _move(
        self,
        channel: str,
        kind: MovementKind,
        trade: str,
        number: str,
        amount: Money,
        refund: str | None,
        coupon: int = 0,
    ) -> int:
        at, entry = self._now()
        ledger = self.ledgers.setdefault(channel, Ledger())
        movement = Movement(at, kind, trade, number, amount, refund, coupon)
        ledger.record(movement)
        self.oracle.moved(channel, movement, at, entry)
        return entry

    def ask(
        self,
        channel: str,
        trade: str,
        refund: str,
        amount: Money = PRICE,
        *,
        number: str | None = None,
        meaning: Meaning = Meaning.OK,
    ) -> int:
        at, entry = self._now()
        self.oracle.requested(channel, AskRefund(trade, refund, amount, number), meaning, at, entry)
        return entry

    def desk_says(
        self, channel: str, trade: str, refund: str, state: RefundStatus, amount: Money = PRICE
    ) -> int:
        at, entry = self._now()
        record = RefundRecord(trade, refund, f"R-{refund}", amount, state, state.value)
        self.oracle.refund_changed(channel, record, at, entry)
        return entry

    def close(self, channel: str, trade: str, meaning: Meaning = Meaning.OK) -> int:
        at, entry = self._now()
        self.oracle.requested(channel, CloseTrade(trade), meaning, at, entry)
        return entry

    def query(self, channel: str, trade: str) -> int:
        at, entry = self._now()
        self.oracle.requested(channel, QueryTrade(trade), Meaning.OK, at, entry)
        return entry

    def ack(
        self,
        positive: bool,
        *,
        trade: str = "W1",
        channel: str = "wechat",
        whole: bool = True,
        id: str = "n1",
        app_id: str = "app",
        authentic: bool = True,
    ) -> int:
        at, entry = self._now()
        record = TradeRecord(trade, TradeState.PAID, PRICE, Money.zero("CNY"), "4200", at, "SUCCESS")
        notification = Notification(id, 1, channel, About.PAYMENT, app_id, "mch", record, authentic=authentic)
        self.oracle.acked(notification, positive, whole, at, entry)
        return entry

    # the merchant

    def view(
        self,
        standing: Standing,
        winner: tuple[str, str] | None = None,
        *,
        knows: tuple[str, ...] = (),
        refunds: tuple[RefundView, ...] | None = None,
    ) -> int:
        """Show an order; the winner, known payments and refunds stay as they were where nothing is said."""
        if winner is not None:
            self.winner = WinnerView(*winner)
            knows = (*knows, winner[1])
        if self.captures is not None:
            self.captures = self.captures.union(knows)
        if refunds is not None:
            self.refunds = refunds
        at, entry = self._now()
        view = OrderView(standing, self.winner, None, self.refunds, self.captures)
        self.oracle.viewed("o1", view, at, entry)
        self.standing = standing
        return entry

    def shop(self, what: str) -> int:
        at, entry = self._now()
        self.oracle.shop_did("o1", what, at, entry)
        return entry

    def tell(self, said: Said) -> int:
        at, entry = self._now()
        self.oracle.told("o1", said, at, entry)
        return entry

    # the customer and the world

    def wish(self, request: str, amount: Money, *, granted: bool = True) -> int:
        at, entry = self._now()
        self.oracle.wished_refund("o1", amount, request, at, entry)
        if granted:
            self.oracle.wished_refund("o1", amount, request, *self._now(), granted=True)
        return entry

    def heal(self) -> None:
        self.oracle.healed(self.at)

    def judge(self, after: int = 25 * HOUR) -> Verdict:
        self.at += after
        return self.oracle.judge(self.at, self.ledgers)


def refund(
    number: str, trade: str, standing: RefundStanding, amount: Money = PRICE, *, of: str | None = None
) -> RefundView:
    return RefundView(number, trade, amount, standing, number=of)


def open_order(rules: Rules | None = None, amount: Money = PRICE) -> Told:
    """The goods are reserved, and the customer has something of WeChat to pay with."""
    told = Told(rules, amount)
    told.shop("reserve")
    told.view(OPEN)
    told.hand("wechat", "W1", amount)
    return told


def paid_once(rules: Rules | None = None) -> Told:
    """An order that WeChat settled and the shop shipped: all is well."""
    told = open_order(rules)
    told.capture("wechat", "W1", "4200")
    told.view(PAID, ("wechat", "4200"))
    told.shop("ship")
    return told


def paid_twice(rules: Rules | None = None) -> Told:
    """The seed story until the merchant knows of both payments: Alipay won, WeChat was late."""
    told = open_order(rules)
    told.hand("alipay", "A1")
    told.capture("wechat", "W1", "4200")
    told.capture("alipay", "A1", "2026")
    told.view(PAID, ("alipay", "2026"))
    told.shop("ship")
    told.view(PAID, knows=("4200",))
    return told


def send_back(told: Told, channel: str = "wechat", trade: str = "W1", number: str = "4200") -> None:
    """The duplicate goes back as it should."""
    told.view(PAID if told.winner else CLOSED, refunds=(refund("r1", trade, PENDING),))
    told.ask(channel, trade, "r1")
    told.desk_says(channel, trade, "r1", RefundStatus.PROCESSING)
    told.desk_says(channel, trade, "r1", RefundStatus.SUCCESS)
    told.give_back(channel, trade, number, "r1")
    told.view(PAID if told.winner else CLOSED, refunds=(refund("r1", trade, DONE),))


def closed_unpaid(rules: Rules | None = None) -> Told:
    """Nobody paid; the trade was closed at the channel, then the order, then the goods went back."""
    told = open_order(rules)
    told.close("wechat", "W1")
    told.view(CLOSED)
    told.shop("release")
    return told


def broken(verdict: Verdict) -> list[tuple[str, str]]:
    """Which promises broke, and to which order."""
    return [(violation.invariant, violation.order) for violation in verdict.violations]
