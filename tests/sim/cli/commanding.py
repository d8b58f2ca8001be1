"""Runs the command line as a user does: in a process of its own, and without one where that will do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from paytwice.cli import main

SEED_STORY = "late_wechat_after_alipay"


@attrs.frozen
class Answer:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one line of a command line that was refused."""
        assert self.status == 2, self
        assert self.out == "", "nothing is done before all that was given is known to be good"
        assert self.err.count("\n") == 1, f"one line, not {self.err!r}"
        assert self.err.startswith("paytwice: ")
        return self.err.removeprefix("paytwice: ").rstrip()

    @property
    def json(self) -> Any:
        """What was printed, which is JSON and nothing else."""
        return json.loads(self.out)


class Commands:
    """Gives commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = self._capsys.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 0, captured.out, captured.err)


def in_a_process(
    *arguments: str,
    folder: Path | None = None,
    program: str = "-m paytwice",
    env: Mapping[str, str] | None = None,
) -> Answer:
    """Run Python with `program` and arguments."""
    done = subprocess.run(
        [sys.executable, *program.split(), *arguments],
        cwd=folder,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,  # machines that do much else are slow
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def write_scenario(folder: Path, name: str, text: str) -> Path:
    """Put a scenario into ./scenarios of a folder."""
    path = folder / "scenarios" / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
