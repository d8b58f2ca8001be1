"""`paytwice bench`: measured, kept, gone on with, and told as a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sim.cli.commanding import Commands

NAME = "swallows_the_second"


def test_the_command_measures_tells_and_goes_on(paytwice: Commands, folder: Path) -> None:
    words = ("bench", NAME, "--trials", "2", "--limit", "60", "--method", "rough", "--jobs", "1")

    first = paytwice(*words, "--markdown", "table.md", "--chart", "buckets.svg")
    again = paytwice(*words, "--json")

    assert first.status == 0
    assert "2/2" in first.out
    assert NAME in (folder / "table.md").read_text()
    assert (folder / "buckets.svg").stat().st_size > 1_000
    assert '"caught": 2' in again.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["swallow_the_second"], "did you mean swallows_the_second"),
        ([NAME, "--method", "rouhg"], "there is no method 'rouhg': did you mean rough"),
        ([NAME, "--trials", "0"], "--trials"),
        ([NAME, "--chart", "x.gif"], "--chart"),
        ([NAME, "--markdown", "no/such/table.md"], "there is no folder no/such"),
    ],
)
def test_a_wrong_word_is_refused_in_a_line(paytwice: Commands, words: list[str], says: str) -> None:
    answer = paytwice("bench", *words)

    assert answer.status == 2
    assert says in answer.err
    assert len(answer.err.splitlines()) == 1
