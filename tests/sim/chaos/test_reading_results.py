"""A file of results is read without changing it, also while it is written, and what is wrong is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sim.chaos.made import result
from tests.sim.page.pages import change, renamed_tables, store_of

from paytwice.chaos.canary import Canary
from paytwice.chaos.reading import read
from paytwice.chaos.store import ResultStore, StoreError
from paytwice.story.plot import Plot

PLOT = Plot("busy_shop", {"profile": "rough"}, "shop:make")


def test_everything_that_was_kept_is_read(tmp_path: Path) -> None:
    results = [result(3), result(5, outcome="unknown"), result(4, origin=(4, 2))]
    path = store_of(tmp_path / "a.sqlite", results, PLOT, asked="9 runs", canary="25 3", ended="well")
    kept = read(path)

    assert kept.plots == (PLOT,)
    assert (kept.asked, kept.ended, kept.mutated) == ("9 runs", "well", 1)
    assert kept.census.canary == Canary(25, 3)
    assert kept.outcomes == {("busy_shop", "ok"): 2, ("busy_shop", "unknown"): 1}
    assert kept.seeds == {"busy_shop": (3, 5)}
    assert (kept.census.runs, kept.census.drawn) == (3, 1)


def test_reading_leaves_the_file_and_its_folder_as_they_are(tmp_path: Path) -> None:
    path = store_of(tmp_path / "a.sqlite", [result(1)])
    before = path.read_bytes()
    read(path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_can_be_read_while_a_campaign_writes_it(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "a.sqlite")
    store.begin({"busy_shop": [{}, None]})
    store.note(asked="9 runs", ended="")
    store.add("busy_shop", [result(1)])
    kept = read(tmp_path / "a.sqlite")
    store.add("busy_shop", [result(2)])

    assert (kept.census.runs, kept.ended) == (1, "")
    assert read(tmp_path / "a.sqlite").census.runs == 2
    store.close()


def test_a_file_of_before_there_were_notes_says_nothing_of_how_it_ended(tmp_path: Path) -> None:
    path = store_of(tmp_path / "a.sqlite", [result(1)])
    change(path, "drop table note")
    kept = read(path)

    assert (kept.ended, kept.asked, kept.census.canary) == (None, "", None)


def test_a_name_with_signs_that_mean_something_in_an_address_is_a_name(tmp_path: Path) -> None:
    assert read(store_of(tmp_path / "a?b#c%20d.sqlite", [result(1)])).census.runs == 1


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no file .*a\.sqlite"):
        read(tmp_path / "a.sqlite")
    with pytest.raises(StoreError, match="there is no file"):
        read(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"I am a poem, and long enough to be taken for more.\n" * 9])
def test_what_is_no_file_of_results_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"is no file of results|cannot be read as results"):
        read(path)
    assert path.read_bytes() == content


def test_a_campaign_without_results_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has no results yet"):
        read(store_of(tmp_path / "a.sqlite", []))
    ResultStore(tmp_path / "b.sqlite").close()
    with pytest.raises(StoreError, match="has no campaign in it"):
        read(tmp_path / "b.sqlite")


def test_a_file_of_another_version_is_told(tmp_path: Path) -> None:
    path = store_of(tmp_path / "a.sqlite", [result(1)])
    renamed_tables(path)
    with pytest.raises(StoreError, match="written by another version of paytwice"):
        read(path)
    change(path, "update campaign set format = 1")
    with pytest.raises(StoreError, match="has format 1, and this paytwice reads format 2"):
        read(path)


@pytest.mark.parametrize("plots", ["{", "[]", "7", '{"a": 1}', '{"a": [{}]}'])
def test_damage_is_told(tmp_path: Path, plots: str) -> None:
    from paytwice.chaos.coverage import TABLES

    path = store_of(tmp_path / "a.sqlite", [result(1)])
    if plots.startswith('{"a"'):
        plots = plots.replace("}", f', "tables": "{TABLES}"}}') if plots.count("}") == 1 else plots
    change(path, "update campaign set plots = ?", plots)

    with pytest.raises(StoreError, match=r"cannot be read as results|another version"):
        read(path)


@pytest.mark.parametrize("canary", ["x", "1 2 x"])
def test_a_damaged_note_is_told(tmp_path: Path, canary: str) -> None:
    path = store_of(tmp_path / "a.sqlite", [result(1)], canary=canary)

    with pytest.raises(StoreError, match="cannot be read as results"):
        read(path)


@pytest.mark.parametrize("canary", [Canary(200), Canary(25, 3), Canary(25, 0)])
def test_a_canary_comes_back_from_its_text(canary: Canary) -> None:
    assert Canary.from_text(canary.as_text) == canary
