"""How an order starts attempts, and how it closes (O2, O8 to O12)."""

from paytwice_core.attempt_table import ATTEMPT, AttemptSign
from paytwice_core.decision import AttemptWritten, Draft, Noted, OrderMoved
from paytwice_core.effects import CloseTrade, CreateTrade, OrderClosed, QueryTrade, ReleaseStock
from paytwice_core.evidence import CloseWanted, StartAttempt
from paytwice_core.order import Attempt
from paytwice_core.order_table import ORDER, OrderSign
from paytwice_core.policy import Attempts, Closing, Policy
from paytwice_core.states import CloseReason, OrderState


def start(draft: Draft, wish: StartAttempt, policy: Policy) -> None:
    """Put a new attempt on record, unless that could make the customer pay twice or too late (O2)."""
    order = draft.order
    row = draft.row(ORDER, order.state, OrderSign.START)
    if row is None or row.target is None:
        _stay(draft, OrderSign.START)
        draft.refuse(_present_state(draft))
    elif order.attempt(wish.attempt) is not None:
        draft.refuse(f"attempt {wish.attempt} exists: every attempt has an out_trade_no of its own")
    elif wish.at >= order.expires_at - policy.guard_band_ms:
        draft.refuse(f"order {order.id} expires too soon to start a payment")
    elif policy.attempts is Attempts.ONE_AT_A_TIME and order.live_attempts:
        draft.refuse(f"attempt {order.live_attempts[0].id} may still be paid, and policy is one at a time")
    else:
        attempt = Attempt(wish.attempt, wish.attempt, wish.channel, order.amount, dead_at=wish.dead_at)
        draft.write(AttemptWritten(row.id, attempt), row.says)
        if order.state is not row.target:
            draft.write(OrderMoved(row.id, row.target), row.says)
        draft.ask(CreateTrade(attempt.id))


def close(draft: Draft, wish: CloseWanted, policy: Policy) -> None:
    """Close an order that has expired or is cancelled: channels first, or here first (O8, O8L)."""
    order = draft.order
    channel_first = policy.closing is Closing.CHANNEL_FIRST
    sign = OrderSign.CLOSE_CHANNEL_FIRST if channel_first else OrderSign.CLOSE_LOCAL_FIRST
    row = draft.row(ORDER, order.state, sign)
    if row is None or row.target is None:
        _stay(draft, sign)
        draft.refuse(_present_state(draft))
        return
    draft.write(OrderMoved(row.id, row.target, close_reason=wish.reason), row.says)
    if row.target is OrderState.CLOSED:
        _closed(draft, wish.reason)
    close_live_attempts(draft)
    close_if_nothing_is_live(draft)


def overdue(draft: Draft) -> None:
    """Tell a person that closing takes too long, and keep asking the channels (O11)."""
    row = draft.row(ORDER, draft.order.state, OrderSign.OVERDUE)
    if row is None:
        draft.unchanged(f"order {draft.order.id} is {draft.order.state}: nothing is overdue")
        return
    draft.write(Noted(row.id, draft.order.id), row.says)
    draft.alarm(draft.order.id, "the order cannot be closed: some attempts may still be paid")
    draft.ask(*(QueryTrade(attempt.id) for attempt in draft.order.live_attempts))


def attempt_did_not_pay(draft: Draft) -> None:
    """Tell the order that an attempt was heard of, and that it brought no money (O9, O12)."""
    _stay(draft, OrderSign.NO_SUCCESS)
    close_if_nothing_is_live(draft)


def close_live_attempts(draft: Draft) -> None:
    """Ask the channels to close whatever may still be paid (A6)."""
    for attempt in draft.order.live_attempts:
        row = draft.row(ATTEMPT, attempt.state, AttemptSign.CLOSE_SENT)
        if row is not None and row.target is not None:  # else it is being closed already
            draft.write(AttemptWritten(row.id, attempt.moved(row.target)), row.says)
            draft.ask(CloseTrade(attempt.id))


def close_if_nothing_is_live(draft: Draft) -> None:
    """Close an order in CLOSING as soon as none of its attempts can be paid any more (O9)."""
    order = draft.order
    if order.live_attempts:
        return
    row = draft.row(ORDER, order.state, OrderSign.NOTHING_LIVE)
    if row is None or row.target is None:
        return
    reason = order.close_reason or CloseReason.EXPIRED
    draft.write(OrderMoved(row.id, row.target, close_reason=reason), row.says)
    _closed(draft, reason)


def _closed(draft: Draft, reason: CloseReason) -> None:
    draft.ask(ReleaseStock(draft.order.id), OrderClosed(draft.order.id, reason))


def _stay(draft: Draft, sign: OrderSign) -> None:
    row = draft.row(ORDER, draft.order.state, sign)
    if row is not None:
        draft.write(Noted(row.id, draft.order.id), row.says)


def _present_state(draft: Draft) -> str:
    order = draft.order
    match order.state:
        case OrderState.PAID:
            return f"order {order.id} is PAID: ask for a refund"
        case OrderState.CLOSED:
            return f"order {order.id} is CLOSED: make a new order"
        case _:
            return f"order {order.id} is {order.state}: wait for the outcome"
