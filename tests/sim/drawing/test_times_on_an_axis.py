"""The axis of virtual time: order and times stay true, however long the pauses."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from paytwice.drawing.times import times

DAY = 86_400_000


@given(st.lists(st.integers(0, 8 * DAY), min_size=1, max_size=30))
def test_a_later_moment_never_stands_left_of_an_earlier_one(moments: list[int]) -> None:
    axis = times(moments)
    places = [axis.x(ms) for ms in sorted(set(moments))]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert 0 <= places[0] <= places[-1] <= axis.right


@given(st.lists(st.integers(0, 8 * DAY), min_size=1, max_size=30))
def test_labels_keep_their_distance_and_tell_the_time_of_their_place(moments: list[int]) -> None:
    axis = times(moments)
    ticks = axis.ticks(axis.right / 10)
    assert all(after[0] - before[0] >= axis.right / 10 for before, after in pairwise(ticks))
    assert ticks[0] == (0.0, "0")
    assert {x for x, _ in ticks} <= {axis.x(ms) for ms in (0, *moments)}


def test_even_pauses_are_drawn_even_and_uneven_ones_are_said_to_be_shortened() -> None:
    even = times(range(0, 10_000, 1_000))
    steps = [round(even.x(ms + 1_000) - even.x(ms), 9) for ms in range(0, 9_000, 1_000)]
    assert len(set(steps)) == 1
    assert not even.shortens
    assert times([0, 100, 200, 300, DAY]).shortens


def test_a_moment_within_a_pause_stands_within_it() -> None:
    axis = times([0, 1_000, DAY])
    assert axis.x(1_000) < axis.x(60_000) < axis.x(3_600_000) < axis.x(DAY)
    assert axis.x(2 * DAY) <= axis.right


def test_moments_of_one_name_are_labelled_once() -> None:
    ticks = times([10_000, 97_000, 97_300, 97_400, 200_000], apart=0.7).ticks(0.3)

    assert [told for _, told in ticks] == ["0", "+10s", "+1m37s", "+3m20s"]
