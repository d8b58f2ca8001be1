"""Merchants that make the mistakes of real systems, each by replacing one step of the textbook merchant.

The numbers are those of the catalogue in payments.md, section D, with a project in which it was found.
"""

from __future__ import annotations

from typing import Any

import attrs
from tests.sim.merchants.textbook import ORDERS, Row, Textbook

from paytwice.channels.messages import (
    Ack,
    Credential,
    Meaning,
    Notification,
    RefundRecord,
    RefundStatus,
    TradeRecord,
)
from paytwice.merchant.port import (
    AttemptView,
    CustomerAnswer,
    OrderRequest,
    OrderView,
    RefundStanding,
    RefundView,
    Refusal,
    Said,
    Standing,
    Surroundings,
    WinnerView,
)
from paytwice_core import Money

# ---- who won


class LastWriterWins(Textbook):
    """D1, roncoo-pay `completeSuccessOrder`: a second success overwrites channel and number of the first."""

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        return attrs.evolve(row, standing=Standing.PAID, winner=payment)


class SwallowsTheSecond(Textbook):
    """D2, macrozheng `paySuccessByOrderSn`: PAID means "already handled", whoever paid."""

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        return row if row.standing is Standing.PAID else super().settled(row, payment, amount)


class ComparesTheChannelOnly(Textbook):
    """D3: a second success of the same channel is taken for a repeat of the first."""

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        repeat = row.winner is not None and row.winner.channel == payment.channel
        return row if repeat else super().settled(row, payment, amount)


class ThrowsAtTheSecond(Textbook):
    """D4 and D12, yudao #1152: the second success throws and rolls back, and is answered with 200."""

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        if row.standing is not Standing.OPEN:
            raise ValueError("PAY_ORDER_STATUS_IS_NOT_WAITING")
        return super().settled(row, payment, amount)

    async def notified(self, notification: Notification) -> Ack:
        try:
            return await super().notified(notification)
        except ValueError:
            return Ack(200, "success")

    async def ask(self, order_id: str, attempt: AttemptView) -> None:
        """It asks nobody."""


class ChecksThenActs(Textbook):
    """D5, django-payments PR#491: reads without a lock, so that two callbacks both find the order unpaid."""

    async def heard(self, channel: str, trade: TradeRecord) -> bool:
        row = self.row(trade.out_trade_no.rpartition("-")[0])
        if row is None:
            return False
        async with self.around.store.transaction() as tx:
            row = self.booked(row, channel, trade)
            await tx.put(ORDERS, row.asked.order_id, row)
        await self.deliver(row)
        return True


class ForgetsTheOldAttempt(Textbook):
    """D7, mall4j `PayServiceImpl.pay`: the order points to its newest attempt; an older one finds no row."""

    def with_new_attempt(self, row: Row, channel: str) -> Row:
        after = super().with_new_attempt(row, channel)
        return attrs.evolve(
            after,
            attempts=tuple(attrs.evolve(old, state="DEAD") for old in row.attempts)
            + after.attempts[len(row.attempts) :],
        )

    async def heard(self, channel: str, trade: TradeRecord) -> bool:
        row = self.row(trade.out_trade_no.rpartition("-")[0])
        attempt = None if row is None else row.attempt(trade.out_trade_no)
        return attempt is not None and attempt.state != "DEAD" and await super().heard(channel, trade)


class AcksTheUnknown(ForgetsTheOldAttempt):
    """D13, hyperswitch (default `payment_not_found`) and jeepay: an unknown number is acked, and gone."""

    async def notified(self, notification: Notification) -> Ack:
        await super().notified(notification)
        return Ack.positive()


# ---- final and not final


class CloseOverwritesPaid(Textbook):
    """D29, macrozheng `cancelOrder`: the close writes CLOSED over whatever the order has become."""

    def closed(self, row: Row) -> Row:
        return attrs.evolve(row, standing=Standing.CLOSED) if self.is_over(row) else row


class ReopensWithoutStock(Textbook):
    """D28, litemall and mall4j: a success after the close makes the order PAID, its goods long sold."""

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        if row.standing is Standing.CLOSED:
            return attrs.evolve(row, standing=Standing.PAID, winner=payment)
        return super().settled(row, payment, amount)


class IgnoresLateSuccess(Textbook):
    """D27, macrozheng, yudao, hyperswitch#2017: a success after the close is "not pending", and forgotten."""

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        return row if row.standing is Standing.CLOSED else super().settled(row, payment, amount)


