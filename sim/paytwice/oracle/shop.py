"""Promises about goods: shipped once and only when paid, stock held and freed once (S5, S14, L6, L7)."""

from __future__ import annotations

from paytwice.merchant.port import OrderView, RefundStanding, Standing
from paytwice.oracle.facts import Case, Trade
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken


def ship_at_most_once(case: Case, what: str) -> Broken | None:
    """S5 protects the merchant's goods: one parcel an order, while it is PAID and not fully refunded."""
    if what != "ship":
        return None
    if case.ships:
        return Broken(f"Order {case.order_id} was shipped a second time.", case.amount, tuple(case.ships))
    if case.view is None or case.view.standing is not Standing.PAID:
        standing = case.standing.value if case.standing is not None else "not known to the merchant"
        return Broken(
            f"Order {case.order_id} was shipped while it was {standing}.", case.amount, (case.standing_entry,)
        )
    refunded = _shown_as_refunded(case, case.view)
    if refunded < case.amount.minor:
        return None
    return Broken(
        f"Order {case.order_id} was shipped although its view shows {case.money(refunded).display} of "
        f"{case.amount.display} as refunded.",
        case.amount,
        (case.view_entry,),
    )


def _shown_as_refunded(case: Case, view: OrderView) -> int:
    trade = case.winning_trade()
    if trade is None:
        return 0
    return sum(
        refund.amount.minor
        for refund in view.refunds or ()
        if refund.standing is RefundStanding.DONE
        and refund.out_trade_no == trade.out_trade_no
        and (refund.number is None or view.winner is None or refund.number == view.winner.number)
    )


def stock_is_held_once(case: Case, what: str) -> Broken | None:
    """S14 protects other customers' goods: an order holds 0 or 1 items, and frees them only when CLOSED."""
    wrong = _wrong_with_stock(case, what)
    if wrong is None:
        return None
    return Broken(f"Order {case.order_id}: {wrong}.", case.amount, (case.standing_entry, *case.stock_entries))


def _wrong_with_stock(case: Case, what: str) -> str | None:
    if what == "reserve":
        return "its stock was reserved a second time" if case.stock else None
    if not case.stock:
        return f"asked to {what} without holding any stock"
    if what == "release" and case.standing is not Standing.CLOSED:
        standing = case.standing.value if case.standing is not None else "not known to the merchant"
        return f"its stock was released while it was {standing}; only CLOSED gives stock back"
    return None


def paid_is_shipped(case: Case, scene: Scene) -> Broken | None:
    """L6 protects the customer who paid: the goods are sent, unless all the money goes back."""
    if case.standing is not Standing.PAID or case.ships or is_fully_refunded(case):
        return None
    return Broken(
        f"Order {case.order_id} is PAID and was never shipped.",
        case.amount,
        (case.standing_entry, *(capture.entry for capture in case.captures())),
    )


def is_fully_refunded(case: Case) -> bool:
    """Whether the customer got all of the winner back, or was promised to."""
    back = max((capture.returned for capture in case.captures() if case.is_winner(capture)), default=0)
    return max(back, case.granted_total) >= case.amount.minor


def closed_is_cleared(case: Case, scene: Scene) -> Broken | None:
    """L7 protects stock and customer: a CLOSED order holds no goods, and its open trades were closed."""
    if case.standing is not Standing.CLOSED:
        return None
    if case.stock > 0:  # less than none was released twice: S14 tells of that
        return Broken(
            f"Order {case.order_id} is CLOSED and its stock was never released.",
            case.amount,
            (case.standing_entry, *case.stock_entries),
        )
    for trade in case.trades.values():
        if left_payable(case, trade, scene.healed_at, scene.at):
            return Broken(
                f"Order {case.order_id} is CLOSED, but {trade.channel} was never asked to close trade "
                f"{trade.out_trade_no}, which stayed payable.",
                trade.paper.credential.amount if trade.paper is not None else None,
                (case.standing_entry, *((trade.paper.entry,) if trade.paper is not None else ())),
            )
    return None


def left_payable(case: Case, trade: Trade, healed_at: int, at: int | None = None) -> bool:
    """Whether a CLOSED order left a trade open for longer than a merchant needs; `at` None: ever."""
    paper = trade.paper
    if paper is None or trade.close_asked or trade.closed_at is not None or trade.captures:
        return False
    if not case.rules.can_close(trade.channel) or case.final_at is None:
        return False
    until = paper.dead_at if at is None else min(paper.dead_at, at)
    if until <= max(case.final_at, healed_at, paper.at) + case.rules.capture_deadline_ms:
        return False
    return case.payable is None or at is None or at > paper.dead_at or case.payable(paper.credential, at)
