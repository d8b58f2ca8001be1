"""How the command line writes: styled on a terminal, else plain text; a closed pipe is no error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from typing import Final

Style = tuple[str, str]  # a line and its style, in rich's words
# What a file from a stranger says is data for a terminal too: no escape sequence may reach it.
CONTROLS: Final = {n: "\ufffd" for n in (*range(32), *range(127, 160)) if chr(n) not in "\t\n"}


def print_lines(lines: Iterable[Style]) -> None:
    """Write lines to stdout: plain text, unless it is a terminal. A reader who has gone away is no error."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a stdout that has no ¥ gets a question mark
    lines = ((line.translate(CONTROLS), style) for line, style in lines)
    try:
        if sys.stdout.isatty():
            _styled(lines)
        else:
            for line, _ in lines:
                sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _write_nowhere()  # the exit status still says the verdict
    except OSError as error:
        _write_nowhere()
        print(f"paytwice: cannot write to stdout: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(2) from None


def _write_nowhere() -> None:
    """Let what follows go nowhere, so that nothing complains at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _styled(lines: Iterable[Style]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line, style in lines:
        console.print(Text(line, style=style))


def print_json(value: object) -> None:
    """Write one JSON value to stdout."""
    text = json.dumps(value, ensure_ascii=(sys.stdout.encoding or "").lower() != "utf-8", indent=2)
    print_lines([(text, "")])


def quiet_stdout(as_json: bool) -> AbstractContextManager[object]:
    """What stories and merchants print goes to stderr where stdout is for one JSON object alone."""
    return redirect_stdout(sys.stderr) if as_json else nullcontext()
