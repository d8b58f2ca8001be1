"""Room 5, whose word it is: news that nobody checks, of sums that nobody compares."""

from __future__ import annotations

import attrs

from paytwice.channels.messages import Ack, Answer, Notification, TradeRecord
from paytwice.gallery.calling import Caller
from paytwice.merchant.port import ChannelClient, CustomerAnswer, Said
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Captured, Decision, Evidence, Money, Order, RefundView

# ---- who says so


class BelievesAnybody(ReferenceMerchant):
    """Nobody checks the signature of a notification: app and merchant are in it, and they are the right ones.

    Seen in: a natural slip; WeChat has no sandbox, so tests run with the check switched off, and so does
    the shop.
    Schedule: W; a stranger's cb(W).
    Breaks: S12, S3, S4.
    Instead: what does not pass the check is kept for a person, changes nothing, and gets a negative ack.
    Shown by: forged_success.
    """

    def is_ours(self, notification: Notification) -> bool:
        return notification.app_id == self.around.app_id and notification.mch_id == self.around.mch_id


class TakesNewsOfAnotherApp(ReferenceMerchant):
    """The signature is right, so the news is ours; that it is for another app of the merchant nobody looks.

    Seen in: python-alipay-sdk 3.4.0, whose `verify` accepts a wrong app_id and leaves the rest to the caller.
    Schedule: A; another app's cb under the same number.
    Breaks: S12, S3, S4.
    Instead: the app in the message is compared with our own before anything else is believed.
    Shown by: news_for_another_app.
    """

    def is_ours(self, notification: Notification) -> bool:
        return notification.authentic and notification.mch_id == self.around.mch_id


class TakesNewsOfAnotherMerchant(ReferenceMerchant):
    """The signature is right, so the news is ours; that it is for another merchant number nobody looks.

    Seen in: wechatpayv3 2.0.4, whose `callback` compares neither mchid nor appid.
    Schedule: W; cb of another merchant who shares the address.
    Breaks: S12, S3, S4.
    Instead: the merchant number in the message is compared with our own before anything else is believed.
    Shown by: forged_success.
    """

    def is_ours(self, notification: Notification) -> bool:
        return notification.authentic and notification.app_id == self.around.app_id


class LooksAtTheStateFirst(ReferenceMerchant):
    """News of an attempt that has paid already is acked at once; its signature is checked only of the others.

    Seen in: roncoo-pay, where the order's status is looked at before the signature is.
    Schedule: W✓ cb(W); a stranger's cb(W).
    Breaks: S12.
    Instead: first the check, then the state. An ack tells a stranger that the number exists and is paid.
    Shown by: forged_success_for_a_paid_order.
    """

    async def notified(self, notification: Notification) -> Ack:
        order = self.books.order(notification.trade.out_trade_no.rpartition("-")[0])
        attempt = None if order is None else order.attempt(notification.trade.out_trade_no)
        if attempt is not None and attempt.number is not None and notification.refund is None:
            return Ack.positive()
        return await super().notified(notification)


class AcksBeforeItChecks(ReferenceMerchant):
    """Every notification is answered with 200 and looked at afterwards, its signature included.

    Seen in: medusa's hook route, which answers 200 and puts the event on a bus that verifies it.
    Schedule: W; a stranger's cb(W).
    Breaks: S12.
    Instead: check, apply, commit, ack. What is not authentic gets 4xx or 5xx, as WeChat's probes demand.
    Shown by: forged_success.
    """

    async def notified(self, notification: Notification) -> Ack:
        self.around.spawn(f"hook {notification.id}", super().notified, notification)
        return Ack.positive()


class TakesAnOldSuccessForNew(ReferenceMerchant):
    """An order whose money went back is not "paid" here, so an old message that says paid pays it once more.

    Seen in: jeepay and yudao overload REFUND as a state of the order; wechatpayv3 2.0.4 takes old timestamps.
    Schedule: W✓ cb(W); rf(all); the same cb(W) again, hours later.
    Breaks: S5.
    Instead: that an order was paid stays true when money goes back; the same channel number is a repeat.
    Shown by: old_message_again.
    """

    async def notified(self, notification: Notification) -> Ack:
        order = self.books.order(notification.trade.out_trade_no.rpartition("-")[0])
        ack = await super().notified(notification)
        if order is not None and order.refund_view is RefundView.FULL and notification.refund is None:
            await self.around.shop.ship(order.id, f"ship {order.id} at {self.around.clock.now()}")
        return ack


