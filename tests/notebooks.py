"""The executed notebooks: `python tests/notebooks.py [NAME]…` makes each .ipynb anew from its script.

`notebooks/NAME.py` is what is read and reviewed, with cells between `# %%`. The .ipynb beside it is made from
it: same cells, with what they print and draw, and nothing of when, where and by whom it was run.
"""

from __future__ import annotations

import os
import re
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from platform import machine
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "notebooks"
SCRIPTS: Final = sorted(FOLDER.glob("*.py"))
TOOLS: Final = ("jupytext", "nbclient", "ipykernel", "matplotlib")
MISSING: Final = [name for name in TOOLS if find_spec(name) is None]
SECONDS: Final = 300  # a cell may take, on a slow machine
SHOWN: Final = ("image/png", "image/svg+xml", "text/html", "text/markdown", "text/plain")

INLINE: Final = "module://matplotlib_inline.backend_inline"
METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}

Notebook = Any  # nbformat's mapping of what is in the file


def executed(script: Path) -> str:
    """The notebook of a script, played in a kernel of its own: the text of its .ipynb.

    Raises nbclient's CellExecutionError where a cell raises, and AssertionError where one warns.
    """
    notebook = unplayed(script)
    _play(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.metadata = None, {}
            cell.outputs = [_output(one, script) for one in cell.outputs]
    notebook.metadata = {**METADATA, "drawn_by": drawing_here()}
    return written(notebook)


def _play(notebook: Notebook) -> None:
    """Play every cell, in a kernel that reads nobody's start-up files and is heard by nobody else."""
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    with TemporaryDirectory() as folder:
        kernel = AsyncKernelManager(
            kernel_name="python3",
            transport="ipc" if os.name == "posix" else "tcp",
            connection_file=str(Path(folder) / "kernel.json"),
        )
        client = NotebookClient(
            notebook,
            km=kernel,
            timeout=SECONDS,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(FOLDER)}},
        )
        client.execute(cleanup_kc=True, env={**os.environ, "IPYTHONDIR": folder, "MPLBACKEND": INLINE})


def unplayed(script: Path) -> Notebook:
    """The cells of a script, with names that stay and no word of this machine."""
    import jupytext

    notebook = jupytext.read(script, fmt="py:percent")
    notebook.metadata = METADATA
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id, cell.metadata = f"{script.stem}-{number}"[-64:], {}
    return notebook


def written(notebook: Notebook) -> str:
    """The text of the file; the same notebook is always the same text."""
    import nbformat

    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"


def _output(output: Notebook, script: Path) -> Notebook:
    """What a cell shows, without counts and without what only a live notebook can use."""
    assert output.get("name") != "stderr", f"{script.name} warns: {output.text}"
    output.pop("execution_count", None)
    if output.output_type in ("execute_result", "display_data"):
        output.output_type = "display_data"  # a result is one that has been counted
        output.data = {kind: output.data[kind] for kind in SHOWN if kind in output.data}
        output.metadata = {}
    return output


def told(ipynb: str) -> list[Any]:
    """What a notebook says: sources, what was printed, tables, and how large each picture is.

    That is the same under every version of matplotlib, as what exactly is drawn is not.
    """
    import nbformat

    return [
        (cell.id, cell.cell_type, cell.source, [_said(one) for one in cell.get("outputs", ())])
        for cell in nbformat.reads(ipynb, as_version=4).cells
    ]


def _said(output: Notebook) -> Any:
    if output.output_type == "stream":
        return output.text
    data = output.data
    html = re.sub(r"<svg.*?</svg>", "", data.get("text/html", ""), flags=re.DOTALL)
    return sorted(data), data.get("text/plain", ""), html


def drawing_here() -> str:
    """What draws pictures here: with the same, they are the same bytes."""
    drawing = (f"{name} {version(name)}" for name in ("matplotlib", "pillow"))
    return ", ".join([*drawing, f"{sys.platform} {machine()}"])


def drawn_by(ipynb: str) -> str:
    """What drew the pictures of a notebook."""
    import nbformat

    return str(nbformat.reads(ipynb, as_version=4).metadata["drawn_by"])


def file_of(script: Path) -> Path:
    """The .ipynb of a script."""
    return script.with_suffix(".ipynb")


if __name__ == "__main__":
    asked = sys.argv[1:]
    if MISSING:
        sys.exit(f"{', '.join(MISSING)} missing: pip install -e '.[notebooks]'")
    if unknown := set(asked) - {script.stem for script in SCRIPTS}:
        sys.exit(f"there is no {', '.join(sorted(unknown))} in {FOLDER.name}/")
    for script in SCRIPTS:
        if not asked or script.stem in asked:
            file_of(script).write_text(executed(script), encoding="utf-8")
            print(f"{file_of(script).relative_to(ROOT)}: {file_of(script).stat().st_size:,} bytes")
