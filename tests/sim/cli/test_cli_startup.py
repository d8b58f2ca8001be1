"""What nobody asked for is not imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.sim.cli.commanding import SEED_STORY, in_a_process

LOOK = """
import sys
from paytwice.cli import main
try:
    main({arguments!r})
except SystemExit:
    print(*sys.modules, file=sys.stderr)
"""


def _modules(*arguments: str) -> set[str]:
    answer = in_a_process("-c", LOOK.format(arguments=list(arguments)), program="-X utf8")
    return set(answer.err.split())


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]], ids=" ".join)
def test_help_imports_nothing_of_the_simulation(arguments: list[str]) -> None:
    modules = _modules(*arguments)

    assert "click" in modules
    assert modules.isdisjoint(
        {"trio", "rich", "paytwice.story.simulation", "paytwice.story.player", "paytwice_core"}
    )


@pytest.mark.parametrize("arguments", [["list"], ["run", "no_such_story"]], ids=" ".join)
def test_names_are_looked_up_without_the_simulation(arguments: list[str]) -> None:
    assert _modules(*arguments).isdisjoint({"trio", "rich", "paytwice.story.simulation", "paytwice_core"})


def test_a_run_into_a_pipe_needs_no_rich() -> None:
    modules = _modules("run", SEED_STORY)

    assert "trio" in modules
    assert modules.isdisjoint({"rich", "matplotlib", "hypothesis"})


def test_importing_paytwice_imports_what_is_used_and_no_more() -> None:
    code = "import sys, paytwice; paytwice.minutes(3); print(*sys.modules, file=sys.stderr)"
    modules = set(in_a_process("-c", code, program="-X utf8").err.split())

    assert "paytwice.units" in modules
    assert "trio" not in modules
    assert "paytwice" in sys.modules


@pytest.mark.parametrize("arguments", [[], ["--mermaid", "run.mmd"], ["--chart", "run.pdf"]], ids=" ".join)
def test_matplotlib_is_imported_for_a_chart_only(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert "matplotlib" not in _modules("run", SEED_STORY, *arguments)
    assert "matplotlib" in _modules("run", SEED_STORY, "--chart", "run.svg")
