"""A model of the money that shares nothing with the core but words: channels, a ledger, a careless post.

The post keeps every letter, and delivers any of them at any time, as often as it likes.
"""

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from paytwice_core import (
    Accepted,
    AlreadyPaid,
    Attempts,
    Captured,
    ClosedUnpaid,
    CloseReason,
    CloseSent,
    CloseTrade,
    CloseUnanswered,
    CloseWanted,
    Closing,
    Decision,
    Disposition,
    Evidence,
    ForeignRefund,
    LateSuccess,
    Mismatch,
    Money,
    NoAnswer,
    Order,
    OrderState,
    Overdue,
    PaymentFailed,
    Policy,
    RefundAbnormal,
    RefundAccepted,
    RefundAsked,
    RefundClosedByChannel,
    RefundGivenUp,
    RefundNotFound,
    RefundReason,
    RefundRefused,
    RefundSent,
    RefundState,
    RefundSucceeded,
    RefundUnanswered,
    Refused,
    ReleaseStock,
    Ship,
    StartAttempt,
    Unpaid,
    apply,
    decide,
)

PRICE = 100
DEAD = {RefundState.CHANNEL_CLOSED, RefundState.REJECTED}
DONE = {RefundState.SUCCESS, RefundState.SETTLED_BY_HAND}


@attrs.define
class Payment:
    """What a channel's own books say of one payment."""

    attempt: str
    channel: str
    number: str
    captured: int
    returned: int = 0
    console: bool = False


def yuan(minor: int) -> Money:
    return Money(minor, "CNY")