# ---- authenticity and content


class DoesNotCompareAmounts(Textbook):
    """D20 and D21, yudao, roncoo: the channel is asked for yuan in place of fen, and nobody looks again."""

    def price(self, row: Row) -> Money:
        return Money(row.asked.amount.minor // 100, row.asked.amount.currency)

    def settled(self, row: Row, payment: WinnerView, amount: Money) -> Row:
        return super().settled(row, payment, row.asked.amount)


class ComparesTheCash(Textbook):
    """D21, `captured_amount` of django-payments: the payer's cash, less by a coupon, passes for the total."""

    def booked(self, row: Row, channel: str, trade: TradeRecord) -> Row:
        return super().booked(row, channel, attrs.evolve(trade, amount=trade.payer_total))


class TrustsTheBrowser(Textbook):
    """D19: the page to which the customer's browser returns is taken as proof of payment."""

    async def status(self, order_id: str) -> CustomerAnswer:
        await self.change(order_id, lambda row: attrs.evolve(row, standing=Standing.PAID))
        return CustomerAnswer(Said.OPEN)


class ForgetsTheNumber(Textbook):
    """The winner is kept as a channel without the channel's own number: which payment it was nobody knows."""

    def view(self, order_id: str) -> OrderView | None:
        view = super().view(order_id)
        if view is None or view.winner is None:
            return view
        return attrs.evolve(view, winner=WinnerView(view.winner.channel, ""))


class AcksAnything(Textbook):
    """D22, python-alipay-sdk: the notice of another app passes the check of the signature, and is acked."""

    def is_ours(self, notification: Notification) -> bool:
        return True


# ---- shipping and stock


class ShipsForEachNotice(Textbook):
    """D11, spree/spree#8540: the ack is lost, the notice comes again, and so does its effect."""

    async def notified(self, notification: Notification) -> Ack:
        ack = await super().notified(notification)
        row = self.row(notification.trade.out_trade_no.rpartition("-")[0])
        if row is not None and row.standing is Standing.PAID:
            await self.around.shop.ship(row.asked.order_id, f"{notification.id} {notification.send}")
        return ack

    async def deliver(self, row: Row) -> None:
        if row.standing is not Standing.PAID:
            await super().deliver(row)


class ShipsFromMemory(Textbook):
    """A.4's "not allowed": what follows the commit is a note in memory, and dies with the process."""

    async def deliver(self, row: Row) -> None:
        if row.standing is not Standing.PAID:
            await super().deliver(row)

    async def heard(self, channel: str, trade: TradeRecord) -> bool:
        row = self.row(trade.out_trade_no.rpartition("-")[0])
        known = await super().heard(channel, trade)
        if row is not None and row.standing is Standing.OPEN and known:
            self.around.spawn("shipping", self._ship, row.asked.order_id)
        return known

    async def _ship(self, order_id: str) -> None:
        await self.around.clock.sleep(5_000)
        await self.around.shop.ship(order_id, f"ship {order_id}")


class ReleasesAtCancel(Textbook):
    """O8's "do not release stock yet": the goods are back on the shelf while the order can still be paid."""

    async def cancel(self, order_id: str) -> CustomerAnswer:
        await self.around.shop.release(order_id, f"release {order_id}")
        return await super().cancel(order_id)


class ReleasesTwice(Textbook):
    """The worker and the canceller both free the goods, each under a key of its own."""

    async def deliver(self, row: Row) -> None:
        await super().deliver(row)
        if row.standing is Standing.CLOSED:
            await self.around.shop.release(row.asked.order_id, "again")


class NeverReleases(Textbook):
    """The close forgets that goods were kept."""

    async def deliver(self, row: Row) -> None:
        if row.standing is Standing.PAID:
            await super().deliver(row)


# ---- closing


class ClosesLocally(Textbook):
    """D30, litemall, mall4j, macrozheng: CLOSED in the own table; the QR code can still be paid."""

    def closed(self, row: Row) -> Row:
        if row.standing is Standing.OPEN and self.is_over(row):
            return attrs.evolve(row, standing=Standing.CLOSED)
        return row

    async def cancel(self, order_id: str) -> CustomerAnswer:
        answer = await super().cancel(order_id)
        await self.change(order_id, self.closed)
        return answer


class NotFoundIsClosed(Textbook):
    """D32: Alipay says that there is no such trade, for nobody has scanned it; taken for closed."""

    def is_unscanned(self, row: Row) -> bool:
        return self.is_over(row)


# ---- refunds


class RefundsTheWinner(Textbook):
    """D6, woocommerce#9297: the refund of the duplicate names what paid the order."""

    def with_owed(self, row: Row, number: str, of: WinnerView, amount: Money) -> Row:
        return super().with_owed(row, number, row.winner or of, amount)


class OverRefunds(Textbook):
    """D48, fossasia/eventyay#1405: what is left of the payment is read without a lock."""

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        row = self.row(order_id)
        if row is None or self.with_wish(row, amount, request_id) == row:
            return CustomerAnswer(Said.REFUSED)
        winner = row.winner
        assert winner is not None, "only what is paid has room for a wish"
        await self.change(order_id, lambda row: self.with_owed(row, request_id, winner, amount))
        return CustomerAnswer(Said.ACCEPTED)


class GrantsAndForgets(Textbook):
    """The customer is told that the money comes, and nothing is put on record."""

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        return CustomerAnswer(Said.ACCEPTED)


class OneWishForEachSum(Textbook):
    """D43, saleor/apps#2446: a key of order and amount makes one refund of two equal parts."""

    def with_wish(self, row: Row, amount: Money, request_id: str) -> Row:
        return super().with_wish(row, amount, f"{row.asked.order_id}-{amount.minor}")

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        await super().ask_refund(order_id, amount, request_id)
        return CustomerAnswer(Said.ACCEPTED)


class RefundsWholeYuan(Textbook):
    """D21: a refund is a number of yuan here and of fen at the channel, and what is behind the point goes."""

    def with_owed(self, row: Row, number: str, of: WinnerView, amount: Money) -> Row:
        return super().with_owed(row, number, of, Money(amount.minor // 100 * 100, amount.currency))


class NewNumberForEachTry(Textbook):
    """D41, medusajs/medusa#16681: a time-out is a failure, and the next try has a number of its own."""

    async def send_back(self, refund: RefundView) -> None:
        channel = self.around.channels[refund.reason]
        number = f"{refund.out_refund_no}-{self.around.clock.now()}"
        answer = await channel.refund(refund.out_trade_no, number, refund.amount, refund.number)
        if answer.refund is not None:
            order_id = refund.out_trade_no.rpartition("-")[0]
            sent = attrs.evolve(refund, out_refund_no=number)
            await self.change(order_id, lambda row: _renamed(row, refund, sent))
            await super().send_back(sent)


def _renamed(row: Row, old: RefundView, new: RefundView) -> Row:
    return attrs.evolve(row, refunds=tuple(new if one == old else one for one in row.refunds))


class NumbersInMemory(Textbook):
    """D42: the refund's number is made when it is sent and written down when it is answered."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._born = around.clock.now()

    async def send_back(self, refund: RefundView) -> None:
        if refund.state != "SENT":
            sent = attrs.evolve(refund, out_refund_no=f"{refund.out_refund_no}-{self._born}", state="SENT")
            channel = self.around.channels[refund.reason]
            await channel.refund(refund.out_trade_no, sent.out_refund_no, refund.amount, refund.number)
            order_id = refund.out_trade_no.rpartition("-")[0]
            await self.change(order_id, lambda row: _renamed(row, refund, sent))
        else:
            await super().send_back(refund)


class AcceptedIsRefunded(Textbook):
    """D45, litemall, jeepay: the channel has accepted the refund, so the customer has the money."""

    def with_refund_heard(self, row: Row, record: RefundRecord) -> Row:
        return super().with_refund_heard(row, attrs.evolve(record, state=RefundStatus.SUCCESS))


class LeavesItToAPerson(Textbook):
    """The bell is rung at once, and no refund is tried: a way to pass, if L3 allowed it."""

    def with_owed(self, row: Row, number: str, of: WinnerView, amount: Money) -> Row:
        after = super().with_owed(row, number, of, amount)
        return after.with_refund(attrs.evolve(after.refunds[-1], standing=RefundStanding.NEEDS_PERSON))


class DeafToTheConsole(Textbook):
    """Acks the news of a refund that support has made in the console, and goes on with its own."""

    def with_foreign(self, row: Row, record: RefundRecord) -> Row:
        return row

    async def send_back(self, refund: RefundView) -> None:
        if self.around.clock.now() > 10 * 60_000:  # refunds are paid out in lots
            await super().send_back(refund)


class AbnormalIsOver(Textbook):
    """D46, EasyAbp `RollbackRefundAsync`: whatever is no success is a failure, and struck off."""

    def with_refund_heard(self, row: Row, record: RefundRecord) -> Row:
        if record.state is RefundStatus.ABNORMAL:
            return row.with_refund(attrs.evolve(_of(row, record), standing=RefundStanding.VOID))
        return super().with_refund_heard(row, record)


def _of(row: Row, record: RefundRecord) -> RefundView:
    return next(one for one in row.refunds if one.out_refund_no == record.out_refund_no)


class RetriesAtOnce(Textbook):
    """D51: FREQUENCY_LIMITED is a reason to try again, at once."""

    async def send_back(self, refund: RefundView) -> None:
        channel = self.around.channels[refund.reason]
        for _ in range(10):
            answer = await channel.refund(
                refund.out_trade_no, refund.out_refund_no, refund.amount, refund.number
            )
            if answer.meaning is not Meaning.BUSY:
                break
        if answer.refund is not None:
            await self.refund_heard(answer.refund)


class PollsForEver(Textbook):
    """A query of every payment on every round of the worker, long after its success is known."""

    async def tend(self, order_id: str) -> None:
        await super().tend(order_id)
        row = self.row(order_id)
        for attempt in () if row is None else row.attempts:
            await self.around.channels[attempt.channel].query(attempt.out_trade_no)


class DropsRefundNews(Textbook):
    """D47, EasyAbp `RefundWeChatPayEventHandler`: news of a refund is acked and dropped; nobody asks."""

    async def refund_heard(self, record: RefundRecord) -> None:
        """It hears nothing."""


# ---- being told, and asking


class FailsOnRepeats(Textbook):
    """D14, roncoo: a success that is known already is answered with an error, for ever."""

    async def notified(self, notification: Notification) -> Ack:
        row = self.row(notification.trade.out_trade_no.rpartition("-")[0])
        if row is not None and row.standing is Standing.PAID:
            raise ValueError("the order is paid already")
        return await super().notified(notification)


class NeverAsks(Textbook):
    """D18, macrozheng without its timer: waits for notifications, which nobody guarantees."""

    async def ask(self, order_id: str, attempt: AttemptView) -> None:
        """It asks nobody."""


class AcksBeforeItKnows(NeverAsks):
    """D10, after "先应答后处理": the ack goes first, and the work is in memory when the process dies."""

    async def notified(self, notification: Notification) -> Ack:
        self.around.spawn("later", self._later, notification)
        return Ack.positive()

    async def _later(self, notification: Notification) -> None:
        await self.around.clock.sleep(5_000)
        await self.heard(notification.channel, notification.trade)


# ---- what the customer is told


class TellsPaidTooEarly(Textbook):
    """D17, jeepay `ChannelNoticeController.doNotify`: the page says PAID before the database does."""

    async def status(self, order_id: str) -> CustomerAnswer:
        return CustomerAnswer(Said.PAID)


class TellsToPayAgain(Textbook):
    """C1: WeChat has not answered yet, so the customer is told to pay again."""

    async def status(self, order_id: str) -> CustomerAnswer:
        row = self.row(order_id)
        if row is not None and row.standing is Standing.OPEN:
            return CustomerAnswer(Said.PAY_AGAIN)
        return await super().status(order_id)


class DoesNothing:
    """The idle merchant, which can do no harm: progress is demanded."""

    def __init__(self, around: Surroundings) -> None:
        self.orders: dict[str, Any] = {}

    async def open_order(self, request: OrderRequest) -> None:
        self.orders[request.order_id] = OrderView(Standing.OPEN, refunds=())

    async def start_attempt(self, order_id: str, channel: str) -> Credential | Refusal:
        return Refusal("not today", pay_again=False)

    async def status(self, order_id: str) -> CustomerAnswer:
        return CustomerAnswer(Said.OPEN)

    async def cancel(self, order_id: str) -> CustomerAnswer:
        return CustomerAnswer(Said.REFUSED)

    async def ask_refund(self, order_id: str, amount: Money, request_id: str) -> CustomerAnswer:
        return CustomerAnswer(Said.REFUSED)

    async def notified(self, notification: Notification) -> Ack:
        return Ack.positive()

    async def work(self) -> None:
        """Nothing."""

    def view(self, order_id: str) -> OrderView | None:
        return self.orders.get(order_id)
