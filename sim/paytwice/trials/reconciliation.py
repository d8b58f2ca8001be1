"""S22, reconciliation is inert: the bill moves nothing that is on its way already, however often it is read.

When a merchant reads bills is its own affair, so the trial makes *any* merchant read them again, by what can
happen to it: the bill's answer is lost, the process is killed as the answer arrives, just after it, before
the first write or the first refund that follows from it, or is restarted again and again around that time.
This is done in three circumstances: as the story goes; with refunds that take until long after the bill; and
with no other news of the payments than the bill. All runs of one circumstance must end alike, with not one
refund number more than the undisturbed run has; and where other news comes too, than the run without a bill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Final

import attrs

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice.channels.circumstances import RefundFate
from paytwice.channels.messages import About, Meaning, Notification
from paytwice.channels.requests import FetchBill, QueryTrade
from paytwice.journal import What
from paytwice.network.envelope import Envelope
from paytwice.run import Run
from paytwice.story.player import Story
from paytwice.story.simulation import Simulation
from paytwice.trials.outcome import Difference, Outcome, differences, outcomes
from paytwice.trials.subject import Direction, Receive, Subject, tap
from paytwice.trials.trial import NothingToTry, Variant, base_run
from paytwice.world.world import World

DOWNTIME: Final = 10 * SECOND
BILL_HOUR: Final = 10
MANY_REFUNDS: Final = 50
SLOW: Final = 30 * HOUR  # what a refund takes that is on its way while bills are read
REVERSALS: Final = ("S6", "S7", "S8")  # the promises about money that goes back once too often
NEVER: Final = "the bill never answered"


class Circumstance(Enum):
    """Under what the bill is read."""

    AS_IT_GOES = "as the story goes"
    REFUNDS_ON_THEIR_WAY = "with refunds that take longer than until the bill"
    ONLY_NEWS = "with the bill as the only news of payments"


Disturbance = Callable[[World, int], None]  # the world, and when the bill's answer arrives


@attrs.define
class Reading:
    """How one run treats the bill."""

    circumstance: Circumstance
    disturb: Disturbance | None = None
    mute: bool = False  # no bill is ever answered
    at: int = 0  # when the bill's answer arrives, if nothing is in its way

    async def __call__(self, sim: Simulation, world: World, story: Story) -> None:
        """Direct the story, and what happens around the next bill."""
        bill = world.calendar.ms_at(world.calendar.day_of(sim.now) + timedelta(days=1), hour=BILL_HOUR)
        read = bill + HOUR
        if self.circumstance is Circumstance.REFUNDS_ON_THEIR_WAY:
            for actor in world.actors.values():
                actor.arranged.refund_fates.extend([RefundFate(after_ms=SLOW)] * MANY_REFUNDS)
        tap(world, "merchant", partial(self._news, world, read))
        for channel in world.actors:
            tap(world, channel, partial(self._questions, world, read))
        await story(sim)
        world.stop_faults()
        if self.disturb is not None:
            self.disturb(world, self.at)
        await sim.sleep(max(read - sim.now, 0))

    def _news(self, world: World, read: int, envelope: Envelope, entry: int, receive: Receive) -> None:
        told = envelope.payload
        withheld = isinstance(told, Notification) and told.about is About.PAYMENT
        if not (withheld and self._is_silent(world, read)):
            receive(envelope, entry)

    def _questions(self, world: World, read: int, envelope: Envelope, entry: int, receive: Receive) -> None:
        question = envelope.payload
        unheard = isinstance(question, QueryTrade) and self._is_silent(world, read)
        if not unheard and not (self.mute and isinstance(question, FetchBill)):
            receive(envelope, entry)

    def _is_silent(self, world: World, read: int) -> bool:
        return self.circumstance is Circumstance.ONLY_NEWS and world.kernel.now < read


def _lost(times: int) -> Disturbance:
    def disturb(world: World, at: int) -> None:
        for channel in world.actors:
            world.network.lose(channel, "merchant", "bill.fetch.reply", times=times)

    return disturb


def _killed(*after: int) -> Disturbance:
    def disturb(world: World, at: int) -> None:
        for ms in after:
            world.kernel.call_at(at + ms, "trial kills", partial(world.merchant.crash, DOWNTIME, "trial"))

    return disturb


def _killed_before(place: str) -> Disturbance:
    def disturb(world: World, at: int) -> None:
        def plan() -> None:
            world.faults.planned[f"merchant*{place}*"] = f"crash {DOWNTIME}"

        world.kernel.call_at(at, "trial plans", plan)

    return disturb


DISTURBANCES: Final[dict[str, Disturbance]] = {
    "its answer lost once": _lost(1),
    "its answer lost 3 times": _lost(3),
    "the process killed as the answer arrives": _killed(0),
    "the process killed a millisecond later": _killed(1),
    "the process killed before the first write that follows": _killed_before(" store.put "),
    "the process killed before the first commit that follows": _killed_before(" store.commit"),
    "the process killed before the first refund that follows": _killed_before(" refund.ask "),
    "the process restarted 5 times, a minute apart": _killed(*range(1, 5 * MINUTE, MINUTE)),
}


def the_bill_changes_nothing(subject: Subject) -> Iterator[Variant]:
    """In each circumstance, one variant for each way to read the bill again, and one without any bill."""
    read = False
    for circumstance in Circumstance:
        once = base_run(_play(subject, Reading(circumstance)))
        at = _answered_at(once)
        if at is None:
            continue
        read = True
        if circumstance is not Circumstance.ONLY_NEWS:
            yield Variant(
                f"{circumstance.value}, the bill read, and not {NEVER}",
                partial(_play, subject, Reading(circumstance, mute=True)),
                partial(_more_than_without, once),
            )
        for words, disturb in DISTURBANCES.items():
            yield Variant(
                f"{circumstance.value}, {words}",
                partial(_play, subject, Reading(circumstance, disturb, at=at)),
                partial(_judge, once),
            )
    if not read:
        raise NothingToTry("the merchant reads no bill")


def _play(subject: Subject, reading: Reading) -> Run:
    direction: Direction = reading.__call__
    return subject.play(direction, bill=True)


def _answered_at(run: Run) -> int | None:
    """When the first bill's answer arrived at the merchant."""
    made = False
    for entry in run.journal:
        if entry.subject == "bill.fetch" and entry.what is What.DESK:
            made |= entry.whom == Meaning.OK.value
        elif made and entry.subject == "bill.fetch.reply" and entry.what is What.ARRIVED:
            return entry.at
    return None


