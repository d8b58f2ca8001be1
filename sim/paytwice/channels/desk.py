"""A channel's desk: the pure state machine that holds the customers' money.

It never waits, draws or looks at a clock. Requests come in with the time at which they arrive and the
circumstances under which they are served; what the desk wants to do by itself it says through `due` and
does in `act`. So the same desk is driven by an actor in a simulation, by an explorer that tries everything,
and by a test with a `for` loop.

The ledger is the truth about money, and `requests` about what merchants asked: oracles judge from these two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, assert_never

from paytwice.calendar import Calendar
from paytwice.channels.abnormal import AbnormalRoutes
from paytwice.channels.agenda import Agenda, Task
from paytwice.channels.bills import Bills
from paytwice.channels.circumstances import CALM, Circumstances, Mishap
from paytwice.channels.funds import Funds
from paytwice.channels.ladder import Ladder
from paytwice.channels.ledger import Ledger
from paytwice.channels.messages import Ack, Answer, Credential, FundBill, Meaning, Notification, RefundRecord
from paytwice.channels.notices import Notices
from paytwice.channels.phrases import Phrases
from paytwice.channels.profile import ChannelProfile
from paytwice.channels.refunds import Refunds
from paytwice.channels.requests import (
    ApplyAbnormalRefund,
    AskRefund,
    CloseTrade,
    CreateTrade,
    FetchBill,
    FetchFundBill,
    QueryRefund,
    QueryTrade,
    Request,
)
from paytwice.channels.trade import Payment, Refund, Trade
from paytwice.channels.trades import Trades
from paytwice_core import Money

# What a call that is not served at all is answered with.
NOT_SERVED: Final = {
    Mishap.BEFORE: Meaning.SYSTEM_ERROR,
    Mishap.BUSY: Meaning.BUSY,
    Mishap.SHORT: Meaning.NO_BALANCE,
}


class Asked(NamedTuple):
    """A request that reached a desk, and what the desk made of it, even if the caller heard SYSTEM_ERROR."""

    at: int
    request: Request
    meaning: Meaning
    at_the_console: bool = False  # by a person there, and not by the merchant's system


class Desk:
    """One merchant's account at one channel.

    `balance` is what the merchant has for refunds, in minor units; None is enough for all.
    """

    def __init__(
        self,
        profile: ChannelProfile,
        *,
        calendar: Calendar,
        app_id: str = "app-1",
        mch_id: str = "mch-1",
        currency: str = "CNY",
        balance: int | None = None,
    ) -> None:
        self.profile = profile
        self.ledger = Ledger(currency=currency)
        self.requests: list[Asked] = []
        self.over_budget: list[Asked] = []
        self._to_book = 0  # payments that will be booked again
        phrases = Phrases(profile)
        agenda = Agenda()
        notices = Notices(profile=profile, app_id=app_id, mch_id=mch_id, agenda=agenda)
        trades = Trades(profile=profile, phrases=phrases, ledger=self.ledger, agenda=agenda, notices=notices)
        self._phrases, self._agenda, self._notices, self._trades = phrases, agenda, notices, trades
        self._bills = Bills(profile=profile, phrases=phrases, calendar=calendar, ledger=self.ledger)
        self._refunds = Refunds(
            profile=profile,
            phrases=phrases,
            ledger=self.ledger,
            agenda=agenda,
            notices=notices,
            trades=trades.trades,
            funds=Funds(balance),
        )
        self._routes = AbnormalRoutes(self._refunds)

    def handle(self, request: Request, now: int, circumstances: Circumstances = CALM) -> Answer:
        """Serve a request that arrives now."""
        over_budget = isinstance(request, AskRefund) and self._refunds.is_over_budget(request)
        mishap = circumstances.mishap
        if mishap in NOT_SERVED:
            answer = self._phrases.bare(type(request), NOT_SERVED[mishap])
        else:
            answer = self._serve(request, now, circumstances)
        asked = Asked(now, request, answer.meaning, circumstances.at_the_console)
        self.requests.append(asked)
        if over_budget:
            self.over_budget.append(asked)
        if mishap is Mishap.AFTER:
            return self._phrases.bare(type(request), Meaning.SYSTEM_ERROR)
        return answer

    def open(self, credential: Credential, now: int) -> None:
        """The customer scans the code or opens the cashier, and has not paid yet."""
        self._trades.open(self._ours(credential), now)

    def pay(self, credential: Credential, now: int, coupon: Money | None = None) -> Payment:
        """The customer confirms; an accepted payment moves the money and starts a ladder.

        A coupon pays for a part, at most for the whole: marketing gives that part in the customer's place.
        """
        return self._trades.pay(self._ours(credential), now, self._worth(coupon))

    def will_book_again(self, out_trade_no: str, at: int) -> None:
        """Have a paid trade booked once more, under another channel number, as a retried card payment is."""
        self._agenda.plan(at, Task.BOOK_AGAIN, out_trade_no)
        self._to_book += 1

    def edit_price(self, out_trade_no: str, amount: Money, now: int) -> None:
        """Change what an unpaid trade is about; what the customer holds still pays it, at the new price."""
        self._trades.edit_price(out_trade_no, amount, now)

    def due(self) -> int | None:
        """When the desk next wants to act by itself; None while it waits for others."""
        return self._agenda.due()

    def act(self, now: int) -> Sequence[Notification]:
        """Do all that is due by now, in the order it came up, and say what to send."""
        sends: list[Notification] = []
        while (item := self._agenda.take(now)) is not None:
            match item.task:
                case Task.SEND:
                    sends.append(self._notices.send(item.key, now))
                case Task.FINISH:
                    self._refunds.finish(item.key, now)
                case Task.EXPIRE:
                    self._trades.expire(item.key, now)
                case Task.BOOK_AGAIN:
                    self._to_book -= 1
                    self._trades.book_again(item.key, now)
                case Task.GIVE_UP:
                    self._refunds.give_up(item.key, now)
                case Task.GIVE_BACK:
                    self._trades.give_back(item.key, now)
                case Task.TELL_FINISHED:
                    self._trades.tell_finished(item.key, now)
                case _:
                    assert_never(item.task)
        return sends

    def answered(self, notification_id: str, send: int, ack: Ack | None, now: int) -> bool:
        """Take the answer to one send, None when there was none within the profile's `ack_timeout`.

        True if the channel counts it as an ack, which ends the ladder. Every send must be answered once,
        for the next is planned only then; the answer to an older send is nobody's any more and counts for
        nothing.
        """
        return self._notices.answered(notification_id, send, ack, now)

    def drain(self, minor: int = 0, *, takes_on: bool = False) -> None:
        """Leave the merchant so much for refunds; what is not covered is refused, or taken on to wait."""
        if minor < 0:
            raise ValueError(f"a balance cannot be less than 0 minor units, and {minor} is")
        if takes_on and self.profile.refund_gives_up is None:
            raise ValueError(f"{self.profile.name} takes on no refund that is not covered")
        self._refunds.funds.minor, self._refunds.funds.takes_on = minor, takes_on

    def top_up(self, minor: int, now: int) -> None:
        """Give the merchant more money for refunds, and pay those that waited for it."""
        if minor <= 0:
            raise ValueError(f"a balance is topped up by more than 0 minor units, not by {minor}")
        self._refunds.funds.give(minor)
        self._refunds.topped_up(now)

    @property
    def balance(self) -> int | None:
        """What the merchant has for refunds, in minor units; None is enough for all."""
        return self._refunds.funds.minor

    @property
    def owes(self) -> bool:
        """Whether a notification is neither acked nor given up, or money or a booking is on its way."""
        on_their_way = self._refunds.on_their_way or self._trades.taken_late
        return bool(self._notices.climbing or on_their_way or self._to_book)

    def pending(self) -> list[str]:
        """What the desk owes, a line each, for an error message."""
        name = self.profile.display_name
        ladders = [
            f"{name}: notification {ladder.id} sent {ladder.sends} of {self.profile.sends} times, not acked"
            for ladder in self._notices.climbing.values()
        ]
        refunds = [
            f"{name}: refund {refund.out_refund_no} of {refund.out_trade_no} is on its way"
            for refund in self._refunds.on_their_way.values()
        ]
        late = [
            f"{name}: what a bank paid too late for {trade.out_trade_no} is on its way back"
            for trade in self._trades.taken_late.values()
        ]
        again = [f"{name}: {self._to_book} payments are to be booked again"] if self._to_book else []
        return ladders + refunds + late + again

    @property
    def trades(self) -> Mapping[str, Trade]:
        """The desk's own records, by out_trade_no: to look at, never to change."""
        return self._trades.trades

    @property
    def refunds(self) -> Mapping[str, Refund]:
        """The desk's own records, by the channel's refund number: to look at, never to change."""
        return self._refunds.refunds

    @property
    def refund_changes(self) -> Sequence[RefundRecord]:
        """Every state that a refund came to, oldest first."""
        return self._refunds.changes

    @property
    def ladders(self) -> Mapping[str, Ladder]:
        """All ladders there ever were, by notification id: to look at, never to change."""
        return self._notices.ladders

    def is_payable(self, credential: Credential, now: int) -> bool:
        """Whether a customer who confirmed now would be charged (S15); changes nothing."""
        return self._trades.is_payable(self._ours(credential), now)

    def newest_funds(self, now: int) -> tuple[int, FundBill]:
        """The end of the last day whose fund bill can be had by now, and that bill."""
        return self._bills.newest_funds(now)

    def _serve(self, request: Request, now: int, circumstances: Circumstances) -> Answer:
        match request:
            case QueryTrade():
                return self._trades.query(request, now - circumstances.read_lag, now)
            case CreateTrade():
                return self._trades.create(request, now)
            case CloseTrade():
                return self._trades.close(request, now)
            case AskRefund():
                return self._refunds.ask(request, now, circumstances.refund)
            case QueryRefund():
                return self._refunds.query(request, now - circumstances.read_lag)
            case ApplyAbnormalRefund():
                return self._routes.apply(request, now, circumstances.refund)
            case FetchBill() | FetchFundBill():
                return self._bills.fetch(request, now)
            case _:
                assert_never(request)

    def _worth(self, coupon: Money | None) -> int:
        if coupon is None:
            return 0
        if coupon.minor <= 0 or coupon.currency != self.ledger.currency:
            raise ValueError(f"a coupon is worth more than nothing, in {self.ledger.currency}: not {coupon}")
        return coupon.minor

    def _ours(self, credential: Credential) -> Credential:
        if credential.channel != self.profile.name:
            raise ValueError(f"{self.profile.name} cannot take a credential of {credential.channel!r}")
        return credential
