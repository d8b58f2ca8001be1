"""Every trial is shown a merchant that fails it, in a story where one run shows nothing; sound ones pass."""

from __future__ import annotations

from functools import cache

import attrs
import pytest
from tests.sim.merchants import broken, broken_on_trial, plots
from tests.sim.merchants.textbook import Textbook

from paytwice import Settings, Simulation, hours, minutes, seconds, simulate
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.oracle import Conclusion
from paytwice.story.player import Story
from paytwice.trials import TRIALS, Subject, Trial, try_one, variant_of
from paytwice_core import Money


async def twice_at_wechat(sim: Simulation) -> None:
    """Two attempts at one channel, the news of the older one first."""
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("wechat")
    await order.confirm("wechat", which=1)
    await sim.sleep(minutes(1))
    await order.confirm("wechat", which=0)


async def notified_twice(sim: Simulation) -> None:
    """A notification comes a second time, a second after the first."""
    sim.network.duplicate("wechat", "merchant", "payment.notify", seconds(1))
    await plots.paid_once(sim)


@attrs.frozen
class Caught:
    """A merchant that a trial catches, where a single run of the story does not (unless `seen_in_one`)."""

    trial: str
    merchant: MerchantFactory
    story: Story
    seen_in_one: bool = False

    @property
    def subject(self) -> Subject:
        """What is put on trial; it need not wait for long until nothing gets better."""
        return Subject(self.story, merchant=self.merchant, settings=Settings(horizon=hours(1)))


TABLE = (
    Caught("S11", broken.AcksBeforeItKnows, plots.paid_once),
    Caught("S11", broken_on_trial.MarksBeforeItBooks, notified_twice),
    Caught("S16", broken_on_trial.ShipsEachDelivery, plots.paid_once),
    Caught("S16", broken_on_trial.RefundsEachAsking, plots.forty_back),
    Caught("S17", broken_on_trial.RefundsOldAttemptsOnly, twice_at_wechat),
    Caught("S17", broken.LastWriterWins, plots.late_wechat, seen_in_one=True),
    Caught("S21", broken_on_trial.ChokesOnPoison, plots.paid_once),
    Caught("S21", broken_on_trial.WaitsForTheStuck, plots.paid_once),
    Caught("S22", broken_on_trial.RefundsByTheBill, plots.late_wechat),
)
SOUND = {
    "S11": (reference, Textbook, broken_on_trial.KeepsAnInbox),
    "S16": (reference, Textbook, broken_on_trial.KeepsAnInbox),
    "S17": (reference, Textbook),
    "S21": (reference, Textbook, broken_on_trial.KeepsAnInbox),
    "S22": (reference, broken_on_trial.ReadsBills),
}


def _named(caught: Caught) -> str:
    return f"{caught.trial}-{getattr(caught.merchant, '__name__', '?')}"


@cache
def _tried(name: str, subject: Subject) -> Trial:
    return try_one(name, subject)


def test_every_trial_is_shown_a_merchant_that_fails_it() -> None:
    assert {caught.trial for caught in TABLE} == set(TRIALS)


@pytest.mark.parametrize("caught", TABLE, ids=_named)
def test_a_trial_catches_what_one_run_does_not_show(caught: Caught) -> None:
    run = simulate(caught.story, merchant=caught.merchant)
    trial = _tried(caught.trial, caught.subject)

    assert run.ok is not caught.seen_in_one, run.explain()
    assert trial.verdict.outcome is Conclusion.VIOLATED
    assert trial.verdict.checked == (caught.trial,)
    assert 0 < trial.distinct <= trial.played


@pytest.mark.parametrize("caught", TABLE, ids=_named)
def test_a_finding_says_whose_how_much_and_how_to_see_it(caught: Caught) -> None:
    trial = _tried(caught.trial, caught.subject)
    [violation] = [one for one in trial.verdict.violations if one.order]
    said, _, repeat = violation.message.partition(" Repeat: ")
    number = int(repeat.partition(")")[0].rpartition(" ")[2])
    title, _run = variant_of(TRIALS[caught.trial], Subject(caught.story, merchant=caught.merchant), number)

    assert violation.invariant == caught.trial
    assert violation.order == "P1"
    assert violation.at_stake is not None
    assert Money(0, "CNY") < violation.at_stake <= Money(99_00, "CNY")
    assert said.startswith(f"{title}: ")


@pytest.mark.parametrize("caught", TABLE, ids=_named)
def test_sound_merchants_pass_the_same_trial(caught: Caught) -> None:
    for merchant in SOUND[caught.trial]:
        trial = try_one(caught.trial, attrs.evolve(caught.subject, merchant=merchant))

        assert trial.ok, (merchant, trial.verdict.violations, trial.verdict.unknown)
        assert trial.why_vacuous == ""
