"""What a story can arrange at one channel: the handle behind `sim.channel("wechat")`."""

from __future__ import annotations

from fnmatch import fnmatchcase

import attrs

from paytwice.arguments import one_of, some_money, span_of
from paytwice.channels.actor import ChannelActor
from paytwice.channels.circumstances import RefundFate
from paytwice.channels.desk import Desk
from paytwice.channels.messages import Answer, Meaning, RefundStatus, TradeState
from paytwice.channels.requests import KINDS, AbnormalRoute, ApplyAbnormalRefund, AskRefund, Request
from paytwice_core import Money

ENDS = {state.value: state for state in (RefundStatus.SUCCESS, RefundStatus.CLOSED, RefundStatus.ABNORMAL)}
ROUTES = {route.value: route for route in AbnormalRoute}


@attrs.define(eq=False)
class AtChannel:
    """One channel, as a story sees it. Durations are in milliseconds."""

    _actor: ChannelActor

    @property
    def desk(self) -> Desk:
        """The channel's desk, to look at."""
        return self._actor.desk

    def at_the_console(self, request: Request) -> Answer:
        """Let somebody work at the channel's own console: refund by hand, say, unknown to the merchant.

        Requests are those of `paytwice.channels`, as `QueryTrade("P1-1")`; the answer is what is read there.
        """
        if not isinstance(request, tuple(KINDS)):
            names = ", ".join(kind.__name__ for kind in KINDS)
            raise ValueError(f"a request at the console is one of {names}, not {request!r}")
        return self._actor.at_the_console(request)

    def next_refund_ends(self, outcome: str, *, after: int | None = None) -> None:
        """Say how a refund to come ends, SUCCESS, CLOSED or ABNORMAL, and how long after its acceptance.

        Called twice, it speaks of the next two refunds that the channel is asked for, in that order.
        """
        state = ENDS[one_of("end of a refund", outcome, ENDS)]
        ms = None if after is None else span_of("the time that a refund takes", after)
        self._actor.arranged.refund_fates.append(RefundFate(state, ms))

    def books_twice(self, *, after: int = 0) -> None:
        """Let the next payment be booked again, so long afterwards, under a channel number of its own.

        So it goes where two people scan one code at once, or where a channel repeats a card payment. Both
        payments have the same out_trade_no; a query tells of the first one only, a notification of its own
        and the bill tell of the second. Called twice, it speaks of the next two payments.
        """
        self._actor.arranged.second_bookings.append(span_of("the time until the second booking", after))

    def next_abnormal_route_ends(self, outcome: str, *, after: int | None = None) -> None:
        """Say how an ABNORMAL refund to be sent another way ends: SUCCESS, CLOSED, or ABNORMAL once more."""
        self._has_routes()
        state = ENDS[one_of("end of a refund", outcome, ENDS)]
        ms = None if after is None else span_of("the time that a refund takes", after)
        self._actor.arranged.route_fates.append(RefundFate(state, ms))

    def refund_by_hand(self, amount: str | Money, *, of: str | None = None) -> Answer:
        """Let somebody send money back at the console, unknown to the merchant's system.

        `of` is the out_trade_no; without it, it is the first that was paid here. The answer tells whether the
        channel does it: in rough weather, nothing may have been paid.
        """
        money = self._money(amount)
        paid = [no for no, trade in self.desk.trades.items() if trade.is_paid]
        number = of if of is not None else next(iter(paid), "")
        by_hand = f"HAND-{len(self.desk.refunds) + 1}"
        answer = self.at_the_console(AskRefund(number, by_hand, money))
        if answer.meaning in (Meaning.NO_SUCH_TRADE, Meaning.NOT_PAID):
            of_it = f" of {number}" if number else ""
            self._actor.arranged.in_vain(f"send {money}{of_it} back by hand ({answer.code})")
        return answer

    def reroute_by_hand(self, route: str) -> tuple[Answer, ...]:
        """Let somebody at the console send every ABNORMAL refund another way, and see the answers.

        The ways are WeChat's own: USER_BANK_CARD, another card of the customer's, and MERCHANT_BANK_CARD,
        after which the merchant has the money and the customer nothing.
        """
        self._has_routes()
        way = ROUTES[one_of("way for an abnormal refund", route, ROUTES)]
        stuck = [one for one in self.desk.refunds.values() if one.state is RefundStatus.ABNORMAL]
        if not stuck:
            self._actor.arranged.in_vain("send an ABNORMAL refund another way by hand")
        return tuple(
            self.at_the_console(ApplyAbnormalRefund(one.out_trade_no, one.out_refund_no, way))
            for one in stuck
        )

    def runs_dry(self, left: str | Money | None = None, *, takes_on: bool = False) -> None:
        """Leave the merchant so much money for refunds, or none; more of it comes by `top_up` only.

        A refund that is not covered is refused as NOT_ENOUGH; with `takes_on` it is accepted and waits for
        money, and the channel closes it when it has waited for too long.
        """
        minor = 0 if left is None else self._money(left).minor
        self.desk.drain(minor, takes_on=takes_on)
        self._actor.suffers("lets wait" if takes_on else "refuses", number=minor)

    def top_up(self, amount: str | Money) -> None:
        """Let the merchant pay money in for refunds: those that wait for it go on."""
        if self.desk.balance is None:
            raise ValueError(f"{self.desk.profile.name} has money for every refund: let it run dry first")
        self._actor.top_up(self._money(amount).minor)

    def is_busy(self, *, lasting: int) -> None:
        """Let every call for so many milliseconds meet the channel's rate limit (HTTP 429)."""
        self._actor.arranged.be_busy(self._actor.kernel.now + span_of("a rate limit", lasting, least=1))
        self._actor.suffers("is busy", number=lasting)

    def queries_lag(self, ms: int) -> None:
        """Let every query from now on be answered as things stood so many milliseconds before; 0 ends it."""
        self._actor.arranged.read_lag = span_of("a read lag", ms)
        self._actor.suffers("lags" if ms else "is current", number=ms)

    def goes_down(self, *, lasting: int) -> None:
        """Take the whole channel down for so many milliseconds, or until the run heals.

        No call of the merchant and no customer is heard, and what there is to tell waits until it is back. A
        link that is cut is another thing: there customers can pay, and notifications are sent and lost.
        """
        self._actor.go_down(span_of("an outage", lasting, least=1))

    def unavailable(self, calls: str, *, lasting: int) -> None:
        """Let calls fail with a system error and do nothing, for so long or until the run heals.

        Calls are named as in the journal, and `*` stands for anything: `trade.query`, `*.query`, `*`.
        """
        names = sorted(KINDS.values())
        if not isinstance(calls, str) or not any(fnmatchcase(name, calls) for name in names):
            raise ValueError(f"{calls!r} is no call to a channel; there are {', '.join(names)}")
        self._actor.arranged.fail(calls, self._actor.kernel.now + span_of("an outage", lasting, least=1))
        self._actor.suffers("fails", calls, lasting)

    def edit_prices(self, amount: str | Money) -> None:
        """Let somebody change the price of the unpaid trades there are, under the customers' live codes."""
        money = self._money(amount)
        unpaid = [number for number, trade in self.desk.trades.items() if trade.state is TradeState.UNPAID]
        for number in unpaid:
            self._actor.edit_price(number, money)
        if not unpaid:
            self._actor.arranged.in_vain("change the price of an unpaid trade")

    def _money(self, amount: str | Money) -> Money:
        return some_money(amount, of=self.desk.ledger.currency)

    def _has_routes(self) -> None:
        if not self.desk.profile.abnormal_routes:
            raise ValueError(f"{self.desk.profile.name} has no other way for an ABNORMAL refund")
