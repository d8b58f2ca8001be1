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


@attrs.define(eq=False)
class Records:
    """A desk's records, to look at only; what is not found is "" or None, and the desk then says so.

    Payments and refunds are only ever added, so an index reads on where it stopped: a shop of a day has
    thousands of them, and would look through all at each message.
    """

    desk: Desk
    _paid_as: dict[str, str] = attrs.Factory(dict)  # transaction_id -> out_trade_no
    _returned_of: dict[str, str] = attrs.Factory(dict)  # out_refund_no -> out_trade_no, of the first
    _movements: int = 0  # so many movements of the ledger, and changes of refunds, are in the index
    _changes: int = 0

    def trade_number_of(self, transaction_id: str) -> str:
        """The out_trade_no under which a payment was made."""
        movements = self.desk.ledger.movements
        while self._movements < len(movements):
            movement = movements[self._movements]
            self._movements += 1
            if movement.kind is MovementKind.CAPTURED:
                self._paid_as[movement.channel_number] = movement.out_trade_no
        return self._paid_as.get(transaction_id, "")

    def trade_of_refund(self, out_refund_no: str) -> str:
        """The out_trade_no of which a refund number returns money."""
        changes = self.desk.refund_changes
        while self._changes < len(changes):
            change = changes[self._changes]
            self._changes += 1
            self._returned_of.setdefault(change.out_refund_no, change.out_trade_no)
        return self._returned_of.get(out_refund_no, "")

    def refund_numbered(self, refund_id: str) -> Refund | None:
        """A refund by the channel's own number."""
        return self.desk.refunds.get(refund_id)

    def refund(self, out_trade_no: str, out_refund_no: str) -> Refund | None:
        """A refund by the merchant's numbers."""
        first = self.desk.trades.get(out_trade_no)
        payment = None if first is None else first.returning(out_refund_no)
        return None if payment is None else payment.refunds[out_refund_no]

    def payment_of(self, refund: Refund) -> Trade | None:
        """The payment that a refund returns money of."""
        first = self.desk.trades.get(refund.out_trade_no)
        return None if first is None else first.payment(refund.paid_as)

    def paid_at(self, refund: Refund) -> int | None:
        """When the money came in that a refund returns."""
        payment = self.payment_of(refund)
        return None if payment is None else payment.paid_at

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
