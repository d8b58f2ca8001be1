"""Anything that can be seen of one order, likely or not, for tests that tell an oracle whatever comes.

What no desk ever does is left out: a payment is captured once, with something that the customer was given,
and no money goes back before it came.
"""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st
from tests.sim.oracle.told import CLOSED, HOUR, MINUTE, OPEN, PAID, PRICE, Told, money, refund

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
from paytwice.channels.requests import AskRefund, QueryRefund, QueryTrade
from paytwice.merchant.port import RefundStanding, Said
from paytwice.oracle import Rules
from paytwice_core import Money

Sight = tuple[str, tuple[Any, ...]]  # the method of `Telling`, and what it is called with

PAYMENTS: Final = st.sampled_from(
    [("wechat", "W1", "4200"), ("wechat", "W1", "4201"), ("alipay", "A1", "2026")]
)
TRADES: Final = st.sampled_from([("wechat", "W1"), ("alipay", "A1"), ("alipay", "W1")])
AMOUNTS: Final = st.sampled_from([PRICE, money("30"), money("69"), money("1"), Money(99_00, "USD")])
REFUNDS: Final = st.sampled_from(["r1", "r2", "HAND-4200", "HAND-4201"])
OWN: Final = st.sampled_from(["r1", "r2"])
NUMBERS: Final = st.sampled_from([None, "4200", "4201", "2026"])
MEANINGS: Final = st.sampled_from(
    [
        Meaning.OK,
        Meaning.OK,
        Meaning.OVER_BUDGET,
        Meaning.TOO_SOON,
        Meaning.NO_BALANCE,
        Meaning.SYSTEM_ERROR,
        Meaning.TOO_LATE,
    ]
)
SHOWN: Final = st.lists(
    st.builds(
        refund,
        REFUNDS,
        st.sampled_from(["W1", "A1"]),
        st.sampled_from(list(RefundStanding)),
        AMOUNTS,
        of=NUMBERS,
    ),
    max_size=3,
    unique_by=lambda one: one.out_refund_no,
).map(tuple)
WINNERS: Final = st.sampled_from([None, ("wechat", "4200"), ("wechat", "4201"), ("alipay", "2026")])
KNOWN: Final = st.sampled_from([(), ("4200",), ("4201",), ("2026", "4200")])
PAUSES: Final = st.sampled_from([10, 1_000, 11 * MINUTE])


class Telling(Told):
    """A told story that takes whatever comes, except what cannot happen at a desk."""

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self.given: dict[tuple[str, str], bool] = {}
        self.refunds_of: dict[tuple[str, str, str], str | None] = {}  # the payment that a refund number is of

    def hand(self, channel: str, trade: str, amount: Money = PRICE) -> int:
        self.given[channel, trade] = True
        return super().hand(channel, trade, amount)

    def wait_for(self, ms: int) -> None:
        self.wait(ms)

    def issue(self, trade: tuple[str, str], amount: Money, lasting: int) -> None:
        self.given[trade] = True
        credential = Credential(*trade, amount, self.at + lasting)
        self.oracle.handed("o1", credential, *self._now())

    def pay(self, payment: tuple[str, str, str], amount: Money, coupon: int) -> None:
        channel, trade, number = payment
        is_new = (channel, trade) in self.given and not self._captured(channel, trade, number)
        if is_new and amount.currency == "CNY":
            self.capture(channel, trade, number, amount, coupon=min(coupon, amount.minor))

    def give(self, payment: tuple[str, str, str], number: str, amount: Money, coupon: int) -> None:
        channel, trade, paid = payment
        mine = self.refunds_of.get((channel, trade, number), paid if number == f"HAND-{paid}" else "")
        if mine == paid and self._captured(channel, trade, paid) and amount.currency == "CNY":
            self.give_back(channel, trade, paid, number, amount, coupon=min(coupon, amount.minor))

    def _captured(self, channel: str, trade: str, number: str) -> int:
        ledger = self.ledgers.get(channel)
        return ledger.captured(trade, number) if ledger is not None else 0

    def ask_for(
        self,
        trade: tuple[str, str],
        number: str,
        amount: Money,
        of: str | None,
        meaning: Meaning,
        sent_ago: int,
        times: int,
    ) -> None:
        first = next((one for one in ("4200", "4201", "2026") if self._captured(*trade, one)), None)
        if self.refunds_of.setdefault((*trade, number), of or first) != (of or first):
            return  # a number that was of another payment
        for _ in range(times):
            at, entry = self._now()
            asked = AskRefund(trade[1], number, amount, of)
            self.oracle.requested(trade[0], asked, meaning, at, entry, max(0, at - sent_ago))

    def desk(self, trade: tuple[str, str], number: str, state: RefundStatus, to_merchant: bool) -> None:
        at, entry = self._now()
        card = to_merchant and state is RefundStatus.SUCCESS
        record = RefundRecord(trade[1], number, f"R-{number}", PRICE, state, state.value, card)
        self.oracle.refund_changed(trade[0], record, at, entry)

    def poll(self, trade: tuple[str, str], of: str | None, meaning: Meaning, pause: int, times: int) -> None:
        asked = QueryTrade(trade[1]) if of is None else QueryRefund(trade[1], of)
        for _ in range(times):
            self.wait(pause - 1_000)
            self.oracle.requested(trade[0], asked, meaning, *self._now())

    def news(
        self, trade: tuple[str, str], number: str, state: RefundStatus, app: str, id: str, positive: bool
    ) -> None:
        at, entry = self._now()
        record = RefundRecord(trade[1], number, f"R-{number}", PRICE, state, state.value)
        paid = TradeRecord(trade[1], TradeState.RETURNED, PRICE, PRICE, "4200", at, "REFUND")
        notice = Notification(id, 1, trade[0], About.REFUND, app, "mch", paid, record)
        self.oracle.acked(notice, positive, True, at, entry)

    def console(self, payment: tuple[str, str, str], amount: Money, then: int) -> None:
        self.give(payment, f"HAND-{payment[2]}", amount, 0)
        self.news(payment[:2], f"HAND-{payment[2]}", RefundStatus.SUCCESS, "app", "n3", True)
        self.wait(then)

    def fails(self, trade: tuple[str, str], number: str, state: RefundStatus, to_merchant: bool) -> None:
        self.ask_for(trade, number, PRICE, None, Meaning.OK, 0, 1)
        self.desk(trade, number, state, to_merchant)

    def shows(self, refunds: tuple[Any, ...]) -> None:
        self.view(self.standing or OPEN, refunds=refunds)

    def knows(self, numbers: tuple[str, ...]) -> None:
        self.view(self.standing or OPEN, knows=numbers)

    def hide(self, what: str) -> None:
        setattr(self, what, None)

    def say(self, said: Said, ago: int) -> None:
        at, entry = self._now()
        self.oracle.told("o1", said, at, entry, since=at - ago)

    def decline(self) -> None:
        self.oracle.declined("o1", *self._now())

    def bill_of(self, channel: str) -> None:
        if channel in self.ledgers:
            self.bill(channel)


