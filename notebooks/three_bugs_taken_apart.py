# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # Three bugs taken apart
#
# Three mistakes that stand in real payment code, a few lines each. All of them pass the tests that one
# writes by hand: a payment comes, an order is paid, a refund goes back. For each of them: the lines, the
# story in which they lose money (found by chaos, and shrunk to what it takes), pictures of that money, what
# it costs, and what is right.
#
# The merchants hang in the gallery (`paytwice gallery` lists some ninety). Each is the reference merchant
# with one mistake, so all that differs in a picture is the mistake.

# %%
from itertools import count

import attrs
from matplotlib.figure import Figure

from paytwice import Deviation, FaultProfile, MerchantFactory, Run, Simulation, minutes, simulate
from paytwice.bench.task import Assignment, Trial, play_trial
from paytwice.charts import beside, detection, ladders, money, states, swimlane
from paytwice.choices import Value
from paytwice.choices.bits import Bits
from paytwice.choices.sources import Sample
from paytwice.drawing.sheet import Margins, sheet
from paytwice.gallery.collection import gallery
from paytwice.gallery.exhibit import Exhibit
from paytwice.merchant.reference.merchant import reference
from paytwice.oracle import INVARIANTS
from paytwice.pictures.palette import LIGHT
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.shrink import Shrunk, shrink
from paytwice.story.plot import Plot, Stage

ROUGH = {"profile": "rough", "schedule": "portfolio"}  # as `paytwice chaos` plays it


@attrs.frozen
class Found:
    """A mistake, the first seed of a world that it loses money in, and what that comes down to."""

    exhibit: Exhibit
    stage: Stage
    seed: int
    shrunk: Shrunk

    @property
    def run(self) -> Run:
        return self.shrunk.run

    @property
    def right(self) -> Run:
        """The same story, the same luck, and the reference merchant."""
        return Plot(self.stage.plot.source, ROUGH).loaded().replay(self.shrunk.deviations)

    def tell(self) -> None:
        promise = INVARIANTS[self.exhibit.invariant]
        print(f"{self.exhibit.name} breaks {self.exhibit.invariant}, {promise.title}")
        print(
            f"  seed {self.seed} of {self.stage.scenario.name}: {self.shrunk.began_with} things were not calm"
        )
        print(f"  it takes {len(self.shrunk.deviations)} of them:")
        for one in self.shrunk.deviations:
            print(f"    {one}")


def find(name: str, world: str) -> Found:
    """Play rough seeds of a world until the mistake breaks its promise in a way that makes a short story."""
    exhibit = gallery()[name]
    stage = Plot(world, ROUGH, exhibit.merchant).loaded()
    for seed in count():
        run = stage.play(seed)
        broken = next((one for one in run.verdict.violations if one.invariant == exhibit.invariant), None)
        if broken is not None:
            shrunk = shrink(stage.replay, run, Aim(broken.invariant, broken.order), most_runs=100)
            if shrunk.is_finished and len(shrunk.deviations) <= 3:
                return Found(exhibit, stage, seed, shrunk)
    raise AssertionError("there is always another seed")


# %% [markdown]
# ## 1. The same channel, and therefore the same payment
#
# An order must take a repeated notification for what it is, and a second payment too. So the code compares
# a success with the payment that the order has: if it is that one, there is nothing to do. What to compare?
# The channel:

# %%
print(gallery()["compares_the_channel_only"].code)

# %%
channel_only = find("compares_the_channel_only", "two_phones")
channel_only.tell()

assert not channel_only.shrunk.deviations  # nothing at all has to go wrong

# %% [markdown]
# Chaos met it amid all kinds of bad luck, and none of that was needed. Two people with two phones open
# WeChat's cashier for one order, and both confirm: two `out_trade_no`, two `transaction_id`, one channel.
# Here is what the merchant knew, and when the money moved; below it the same with the reference merchant.
# The merchant with the mistake even goes on asking about the second trade, is told SUCCESS all day long,
# and takes each answer for news of the first.

# %%
states(channel_only.run, "With the mistake: WeChat has captured P1-2 too, and nobody takes note")

# %%
states(channel_only.right, "The reference merchant: the second payment is a duplicate, and goes back")

# %% [markdown]
# And nobody will tell. The merchant has said *thank you* to both notifications, so the channel's ladder
# ends on its first rung. There is no retry, no dead letter, no alarm; only the bill knows.

# %%
ladders(channel_only.run, "The channel has told of both payments, and both were acked")

# %%
wrong, right = channel_only.run, channel_only.right
assert right.ok
assert wrong.order.captured == right.order.captured == 2 * wrong.order.amount.minor
assert right.order.kept == right.order.amount.minor  # the second payment went back
assert wrong.order.kept == 2 * wrong.order.amount.minor  # and here it is kept for ever
print("right:", channel_only.exhibit.instead)

