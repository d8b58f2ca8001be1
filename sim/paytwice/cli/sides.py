"""The two runs that `paytwice diff` is given: each played from a scenario or a replay file, or read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from paytwice.cli.options import SEEDS
from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.comparing.side import Side

REPLAY: Final = "replay.json"  # what the file is called in the folder of a failure
UNJUDGED: Final = "a journal, which tells no verdict and no deviations"
FIRST_LINE: Final = 1_000_000  # bytes, in which an entry of a journal has room


@attrs.frozen
class Played:
    """A scenario, with a seed or as it is."""

    name: str
    source: str
    seed: int | None

    def side(self, _story: str | None, merchant: str | None, changes: Mapping[str, str]) -> Side:
        """Play it."""
        from paytwice.comparing.side import Side
        from paytwice.story.loading import LoadingError
        from paytwice.story.plot import Plot

        try:
            stage = Plot(self.source, changes, merchant).loaded()
        except (LoadingError, ValueError) as error:
            refuse(str(error))
        played = stage.scenario.play(seed=self.seed, changes=changes, merchant=stage.factory)
        return Side.of(self.name, played.run)


@attrs.frozen
class Recorded:
    """A replay file."""

    path: Path

    def side(self, story: str | None, merchant: str | None, _changes: Mapping[str, str]) -> Side:
        """Play it again, by the rules of `paytwice replay`."""
        from paytwice.cli.replay import stage_of
        from paytwice.comparing.side import Side
        from paytwice.shrinking.replay import ReplayError, read

        try:
            recorded = read(self.path)
        except ReplayError as error:
            refuse(str(error))
        run = stage_of(self.path, recorded, story, merchant).replay(recorded.deviations)
        remarks = [f"no longer happens: {one}" for one in run.unused]
        if run.digest != recorded.digest:
            remarks.insert(0, f"is another run by now than the one recorded, {recorded.digest[:16]}")
        return Side.of(str(self.path), run, *remarks)


@attrs.frozen
class Written:
    """A journal file."""

    path: Path

    def side(self, _story: str | None, _merchant: str | None, _changes: Mapping[str, str]) -> Side:
        """Read it."""
        from paytwice.comparing.journal_file import JournalError, read_journal
        from paytwice.comparing.side import Side

        try:
            return Side(str(self.path), read_journal(self.path), remarks=(UNJUDGED,))
        except JournalError as error:
            refuse(str(error))


def side_named(name: str) -> Played | Recorded | Written:
    """What is meant by an argument: a file by what is in it, else a scenario, which may not exist."""
    path = Path(name)
    if (path / REPLAY).is_file():
        return Recorded(path / REPLAY)
    if path.suffix == ".jsonl":
        return Written(path)
    if path.suffix == ".json" or (path.is_file() and path.suffix != ".py"):
        return Written(path) if _is_journal(path) else Recorded(path)
    source, at, seed = name.rpartition("@")
    if not at or path.is_file():
        return Played(name, name, None)
    if not source:
        refuse(f"{name!r} names no scenario before its seed")
    if not (seed.isascii() and seed.isdecimal() and len(seed) <= 20 and int(seed) < SEEDS):
        refuse(f"{name!r}: a seed is a whole number from 0 to 2^64-1, as in {source}@7")
    return Played(name, source, int(seed))


def _is_journal(path: Path) -> bool:
    """Whether a file begins with an entry of a journal; what is wrong with one is for who reads it to say."""
    try:
        with path.open("rb") as file:
            first = json.loads(file.readline(FIRST_LINE))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(first, Mapping) and "cause" in first
