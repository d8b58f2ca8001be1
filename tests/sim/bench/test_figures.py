"""The figures of a bench: rates with their interval, medians over trials, and what escaped."""

from __future__ import annotations

import pytest

from paytwice.bench.table import figures, in_buckets, wilson
from paytwice.bench.task import Assignment, Trial
from paytwice.bench.telling import as_markdown, in_json, told

NAME = "swallows_the_second"


def trial(number: int, seeds: int, *, caught: bool = True, name: str = NAME, method: str = "rough") -> Trial:
    return Trial(name, method, number, caught, seeds, 1500, "S4" if caught else "", seeds, None)


# Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_wilson(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


def test_nothing_played_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_trial_in_vain_counts_as_its_limit() -> None:
    [one] = figures([trial(0, 3), trial(1, 5), trial(2, 1000, caught=False)])

    assert (one.trials, one.caught, one.median_seeds, one.worst_seeds) == (3, 2, 5, 1000)
    assert one.per_thousand == pytest.approx(2000 / 1008)
    assert one.low < one.per_thousand < one.high
    assert (one.invariant, one.first, one.median_cpu) == ("S4", "S4", 1.5)


def test_a_task_stands_in_the_first_bucket_that_it_fits_into() -> None:
    found = figures(
        [
            trial(0, 1),
            trial(0, 10, name="last_writer_wins"),
            trial(0, 100, caught=False, name="compares_the_channel_only"),
            trial(0, 11, method="swarm"),
        ]
    )

    assert in_buckets(found) == {"rough": [1, 1, 0, 0, 0, 1], "swarm": [0, 0, 1, 0, 0, 0]}


def test_what_hangs_there_no_more_is_left_out() -> None:
    assert figures([trial(0, 1, name="sold")]) == []


def test_what_escaped_is_named_below_the_table() -> None:
    found = figures([trial(0, 3), trial(1, 50, caught=False)])

    lines = [line for line, _ in told(found)]

    assert lines[-1] == f"Escaped: {NAME}, rough: in 1 of 2 trials"
    assert any(line.split()[:5] == [NAME, "S4", "1/2", "26", "50"] for line in lines)


def test_the_markdown_names_the_command_that_makes_it() -> None:
    found = figures([trial(0, 3)])

    text = as_markdown(found, [Assignment(NAME, "rough", 0, 50)])

    assert "`paytwice bench --method rough --trials 1 --limit 50`" in text
    assert f"| `{NAME}` | S4 | 1/1 | 3 | 3 |" in text
    assert in_json(found)["buckets"] == {
        "rough": {"1": 0, "10": 1, "100": 0, "1000": 0, "10000": 0, "not caught": 0}
    }


def test_methods_stand_side_by_side() -> None:
    found = figures(
        [
            *(trial(n, n + 3) for n in range(3)),
            trial(0, 7, method="swarm"),
            trial(1, 50, caught=False, method="swarm"),
            trial(0, 50, caught=False, name="last_writer_wins"),
        ]
    )

    text = as_markdown(found, [Assignment(NAME, "rough", 0, 50)])

    assert "`paytwice bench --method rough --method swarm --trials 3 --limit 50`" in text
    assert f"| `{NAME}` | S4 | 4 | 28 (1/2) |" in text
    assert "| `last_writer_wins` | S1 | never |  |" in text
