"""The ways out of ABNORMAL: the same refund, by another route (WeChat's apply-abnormal-refund).

The account that the money came from is gone, and the money waits at the channel. The merchant names a card of
the customer, or takes it on its own card and pays the customer in another way.
"""

from __future__ import annotations

import attrs

from paytwice.channels.circumstances import RefundFate
from paytwice.channels.messages import Answer, Meaning, RefundStatus
from paytwice.channels.refunds import Refunds
from paytwice.channels.requests import ApplyAbnormalRefund
from paytwice.channels.trade import Refund


@attrs.define(eq=False)
class AbnormalRoutes:
    """Serves the requests for another route of one desk."""

    refunds: Refunds

    def apply(self, request: ApplyAbnormalRefund, now: int, fate: RefundFate) -> Answer:
        """Send an ABNORMAL refund on its way again, or say how it stands since."""
        first = self.refunds.trades.get(request.out_trade_no)
        trade = first.returning(request.out_refund_no) if first is not None else None
        refund = trade.refunds.get(request.out_refund_no) if trade is not None else None
        refusal = self._why_not(request, refund)
        if refusal is not None or trade is None or refund is None:
            return self.refunds.phrases.bare(ApplyAbnormalRefund, refusal or Meaning.NO_SUCH_REFUND)
        if refund.state is RefundStatus.ABNORMAL:
            refund.route, refund.fate, refund.state = request.route, fate, RefundStatus.PROCESSING
            self.refunds.start(trade, refund, now, self.refunds.profile.abnormal_takes)
        return self.refunds.phrases.ok(ApplyAbnormalRefund, refund=refund.record)

    def _why_not(self, request: ApplyAbnormalRefund, refund: Refund | None) -> Meaning | None:
        if request.route not in self.refunds.profile.abnormal_routes:
            return Meaning.NOT_SUPPORTED
        if refund is None:
            return Meaning.NO_SUCH_REFUND
        repeated = refund.route is request.route
        return None if repeated or refund.state is RefundStatus.ABNORMAL else Meaning.NOT_ABNORMAL