def _sight(method: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Sight]:
    return st.tuples(st.just(method), st.tuples(*arguments))


SIGHTS: Final[st.SearchStrategy[Sight]] = st.one_of(
    _sight("wait_for", st.sampled_from([9_000, 5 * MINUTE, 40 * MINUTE, 2 * HOUR])),
    _sight("issue", TRADES, st.sampled_from([PRICE, PRICE, money("1")]), st.sampled_from([MINUTE, HOUR])),
    _sight("pay", PAYMENTS, AMOUNTS, st.sampled_from([0, 0, 9_00])),
    _sight("give", PAYMENTS, REFUNDS, AMOUNTS, st.sampled_from([0, 9_00])),
    _sight(
        "ask_for",
        TRADES,
        OWN,
        AMOUNTS,
        NUMBERS,
        MEANINGS,
        st.sampled_from([0, HOUR]),
        st.sampled_from([1, 1, 5]),
    ),
    _sight("desk", TRADES, REFUNDS, st.sampled_from(list(RefundStatus)), st.booleans()),
    _sight("console", PAYMENTS, AMOUNTS, st.sampled_from([1_000, HOUR])),
    _sight("fails", TRADES, OWN, st.sampled_from(list(RefundStatus)), st.booleans()),
    _sight(
        "poll",
        TRADES,
        st.sampled_from([None, "r1"]),
        st.sampled_from([Meaning.OK, Meaning.BUSY]),
        PAUSES,
        st.sampled_from([1, 3, 6]),
    ),
    _sight(
        "news",
        TRADES,
        REFUNDS,
        st.sampled_from(list(RefundStatus)),
        st.sampled_from(["app", "app", "other"]),
        st.sampled_from(["n1", "n2"]),
        st.booleans(),
    ),
    _sight(
        "close", TRADES.map(lambda key: key[0]), st.sampled_from(["W1", "A1"]), st.sampled_from(list(Meaning))
    ),
    _sight("view", st.sampled_from([OPEN, PAID, CLOSED]), WINNERS),
    _sight("shows", SHOWN),
    _sight("knows", KNOWN),
    _sight("hide", st.sampled_from(["refunds", "captures"])),
    _sight("shop", st.sampled_from(["reserve", "release", "ship"])),
    _sight("say", st.sampled_from(list(Said)), st.sampled_from([0, 5_000, HOUR])),
    _sight("wish", st.sampled_from(["q1", "q2", "q3"]), AMOUNTS.filter(lambda one: one.currency == "CNY")),
    _sight("decline"),
    _sight("bill_of", st.sampled_from(["wechat", "alipay"])),
    _sight("heal"),
)
