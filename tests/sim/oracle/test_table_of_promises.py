"""The table of promises is complete and readable, and the judge shares no code with the judged."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import paytwice.oracle
from paytwice.oracle import INVARIANTS, Invariant

SOURCES = sorted(Path(paytwice.oracle.__file__).parent.glob("*.py"))
PROMISED = [
    *("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S12", "S14", "S15", "S18", "S20", "S25"),
    *("C3", "C4", "C5", "C6"),
    *("L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L10", "L11"),
]


def test_every_promise_is_in_the_table_under_its_own_name() -> None:
    assert list(INVARIANTS) == PROMISED
    assert all(name == invariant.name for name, invariant in INVARIANTS.items())


@pytest.mark.parametrize("invariant", INVARIANTS.values(), ids=INVARIANTS)
def test_every_check_says_whom_it_protects(invariant: Invariant) -> None:
    checks = [getattr(invariant, kind) for kind in dir(invariant) if kind.startswith(("on_", "at_"))]
    given = [check for check in checks if check is not None]

    assert given or invariant.of_the_books
    assert all(check.__doc__.startswith(invariant.name) for check in given)
    assert ", from " in invariant.protects or " of " in invariant.protects or "who" in invariant.protects


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_oracle_shares_no_code_with_what_it_judges(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            if node.module.startswith("paytwice_core"):
                assert [name.name for name in node.names] == ["Money"]
            assert not node.module.startswith("paytwice.merchant.") or node.module == "paytwice.merchant.port"
        elif isinstance(node, ast.Import):
            assert [name.name for name in node.names if name.name.startswith("paytwice")] == []
