"""Orders in any state, and evidence of every kind, for the tests of the core."""

from itertools import product

from paytwice_core import (
    AbnormalRouteAccepted,
    Accepted,
    AlreadyPaid,
    Attempt,
    Attempts,
    AttemptState,
    Captured,
    ClosedUnpaid,
    CloseReason,
    CloseSent,
    CloseUnanswered,
    CloseWanted,
    Closing,
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
    PaidByHand,
    PaymentFailed,
    Policy,
    Refund,
    RefundAbnormal,
    RefundAccepted,
    RefundAsked,
    RefundClosedByChannel,
    RefundGivenUp,
    RefundNotFound,
    RefundReason,
    RefundRefused,
    RefundRevoked,
    RefundRoute,
    RefundSent,
    RefundState,
    RefundSucceeded,
    RefundUnanswered,
    Refused,
    StartAttempt,
    Unpaid,
    Winner,
    apply,
    decide,
)

PRICE = Money.parse("99.00 CNY")
LESS = Money.parse("90.00 CNY")
PART = Money.parse("30.00 CNY")
DOLLARS = Money.parse("99.00 USD")
POLICY = Policy()
POLICIES = [
    Policy(closing, late, attempts, mismatch)
    for closing, late, attempts, mismatch in product(Closing, LateSuccess, Attempts, Mismatch)
]


def told(order: Order, *evidence: Evidence, policy: Policy = POLICY) -> Order:
    """Tell an order one thing after the other."""
    for piece in evidence:
        order = apply(order, decide(order, piece, policy))
    return order


def fresh() -> Order:
    return Order.new("O", PRICE, expires_at=900_000)


def paid() -> Order:
    """An order paid with Alipay, while WeChat hangs: attempt W1 is being closed."""
    return told(
        fresh(),
        StartAttempt("W1", "wechat", at=0),
        Accepted("W1", dead_at=800_000),
        StartAttempt("A1", "alipay", at=40_000),
        Accepted("A1", dead_at=800_000),
        Captured("A1", "2088", PRICE),
    )


def order_in(state: OrderState, attempt: AttemptState = AttemptState.SUBMITTED) -> Order:
    """An order in this state with attempt W1 in that; if paid, then by attempt A1."""
    w1 = Attempt("W1", "W1", "wechat", PRICE, attempt, dead_at=800_000)
    if attempt is AttemptState.SUCCEEDED:
        w1 = Attempt("W1", "W1", "wechat", PRICE, attempt, Disposition.MISMATCH, "4200", LESS)
    if state is not OrderState.PAID:
        reason = CloseReason.EXPIRED if state in (OrderState.CLOSING, OrderState.CLOSED) else None
        return Order("O", PRICE, 900_000, state, close_reason=reason, attempts=(w1,))
    a1 = Attempt(
        "A1", "A1", "alipay", PRICE, AttemptState.SUCCEEDED, Disposition.WINNER, "2088", PRICE, 800_000
    )
    return Order("O", PRICE, 900_000, state, Winner("alipay", "2088", "A1"), None, (a1, w1))


def order_with_refund(state: RefundState, reason: RefundReason, sends: int = 1) -> Order:
    """A paid order with a duplicate payment W1, and one refund R of the payment it suits."""
    order = told(paid(), Captured("W1", "4200", PRICE))
    attempt = "A1" if reason in (RefundReason.CUSTOMER, RefundReason.FOREIGN) else "W1"
    refund = Refund("R", attempt, PRICE, reason, state, sends=sends)
    return Order("O", PRICE, 900_000, order.state, order.winner, None, order.attempts, (refund,))


def all_evidence() -> list[Evidence]:
    """Every kind of evidence, about things the order has, with every turn that a guard looks at."""
    return [
        StartAttempt("N1", "union", at=0),
        StartAttempt("W1", "wechat", at=0),
        StartAttempt("N1", "union", at=900_000),
        CloseWanted(CloseReason.EXPIRED),
        CloseWanted(CloseReason.CANCELLED),
        Overdue(),
        *(
            Captured("W1", number, amount, returned, stock)
            for number in ("4200", "4201", "2088")
            for amount, returned in [(PRICE, None), (PRICE, PART), (PRICE, PRICE), (LESS, None), (LESS, PART)]
            for stock in (False, True)
        ),
        Captured("W1", "4202", DOLLARS),
        Captured("nowhere", "4203", PRICE),
        Captured("A1", "2088", PRICE),
        *attempt_evidence("W1"),
        *attempt_evidence("nowhere"),
        *refund_evidence("R"),
        *refund_evidence("nowhere"),
        *(RefundAsked(attempt, PART, "q1") for attempt in ("A1", "W1", "nowhere")),
        RefundAsked("A1", PART, "q2", RefundReason.DUPLICATE),
        RefundAsked("A1", DOLLARS, "q3"),
        RefundAsked("A1", Money.parse("-1.00 CNY"), "q4"),
        *(
            ForeignRefund(attempt, "F1", amount)
            for attempt in ("A1", "W1", "nowhere")
            for amount in (PRICE, PART, DOLLARS)
        ),
    ]


def attempt_evidence(attempt: str) -> list[Evidence]:
    return [
        Accepted(attempt, dead_at=850_000),
        NoAnswer(attempt),
        Refused(attempt, "PARAM_ERROR"),
        CloseSent(attempt),
        ClosedUnpaid(attempt),
        AlreadyPaid(attempt),
        CloseUnanswered(attempt),
        Unpaid(attempt, asked_at=700_000, found=True),
        Unpaid(attempt, asked_at=700_000, found=False),
        Unpaid(attempt, asked_at=910_001, found=True),
        Unpaid(attempt, asked_at=910_001, found=False),
        PaymentFailed(attempt, "PAYERROR"),
    ]


def refund_evidence(refund: str) -> list[Evidence]:
    return [
        RefundSent(refund),
        RefundAccepted(refund, "5000"),
        RefundUnanswered(refund, "NOT_ENOUGH"),
        RefundNotFound(refund),
        RefundSucceeded(refund, PRICE),
        RefundSucceeded(refund, PRICE, to_merchant_card=True),
        RefundSucceeded(refund, PART),
        RefundAbnormal(refund),
        AbnormalRouteAccepted(refund, RefundRoute.CUSTOMER_CARD),
        RefundClosedByChannel(refund),
        RefundRefused(refund, "PARAM_ERROR"),
        RefundRevoked(refund),
        RefundGivenUp(refund),
        PaidByHand(refund),
    ]