def _judge(once: Run, run: Run) -> Iterator[Difference]:
    """A run with the bill read again must end as the one with the bill read once."""
    if run.failure is None:
        yield from _reversed_again(once, run)
        yield from differences(_anonymous(once), _anonymous(run))


def _more_than_without(once: Run, without: Run) -> Iterator[Difference]:
    """What the bill has moved beyond what moves without it; what it made known besides is its purpose."""
    if without.failure is not None or without.verdict.violations:
        return  # a merchant that needs the bill
    yield from _reversed_again(without, once)
    with_bill = {name: _money_of(one) for name, one in outcomes(once).items()}
    yield from differences({name: _money_of(one) for name, one in outcomes(without).items()}, with_bill)


def _money_of(outcome: Outcome) -> Outcome:
    return attrs.evolve(outcome, refunds=None, standing="", winner="")


def _reversed_again(before: Run, after: Run) -> Iterator[Difference]:
    known = {(one.invariant, one.order) for one in before.verdict.violations}
    for one in after.verdict.violations:
        if one.invariant in REVERSALS and (one.invariant, one.order) not in known:
            yield Difference(one.order, f"{one.invariant}: {one.message.rstrip('.')}", one.at_stake)
            return
    first, second = _refund_numbers(before), _refund_numbers(after)
    if len(second) > len(first):
        extra = ", ".join(number for number in second if number not in first)
        asked = f"the channels were asked for {len(second)} refunds and not {len(first)}: {extra}"
        yield Difference("", asked, None)


def _refund_numbers(run: Run) -> list[str]:
    return [f"{number} at {channel}" for channel, asked in run.refunds_asked.items() for number in asked]


def _anonymous(run: Run) -> dict[str, Outcome]:
    """How the orders ended; which payment wins goes by which news comes first, and that may differ."""
    return {name: one.anonymous for name, one in outcomes(run).items()}
