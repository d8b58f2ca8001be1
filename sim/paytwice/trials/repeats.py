"""S16, idempotence: whatever is delivered to the merchant again, money, goods and views end as with once.

Repeated is what a sender may repeat without meaning anything by it: every notification, and the customer's
messages that carry a key of their own or ask for what is so already (place the order, cancel, ask for money
back under the same request, look at the page). Choosing a channel again is a new wish and no repeat; and what
a *channel* is told twice is the channel's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import attrs

from paytwice.calendar import MINUTE, SECOND
from paytwice.channels.messages import Notification
from paytwice.journal import What
from paytwice.merchant.host import Wish
from paytwice.network.envelope import Envelope
from paytwice.run import Run
from paytwice.story.player import Story
from paytwice.story.simulation import Simulation
from paytwice.trials.outcome import Difference, Outcome, differences, outcomes
from paytwice.trials.subject import Direction, Receive, Subject, tap
from paytwice.trials.trial import Variant, base_run
from paytwice.world.world import World

REPEATABLE: Final = ("open_order", "cancel", "ask_refund", "status")
ALL: Final = -1


@attrs.frozen
class Repeat:
    """How often a message is delivered, and how much later than the first its copies come."""

    words: str
    after: tuple[int, ...]


WAYS: Final = (
    Repeat("delivered twice in the same millisecond", (0,)),
    Repeat("delivered 3 times, the copies a second and 10 minutes later", (SECOND, 10 * MINUTE)),
)


def repeats_change_nothing(subject: Subject) -> Iterator[Variant]:
    """Each message alone, and all of them, delivered twice at once and three times in a while."""
    arrived: list[str] = []
    once = outcomes(base_run(subject.play(_repeating(arrived, None, ()))))
    for which, name in [*enumerate(arrived), (ALL, "every message")]:
        for way in WAYS:
            yield Variant(
                f"{name} {way.words}",
                partial(_play, subject, which, way),
                partial(_judge, once),
            )


def _play(subject: Subject, which: int, way: Repeat) -> Run:
    return subject.play(_repeating([], which, way.after))


def _judge(once: dict[str, Outcome], run: Run) -> Iterator[Difference]:
    if run.failure is None:
        yield from differences(once, outcomes(run))


def _repeating(arrived: list[str], which: int | None, after: tuple[int, ...]) -> Direction:
    async def direct(sim: Simulation, world: World, story: Story) -> None:
        def through(envelope: Envelope, entry: int, receive: Receive) -> None:
            receive(envelope, entry)
            if is_repeatable(envelope):
                arrived.append(f"{envelope.kind} {envelope.key}")
                if which in (ALL, len(arrived) - 1):
                    for ms in after:
                        deliver_again(world, envelope, ms, receive)

        tap(world, "merchant", through)
        await story(sim)

    return direct


def is_repeatable(envelope: Envelope) -> bool:
    """Whether a message may come twice without meaning anything by it."""
    payload = envelope.payload
    return isinstance(payload, Notification) or (isinstance(payload, Wish) and payload.method in REPEATABLE)


def deliver_again(world: World, envelope: Envelope, ms: int, receive: Receive) -> None:
    """Let a message that has arrived arrive once more, so many milliseconds later."""
    network, kernel = world.network, world.kernel

    def note(what: What, who: str, whom: str) -> int:
        return world.journal.note(
            kernel.now, envelope.sent, what, who, whom, envelope.kind, envelope.key, envelope.number
        )

    def arrive() -> None:
        network.in_flight -= 1
        receive(envelope, note(What.ARRIVED, envelope.receiver, envelope.sender))

    note(What.COPIED, envelope.sender, envelope.receiver)
    network.in_flight += 1  # so that the run does not come to rest before it
    place = f"{envelope.receiver} gets {envelope.kind} {envelope.key} again"
    kernel.call_at(kernel.now + ms, place, arrive)
