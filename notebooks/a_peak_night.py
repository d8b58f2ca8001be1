# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # A peak night: WeChat hangs amid a sale
#
# A sale begins, and sixty customers come within forty seconds. Twenty seconds in, WeChat hangs: what
# customers confirm is paid, but nothing passes between WeChat and the shop, either way. Who gets no answer
# within half a minute pays with the other channel. How much is owed to them, how does it grow, and when is it
# over?

# %%
from paytwice import Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.charts import ladders, load, money
from paytwice.history.history import of_run
from paytwice.history.ladders import ladders as ladders_of
from paytwice.history.load import load as load_of
from paytwice.history.load import peak
from paytwice.history.waits import refund_waits
from paytwice.merchant.port import Said
from paytwice.wording import span
from paytwice_core import Money

CUSTOMERS = 60


async def sale(sim: Simulation) -> None:
    await sim.together(hang(sim), *(visit(sim, number) for number in range(1, CUSTOMERS + 1)))


async def hang(sim: Simulation) -> None:
    await sim.sleep(seconds(20))
    sim.network.hold("merchant", "wechat", lasting=sim.parameter("hangs", minutes(20)))


async def visit(sim: Simulation, number: int) -> None:
    who = f"customer {number}"
    await sim.sleep(seconds(sim.choose(f"{who} comes", 40)))
    order = await sim.checkout("99.00 CNY", order_id=f"P{number}")
    likes_alipay = sim.choose(f"{who} prefers", 3) == 0
    for channel in ("alipay", "wechat") if likes_alipay else ("wechat", "alipay"):
        await order.start(channel)
        await sim.sleep(seconds(5))
        await order.confirm(channel)
        for _ in range(6):
            answer = await order.status()
            if answer is not None and answer.said is Said.PAID:
                return
            await sim.sleep(seconds(5))


def night(hangs: str = "20m", attempts: str = "PARALLEL", seed: int = 1) -> Run:
    """One night: how long WeChat hangs, and whether an order may have two open attempts."""
    return simulate(
        sale, seed=seed, settings=Settings().changed({"story.hangs": hangs, "attempts": attempts})
    )


def yuan(minor: int) -> str:
    """An amount as people write it."""
    return Money(minor, "CNY").display


# %%
run = night()
load(run, "Sixty customers, and WeChat hangs for twenty minutes")

# %% [markdown]
# Read it from below. **Owed**: all six second payments come within a few seconds, little more than half a
# minute into the outage. From then on nothing is added, though WeChat hangs for twenty minutes. **Open
# orders** are all paid, by Alipay, two minutes after the sale began. Shop and customers think the night is
# over. **Messages** wait at the link, more and more: WeChat's notifications, and the merchant's own
# questions, which nobody answers. When WeChat is back, everything that has waited arrives within seconds, the
# refunds are out, and five minutes later ¥594.00 are back.

# %%
drawn = load_of(of_run(run))
owed = peak(drawn.owed)
print(f"owed at the worst: {yuan(owed.total)} of {peak(drawn.owing).total} payments, from {span(owed.at)} on")
print(f"all orders paid at {span(max(level.at for level in drawn.open_orders))}")
print(f"waiting at the link at the worst: {peak(drawn.held).total} messages, at {span(peak(drawn.held).at)}")

assert run.ok
assert all(order.is_paid for order in run.orders)
assert sum(order.kept for order in run.orders) == CUSTOMERS * 99_00, "in the end each has paid once"

first = next(level.at for level in drawn.owed if level.total)
assert seconds(20 + 30) < first < owed.at < seconds(20 + 45), "when the patience of the first six ends"

# %%
money(run, "Sixty customers, and WeChat hangs for twenty minutes")

# %% [markdown]
# ## Does a longer outage cost more?

# %%
HANGS = ("1m", "5m", "20m", "1h", "3h")
nights = {hangs: night(hangs) for hangs in HANGS}
sums, waits = {}, {}
print("WeChat hangs   owed at the worst   the longest wait   messages at the link")
for hangs, one in nights.items():
    history = of_run(one)
    there = load_of(history)
    sums[hangs], waits[hangs] = peak(there.owed).total, max(refund_waits(history))
    print(f"{hangs:>12}   {yuan(sums[hangs]):>17}   {span(waits[hangs]):>16}   {peak(there.held).total:>20}")

