"""A job on GitHub shows what a campaign broke, and nobody else sees anything of that."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sim.cli.commanding import Answer, in_a_process

from paytwice.chaos.census import Census
from paytwice.chaos.github import MOST, annotation, errors, story, summary
from paytwice.chaos.result import Broken, Result
from paytwice.story.plot import Plot

SWALLOWS = "paytwice.gallery.winner:SwallowsTheSecond"
PLOT = Plot("busy_shop", {"profile": "rough"}, "shop.payments:make")
SEE_IT = "paytwice run busy_shop --seed 7 --set profile=rough --merchant shop.payments:make"
SOUND = Result((3,), "ok", "d3", checked=("S4",))
BAD = Result((7,), "violated", "d7", (Broken("S4", "P1", 1_300, "50 % of P1,\r\nthat is: ¥13.00 | gone"),))
HUNG = Result((8,), "failed", "", failure="SeedTimeout: seed 8 took more than 60 s")


def counted(*results: Result) -> Census:
    census = Census()
    census.take("busy_shop", results)
    return census


def read(line: str) -> tuple[str, str]:
    """Title and message as GitHub's runner reads them."""
    head, _, message = line.removeprefix("::error title=").partition("::")
    for code, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        head = head.replace(code, sign)
        message = message if sign in ":," else message.replace(code, sign)
    return head, message


ESCAPED = st.lists(st.sampled_from(["%0A", "%25", "%", "\n", "\r", ":", ",", "x"])).map("".join)
TEXT = st.text() | ESCAPED  # also such as looks escaped already


@given(TEXT, TEXT)
def test_any_text_arrives_at_github_as_it_was_meant(title: str, message: str) -> None:
    line = annotation(title, message)

    assert not {"\r", "\n"} & {*line}
    assert line.startswith("::error title=")
    assert read(line) == (title, message)


def test_a_violation_is_an_error_with_what_broke_and_how_to_see_it() -> None:
    [line] = errors(counted(SOUND, BAD), [PLOT])

    assert read(line) == (
        "S4 no stranded money: busy_shop",
        "50 % of P1, that is: ¥13.00 | gone\n"
        f"1 run of busy_shop, up to ¥13.00 at stake. See it with: `{SEE_IT}`",
    )


def test_a_mutated_run_is_named_and_no_command_is_claimed_to_play_it() -> None:
    [line] = errors(counted(attrs.evolve(BAD, origin=(7, 3))), [PLOT])

    assert read(line)[1].endswith(
        "See it with: the folder that `paytwice chaos busy_shop --out` writes of run 7+3"
    )


def test_a_seed_without_a_verdict_is_an_error_too() -> None:
    [line] = errors(counted(SOUND, HUNG), [PLOT])

    assert read(line)[0] == "no verdict: busy_shop seed 8"
    assert "took more than 60 s\nSee it with: `paytwice run busy_shop --seed 8" in read(line)[1]


def test_a_campaign_that_found_nothing_has_no_errors_and_says_what_follows() -> None:
    census = counted(SOUND)
    told = "\n".join(summary(census, [PLOT], 12.3))

    assert errors(census, [PLOT]) == []
    assert "✅ paytwice chaos busy_shop" in told
    assert "1 runs, 1 of them distinct, in 12 s: no violation." in told
    assert "at 95 %" in told


def test_the_summary_has_a_row_for_each_kind_of_violation() -> None:
    lines = list(summary(counted(SOUND, BAD, HUNG), [PLOT], 12))

    assert lines[0] == "### ❌ paytwice chaos busy_shop"
    assert f"| S4 no stranded money | busy_shop | 1 | ¥13.00 | `{SEE_IT}` |" in lines
    assert any("no verdict" in line and "--seed 8" in line for line in lines)
    assert all("at 95 %" not in line for line in lines)


def test_no_more_is_shown_than_github_shows_and_the_rest_is_counted() -> None:
    census = counted(BAD, *(attrs.evolve(HUNG, origin=(seed,)) for seed in range(20, 40)))

    found = errors(census, [PLOT])

    assert len(found) == MOST
    assert "S4" in found[0]
    assert "- and 10 more seeds without a verdict" in list(summary(census, [PLOT], 1))


def test_a_story_unfolds_in_the_summary() -> None:
    told = list(story("a<b|c", ["S4 takes 2", "  +1.00s  lost"]))

    assert "<details><summary>a&lt;b\\|c</summary>" in told
    assert told.index("    S4 takes 2") < told.index("      +1.00s  lost") < told.index("</details>")


def campaign(*options: str, env: dict[str, str]) -> Answer:
    return in_a_process("chaos", "late_wechat_after_alipay", "--jobs", "1", "--seeds", "2", *options, env=env)


def test_in_a_job_the_command_writes_errors_and_the_summary(tmp_path: Path) -> None:
    page = tmp_path / "summary.md"
    page.write_text("before\n", encoding="utf-8")
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}

    done = campaign("--merchant", SWALLOWS, env=env)

    assert done.status == 1, done.err
    assert [
        line for line in done.out.splitlines() if line.startswith("::error title=S4 no stranded money%3A")
    ]
    told = page.read_text(encoding="utf-8")
    assert told.startswith("before\n### ❌ paytwice chaos late_wechat_after_alipay\n")
    assert "<details><summary>late_wechat_after_alipay-S4-" in told
    assert "deviations from calm:" in told


def test_json_stays_alone_on_stdout_in_a_job(tmp_path: Path) -> None:
    done = campaign("--merchant", SWALLOWS, "--json", env={"GITHUB_ACTIONS": "true"})

    assert json.loads(done.out)["violations"]
    assert "::error title=S4" in done.err


def test_a_summary_that_cannot_be_written_changes_no_verdict(tmp_path: Path) -> None:
    done = campaign(env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path)})

    assert done.status == 0
    assert "::error" not in done.out
    assert done.err == f"paytwice: the job summary {tmp_path} cannot be written: Is a directory\n"


@pytest.mark.parametrize("here", ["", "false"])
def test_elsewhere_nothing_is_told_to_github(here: str, tmp_path: Path) -> None:
    page = tmp_path / "summary.md"

    done = campaign("--merchant", SWALLOWS, env={"GITHUB_ACTIONS": here, "GITHUB_STEP_SUMMARY": str(page)})

    assert done.status == 1
    assert "::" not in done.out.replace(SWALLOWS, "")
    assert not page.exists()