class Ledger(RuleBasedStateMachine):
    """One order, three channels, a customer who pays whatever can be paid, and a post without any order."""

    def __init__(self) -> None:
        super().__init__()
        self.order = Order.new("O", yuan(PRICE), 1_000)
        self.policy = Policy()
        self.trades: dict[str, str] = {}  # out_trade_no -> channel
        self.closed: set[str] = set()
        self.payments: list[Payment] = []
        self.settled: dict[str, bool] = {}  # out_refund_no -> whether the desk moved money
        self.post: list[Evidence] = []
        self.winner: object = None
        self.shipped = 0
        self.stock = 1

    @initialize(
        closing=st.sampled_from(Closing),
        late=st.sampled_from(LateSuccess),
        mismatch=st.sampled_from(Mismatch),
    )
    def choose_policy(self, closing: Closing, late: LateSuccess, mismatch: Mismatch) -> None:
        self.policy = Policy(closing, late, Attempts.PARALLEL, mismatch)

    def tell(self, evidence: Evidence) -> Decision:
        decision = decide(self.order, evidence, self.policy)
        self.order = apply(self.order, decision)
        for effect in decision.effects:
            self.shipped += isinstance(effect, Ship)
            self.stock += isinstance(effect, ReleaseStock) and -1
            if isinstance(effect, CloseTrade):
                self._ask_to_close(effect.attempt)
        return decision

    def _ask_to_close(self, attempt: str) -> None:
        if any(payment.attempt == attempt for payment in self.payments):
            self.post.append(AlreadyPaid(attempt))
        else:
            self.closed.add(attempt)
            self.post.append(ClosedUnpaid(attempt))

    # --- the customer

    @rule(channel=st.sampled_from(["wechat", "alipay", "union"]))
    def start(self, channel: str) -> None:
        attempt = f"{channel}{len(self.trades)}"
        if self.tell(StartAttempt(attempt, channel, 0)).refusal is None:
            self.trades[attempt] = channel
            self.post.append(Accepted(attempt, 900))

    @precondition(lambda self: self.trades)
    @rule(data=st.data(), amount=st.sampled_from([PRICE, PRICE, PRICE, PRICE, 40, 130]))
    def pay(self, data: st.DataObject, amount: int) -> None:
        open_trades = [attempt for attempt in self.trades if attempt not in self.closed]
        if open_trades:
            self._capture(data.draw(st.sampled_from(open_trades)), amount)

    @rule(reason=st.sampled_from(CloseReason))
    def close(self, reason: CloseReason) -> None:
        self.tell(CloseWanted(reason))

    @rule(amount=st.sampled_from([-5, 1, 30, 60, 100, 150]), request=st.integers(0, 5), at=st.integers(0, 3))
    def ask_refund(self, amount: int, request: int, at: int) -> None:
        attempts = [attempt.id for attempt in self.order.attempts] or ["nowhere"]
        attempt = attempts[at % len(attempts)]
        if self.order.winner is not None and at > 0:
            attempt = self.order.winner.attempt
        self.tell(RefundAsked(attempt, yuan(amount), f"q{request}"))

    # --- the post

    @rule(
        channel=st.sampled_from(["wechat", "alipay"]),
        amount=st.sampled_from([PRICE, PRICE, 40]),
        heard=st.booleans(),
    )
    def start_and_pay(self, channel: str, amount: int, heard: bool) -> None:
        """The plain case, so that runs get to the interesting ones after it."""
        before = len(self.trades)
        self.start(channel)
        if len(self.trades) > before:
            self._capture(f"{channel}{before}", amount)
            if heard:
                self.tell(self.post[-1])

    def _capture(self, attempt: str, amount: int) -> None:
        # Two channels count alike, so equal numbers at two channels are common here.
        channel = self.trades[attempt]
        number = f"no{sum(payment.channel == channel for payment in self.payments)}"
        self.payments.append(Payment(attempt, channel, number, amount))
        self.post.append(Captured(attempt, number, yuan(amount)))

    @precondition(lambda self: self.post)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        letter = data.draw(st.sampled_from(self.post))
        if isinstance(letter, Captured) and data.draw(st.booleans()):
            letter = attrs.evolve(letter, stock_regained=self._reserve_again())
        self.tell(letter)
        again = decide(self.order, letter, self.policy)
        assert not again.changes, f"{letter} counts twice: {again}"

    def _reserve_again(self) -> bool:
        if self.order.state is not OrderState.CLOSED:
            return False
        self.stock += 1
        return True

    @rule(data=st.data())
    def chatter(self, data: st.DataObject) -> None:
        """Channels say all sorts of things that do not move money, true or not."""
        attempt = data.draw(st.sampled_from([*self.trades, "nowhere"]))
        refunds = [refund.id for refund in self.order.refunds]
        refund = data.draw(st.sampled_from([*refunds, "nowhere"]))
        said: list[Evidence] = [
            NoAnswer(attempt),
            Refused(attempt, "PARAM_ERROR"),
            CloseSent(attempt),
            ClosedUnpaid(attempt),
            CloseUnanswered(attempt),
            AlreadyPaid(attempt),
            Unpaid(attempt, 500, found=True),
            Unpaid(attempt, 500, found=False),
            Unpaid(attempt, 50_000, found=True),
            PaymentFailed(attempt, "PAYERROR"),
            Overdue(),
            RefundNotFound(refund),
            RefundUnanswered(refund, "NOT_ENOUGH"),
            RefundGivenUp(refund),
        ]
        self.tell(data.draw(st.sampled_from(said)))

    # --- refunds

    @precondition(lambda self: any(refund.state not in DONE | DEAD for refund in self.order.refunds))
    @rule(
        data=st.data(),
        fate=st.sampled_from(["done", "lost", "lost-done", "taken", "closed", "refused", "odd"]),
    )
    def send_refund(self, data: st.DataObject, fate: str) -> None:
        waiting = [refund.id for refund in self.order.refunds if refund.state not in DONE | DEAD]
        id = data.draw(st.sampled_from(waiting))
        if self.tell(RefundSent(id)).refusal is None:
            self._at_the_desk(id, fate)

    def _at_the_desk(self, id: str, fate: str) -> None:
        refund = self.order.refund(id)
        assert refund is not None
        payment = self._payment_of(refund.attempt_id)
        known = self.settled.get(id)
        fits = refund.amount.minor <= payment.captured - payment.returned
        assert known is not None or fits or payment.console, "an over-budget request reached the desk"
        if known is None and (fate in ("closed", "refused") or not fits):
            self.settled[id] = False
            self.post.append(
                RefundClosedByChannel(id) if fate == "closed" else RefundRefused(id, "PARAM_ERROR")
            )
        elif known is None and fate in ("done", "lost-done", "taken", "odd"):
            self.settled[id] = True
            payment.returned += refund.amount.minor
            self.post.append(RefundSucceeded(id, refund.amount))
        if fate.startswith("lost"):
            self.tell(RefundUnanswered(id, "timeout"))
        elif fate == "taken":
            self.tell(RefundAccepted(id))
        elif fate == "odd":
            self.post.append(RefundAbnormal(id))

    def _payment_of(self, attempt_id: str) -> Payment:
        attempt = self.order.attempt(attempt_id)
        assert attempt is not None
        (payment,) = (p for p in self.payments if (p.channel, p.number) == (attempt.channel, attempt.number))
        return payment

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), amount=st.integers(1, 130), by_sum=st.booleans())
    def refund_at_the_console(self, data: st.DataObject, amount: int, by_sum: bool) -> None:
        payment = data.draw(st.sampled_from(self.payments))
        amount = min(amount, payment.captured - payment.returned)
        if amount > 0:
            payment.returned += amount
            payment.console = True
            if by_sum:
                self._post_the_sum(payment)
                return
            attempt = self.order.holder_of(payment.channel, payment.number)
            if attempt is not None:
                self.post.append(ForeignRefund(attempt.id, f"F{len(self.post)}", yuan(amount)))

    def _post_the_sum(self, payment: Payment) -> None:
        captured, returned = yuan(payment.captured), yuan(payment.returned)
        self.post.append(Captured(payment.attempt, payment.number, captured, returned, by="query"))

    # --- what must hold at any time

    @invariant()
    def one_winner_and_it_stays(self) -> None:
        assert self.winner in (None, self.order.winner)
        self.winner = self.order.winner
        assert (self.order.winner is not None) == (self.order.state is OrderState.PAID)

    @invariant()
    def shipped_once_if_paid(self) -> None:
        assert self.shipped == (self.order.state is OrderState.PAID)

    @invariant()
    def stock_is_kept_until_closed(self) -> None:
        assert self.stock == (self.order.state is not OrderState.CLOSED)

    @invariant()
    def the_winner_paid_the_price(self) -> None:
        if self.order.winner is not None:
            paid = self._payment_of(self.order.winner.attempt)
            assert (paid.captured, paid.channel, paid.number) == (
                PRICE,
                self.order.winner.channel,
                self.order.winner.number,
            )

    @invariant()
    def refunds_fit_into_what_was_captured(self) -> None:
        for attempt in self.order.attempts:
            live = [r for r in self.order.refunds if r.attempt_id == attempt.id and r.state not in DEAD]
            if live and not self._payment_of(attempt.id).console:
                assert attempt.captured is not None
                assert sum(refund.amount.minor for refund in live) <= attempt.captured.minor

    @invariant()
    def every_intent_has_one_refund(self) -> None:
        keys = [
            r.parent_id or r.request_id or (r.attempt_id, r.reason)
            for r in self.order.refunds
            if r.reason is not RefundReason.FOREIGN
        ]
        assert len(keys) == len(set(keys))
        for refund in self.order.refunds:
            attempt = self.order.attempt(refund.attempt_id)
            assert attempt is not None
            won = attempt.disposition is Disposition.WINNER
            assert refund.reason is RefundReason.FOREIGN or (refund.reason is RefundReason.CUSTOMER) == won

    # --- in the end

    def teardown(self) -> None:
        """Everything said in truth is heard, every refund is driven home; then no money may be stranded."""
        for payment in self.payments:
            self.tell(Captured(payment.attempt, payment.number, yuan(payment.captured)))
        for attempt in self.trades:
            self.tell(Accepted(attempt, 900))
            self.tell(Unpaid(attempt, 50_000, found=True))
        self._drive_refunds()
        for payment in self.payments:
            returned = yuan(payment.returned)
            self.tell(Captured(payment.attempt, payment.number, yuan(payment.captured), returned, by="bill"))
        self._drive_refunds()
        self._nothing_is_stranded()

    def _drive_refunds(self) -> None:
        while waiting := [r for r in self.order.refunds if r.state not in DONE | DEAD | {RefundState.MANUAL}]:
            for refund in waiting:
                self._drive(refund.id)
        for id, moved in self.settled.items():
            refund_now = self.order.refund(id)
            if moved and refund_now is not None:
                self.tell(RefundSucceeded(id, refund_now.amount))

    def _drive(self, id: str) -> None:
        self.tell(RefundUnanswered(id, "restart"))
        if self.tell(RefundSent(id)).refusal is None:
            self._at_the_desk(id, "done")
        refund = self.order.refund(id)
        assert refund is not None
        if self.settled[id]:
            self.tell(RefundSucceeded(id, refund.amount))
        else:
            self.tell(RefundRefused(id, "CLOSED") if refund.sends else RefundGivenUp(id))
            self.tell(RefundGivenUp(id))

    def _nothing_is_stranded(self) -> None:
        for payment in self.payments:
            attempt = self.order.holder_of(payment.channel, payment.number)
            assert attempt is not None, f"{payment} is on no record"
            assert payment.returned <= payment.captured
            refunds = self.order.refunds_of(attempt.id)
            open_to_a_person = sum(r.amount.minor for r in refunds if r.state is RefundState.MANUAL)
            told = sum(r.amount.minor for r in refunds if r.state in DONE)
            assert payment.returned <= told + open_to_a_person
            if attempt.disposition is Disposition.WINNER:
                assert told <= payment.returned, "a refund was said to be done, and was not"
            else:
                assert payment.captured <= payment.returned + open_to_a_person, f"{payment} is stranded"
