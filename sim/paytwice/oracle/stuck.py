"""The promise about refunds that cannot reach the customer (L10)."""

from __future__ import annotations

from collections.abc import Iterator

from paytwice.merchant.port import RefundStanding
from paytwice.oracle.facts import Case
from paytwice.oracle.refund import Refund
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken, worst


def stuck_is_known(case: Case, scene: Scene) -> Broken | None:
    """L10 protects the customer whose account is gone: the refund finds another way, or a person knows of it.

    Judged are the merchant's own refunds that end ABNORMAL, or on the merchant's own card; who works at the
    console knows what they have done there. Which way the merchant tries first is its own choice, and a
    person is enough: to name another card, somebody has to ask the customer for one.
    """
    if case.view is None or case.view.refunds is None:
        return None
    return worst(_unknown_to_people(case))


def _unknown_to_people(case: Case) -> Iterator[Broken]:
    for trade in case.trades.values():
        stuck = [one for one in trade.refunds.values() if one.is_stuck and one.asked_at is not None]
        if sum(one.asked_minor for one in stuck) <= case.with_a_person(trade.out_trade_no):
            continue  # all of it, if perhaps under a number of its own: a payout by hand
        for refund in stuck:
            shown = _shown(case, trade.out_trade_no, refund)
            if shown is RefundStanding.NEEDS_PERSON:
                continue
            where = "is on the merchant's own card" if refund.at_merchant else "is ABNORMAL"
            says = "does not show it" if shown is None else f"shows it as {shown.value}"
            yield Broken(
                f"Refund {refund.number} of order {case.order_id} at {trade.channel} {where}, so the "
                f"customer has nothing of it, and the merchant {says}.",
                case.money(refund.asked_minor),
                (*(capture.entry for capture in trade.captures.values()), refund.entry, case.view_entry),
            )


def _shown(case: Case, out_trade_no: str, refund: Refund) -> RefundStanding | None:
    for shown in case.refund_views():
        if (shown.out_trade_no, shown.out_refund_no) == (out_trade_no, refund.number):
            return shown.standing
    return None
