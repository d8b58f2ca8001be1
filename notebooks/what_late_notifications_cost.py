# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # What late notifications cost, and what they do not
#
# WeChat says itself that notifications may be late or never come. What does a minute more cost a shop? She
# pays by WeChat, and the page asks every five seconds whether the order is paid. When her patience ends she
# pays again, with Alipay. Two numbers decide it, it seems: how late the notification is, and how patient she
# is.

# %%
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt

from paytwice.charts import heat
from paytwice.sweep import Cell, Sweep, sweep
from paytwice.wording import span

STORY = '''
"""She pays by WeChat, looks at the pay page, and when her patience ends pays with Alipay."""

from paytwice import Simulation, play, seconds
from paytwice.merchant.port import Said


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    lost = sim.parameter("lost", 0)
    if lost:
        sim.network.lose("wechat", "merchant", "payment.notify", times=lost)
    await order.confirm("wechat")
    patience = sim.now + sim.parameter("patience", seconds(40))
    while sim.now < patience:
        answer = await order.status()
        if answer is not None and answer.said is Said.PAID:
            return
        await sim.sleep(seconds(5))
    await order.pay("alipay")


if __name__ == "__main__":
    play(story)
'''
impatient = Path(mkdtemp()) / "impatient.py"
impatient.write_text(STORY.lstrip(), encoding="utf-8")

LATE = [
    "1s",
    "10s",
    "1m",
    "10m",
    "1h",
]  # the median of WeChat's notifications; one in a hundred takes ten times as long
PATIENCE = ["10s", "30s", "1m", "3m", "10m"]
SEEDS = 40


def swept(merchant: str | None) -> Sweep:
    """Forty evenings for each pair of lateness and patience."""
    values = {"latency.wechat.notify": LATE, "patience": PATIENCE}
    return sweep(str(impatient), values, seeds=SEEDS, merchant=merchant)


def cell(found: Sweep, *values: str) -> Cell:
    """The cell of these values."""
    return next(one for one in found.cells if tuple(one.settings.values()) == values)


# %% [markdown]
# ## A merchant that waits to be told
#
# The first merchant books what notifications tell, and never asks. (It is in the gallery, as `never_asks`.)

# %%
waits = swept("paytwice.gallery.crashes:NeverAsks")
heat(waits, "A merchant that waits to be told")

# %% [markdown]
# As one would think: the later the news, the more pay twice. With news after a minute, six in ten of those
# who wait for half a minute do. Patience helps only where it is longer than the news is late.

# %%
for late, patience in (("10s", "10s"), ("1m", "1m"), ("10m", "10m")):
    share = cell(waits, late, patience).duplicate
    sure = f"{share.low:.0%} to {share.high:.0%}"
    print(f"news after {late}, patience {patience}: {share.share:.0%} pay twice ({sure})")

assert all(cell(waits, "1h", patience).duplicate.share > 0.9 for patience in PATIENCE)
assert all(cell(waits, "1s", patience).duplicate.share == 0 for patience in PATIENCE)
assert cell(waits, "1m", "30s").duplicate.low > 0.3

# %% [markdown]
# And how long is their money gone? It can go back once the merchant has heard of it by the first of WeChat's
# repeats to arrive, and then takes the channel five minutes.

# %%
heat(waits, "A merchant that waits to be told", value="refund")

# %% [markdown]
# ## A merchant that asks
#
# The second is the reference merchant. It asks for what it has heard nothing of: first when 15 s have passed
# since it asked for the code, then after 5 s, 30 s, 1 m, 3 m and so on, which is WeChat's own advice.

# %%
asks = swept(None)
heat(asks, "A merchant that asks after 15 s, and then again and again")

# %% [markdown]
# Only one row is left. Whoever waits for half a minute never pays twice, *however late the news is*: a second
# or an hour. What is left are customers who wait for ten seconds, for the first question comes after fifteen.
# Their money is back after five minutes, always.
#
# So lateness of notifications costs nothing. What costs is the time until the merchant's *first question that
# comes after the payment*, measured against patience. (Who waits to be told knows of an order after ten
# minutes at the latest: by then all have paid again with Alipay.)

# %%
print("the order is known to be paid after")
for late in LATE:
    known = {
        name: cell(found, late, "10m").known_ms.median for name, found in (("waits", waits), ("asks", asks))
    }
    assert known["waits"] is not None
    assert known["asks"] is not None
    print(f"news after {late:>3}: {span(known['waits'])} to who waits, {span(known['asks'])} to who asks")

assert all(cell(asks, late, patience).duplicate.share == 0 for late in LATE for patience in PATIENCE[1:])
assert all((cell(asks, late, "10s").refund_ms.p99 or 0) < 6 * 60_000 for late in LATE), (
    "back after five minutes"
)
assert (cell(waits, "1h", "30s").refund_ms.median or 0) > 15 * 60_000, (
    "who waits: a quarter of an hour, or more"
)
assert max(cell(asks, late, "10m").known_ms.most or 0 for late in LATE) < 40_000, (
    "known within 40 s at the worst"
)

# %% [markdown]
# What does it take? One query an order where news is late, and none where it is on time.

# %%
for late in LATE:
    print(f"news after {late:>3}: {cell(asks, late, '30s').queries_per_order:.2f} queries per order")

assert cell(asks, "1s", "30s").queries_per_order == 0
assert all(cell(asks, late, "30s").queries_per_order <= 1.5 for late in LATE)

# %% [markdown]
# ## Notifications that are lost
#
# A lost notification is a late one: WeChat repeats it after 15 s, 15 s, 30 s, 3 m, 10 m and so on. Three lost
# in a row make the news a minute late, four make it four minutes, five make it fourteen.

# %%
LOST = ["0", "1", "2", "3", "4", "5"]


def losing(merchant: str | None) -> Sweep:
    """Evenings on which the first notifications are lost."""
    return sweep(str(impatient), {"lost": LOST, "patience": PATIENCE}, seeds=20, merchant=merchant)


told = losing("paytwice.gallery.crashes:NeverAsks")
asked = losing(None)
_, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for ax, found, who in zip(axes, (told, asked), ("Waits to be told", "Asks"), strict=True):
    heat(found, who, ax=ax)

# %%
for lost in LOST:
    known_after = cell(told, lost, "10m").known_ms.median
    assert known_after is not None
    print(f"{lost} lost: known after {span(known_after)} to who waits to be told")

assert cell(told, "2", "10s").duplicate.share == 1
assert cell(told, "1", "30s").duplicate.share == 0, "the repeat comes in time"
assert cell(told, "4", "1m").duplicate.share == 1
assert all(cell(asked, lost, patience).duplicate.share == 0 for lost in LOST for patience in PATIENCE[1:])

# %% [markdown]
# ## What it means for a payment page
#
# - Ask before patience ends, or let the page's own question trigger a query. It is cheaper than any effort to
#   have notifications on time. (`designing_a_query_plan` looks for the best times.)
# - Keep the page patient until your first question was answered, and show "we are asking WeChat" until then.
#   With both, no lateness of WeChat's costs a second payment here.
# - Who pays again before that pays twice with every merchant. For them there is only the refund: it should be
#   on its way in the second in which the other payment is known.
