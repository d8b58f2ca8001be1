"""What the wire looks up in a desk's own records, because the channels' messages name things otherwise.

A merchant may name a trade by the channel's number, and at WeChat has to name a refund without its trade; the
desk knows both by the merchant's numbers. And the wire tells more of a refund than the desk's answers do.
"""

from __future__ import annotations

import attrs

from paytwice.channels.desk import Desk
from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import RefundRecord, RefundStatus
from paytwice.channels.trade import Refund, Trade


@attrs.frozen
class Records:
    """A desk's records, to look at only; what is not found is "" or None, and the desk then says so."""

    desk: Desk

    def trade_number_of(self, transaction_id: str) -> str:
        """The out_trade_no under which a payment was made."""
        return next(
            (no for no, trade in self.desk.trades.items() if trade.payment(transaction_id) is not None), ""
        )

    def trade_of_refund(self, out_refund_no: str) -> str:
        """The out_trade_no of which a refund number returns money."""
        refunds = self.desk.refunds.values()
        return next((one.out_trade_no for one in refunds if one.out_refund_no == out_refund_no), "")

    def refund_numbered(self, refund_id: str) -> Refund | None:
        """A refund by the channel's own number."""
        return self.desk.refunds.get(refund_id)

    def refund(self, out_trade_no: str, out_refund_no: str) -> Refund | None:
        """A refund by the merchant's numbers."""
        refunds = self.desk.refunds.values()
        wanted = out_trade_no, out_refund_no
        return next((one for one in refunds if (one.out_trade_no, one.out_refund_no) == wanted), None)

    def payment_of(self, refund: Refund) -> Trade | None:
        """The payment that a refund returns money of."""
        first = self.desk.trades.get(refund.out_trade_no)
        return None if first is None else first.payment(refund.paid_as)

    def fees(self) -> dict[tuple[str, str | None], int]:
        """The fee taken of each payment, and given back with each refund, in minor units."""
        taken: dict[tuple[str, str | None], int] = {}
        for movement in self.desk.ledger.movements:
            is_payment = movement.kind is MovementKind.FEE and movement.out_refund_no is None
            if is_payment or movement.kind is MovementKind.FEE_RETURNED:
                key = movement.channel_number, movement.out_refund_no
                taken[key] = movement.amount.minor
        return taken


def accepted_at(refund: Refund) -> int:
    """When a refund was accepted."""
    return refund.history[0][0]


def ended_at(refund: Refund, record: RefundRecord) -> int:
    """When a refund came to the state that is told of it."""
    return next((at for at, one in refund.history if one.state is record.state), accepted_at(refund))


def is_done(record: RefundRecord) -> bool:
    """Whether there is a time of success to tell."""
    return record.state is RefundStatus.SUCCESS
