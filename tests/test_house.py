"""The house as it is described: arrows run one way, and no module has grown a second idea."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.library import SCENARIOS

ROOT: Final = Path(__file__).parents[1]
CORE: Final = sorted((ROOT / "core" / "paytwice_core").rglob("*.py"))
SIM: Final = sorted((ROOT / "sim" / "paytwice").rglob("*.py"))
ORACLE: Final = [path for path in SIM if "oracle" in path.relative_to(ROOT).parts]
LONGEST: Final = 300  # lines of a module


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Every module that a file imports, wherever in it, each with the name that is taken from it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively, so its arrows cannot be seen"
            yield from ((node.module or "", alias.name) for alias in node.names)


def _package(module: str) -> str:
    return module.partition(".")[0]


def _of(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(ROOT)))


def test_there_is_a_house() -> None:
    assert min(map(len, (CORE, SIM, ORACLE, SCENARIOS))) > 5


@_of(CORE)
def test_the_core_imports_attrs_and_the_standard_library_only(path: Path) -> None:
    allowed = {*sys.stdlib_module_names, "attrs", "paytwice_core"}

    assert {_package(module) for module, _ in imports(path)} <= allowed


@_of(SIM)
def test_the_simulation_imports_nothing_from_scenarios_tests_and_notebooks(path: Path) -> None:
    assert {_package(module) for module, _ in imports(path)}.isdisjoint({"scenarios", "tests", "notebooks"})


@_of(ORACLE)
def test_the_oracle_shares_only_money_with_what_it_judges(path: Path) -> None:
    for module, name in imports(path):
        if _package(module) == "paytwice_core":
            assert (module, name) == ("paytwice_core", "Money"), (
                "the harness must be able to contradict the core"
            )
        assert not module.startswith("paytwice.merchant.reference"), "nor may it know the reference merchant"


@_of(SCENARIOS)
def test_a_scenario_imports_the_public_face_only(path: Path) -> None:
    # And attrs: a channel of one's own is `attrs.evolve` of a shipped one, as the README says.
    assert {module for module, _ in imports(path)} <= {"attrs", "paytwice", "paytwice_core"}


@_of(CORE + SIM)
def test_a_module_has_one_idea(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= LONGEST, f"{path.name} has {lines} lines: look for the second idea in it"


TOP: Final = {
    "LICENSE",
    "CHANGELOG.md",
    "README.md",
    "pyproject.toml",
    "core",
    "sim",
    "scenarios",
    "notebooks",
    "tests",
}


def test_nothing_lies_about_at_the_top() -> None:
    """Of what is kept: a checkout may have more, and an unpacked release has no list of it."""
    if not (ROOT / ".git").exists():
        return
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tops = {line.partition("/")[0] for line in kept.splitlines()}

    assert {name for name in tops if not name.startswith(".")} <= TOP
