"""Short stories in which the broken merchants are caught, and sound ones are not."""

from __future__ import annotations

import attrs
import trio

from paytwice import Simulation, hours, minutes, seconds
from paytwice.channels import Account, MovementKind
from paytwice.channels.messages import About, Notification
from paytwice_core import Money


async def late_wechat(sim: Simulation) -> None:
    """The seed story: WeChat hangs, Alipay pays, WeChat's success arrives after all."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", lasting=minutes(3))
    await order.confirm("wechat")
    await sim.sleep(seconds(40))
    await order.pay("alipay")


async def two_at_wechat(sim: Simulation) -> None:
    """Two attempts at one channel, both paid."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("wechat")
    await order.confirm("wechat", which=0)
    await order.confirm("wechat", which=1)


async def both_at_once(sim: Simulation) -> None:
    """Two phones pay, and the news of both arrives in the same millisecond."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("unionpay")
    sim.network.hold("wechat", "merchant", one_way=True)
    sim.network.hold("unionpay", "merchant", one_way=True)
    await order.confirm("wechat")
    await order.confirm("unionpay")
    await sim.sleep(seconds(2))
    sim.network.release("wechat", "merchant")
    sim.network.release("unionpay", "merchant")


async def paid_once(sim: Simulation) -> None:
    """Nothing happens but a payment."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")


async def paid_and_waits(sim: Simulation) -> None:
    """A payment, and then the order's expiry."""
    await paid_once(sim)
    await sim.sleep(minutes(40))


async def late_after_cancel(sim: Simulation) -> None:
    """A form of UnionPay, which nobody can close, is paid after the order was cancelled."""
    order = await sim.checkout("99.00 CNY")
    await order.start("unionpay")
    await order.cancel()
    await sim.sleep(minutes(5))
    await order.confirm("unionpay")


async def looks_and_leaves(sim: Simulation) -> None:
    """The customer opens the cashier, comes back to the page, and never pays."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.status()


async def looks_while_paying(sim: Simulation) -> None:
    """The customer looks at the page while the news of the payment is on its way."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.delay("wechat", "merchant", "payment.notify", seconds(10))
    await order.confirm("wechat")
    await order.status()


async def cancelled(sim: Simulation) -> None:
    """A cancelled order, whose credential the customer keeps."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.cancel()


async def cancelled_unscanned(sim: Simulation) -> None:
    """A cancelled order with an Alipay QR code that nobody has scanned."""
    order = await sim.checkout("99.00 CNY")
    await order.start("alipay")
    await order.cancel()


async def ack_lost(sim: Simulation) -> None:
    """The ack of the first notification is lost, so it comes again."""
    sim.network.lose("merchant", "wechat", "payment.notify.reply")
    await paid_once(sim)
    await sim.sleep(minutes(1))


async def dies_after_the_ack(sim: Simulation) -> None:
    """The process dies a second after it has acked."""
    await paid_once(sim)
    await sim.sleep(seconds(1))
    sim.crash_merchant(downtime=seconds(10))


async def forty_back(sim: Simulation) -> None:
    """The customer gets a part of the price back."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    await order.ask_refund("40.00 CNY")


async def odd_part_back(sim: Simulation) -> None:
    """The customer gets back a sum with fen in it."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    await order.ask_refund("40.50 CNY")


async def twenty_back_twice(sim: Simulation) -> None:
    """Two wishes for the same sum, one after the other."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    await order.ask_refund("20.00 CNY")
    await sim.sleep(minutes(5))
    await order.ask_refund("20.00 CNY")


