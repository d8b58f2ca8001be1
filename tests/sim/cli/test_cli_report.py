"""`paytwice report` writes a page, and says in a line what is in its way."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sim.chaos.made import result
from tests.sim.cli.commanding import Commands, in_a_process
from tests.sim.page.pages import ROUGH, Page, broken_run, store_of

from paytwice.bench.store import TrialStore
from paytwice.bench.task import Trial
from paytwice.story.plot import Plot

STORY = "late_wechat_after_alipay"
BROKEN = "paytwice.gallery.winner:LastWriterWins"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a campaign with a merchant that breaks S1: its results, and its failures."""
    folder = tmp_path_factory.mktemp("campaign")
    arguments = ("--seeds", "10", "--jobs", "1", "--merchant", BROKEN, "--store", "a.sqlite", "--out", "out")
    assert in_a_process("chaos", STORY, *arguments, folder=folder).status == 1
    return folder


def test_a_campaign_becomes_a_page(played: Path, paytwice: Commands, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    answer = paytwice("report", str(played / "a.sqlite"), "-o", str(page), "--failures", str(played / "out"))
    told = Page(page.read_text(encoding="utf-8"))

    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith(f"the page is {page}: ")
    assert answer.out.endswith("of 10 runs broke a promise\n")
    assert "S1 one winner" in told.text
    assert "The last command of the campaign: played to its end. 10 runs were asked for." in told.text
    assert "was played first" in told.text, "the canary"
    assert told.tags.count("img") == 1


def test_the_same_results_give_the_same_bytes_in_another_process_too(
    played: Path, paytwice: Commands, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.html", tmp_path / "other.html"
    arguments = ("report", str(played / "a.sqlite"), "--merchant", BROKEN, "-o")
    assert paytwice(*arguments, str(one)).status == 0
    assert in_a_process(*arguments, str(other), env={"PYTHONHASHSEED": "77"}).status == 0

    assert one.read_bytes() == other.read_bytes()
    assert "data:image/svg+xml" in one.read_text(encoding="utf-8")


def test_a_merchant_that_a_file_names_is_not_imported(paytwice: Commands, tmp_path: Path) -> None:
    path = store_of(tmp_path / "a.sqlite", [broken_run(1)], Plot(STORY, ROUGH, "antigravity:make"))
    answer = paytwice("report", str(path), "-o", str(tmp_path / "page.html"))

    assert answer.status == 0
    assert "name the merchant with --merchant antigravity:make" in answer.out
    assert "--merchant antigravity:make" in Page((tmp_path / "page.html").read_text(encoding="utf-8")).text


def test_a_story_that_is_found_by_its_path_is_asked_for(paytwice: Commands, tmp_path: Path) -> None:
    path = store_of(tmp_path / "a.sqlite", [broken_run(1)], Plot("/tmp/mine.py", ROUGH))
    answer = paytwice("report", str(path), "-o", str(tmp_path / "page.html"))

    assert (answer.status, "name the story with --story /tmp/mine.py" in answer.out) == (0, True)


def test_what_no_longer_breaks_is_told_on_the_page(paytwice: Commands, tmp_path: Path) -> None:
    path = store_of(tmp_path / "a.sqlite", [broken_run(1)], Plot(STORY, ROUGH))
    answer = paytwice("report", str(path), "-o", str(tmp_path / "page.html"))

    assert answer.status == 0
    assert "and does not break it here" in Page((tmp_path / "page.html").read_text(encoding="utf-8")).text


def test_where_nothing_broke_nothing_is_played(paytwice: Commands, tmp_path: Path) -> None:
    path = store_of(tmp_path / "a.sqlite", [result(1)], Plot("no_such_story", ROUGH, "no_such:merchant"))

    answer = paytwice("report", str(path), "-o", str(tmp_path / "page.html"))

    assert answer.out.endswith(": 0 of 1 runs broke a promise\n")


def test_what_is_wrong_with_the_results_is_told_in_a_line(paytwice: Commands, tmp_path: Path) -> None:
    poem = tmp_path / "poem.sqlite"
    poem.write_text("I am a poem, and long enough to be taken for more.\n" * 9)

    assert "there is no file" in paytwice("report", str(tmp_path / "none.sqlite")).refusal
    assert "cannot be read as results" in paytwice("report", str(poem)).refusal
    assert "has no results yet" in paytwice("report", str(store_of(tmp_path / "a.sqlite", []))).refusal


def test_a_page_that_cannot_be_written_is_told_before_anything_is_played(
    paytwice: Commands, tmp_path: Path
) -> None:
    path = store_of(tmp_path / "a.sqlite", [broken_run(1)], Plot(STORY, ROUGH))

    assert "it is a folder" in paytwice("report", str(path), "-o", str(tmp_path)).refusal
    assert (
        "there is no folder" in paytwice("report", str(path), "-o", str(tmp_path / "no" / "x.html")).refusal
    )


def test_a_folder_of_failures_that_is_none_or_of_others_is_told(paytwice: Commands, tmp_path: Path) -> None:
    path, page = store_of(tmp_path / "a.sqlite", [broken_run(1)]), tmp_path / "page.html"
    (tmp_path / "empty").mkdir()
    answer = paytwice("report", str(path), "-o", str(page), "--failures", str(tmp_path / "empty"))

    assert "is no folder" in paytwice("report", str(path), "--failures", str(tmp_path / "none")).refusal
    assert (answer.status, "has no failure of these results" in answer.out) == (0, True)


def test_a_bench_becomes_a_page_too(paytwice: Commands, tmp_path: Path) -> None:
    path, page = tmp_path / "bench.sqlite", tmp_path / "page.html"
    store = TrialStore(path)
    assert "has no trials yet" in paytwice("report", str(path)).refusal
    store.add(Trial("last_writer_wins", "rough", 0, True, 7, 90, "S1", 7, 3), 500)
    store.add(Trial("last_writer_wins", "rough", 1, False, 500, 90, "", 0, None), 500)
    store.add(Trial("last_writer_wins", "no-faults", 0, True, 3, 90, "S1", 3, None), 500)
    store.close()
    answer = paytwice("report", str(path), "-o", str(page))
    told = Page(page.read_text(encoding="utf-8")).text

    assert (answer.status, answer.out) == (0, f"the page is {page}: 3 trials\n")
    assert "0 of 1 mistakes were caught in every trial by rough Not in every trial: last_writer_wins." in told
    assert "last_writer_wins S1 1 of 2 253.5 500" in told
    assert "paytwice bench --method rough --trials 2 --limit 500" in told
    assert sorted(one.name for one in tmp_path.iterdir()) == ["bench.sqlite", "page.html"]
