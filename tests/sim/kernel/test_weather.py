"""Links are held and cut by the story, both ways or one, for a while or until further notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.sim.kernel.test_network import World, in_a_world

from paytwice.choices import Choices
from paytwice.journal import What


def at(w: World, ms: int, call: Callable[[], object]) -> None:
    w.kernel.call_at(ms, f"story at {ms}", call)


def test_a_hold_keeps_messages_both_ways_until_the_release_and_keeps_their_order() -> None:
    def story(w: World) -> None:
        w.network.hold("a", "b")
        w.send("1", "2")
        w.network.delay("a", "b", "ping", 1)
        w.send("3")  # overtakes the others on the way to the hold
        w.send("back", way="ba")
        at(w, 1_000, lambda: w.network.release("a", "b"))

    world = in_a_world(story)
    assert world.heard == [(1_010, "1"), (1_010, "2"), (1_010, "3"), (1_010, "back")]
    assert world.noted(What.HELD) == ["3", "1", "2", "back"]
    assert world.noted(What.FAULT) == ["hold", "release"]


def test_a_hold_that_lasts_ends_by_itself() -> None:
    def story(w: World) -> None:
        w.network.hold("a", "b", lasting=500)
        w.send("1")
        at(w, 600, lambda: w.send("2"))

    assert in_a_world(story).heard == [(510, "1"), (610, "2")]


def test_a_one_way_hold_lets_the_other_way_pass() -> None:
    def story(w: World) -> None:
        w.network.hold("a", "b", lasting=500, one_way=True)
        w.send("there")
        w.send("back", way="ba")

    assert in_a_world(story).heard == [(10, "back"), (510, "there")]


def test_each_way_of_two_one_way_holds_ends_at_its_own_time() -> None:
    def story(w: World) -> None:
        w.network.hold("a", "b", lasting=100, one_way=True)
        w.network.hold("b", "a", lasting=5_000, one_way=True)
        w.send("there")
        w.send("back", way="ba")

    assert in_a_world(story).heard == [(110, "there"), (5_010, "back")]


def test_a_hold_that_is_begun_again_ends_with_the_longer_one() -> None:
    def story(w: World) -> None:
        w.network.hold("a", "b", lasting=100)
        w.network.hold("a", "b", lasting=900)
        w.network.hold("a", "b", lasting=500)
        w.send("1")

    world = in_a_world(story)
    assert world.heard == [(910, "1")]
    assert world.noted(What.FAULT).count("release") == 1


def test_a_release_by_hand_ends_a_hold_that_would_last() -> None:
    def story(w: World) -> None:
        w.network.hold("a", "b", lasting=900)
        w.send("1")
        at(w, 50, lambda: w.network.release("a", "b"))
        at(w, 60, lambda: w.network.hold("a", "b"))
        at(w, 1_000, lambda: w.send("2"))

    world = in_a_world(story)
    assert world.heard == []
    assert world.network.weather.waiting == 2, "the first hold's end does not end the second"


def test_a_partition_loses_both_ways_and_a_repair_ends_it() -> None:
    def story(w: World) -> None:
        w.network.partition("a", "b")
        w.send("1")
        w.send("2", way="ba")
        at(w, 100, lambda: w.network.repair("a", "b"))
        at(w, 101, lambda: w.send("3"))

    world = in_a_world(story)
    assert world.heard == [(111, "3")]
    assert world.noted(What.LOST) == ["1", "2"]
    assert world.noted(What.FAULT) == ["partition", "repair"]


def test_a_one_way_partition_loses_requests_or_responses_only() -> None:
    def story(w: World) -> None:
        w.network.partition("b", "a", lasting=1_000, one_way=True)
        w.send("1")

    world = in_a_world(story, answers=True)
    assert world.heard == [(10, "1")], "the effect is there, its response is not"


def test_what_is_under_way_when_a_partition_begins_is_lost() -> None:
    def story(w: World) -> None:
        w.send("1")
        at(w, 5, lambda: w.network.partition("a", "b", lasting=50))
        at(w, 60, lambda: w.send("2"))

    assert in_a_world(story).heard == [(70, "2")]


def test_healing_ends_everything_that_has_no_end() -> None:
    def story(w: World) -> None:
        w.network.hold("a", "b", one_way=True)
        w.network.partition("b", "a", one_way=True)
        w.send("held")
        w.send("lost", way="ba")
        w.network.lose("a", "b", "ping", times=10)
        at(w, 100, w.network.weather.heal)
        at(w, 200, lambda: w.send("after"))
        at(w, 200, lambda: w.send("after, back", way="ba"))

    world = in_a_world(story)
    assert world.heard == [(110, "held"), (210, "after"), (210, "after, back")]


def test_it_is_known_when_what_has_an_end_will_be_over() -> None:
    seen: list[int] = []

    def story(w: World) -> None:
        weather = w.network.weather
        seen.append(weather.clears_at)
        w.network.partition("a", "b", lasting=700)
        w.network.hold("a", "b")
        seen.append(weather.clears_at)
        w.network.hold("a", "b", lasting=900)
        at(w, 800, lambda: seen.append(weather.clears_at))

    in_a_world(story)
    assert seen == [0, 700, 0]


def test_a_negative_time_is_refused() -> None:
    def story(w: World) -> None:
        with pytest.raises(ValueError, match=r"the time that a hold lasts is .* not -5"):
            w.network.hold("a", "b", lasting=-5)

    in_a_world(story)


def test_what_was_held_arrives_in_any_order_under_a_seed() -> None:
    def story(w: World) -> None:
        w.network.hold("a", "b", lasting=500)
        w.send("1", "2", "3")

    orders = {tuple(key for _, key in in_a_world(story, choices=Choices(seed=s)).heard) for s in range(60)}
    assert len(orders) == 6
