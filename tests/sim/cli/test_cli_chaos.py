"""`paytwice chaos` and `paytwice replay`, as they are used."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from tests.sim.cli.commanding import in_a_process

SWALLOWS = "paytwice.gallery.winner:SwallowsTheSecond"
FILES = {"journal.jsonl", "replay.json", "sequence.mmd", "story.txt", "swimlane.svg"}


def test_a_sound_merchant_is_told_what_was_tried_and_what_follows() -> None:
    done = in_a_process("chaos", "busy_shop", "--seeds", "20", "--jobs", "1")

    assert done.status == 0, done.err
    assert "20 runs, 20 of them distinct: no violation" in done.out
    assert "0 violations in 20 independent draws" in done.out
    assert "an answer was lost ×" in " ".join(done.out.split()), "wherever its lines are broken"
    assert "no bugs" not in done.out


def test_a_broken_merchant_is_shrunk_written_down_replayed_and_told_fixed(tmp_path: Path) -> None:
    out = tmp_path / "failures"
    done = in_a_process("chaos", "busy_shop", "--seeds", "12", "--merchant", SWALLOWS, "--out", str(out))

    assert done.status == 1, done.err
    assert "S4 no stranded money" in done.out
    command = next(line for line in done.out.splitlines() if "see it with: paytwice run" in line)
    seen = in_a_process(*shlex.split(command.partition("paytwice ")[2]), "-q")
    assert seen.status == 1, "the same seed, settings and merchant break it again"
    folder = next(one for one in sorted(out.iterdir()) if "-S4-" in one.name)
    assert {one.name for one in folder.iterdir()} > FILES
    file = str(folder / "replay.json")
    assert f"  play it again: paytwice replay {file} --merchant {SWALLOWS}\n" in done.out
    again = in_a_process("replay", file, "--merchant", SWALLOWS, "-q")
    assert (again.status, again.out.partition(":")[0]) == (1, "reproduced")
    fixed = in_a_process("replay", file, "--merchant", "paytwice.merchant.reference.merchant:reference", "-q")
    assert (fixed.status, fixed.out.partition(":")[0]) == (0, "fixed")
    unnamed = in_a_process("replay", file)
    assert unnamed.status == 2
    assert f"was recorded with the merchant '{SWALLOWS}': name it with --merchant" in unnamed.err
    [script] = folder.glob("*.py")
    assert in_a_process("run", str(script), "-q").status == 0, "with a sound merchant it holds"
    assert in_a_process("run", str(script), "-q", "--merchant", SWALLOWS).status == 1


def test_the_object_for_machines_has_all_of_it(tmp_path: Path) -> None:
    store = tmp_path / "results.sqlite"
    done = in_a_process("chaos", "busy_shop", "--seeds", "6", "--json", "--store", str(store))
    told = done.json

    assert (told["runs"], told["distinct"], told["violations"], told["failed"]) == (6, 6, [], [])
    assert told["seeds_per_second"] > 0
    assert told["situations"]["a message was lost"] > 0
    more = in_a_process("chaos", "busy_shop", "--seeds", "8", "--json", "--store", str(store)).json
    assert more["runs"] == 8, "what was played before counts, and is not played again"
    some = in_a_process("chaos", "busy_shop", "--from", "6", "--seeds", "3", "--json", "--store", str(store))
    assert (some.json["runs"], some.json["played_before"], some.json["draws"]) == (3, 2, 3), "as asked"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("chaos", "busy_shopp"), "did you mean busy_shop"),
        (("chaos", "busy_shop", "--profile", "rouhg"), "did you mean rough"),
        (("chaos", "busy_shop", "--seeds", "0"), "--seeds"),
        (("chaos", "busy_shop", "--merchant", "nowhere:at_all"), "there is no module 'nowhere'"),
        (("replay", "nothing.json"), "cannot be read: No such file"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line(arguments: tuple[str, ...], says: str) -> None:
    done = in_a_process(*arguments)

    assert done.status == 2
    assert says in done.err
    assert done.err.count("\n") == 1


def test_json_and_folders_go_together(tmp_path: Path) -> None:
    done = in_a_process(
        *(
            "chaos",
            "late_wechat_after_alipay",
            "--seeds",
            "2",
            "--merchant",
            SWALLOWS,
            "--json",
            "--out",
            str(tmp_path / "o"),
        )
    )

    assert done.status == 1
    assert done.json["violations"], "and nothing else is on stdout"
    assert list((tmp_path / "o").glob("*/replay.json"))


def test_a_merchant_that_wants_to_end_the_process_has_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "quitter.py").write_text("def make(around):\n    raise SystemExit('enough')\n")
    done = in_a_process("chaos", "busy_shop", "--seeds", "3", "--merchant", "quitter:make", folder=tmp_path)

    assert done.status == 3, done.err
    assert "busy_shop seed 0 has no verdict: SystemExit: enough" in done.out


ONCE = """
import multiprocessing
from paytwice.merchant.reference.merchant import reference

if multiprocessing.parent_process() is not None:
    raise RuntimeError("the port is taken")
"""


def test_a_merchant_that_workers_cannot_load_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "once.py").write_text(ONCE)
    done = in_a_process("chaos", "busy_shop", "--seeds", "3", "--merchant", "once:reference", folder=tmp_path)

    assert done.status == 3, done.err
    assert done.err.startswith("paytwice: a worker cannot play this: merchant module once cannot be imported")


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_played(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = in_a_process("chaos", "busy_shop", "--out", str(tmp_path / "file" / "in"))

    assert done.status == 2
    assert "cannot be made" in done.err


def test_chaos_plays_a_portfolio_of_schedules_unless_it_is_told_another() -> None:
    """Under `delay` alone do messages take their usual time: how many seeds draw latencies tells."""
    few = ("chaos", "same_notification_twice", "--seeds", "25", "--profile", "calm", "--jobs", "1", "--json")
    drawn = [
        in_a_process(*few, *more).json["chance"].get("latency", 0)
        for more in ((), ("--set", "schedule=delay"), ("--set", "schedule=pct"))
    ]

    assert drawn[1:] == [0, 25]
    assert 0 < drawn[0] < 25


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--minutes", "nan"], "'nan' is no number"),
        (["--minutes", "inf"], "is not in the range"),
        (["--from", str(2**64)], "is not in the range"),
        (["--profile", "hostile", "--set", "profile=rough"], "contradict each other: give one"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_a_campaign_that_cannot_be_is_refused_before_it_begins(arguments: list[str], says: str) -> None:
    done = in_a_process("chaos", "busy_shop", "--seeds", "2", *arguments)

    assert (done.status, done.out) == (2, "")
    assert says in done.err
