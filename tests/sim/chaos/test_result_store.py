"""A file of results is used for its own campaign, and what is wrong with it is told in a line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.sim.chaos.made import result

from paytwice.chaos.store import ResultStore, StoreError


def test_a_file_of_another_campaign_is_not_mixed_with_this_one(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "results.sqlite")
    store.begin({"busy_shop": ["rough"]})
    store.begin({"busy_shop": ["rough"]})

    with pytest.raises(StoreError, match="another campaign"):
        store.begin({"busy_shop": ["calm"]})


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    path.write_text("I am a poem, and long enough to be read as one.\n" * 9)

    with pytest.raises(StoreError, match="cannot be used for results"):
        ResultStore(path)


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("create table result (x)")
    db.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match="its tables are those of something else"):
        ResultStore(path)
    assert path.read_bytes() == before


def test_results_that_no_campaign_wrote_so_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("create table campaign (x)")

    store = ResultStore(path)

    def use() -> None:
        store.begin({"busy_shop": ["rough"]})
        list(store.results())

    with pytest.raises(StoreError, match=r"results\.sqlite (cannot be used|is damaged)"):
        use()


@pytest.mark.parametrize("told", ["{", "[]", "{}", 7])
def test_a_damaged_result_is_told_as_one(tmp_path: Path, told: object) -> None:
    path = tmp_path / "results.sqlite"
    store = ResultStore(path)
    store.add("shop", [result(1)])
    with sqlite3.connect(path) as db:
        db.execute("update result set told = ?", [told])

    with pytest.raises(StoreError, match=r"results\.sqlite is damaged"):
        list(store.results())


def test_a_store_that_takes_no_more_is_told_and_keeps_what_it_has(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "results.sqlite")
    store.add("shop", [result(1)])
    store._db.execute("pragma query_only = on")  # as a disk that is full

    with pytest.raises(StoreError, match="takes no more results"):
        store.add("shop", [result(2)])
    assert [one.name for _, one in store.results()] == ["1"]
