"""The file that `--junitxml` names: whether it can be written is known before hours are spent."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.chaos.campaign import Campaign
    from paytwice.chaos.census import Census

Write = Callable[["Campaign", "Census", float, str], None]


def junit_file(path: Path | None) -> Write:
    """Check the path, and give what writes a campaign to it."""
    if path is None:
        return lambda *_: None
    if path.is_dir():
        refuse(_unwritable(path, "it is a folder"))
    if not path.parent.is_dir():
        refuse(_unwritable(path, f"there is no folder {path.parent}"))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        refuse(_unwritable(path, "permission denied"))

    def write(campaign: Campaign, census: Census, seconds: float, stopped: str) -> None:
        from paytwice.chaos.junit import junit

        try:
            path.write_bytes(junit(campaign, census, seconds, stopped))
        except OSError as error:
            refuse(_unwritable(path, error.strerror or str(error)))

    return write


def _unwritable(path: Path, why: str) -> str:
    return f"--junitxml {path} cannot be written: {why}"