# %% [markdown]
# ## 2. A refund whose number lives in memory
#
# The duplicate is found, and its refund is under way. The process is restarted in the middle of it. What
# now? The code takes a refund that was interrupted for one that has failed, and makes a new one:

# %%
print(gallery()["number_dies_with_the_process"].code)

# %%
in_memory = find("number_dies_with_the_process", "two_phones")
in_memory.tell()

assert "crash" in str(in_memory.shrunk.decisive)

# %% [markdown]
# One crash at one place. The channel has got the first refund, and its answer finds nobody. The new process
# begins a second one under another number. To a channel another number is another wish.


# %%
swimlane(
    in_memory.run, "Two pay, one refund is interrupted and made anew", causes_of=in_memory.exhibit.invariant
)

# %% [markdown]
# This time the channel saves the shop: more than was paid cannot go back, so it refuses the second refund,
# and what is left is a refund that a person has to look into. It cannot save anybody when a *part* goes
# back, for a part fits in twice. So let a customer want 40 of her 99 yuan back.
#
# And how unlucky must one be? There are so many places where the process touches something: a row, a
# channel, the shop; it can die before each of them. A crash is a choice of the run like any other, and
# choices have names. So it can be tried at *every place there is*.


# %%
async def wants_a_part(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(1))
    await order.ask_refund("40.00 CNY")
    await sim.sleep(minutes(10))


@attrs.define
class Places:
    """A source of choices that leaves all calm, and notes where the process could have died."""

    unused: tuple[Deviation, ...] = ()
    noted: list[tuple[str, int]] = attrs.field(factory=list)

    def value(self, name: str, n: int, calm: Value, sample: Sample | None) -> Value:
        if sample is not None and str(sample(Bits(0))).startswith("crash"):
            self.noted.append((name, n))
        return calm


@attrs.frozen
class Crash:
    """What came of a crash at a place: what was under way, and what went back too much, in fen."""

    doing: str
    place: str
    n: int  # of the touches of that name
    too_much: int
    breaks: tuple[str, ...]


CRASH = "crash 10000"  # and the process is back ten seconds later


def crash_everywhere(merchant: MerchantFactory) -> list[Crash]:
    """Play the story once for each place, with a crash there and nowhere else."""
    places = Places()
    simulate(wants_a_part, source=places, merchant=merchant, faults=FaultProfile("crashes", crash=1_000_000))
    found = []
    for name, n in places.noted:
        run = simulate(wants_a_part, deviations=[Deviation(name, n, CRASH)], merchant=merchant)
        assert run.failure is None
        assert not run.unused  # the place was there, and the process died
        broken = dict.fromkeys(one.invariant for one in run.verdict.violations)
        _, doing, _ = name.split(" ", 2)
        found.append(Crash(doing, name, n, run.order.returned - 40_00, tuple(broken)))
    return found


crashes = crash_everywhere(in_memory.exhibit.factory)
deadly = [one for one in crashes if one.breaks]
print(f"{len(deadly)} of {len(crashes)} places to die at cost money:")
for one in deadly:
    print(f"  {one.place}: ¥{one.too_much / 100:.2f} too much, breaks {' '.join(one.breaks)}")


# %%
def crash_map(crashes: list[Crash]) -> Figure:
    """Every place at which the process can die, in the order of the story, by what it was doing."""
    rows = list(dict.fromkeys(one.doing for one in crashes))
    told = (
        "Pay ¥99.00, want ¥40.00 back. Each mark is a run in which the process dies there, and nowhere else."
    )
    wide = Margins(left=1.3)
    with sheet("Where a crash costs money", told, ax=None, theme="light", size=(10, 4), margins=wide) as page:
        ax = page.ax
        for costs, marker, colour, name in (
            (False, "o", LIGHT.closed, "nothing is lost"),
            (True, "X", LIGHT.alarm, "¥40.00 go back twice"),
        ):
            some = [
                (n, rows.index(one.doing)) for n, one in enumerate(crashes, 1) if (one.too_much > 0) == costs
            ]
            ax.plot(*zip(*some, strict=True), marker, color=colour, markersize=7, label=name)
        ax.set_yticks(range(len(rows)), rows)
        ax.invert_yaxis()
        ax.set_xlabel("what the process touches, one after the other")
        ax.legend(loc="upper right", frameon=False, fontsize=8)
    return page.figure


crash_map(crashes)

# %% [markdown]
# The money of one of these runs, and below it that of the same crash at the reference merchant:


# %%
def interrupted(merchant: MerchantFactory) -> Run:
    there = deadly[0]
    return simulate(wants_a_part, deviations=[Deviation(there.place, there.n, CRASH)], merchant=merchant)


