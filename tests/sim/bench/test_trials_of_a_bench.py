"""Trials are played once, kept, and gone on with; other ways of testing see what is theirs to see."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from paytwice.bench.running import assignments, left_to_do
from paytwice.bench.store import BenchStoreError, TrialStore
from paytwice.bench.task import APART, Assignment, Trial, play_trial

NAME = "swallows_the_second"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TrialStore]:
    kept = TrialStore(tmp_path / "bench.sqlite")
    yield kept
    kept.close()


def same(trial: Trial) -> Trial:
    """A trial but for what it cost, which no two machines agree on."""
    return attrs.evolve(trial, cpu_ms=0)


def test_a_trial_finds_the_promise_that_breaks_and_shrinks_what_it_found() -> None:
    trial = play_trial(Assignment(NAME, "rough", 0, 100))

    assert trial.caught
    assert (trial.first, trial.first_seeds) == ("S4", trial.seeds)
    assert 0 < trial.seeds <= 100
    assert trial.shrunk is not None
    assert trial.shrunk <= 3


def test_the_same_trial_is_the_same_every_time() -> None:
    one = Assignment("last_writer_wins", "swarm", 1, 60)

    assert same(play_trial(one)) == same(play_trial(one))


def test_trials_play_seeds_of_their_own() -> None:
    found = [play_trial(Assignment(NAME, "no-faults", n, 60)).seeds for n in range(1, 7)]

    assert len(set(found)) > 1
    assert APART > 10_000


def test_a_limit_is_kept_and_what_was_in_vain_says_so() -> None:
    trial = play_trial(Assignment("compares_the_channel_only", "core-alone", 1, 20))
    assert trial.seeds <= 20

    none = play_trial(Assignment("compares_the_channel_only", "rough", 2, 1))
    assert (none.caught, none.seeds, none.first, none.shrunk) == (False, 1, "", None)


def test_the_core_alone_catches_a_merchant_that_raises() -> None:
    trial = play_trial(Assignment("throws_at_the_second", "core-alone", 1, 2_000))

    assert trial.caught


def test_the_core_alone_shows_who_overwrites_the_winner() -> None:
    trial = play_trial(Assignment("last_writer_wins", "core-alone", 3, 2_000))

    assert trial.caught
    assert 0 < trial.seeds < 2_000


def test_what_is_kept_is_not_played_again(store: TrialStore) -> None:
    wanted = assignments([NAME], ["rough", "swarm"], trials=2, limit=50)
    store.add(Trial(NAME, "rough", 0, True, 7, 1), 50)
    store.add(Trial(NAME, "rough", 1, False, 50, 1), 50)

    assert [one.method for one in left_to_do(wanted, store)] == ["swarm", "swarm"]


def test_a_higher_limit_plays_again_what_was_in_vain(store: TrialStore) -> None:
    store.add(Trial(NAME, "rough", 0, True, 7, 1), 50)
    store.add(Trial(NAME, "rough", 1, False, 50, 1), 50)

    left = left_to_do(assignments([NAME], ["rough"], trials=2, limit=500), store)

    assert [one.trial for one in left] == [1]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.sqlite")
    other.execute("create table mine (a)")
    other.close()
    (tmp_path / "text.sqlite").write_text("not a database at all, and long enough to be sure of it " * 5)

    with pytest.raises(BenchStoreError, match="for trials: its tables are those of something else"):
        TrialStore(tmp_path / "other.sqlite")
    with pytest.raises(BenchStoreError, match="cannot be used for trials"):
        TrialStore(tmp_path / "text.sqlite")
