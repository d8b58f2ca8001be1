"""A journal file is read as it was written, and one that no run can have written is refused with its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paytwice import Settings
from paytwice.comparing.journal_file import JournalError, read_journal
from paytwice.report.as_json import journal_as_jsonl
from paytwice.story.scenario import load

SEED_STORY = load("late_wechat_after_alipay")
Entry = dict[str, Any]
Change = Callable[[list[Entry]], object]


def written(path: Path, entries: list[Entry]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in entries), encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize("name", ["late_wechat_after_alipay", "busy_shop", "merchant_down_all_night"])
def test_a_journal_is_read_as_it_was_written(name: str, seed: int | None, tmp_path: Path) -> None:
    played = load(name).play(seed=seed, changes={"profile": "rough"})
    bare, of_a_scenario = tmp_path / "bare.jsonl", tmp_path / "named.jsonl"
    bare.write_text("".join(f"{line}\n" for line in played.run.journal.jsonl()), encoding="utf-8")
    of_a_scenario.write_text("".join(f"{line}\n" for line in journal_as_jsonl(played)), encoding="utf-8")

    for path in (bare, of_a_scenario):
        found = read_journal(path)
        assert found.digest() == played.run.digest
        assert found.texts == played.run.journal.texts


def put(at: int, /, **values: object) -> Change:
    return lambda entries: entries[at].update(values)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (put(3, at="40"), "line 4: at is '40', which is no whole number"),
        (put(3, number=True), "line 4: number is True, which is no whole number"),
        (put(3, number=1.0), "line 4: number is 1.0"),
        (put(3, number=2**70), "line 4: number is larger than any number in a journal"),
        (put(3, text=None), "line 4: text is None, which is no text"),
        (put(3, what="exploded"), "line 4: what is 'exploded', which this paytwice does not know"),
        (put(3, what=[]), "line 4: what is \\[\\], which is no text"),
        (put(3, code="import os"), "line 4: 'code' is no field of an entry"),
        (lambda entries: entries[3].pop("key"), "line 4: 'key' is missing"),
        (put(3, cause=3), "line 4: cause is 3, and only an earlier entry"),
        (put(3, cause=-2), "line 4: cause is -2"),
        (put(3, at=-1), "line 4: at is -1, and time does not go back"),
        (put(20, at=1), "line 21: at is 1, and time does not go back"),
        (lambda entries: entries.pop(3), "line 4: entry 4 stands where entry 3 should"),
        (lambda entries: entries.extend(entries[:]), "another run begins: write a file for each"),
        (put(20, subject="sings", whom=""), "its entries do not fit together"),
    ],
)
def test_a_damaged_journal_is_told_where(change: Change, says: str, tmp_path: Path) -> None:
    entries = [json.loads(line) for line in SEED_STORY.play().run.journal.jsonl()]
    change(entries)

    with pytest.raises(JournalError, match=f"j.jsonl is damaged: .*{says}"):
        read_journal(written(tmp_path / "j.jsonl", entries))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "is empty"),
        (b"\n", "line 1: no JSON"),
        (b"[]\n", "line 1: no JSON object"),
        (b"[" * 100_000, "line 1: no JSON"),
        (b'{"index": 0', "line 1: no JSON"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b'{"index": ' + b"9" * 5_000 + b"}", "line 1: no JSON"),
    ],
)
def test_what_is_no_journal_is_told_so(text: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(text)

    with pytest.raises(JournalError, match=says):
        read_journal(path)


def test_a_journal_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"none\.jsonl cannot be read: No such file"):
        read_journal(tmp_path / "none.jsonl")


def test_a_run_that_was_killed_leaves_a_journal_that_can_be_read(tmp_path: Path) -> None:
    lines = list(
        SEED_STORY.play(seed=3, changes={"profile": Settings(profile="rough").profile}).run.journal.jsonl()
    )
    for length in range(1, len(lines), 7):
        path = tmp_path / "cut.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines[:length]), encoding="utf-8")

        assert len(read_journal(path)) == length