class BelievesTheBrowser(ReferenceMerchant):
    """The customer comes back from the channel's page, so the shop's page says PAID.

    Seen in: a natural slip; shops that take the return address for a notification; any browser can open it.
    Schedule: U start; the customer returns; the channel sends the money back by itself.
    Breaks: S25.
    Instead: the return only says "look": PAID is said when the order is PAID, and until then that we wait.
    Shown by: unionpay_pays_after_paytimeout.
    """

    async def status(self, order_id: str) -> CustomerAnswer:
        order = self.books.order(order_id)
        if order is not None and order.attempts:  # who has been at a cashier
            return CustomerAnswer(Said.PAID)
        return await super().status(order_id)


class TakesSilenceForUnpaid(ReferenceMerchant):
    """WeChat has not been heard of yet, so the customer who has just paid there is told to pay again.

    Seen in: a natural slip; pay pages that show "no news" and "not paid" as one; it is how one customer
    pays twice.
    Schedule: W; W✓; status before cb(W); A✓.
    Breaks: S25.
    Instead: "pay again" is said when no attempt can be paid any more; until then, that a payment may arrive.
    Shown by: page_says_paid_backend_does_not_know.
    """

    async def status(self, order_id: str) -> CustomerAnswer:
        answer = await super().status(order_id)
        return CustomerAnswer(Said.PAY_AGAIN) if answer.said is Said.OPEN else answer


# ---- how much it says


class TakesAnySum(ReferenceMerchant):
    """Paid is paid: how much was paid is not compared with what the order costs.

    Seen in: yudao (`PayOrderRespDTO` has no amount), macrozheng, roncoo-pay.
    Schedule: W; W✓ of a tenth; cb(W).
    Breaks: S3, S4.
    Instead: the order's total and currency must be equal; another sum never pays the order, and goes back.
    Shown by: amount_does_not_match.
    """

    def decide(self, order: Order, told: Evidence) -> Decision:
        if isinstance(told, Captured):
            told = attrs.evolve(told, amount=order.amount)
        return super().decide(order, told)


class TakesTheCashForTheTotal(Caller):
    """What is compared is the payer's cash, and with a coupon that is less than what the order costs.

    Seen in: django-payments sets `captured_amount` to what was paid; at WeChat `payer_total` beside `total`.
    Schedule: W; W✓ with a coupon; cb(W).
    Breaks: S4, L3, C6.
    Instead: the order's total is compared: WeChat `total`, Alipay `total_amount`, UnionPay `txnAmt`.
    Shown by: coupon_pays_a_part.
    """

    def evidence(self, order: Order, notification: Notification) -> Evidence:
        cash = attrs.evolve(notification, trade=_in_cash(notification.trade))
        return super().evidence(order, cash)

    async def query(self, channel: ChannelClient, out_trade_no: str) -> Answer:
        answer = await super().query(channel, out_trade_no)
        return answer if answer.trade is None else attrs.evolve(answer, trade=_in_cash(answer.trade))


def _in_cash(trade: TradeRecord) -> TradeRecord:
    cash = trade.amount if trade.payer_total.is_zero else trade.payer_total  # a coupon may pay it all
    return attrs.evolve(trade, amount=cash)


class SendsFenToAlipay(Caller):
    """Amounts are fen, as WeChat wants them, and Alipay's `total_amount` is yuan: the price is a hundredfold.

    Seen in: a natural slip; WeChat takes an int of fen, UnionPay text of fen, Alipay and all bills yuan.
    Schedule: A start; A✓ of a hundred times the price.
    Breaks: S20.
    Instead: an amount is one value with its currency, and becomes fen or yuan where a message is written.
    Shown by: amount_does_not_match.
    """

    async def create(
        self, channel: ChannelClient, out_trade_no: str, amount: Money, expires_at: int
    ) -> Answer:
        sent = Money(amount.minor * 100, amount.currency) if channel.name == "alipay" else amount
        return await super().create(channel, out_trade_no, sent, expires_at)
