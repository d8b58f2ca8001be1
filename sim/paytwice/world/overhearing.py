"""Hears what Python says of calls that nobody awaited: a story's helpers, and whatever a merchant calls.

Python notices a forgotten `await` when what was called is thrown away, and says so in a warning; the run goes
on without what was meant. So the warnings are heard as long as a run lasts, and told where they belong: what
the story threw away ends the run, what the merchant threw away is an error of the merchant.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple, TextIO

from paytwice.merchant.process import DOING

STORY: Final = "story"  # what DOING says in the story's own tasks
NEVER: Final = "coroutine '(.*)' was never awaited"  # Python's words


class Thrown(NamedTuple):
    """What was called and thrown away, and where that was seen."""

    name: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.name}() ({self.file}:{self.line})"


@contextmanager
def overheard(merchants: list[BaseException]) -> Iterator[list[Thrown]]:
    """Hear of calls that are thrown away: the merchant's become errors of it, the story's are listed."""
    storys: list[Thrown] = []
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def hear(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            slip = re.match(NEVER, str(message))
            if slip is None:
                usual(message, category, filename, lineno, file, line)
            elif DOING.get() == STORY:
                storys.append(Thrown(slip[1], filename, lineno))
            else:
                merchants.append(RuntimeWarning(f"{slip[0]} ({filename}:{lineno})"))

        warnings.showwarning = hear
        warnings.filterwarnings("always", NEVER, RuntimeWarning)
        yield storys
