# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # A first look: one order, two payments
#
# A customer pays by WeChat Pay and hears nothing. She pays again, with Alipay. Then WeChat's success arrives
# after all. What happens to the money? We play it, look at it, break it, and play it a hundred times.

# %%
from paytwice import Settings, Simulation, minutes, seconds, simulate
from paytwice.charts import latencies, states, swimlane


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")  # the customer sees WeChat's cashier
    sim.network.hold("merchant", "wechat", lasting=minutes(3))  # WeChat hangs, both ways
    await order.confirm("wechat")  # the money moves, and nobody hears of it
    await sim.sleep(seconds(40))
    await order.pay("alipay")  # start and confirm


# %% [markdown]
# A run shows itself: the verdict, the money, the orders, and where the money was. For seven minutes the
# channels held ¥198.00 for an order of ¥99.00. All of it took a few hundredths of a second: eight minutes of
# *virtual* time.

# %%
run = simulate(story)
run

# %% [markdown]
# The promise is not that nobody pays twice. No merchant can promise that, for the customer does it. It is
# that the payment that won stays the winner, by channel *and* the channel's own number, and that the other
# goes back, once and in full.

# %%
assert run.ok
assert run.order.paid_by == "alipay"
assert (run.captured("wechat"), run.kept("wechat")) == (99_00, 0), "it came late, and went back"
assert len(run.refund_numbers("wechat")) == 1, "one wish, one refund number"

# %% [markdown]
# Who said what to whom, and when. The first notification of WeChat's success is the first hint that the
# merchant gets of a payment that is three minutes old.

# %%
swimlane(run, "WeChat hangs, she pays with Alipay, then WeChat's success arrives after all")

# %% [markdown]
# The same as states. An order is paid once; an attempt may succeed and still not be what paid it.

# %%
states(run, "WeChat hangs, she pays with Alipay")

# %% [markdown]
# ## Break it
#
# Many real payment handlers begin with `if order.is_paid: return "success"`. It is right for a repeated
# notification, and it swallows a second payment. This merchant is ours with that one mistake.

# %%
from paytwice.gallery.winner import SwallowsTheSecond

broken = simulate(story, merchant=SwallowsTheSecond)
for one in broken.verdict.violations:
    print(f"{one.invariant:<3} {one.message}")

assert broken.kept("wechat") == 99_00, "she has paid ¥198.00 for a thing of ¥99.00"
assert [str(one.at_stake.display) for one in broken.verdict.violations if one.at_stake] == ["¥99.00"] * 4

# %% [markdown]
# No error, no alarm, no red line in any log. The order is PAID, its customer content, and the merchant's own
# books know nothing of ¥99.00 that the channel's bill has. That is why the judge reads the channels' ledgers,
# not the merchant's.

# %%
assert broken.order.is_paid
assert not broken.errors
assert broken.order.refunds == ()

# %% [markdown]
# ## Play it a hundred times
#
# A seed draws what is left to chance. Under `rough` messages are lost, late or doubled, the merchant crashes,
# its database fails, channels answer SYSTEM_ERROR though it was done.

# %%
runs = [simulate(story, seed=seed, settings=Settings(profile="rough")) for seed in range(100)]
print(len({one.digest for one in runs}), "different runs")
print(sum(len(one.deviations) for one in runs), "deviations from calm")
print(sum(one.captured("wechat") > 0 and one.captured("alipay") > 0 for one in runs), "double payments")
print(sum(bool(one.verdict.violations) for one in runs), "broken promises")

assert len({one.digest for one in runs}) == 100, "a hundred runs are a hundred runs"
assert not any(one.verdict.violations for one in runs), "the reference merchant keeps every promise"
assert simulate(story, seed=7, settings=Settings(profile="rough")).digest == runs[7].digest, "the same again"

# %% [markdown]
# What chance did to the messages of those runs: the steps that end below 100 % are messages that never
# arrived.

# %%
latencies(runs, "A hundred rough runs")

# %% [markdown]
# From here: `what_late_notifications_cost` asks what such an evening costs, `a_peak_night` plays it with
# sixty customers. On the command line `paytwice run late_wechat_after_alipay` tells this story as text.
