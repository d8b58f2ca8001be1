"""The example of the README runs, and notices a handler that believes anybody."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent / "own_handler.py"


@pytest.fixture(autouse=True)
def _keys_of_this_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAYTWICE_KEYS", str(tmp_path / "keys"))


def test_the_handler_of_the_readme_holds() -> None:
    runpy.run_path(str(EXAMPLE))


@pytest.mark.parametrize(("right", "wrong"), [("HttpResponse(401)", "HttpResponse(204)"), ("204", "500")])
def test_a_handler_that_is_wrong_is_noticed(tmp_path: Path, right: str, wrong: str) -> None:
    source = EXAMPLE.read_text(encoding="utf-8")
    other = tmp_path / "wrong_handler.py"
    other.write_text(source.replace(right, wrong), encoding="utf-8")
    assert source != other.read_text(encoding="utf-8")

    with pytest.raises(AssertionError):
        runpy.run_path(str(other))
