"""Room 4, what the customer is told: a page that says more than the merchant knows, or less."""

from __future__ import annotations

from paytwice.channels.messages import TradeState
from paytwice.merchant.port import CustomerAnswer, Said
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice_core import Captured, Money, OrderState


class TellsToPayAgain(ReferenceMerchant):
    """No answer from the channel is read as "not paid", and the page asks the customer to pay again.

    Seen in: pay pages that time out; WeChat and Alipay both say that a time-out is an unknown outcome.
    Schedule: W; W✓, no cb yet; the page; "pay again".
    Breaks: S25.
    Instead: as long as an attempt may be paid the page says that a payment may be under way.
    Shown by: page_says_paid_backend_does_not_know.
    """

    async def status(self, order_id: str) -> CustomerAnswer:
        answer = await super().status(order_id)
        return CustomerAnswer(Said.PAY_AGAIN) if answer.said is Said.OPEN else answer


class TrustsTheBrowser(ReferenceMerchant):
    """Whoever comes back from the cashier has paid: the return to the shop settles the order.

    Seen in: shops that take the return_url for the notify_url; the address of a page can be typed in by hand.
    Schedule: W; the customer turns back without paying; return(success).
    Breaks: S3, S4.
    Instead: the return shows a page; what is paid the channel says, by a signed notification or a query.
    Shown by: customer_turns_back_unpaid.
    """

    async def status(self, order_id: str) -> CustomerAnswer:
        order = self.books.order(order_id)
        if order is not None and order.state is OrderState.PAYING:
            paid = order.attempts[-1].id
            await self.books.learn(order_id, Captured(paid, f"return {paid}", order.amount))
        return await super().status(order_id)


class TellsBeforeItBooks(ReferenceMerchant):
    """The page asks the channel and says PAID, and nothing of it is put on record.

    Seen in: jeepay `ChannelNoticeController.doNotify`: the page the customer comes back to, and the order.
    Schedule: W; W✓, the cb is late; the page queries: "paid", while the order is OPEN.
    Breaks: S25.
    Instead: what the query says is booked first, and the page tells what is on record.
    Shown by: page_asks_before_the_news.
    """

    async def status(self, order_id: str) -> CustomerAnswer:
        answer, order = await super().status(order_id), self.books.order(order_id)
        if order is not None and answer.said is Said.OPEN:
            for attempt in order.live_attempts:
                told = await self.around.channels[attempt.channel].query(attempt.out_trade_no)
                if told.trade is not None and told.trade.state is TradeState.PAID:
                    return CustomerAnswer(Said.PAID)
        return answer


class TellsPaidOfTheClosed(ReferenceMerchant):
    """The page says PAID as soon as any payment has come, also of an order that was closed before.

    Seen in: jeepay `confirmSuccess` on a CLOSED order, where the front end is told success.
    Schedule: W; expiry, CLOSED; W✓ cb; the page: "paid".
    Breaks: S25.
    Instead: the page tells what became of the order: closed, and the money that came too late goes back.
    Shown by: looks_after_paying_too_late.
    """

    async def status(self, order_id: str) -> CustomerAnswer:
        order = self.books.order(order_id)
        if order is not None and any(attempt.captured for attempt in order.attempts):
            return CustomerAnswer(Said.PAID)
        return await super().status(order_id)


class TellsTheClosingToPayAgain(ReferenceMerchant):
    """An order that is being closed is told as over, and the customer asked to pay again.

    Seen in: pages that know two states of an order, to be paid and over.
    Schedule: W; cancel, close(W) is on its way; the page: "pay again"; W✓.
    Breaks: S25.
    Instead: until the channel has said that nothing can be paid any more, the page promises nothing.
    Shown by: looks_while_it_is_being_closed.
    """

    async def status(self, order_id: str) -> CustomerAnswer:
        order = self.books.order(order_id)
        if order is not None and order.state is OrderState.CLOSING:
            return CustomerAnswer(Said.PAY_AGAIN, "this order is over")
        return await super().status(order_id)


class GrantsEveryRefund(ReferenceMerchant):
    """Whoever wants money back is told "it is on its way", and whether there is any is looked up later.

    Seen in: refund forms that are put on a queue and accepted unread.
    Schedule: W✓ cb; 60 of 99 back; 60 more back: "accepted", and never sent.
    Breaks: C3, S4.
    Instead: the answer follows from the budget, which is taken under the order's lock before anybody is told.
    Shown by: wants_more_back_than_was_paid.
    """

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        await super().ask_refund(order_id, amount, request_id)
        return CustomerAnswer(Said.ACCEPTED)
