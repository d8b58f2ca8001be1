"""Every exploration runs from top to bottom, and its executed notebook shows what it does now."""

from __future__ import annotations

import json
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.notebooks import (
    FOLDER,
    MISSING,
    ROOT,
    SCRIPTS,
    drawing_here,
    drawn_by,
    executed,
    file_of,
    told,
    unplayed,
    written,
)

LARGEST = 450_000  # bytes of a notebook: it is kept with every change; most are a third as large
AGAIN = "run: python tests/notebooks.py"

needs_tools = pytest.mark.skipif(
    bool(MISSING), reason=f"{', '.join(MISSING)} missing: pip install -e '.[notebooks]'"
)
of_each = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    assert SCRIPTS


def test_each_notebook_has_its_script() -> None:
    assert sorted(FOLDER.glob("*.ipynb")) == [file_of(script) for script in SCRIPTS]


@of_each
def test_a_notebook_runs_and_shows_what_its_script_does_now(script: Path) -> None:
    if MISSING:
        runpy.run_path(str(script))
        pytest.skip(
            f"it runs; whether its notebook is up to date needs {', '.join(MISSING)} ('.[notebooks]')"
        )
    kept, now = file_of(script).read_text(encoding="utf-8"), executed(script)

    assert told(kept) == told(now), f"{AGAIN} {script.stem}"
    if drawn_by(kept) == drawing_here():
        assert kept == now, f"its pictures have changed: {AGAIN} {script.stem}"


@of_each
def test_a_notebook_is_small(script: Path) -> None:
    assert file_of(script).stat().st_size < LARGEST


@of_each
def test_a_notebook_tells_nothing_of_the_machine_that_made_it(script: Path) -> None:
    text = file_of(script).read_text(encoding="utf-8")
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]

    assert [cell["execution_count"] for cell in cells] == [None] * len(cells)
    assert all(cell["metadata"] == {} for cell in json.loads(text)["cells"])
    assert str(ROOT) not in text
    assert str(Path.home()) not in text


@of_each
def test_a_notebook_says_what_it_is_about_first_and_checks_what_it_claims(script: Path) -> None:
    text = script.read_text(encoding="utf-8")

    assert "# %% [markdown]\n# # " in text, "its title"
    assert "\nassert " in text or "\n    assert " in text, "what it claims is asserted"


# What the machinery promises, shown with a notebook of four lines.
SCRIPT = """# %% [markdown]
# # A sum

# %%
print(1)
{last}
"""


def small(folder: Path, last: str) -> Path:
    path = folder / "a_sum.py"
    path.write_text(SCRIPT.format(last=last), encoding="utf-8")
    return path


@pytest.fixture
def outputs(tmp_path: Path) -> Any:
    def of(last: str) -> list[dict[str, Any]]:
        notebook = json.loads(executed(small(tmp_path, last)))
        found: list[dict[str, Any]] = notebook["cells"][-1]["outputs"]
        return found

    return of


@needs_tools
def test_a_cell_keeps_what_it_prints_and_what_it_ends_with(outputs: Any) -> None:
    printed, result = outputs("1 + 2")

    assert printed["text"] == ["1\n"]
    assert result == {"output_type": "display_data", "data": {"text/plain": ["3"]}, "metadata": {}}


@needs_tools
def test_a_run_and_a_chart_are_kept_as_they_show_themselves(outputs: Any) -> None:
    play = "from paytwice.charts import money\nfrom paytwice.story.scenario import load\n"
    (_, run) = outputs(f'{play}load("nobody_pays").play().run')
    (_, chart) = outputs(f'{play}money(load("nobody_pays").play().run)')

    assert set(run["data"]) == {"text/html", "text/plain"}
    assert set(chart["data"]) == {"image/png", "text/plain"}


@needs_tools
def test_a_claim_that_does_not_hold_ends_the_making(outputs: Any) -> None:
    from nbclient.exceptions import CellExecutionError

    with pytest.raises(CellExecutionError, match="one is two"):
        outputs('assert 1 == 2, "one is two"')


@needs_tools
def test_a_warning_ends_the_making(outputs: Any) -> None:
    with pytest.raises(AssertionError, match=r"a_sum\.py warns: .*beware"):
        outputs('import warnings\nwarnings.warn("beware")')


@needs_tools
@pytest.mark.parametrize(
    "change",
    [("print(1)", "print(2)"), ("A sum", "A difference"), ('"1\\n"', '"2\\n"')],
    ids=["source", "text", "output"],
)
def test_a_notebook_that_is_behind_is_noticed(change: tuple[str, str], tmp_path: Path) -> None:
    kept = executed(small(tmp_path, ""))

    assert change[0] in kept
    assert told(kept.replace(*change)) != told(kept)


@needs_tools
def test_cells_keep_their_names(tmp_path: Path) -> None:
    notebook = unplayed(small(tmp_path, ""))

    assert [cell.id for cell in notebook.cells] == ["a_sum-1", "a_sum-2"]
    assert written(notebook) == written(unplayed(small(tmp_path, "")))


@needs_tools
def test_an_unknown_name_is_refused() -> None:
    import sys

    command = [sys.executable, "tests/notebooks.py", "no_such_thing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "there is no no_such_thing in notebooks/" in done.stderr
