"""Messages travel with latency, loss, duplication and disorder, as story, links and choices want it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import attrs
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.kernel.playing import play

from paytwice.choices import Choices, Deviation
from paytwice.faults import CALM, FaultProfile
from paytwice.journal import Journal, What
from paytwice.kernel.kernel import Kernel
from paytwice.latency import Latency
from paytwice.network.envelope import Envelope, Link
from paytwice.network.network import ANY, Network


@attrs.define
class World:
    """Two endpoints, a and b; `heard` has what arrived: when, what, from whom."""

    kernel: Kernel
    network: Network
    heard: list[tuple[int, str]] = attrs.field(factory=list)
    answers: bool = False

    def receive(self, envelope: Envelope, entry: int) -> None:
        self.heard.append((self.kernel.now, envelope.key))
        if self.answers:
            self.network.answer(envelope, "done", cause=entry)

    def send(self, *keys: str, way: str = "ab", kind: str = "ping") -> None:
        for key in keys:
            self.network.send(
                way[0],
                way[1],
                kind,
                key,
                None,
                reply=lambda _, entry: self.heard.append((self.kernel.now, "reply")),
            )

    def noted(self, what: What) -> list[str]:
        return [entry.key or entry.subject for entry in self.network.journal if entry.what is what]


def in_a_world(
    story: Callable[[World], None],
    *,
    choices: Choices | None = None,
    profile: FaultProfile = CALM,
    answers: bool = False,
) -> World:
    """Tell a network what a story wants at time 0, and let a day pass."""
    kernel = Kernel()
    its_choices = Choices() if choices is None else choices
    network = Network(kernel, its_choices, Journal(), profile)
    world = World(kernel, network, answers=answers)
    network.attach("a", world.receive)
    network.attach("b", world.receive)
    network.link(latency=Latency.constant(10))

    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        story(world)
        await kernel.sleep(86_400_000, "a day")

    play(main, kernel=kernel, choices=its_choices)
    assert network.in_flight == 0
    return world


def test_a_message_arrives_after_the_latency_of_its_link() -> None:
    world = in_a_world(lambda w: w.send("1", "2"))

    assert world.heard == [(10, "1"), (10, "2")]
    assert world.noted(What.SENT) == world.noted(What.ARRIVED) == ["1", "2"]


def test_an_answer_goes_back_to_the_one_who_asked() -> None:
    assert in_a_world(lambda w: w.send("1"), answers=True).heard == [(10, "1"), (20, "reply")]


def test_a_response_can_be_lost_after_the_effect() -> None:
    def story(w: World) -> None:
        w.network.lose("b", "a", "ping.reply")
        w.send("1", "2")

    world = in_a_world(story, answers=True)
    assert world.heard == [(10, "1"), (10, "2"), (20, "reply")]
    assert world.noted(What.LOST) == ["1"]


def test_the_most_specific_link_wins() -> None:
    def story(w: World) -> None:
        w.network.link("a", "b", latency=Latency.constant(30))
        w.network.link(ANY, ANY, "slow", latency=Latency.constant(500))
        w.network.link("a", "b", "urgent", latency=Latency.constant(1))
        w.send("usual")
        w.send("urgent", kind="urgent")
        w.send("slow", way="ba", kind="slow")
        w.send("back", way="ba")

    assert in_a_world(story).heard == [(1, "urgent"), (10, "back"), (30, "usual"), (500, "slow")]


def test_a_link_that_is_changed_again_keeps_its_other_fields() -> None:
    def story(w: World) -> None:
        w.network.link("a", "b", latency=Latency.constant(30))
        w.network.link("a", "b", in_order=True)
        w.send("1", "2", "3")

    assert in_a_world(story).heard == [(30, "1"), (31, "2"), (32, "3")]


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_links_in_order_keep_their_order_whatever_is_drawn(seed: int) -> None:
    profile = FaultProfile("late", late=300_000, lateness=Latency.uniform(0, 5_000), duplication=100_000)

    def story(w: World) -> None:
        w.network.link("a", "b", latency=Latency.lognormal(10, 1_000), in_order=True)
        w.send(*map(str, range(15)))
        w.network.hold("a", "b", lasting=500)

    world = in_a_world(story, choices=Choices(seed=seed), profile=profile)
    firsts = list(dict.fromkeys(key for _, key in world.heard))
    assert firsts == [str(i) for i in range(15)]


def test_without_order_messages_overtake_each_other() -> None:
    def story(w: World) -> None:
        w.network.link("a", "b", latency=Latency.uniform(0, 100))
        w.send(*map(str, range(15)))

    world = in_a_world(story, choices=Choices(seed=1))
    assert sorted(key for _, key in world.heard) == sorted(map(str, range(15)))
    assert [key for _, key in world.heard] != list(map(str, range(15)))


# -- what a story does --------------------------------------------------------------------------------------


def test_the_next_messages_of_a_kind_are_lost() -> None:
    def story(w: World) -> None:
        w.network.lose("a", "b", "ping", times=2)
        w.send("1")
        w.send("other", kind="pong")
        w.send("2", "3")

    assert in_a_world(story).heard == [(10, "other"), (10, "3")]


def test_the_next_messages_of_a_key_are_lost_or_late_or_doubled() -> None:
    def story(w: World) -> None:
        w.network.lose("a", "b", "ping", key="2")
        w.network.delay("a", "b", "ping", 700, key="1")
        w.network.duplicate("a", "b", "ping", 90, key="3")
        w.send("1", "2", "3", "1", "2")

    world = in_a_world(story)
    assert world.heard == [(10, "3"), (10, "1"), (10, "2"), (100, "3"), (700, "1")]
    assert world.noted(What.COPIED) == ["3"]


@pytest.mark.parametrize("call", ["hold", "partition", "release", "repair"])
def test_an_endpoint_that_is_not_there_is_refused(call: str) -> None:
    def story(w: World) -> None:
        with pytest.raises(ValueError, match="there is no endpoint 'wehcat': there are a, b"):
            getattr(w.network, call)("a", "wehcat")

    in_a_world(story)


def test_what_is_singled_out_needs_endpoints_too() -> None:
    def story(w: World) -> None:
        with refused():
            w.network.lose("a", "nobody", "ping")
        with refused():
            w.network.delay("nobody", "a", "ping", 5)
        with refused():
            w.network.duplicate("nobody", "a", "ping", 5)

    in_a_world(story)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(ValueError, match="no endpoint 'nobody'"):
        yield


@pytest.mark.parametrize("rate", [-1, 1_000_001])
def test_a_rate_is_per_million(rate: int) -> None:
    with pytest.raises(
        ValueError, match=f"loss is a rate per million messages, from 0 to 1000000, not {rate}"
    ):
        Link(loss=rate)
    with pytest.raises(ValueError, match=f"duplication .* not {rate}"):
        Link(duplication=rate)


# -- what is drawn ------------------------------------------------------------------------------------------


def test_losses_and_doubles_of_a_link_are_drawn_at_its_rates() -> None:
    def story(w: World) -> None:
        w.network.link("a", "b", loss=100_000)
        w.network.link("b", "a", duplication=200_000)
        w.send(*(f"a{i}" for i in range(1_000)))
        w.send(*(f"b{i}" for i in range(1_000)), way="ba")

    world = in_a_world(story, choices=Choices(seed=5))
    lost, copied = world.noted(What.LOST), world.noted(What.COPIED)
    assert 60 < len(lost) < 140
    assert all(key.startswith("a") for key in lost)
    assert 150 < len(copied) < 250
    assert all(key.startswith("b") for key in copied)
    assert len(world.heard) == 2_000 - len(lost) + len(copied)


def test_the_rates_of_the_profile_hold_on_every_link() -> None:
    profile = FaultProfile("p", loss=500_000, late=500_000, lateness=Latency.constant(60_000))
    world = in_a_world(lambda w: w.send(*map(str, range(400))), choices=Choices(seed=2), profile=profile)

    assert 140 < len(world.noted(What.LOST)) < 260
    assert {at for at, _ in world.heard} == {10, 60_010}


def test_a_fate_that_was_recorded_comes_again() -> None:
    script = [
        Deviation("a→b ping 1", 1, "lost"),
        Deviation("a→b ping 2", 1, (20, 30)),
        Deviation("a→b ping 3", 2, 99),
    ]
    world = in_a_world(lambda w: w.send("1", "2", "3", "3"), choices=Choices(script=script))

    assert world.heard == [(10, "3"), (20, "2"), (30, "2"), (99, "3")]


def test_on_a_calm_run_nothing_is_lost_whatever_the_rates() -> None:
    def story(w: World) -> None:
        w.network.link(loss=1_000_000)
        w.send("1")

    assert in_a_world(story).heard == [(10, "1")]
