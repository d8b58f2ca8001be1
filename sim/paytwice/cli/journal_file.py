"""The file that `--journal` names: every entry of every run, one JSON object a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.story.scenario import Played


@contextmanager
def journal_file(path: Path | None) -> Iterator[Callable[[Played], None] | None]:
    """Opens the journal file, and gives what writes a run to it."""
    if path is None:
        yield None
        return
    try:
        file: IO[str] = path.open("w", encoding="utf-8")
    except OSError as error:
        refuse(_unwritable(path, error))

    def write(played: Played) -> None:
        from paytwice.report.as_json import journal_as_jsonl

        try:
            file.writelines(line + "\n" for line in journal_as_jsonl(played))
            file.flush()
        except OSError as error:
            refuse(_unwritable(path, error))

    try:
        yield write
    finally:
        with suppress(OSError):  # `write` has said so
            file.close()


def _unwritable(path: Path, error: OSError) -> str:
    return f"the journal {path} cannot be written: {error.strerror or error}"