# %% [markdown]
# No. The *sum* is the same after one minute and after three hours. It is made by those who had WeChat's
# cashier open when it began, and nobody after them can open it. What grows is how long each of them *waits*:
# the outage, less the minute until they paid again, and the five minutes of a refund. And messages grow
# slowly, for each question waits longer than the one before it.

# %%
LASTS = {"1m": minutes(1), "5m": minutes(5), "20m": minutes(20), "1h": minutes(60), "3h": minutes(180)}

assert set(sums.values()) == {owed.total}, "one sum, however long it hangs"
assert all(abs(waits[hangs] - (LASTS[hangs] + minutes(4) + seconds(20))) < minutes(1) for hangs in HANGS)
assert peak(load_of(of_run(nights["3h"])).held).total < 20 * peak(load_of(of_run(nights["1m"])).held).total

# %% [markdown]
# It holds for other customers too: forty other nights, some of them with both a short and a long outage. So
# the sum can be told in advance. Three customers come in two seconds, two of three choose WeChat, and each
# looks at its cashier for five seconds: five have it open at any moment, and those pay twice.

# %%
payments = []
for seed in range(2, 42):
    short = load_of(of_run(night("1m", seed=seed)))
    payments.append(peak(short.owing).total)
    if seed % 5 == 0:
        assert peak(load_of(of_run(night("20m", seed=seed))).owed).total == peak(short.owed).total
expected = CUSTOMERS / 40 * 2 / 3 * 5
mean = sum(payments) / len(payments)
print(f"{mean:.1f} second payments a night, of {expected:.0f} expected; {max(payments)} at most")

assert abs(mean - expected) < 1

# %% [markdown]
# ## What became of WeChat's notifications
#
# Each line is a payment that WeChat tells of, each mark a try. Six tries are held by the link, arrive
# together when the outage ends, and are acked: too late, for WeChat waits five seconds for an ack. So it
# tells of each payment a seventh time, half an hour after it was made, when the money of that payment has
# been back for minutes. A handler that takes a payment whose refund is done for a new one refunds it again.

# %%
ladders(run, "WeChat hangs for twenty minutes")

# %%
repeated = [one for one in ladders_of(of_run(run)) if len(one.sends) > 1]
back = max(level.at for level in drawn.owed)
last = max(one.sends[-1].at for one in repeated)
print(f"the last money is back at {span(back)}, the last notification of a payment comes at {span(last)}")

assert [len(one.sends) for one in repeated] == [7] * 6
assert last > back + minutes(8)

# %% [markdown]
# ## Can one avoid it?
#
# A shop may allow one open attempt at a time: before it opens Alipay's cashier, WeChat's trade is closed. No
# order can be paid twice then. But a trade of a channel that hangs cannot be closed.

# %%
strict = night(attempts="ONE_AT_A_TIME")
paid = {"PARALLEL": run, "ONE_AT_A_TIME": strict}
for policy, one in paid.items():
    most = peak(load_of(of_run(one)).owed).total
    sold = sum(order.is_paid for order in one.orders)
    print(f"{policy:<13}  {sold} of {CUSTOMERS} orders paid, {yuan(most)} owed at the worst")

assert strict.ok
assert peak(load_of(of_run(strict)).owed).total == 0
assert sum(order.is_paid for order in strict.orders) <= CUSTOMERS * 3 // 4

# %% [markdown]
# It owes nobody anything, and a third of the sale is lost: ¥1,980.00 not taken, to keep ¥594.00 from being
# out for half an hour. Lost too are those who never saw WeChat's code: the answer to its making was late, so
# it may exist, and has to be closed. Two open attempts, and a refund that is sure, are the better bargain
# here. What to do on such a night then:
#
# - Do not count on ending it soon. Nothing that is done during the outage changes the sum; it is known once
#   patience is over, and so can be told to whoever has to fill the refund account.
# - Take WeChat off the pay page as soon as its calls time out. That saves customers half a minute each, and
#   keeps orders from waiting for a close.
# - Tell those who paid twice at once that a refund comes when WeChat is back. You do not know it yet: they
#   do.
# - Be ready for everything to arrive in one second when the outage ends, six times, and once more when all is
#   over.