async def paid_with_coupon(sim: Simulation) -> None:
    """A coupon pays ten of the ninety-nine."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat", coupon="10.00 CNY")


async def coupon_leaks(sim: Simulation) -> None:
    """Some of a coupon ends with the channel: a bug of paytwice, not of a merchant."""
    await paid_with_coupon(sim)
    accounts = sim.channel("wechat").desk.ledger.accounts
    accounts[Account.MARKETING] -= 1
    accounts[Account.FEES] += 1


async def fee_taken_twice(sim: Simulation) -> None:
    """The channel takes a fee and writes it down, and has no right to it: a bug of paytwice."""
    await paid_once(sim)
    ledger = sim.channel("wechat").desk.ledger
    captured = next(one for one in ledger.movements if one.kind is MovementKind.CAPTURED)
    ledger.record(captured._replace(at=sim.now, kind=MovementKind.FEE, amount=Money(59, "CNY")))


async def forty_back_unanswered(sim: Simulation) -> None:
    """The channel makes the refund, and its answer is lost."""
    sim.network.lose("wechat", "merchant", "refund.ask.reply")
    await forty_back(sim)


async def forty_back_and_dies(sim: Simulation) -> None:
    """The process dies after the refund has reached the channel and before its answer is back."""
    sim.network.delay("wechat", "merchant", "refund.ask.reply", seconds(8))
    await forty_back(sim)
    for _ in range(60):
        if sim.channel("wechat").desk.refunds:
            break
        await sim.sleep(seconds(1))
    sim.crash_merchant(downtime=minutes(2))


async def sixty_back_twice(sim: Simulation) -> None:
    """Two wishes for 60 of 100 arrive in the same millisecond."""
    order = await sim.checkout("100.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    sim.network.hold("customer", "merchant", one_way=True)
    async with trio.open_nursery() as both:
        both.start_soon(order.ask_refund, "60.00 CNY")
        both.start_soon(order.ask_refund, "60.00 CNY")
        await sim.sleep(seconds(5))
        sim.network.release("customer", "merchant")


async def all_news_lost(sim: Simulation) -> None:
    """Not one of UnionPay's five notifications arrives."""
    sim.network.lose("unionpay", "merchant", "payment.notify", times=5)
    order = await sim.checkout("99.00 CNY")
    await order.pay("unionpay")
    await sim.sleep(hours(1))


async def sent_back_by_hand(sim: Simulation) -> None:
    """Support sends a duplicate back in the console, and the merchant hears of it by a notification."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    await order.confirm("alipay")
    await sim.sleep(seconds(3))
    await order.confirm("wechat")
    sim.channel("wechat").refund_by_hand("99.00 CNY")
    await sim.sleep(minutes(30))


async def sent_back_to_no_account(sim: Simulation) -> None:
    """A part goes back to the customer, whose account is gone."""
    sim.channel("wechat").next_refund_ends("ABNORMAL", after=minutes(1))
    await forty_back(sim)
    await sim.sleep(minutes(10))


async def sent_back_in_a_rush(sim: Simulation) -> None:
    """A part goes back while the channel limits its calls."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    sim.channel("wechat").is_busy(lasting=minutes(2))
    await order.ask_refund("40.00 CNY")
    await sim.sleep(minutes(5))


async def paid_and_long_over(sim: Simulation) -> None:
    """A payment, and half an hour in which nothing happens."""
    await paid_once(sim)
    await sim.sleep(minutes(30))


async def another_apps_notice(sim: Simulation) -> None:
    """A notification that is properly signed, for another app of the same company."""
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(seconds(5))
    [trade] = sim.channel("wechat").desk.trades.values()
    notice = Notification("N-other", 1, "wechat", About.PAYMENT, "app-2", "mch-1", trade.record)
    sim.network.send("wechat", "merchant", "payment.notify", trade.out_trade_no, notice)


async def forged_success(sim: Simulation) -> None:
    """A notification that no channel has sent, of a payment that nobody has made."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    [trade] = sim.channel("wechat").desk.trades.values()
    paid = attrs.evolve(trade.record, channel_number="WX9999", paid_at=sim.now)
    notice = Notification("N-forged", 1, "wechat", About.PAYMENT, "app-1", "mch-1", paid, authentic=False)
    sim.network.send("wechat", "merchant", "payment.notify", trade.out_trade_no, notice)


async def embezzled(sim: Simulation) -> None:
    """Somebody at the channel makes money out of nothing: a bug of paytwice, not of a merchant."""
    await paid_once(sim)
    accounts = sim.channel("wechat").desk.ledger.accounts
    accounts[next(iter(accounts))] += 1