money(interrupted(in_memory.exhibit.factory), "With the mistake: ¥40.00 were wanted, and ¥80.00 go back")

# %%
money(interrupted(reference), "The reference merchant: the new process asks what became of the refund")

# %% [markdown]
# All of them lie in one handler, between the moment at which the channel has the refund and the commit of
# what it answered. No test that one writes by hand hits it. A shop that sends a refund a second is there
# some part of *every* second, and a deploy kills the process on purpose.

# %%
assert 0 < len(deadly) < len(crashes) / 10
assert {one.doing for one in deadly} == {"refund"}
assert {one.too_much for one in deadly} == {40_00}
assert not any(one.breaks for one in crash_everywhere(reference))
print(f"the reference merchant: 0 of {len(crashes)}")
print("right:", in_memory.exhibit.instead)

# %% [markdown]
# ## 3. "Already paid" is not "closed"
#
# An order expires, and its trade is closed at the channel. The channel answers ORDERPAID. There is nothing
# to close any more, so that job is done, is it not?

# %%
print(gallery()["takes_already_paid_for_closed"].code)

# %%
already_paid = find("takes_already_paid_for_closed", "last_minute")
already_paid.tell()

assert "payment.notify" in str(already_paid.shrunk.decisive)

# %% [markdown]
# What it takes is a customer who pays in the last minute and one notification that is lost. Here is the
# failing run beside the nearest run that passes, which differs in that notification alone.

# %%
nearest = already_paid.shrunk.passing
assert nearest is not None
assert nearest.ok
beside(already_paid.run, nearest, "Paid in the last minute", decision=already_paid.shrunk.decisive)

# %% [markdown]
# The state of the order that it is about, with the mistake and without. She has paid, and reads CLOSED. Her
# money comes back as a refund, five minutes later at best, with an apology; the goods are on the shelf
# again, and the sale is lost.

# %%
states(already_paid.run, "with the mistake", orders=["P1"])

# %%
states(already_paid.right, "the reference merchant: the close says ORDERPAID, so it asks", orders=["P1"])

# %%
closed, paid = already_paid.run.orders[0], already_paid.right.orders[0]
assert already_paid.right.ok
assert closed.is_closed
assert paid.is_paid
assert closed.captured == paid.captured == closed.amount.minor  # she has paid in time in both
assert closed.kept == 0  # and here her money goes back, and the sale is lost
assert paid.kept == paid.amount.minor
print("right:", already_paid.exhibit.instead)

# %% [markdown]
# ## What they cost, and how many seeds they take
#
# In the world in which it was found, with sixty rough seeds of it: how many runs lose money, and how much
# is at stake in a thousand orders.


# %%
def cost(found: Found) -> tuple[int, float]:
    """How many of sixty runs break a promise, and the yuan at stake in a thousand orders."""
    broken = stake = orders = 0

    def each(run: Run) -> None:
        nonlocal broken, stake, orders
        broken += bool(run.verdict.violations)
        stake += sum(one.minor for one in run.verdict.at_stake)
        orders += len(run.orders)

    found.stage.play_each(range(60), each)
    return broken, 10 * stake / orders


ALL = (channel_only, in_memory, already_paid)
for found in ALL:
    broken, stake = cost(found)
    where = found.stage.scenario.name
    print(f"{found.exhibit.name:30} {broken:>3} of 60 runs of {where}, ¥{stake:,.0f} at stake")
    assert stake > 50

# %% [markdown]
# The loud one and the quiet ones. To be found, a mistake must meet its situation, and the worlds know
# nothing of mistakes. `paytwice bench` measures it: independent trials, the worlds in turn, seeds until the
# promise breaks that the mistake is about. Three trials of each:

# %%
TRIALS = range(1, 4)
trials: list[Trial] = [
    play_trial(Assignment(found.exhibit.name, "rough", trial, 120)) for found in ALL for trial in TRIALS
]
for found in ALL:
    took = [one.seeds for one in trials if one.exhibit == found.exhibit.name]
    print(f"{found.exhibit.name:30} {', '.join(map(str, took))} seeds")

detection(trials, method="rough")

# %% [markdown]
# Is bad luck needed at all? The same trials where nothing goes wrong, and only the customers do as they
# please:

# %%
for found in ALL:
    calm = [play_trial(Assignment(found.exhibit.name, "no-faults", trial, 60)) for trial in TRIALS]
    caught = [str(one.seeds) if one.caught else f"not in {one.seeds}" for one in calm]
    print(f"{found.exhibit.name:30} {', '.join(caught)}")
    assert all(one.caught for one in calm) == (found is not in_memory)

assert all(one.caught for one in trials)

# %% [markdown]
# Two of the three need no fault at all: customers who change their minds are enough. The third cannot be
# found without a crash, however many customers there are. It takes both: people who do as they please, and
# a world in which things break.
