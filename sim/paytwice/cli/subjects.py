"""What a chart is made from: an input by what it is, played or read, with the title that it gives a chart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from paytwice.cli.kinds import Options, Sort
from paytwice.cli.sides import Played, Recorded, Written, side_named
from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.choices import Deviation
    from paytwice.pictures.model import Picture
    from paytwice.run import Run
    from paytwice.story.plot import Stage

DATABASE: Final = b"SQLite format 3\0"
DATABASES: Final = (".sqlite", ".db")
SORTS: Final = {Played: Sort.SCENARIO, Recorded: Sort.REPLAY, Written: Sort.JOURNAL}

Named = Played | Recorded | Written | Path | str


@attrs.frozen
class Playing:
    """What is to be played, and with what: as the options say."""

    story: str | None
    merchant: str | None
    changes: Mapping[str, str]


@attrs.frozen
class Subject:
    """What a chart is of: a run, a journal, the path of a store, or a machine's name."""

    thing: Any
    title: str
    named: Named
    playing: Playing

    def called(self, title: str | None) -> Subject:
        """The same under another title, if there is one."""
        return self if title is None else attrs.evolve(self, title=title)

    def picture(self, options: Options) -> Picture:
        """What there is to see of a run, or the part of it that options say."""
        from paytwice.pictures.reading import picture
        from paytwice.pictures.view import View

        return View(**options).of(picture(self.thing, self.title), self.thing)

    def parted(self) -> tuple[Run, Run, Deviation]:
        """A failing run, shrunk if it was not yet, the nearest one that passes, and what parts them."""
        from paytwice.shrinking.shrink import nearest_passing, shrink

        failing = cast("Run", self.thing)
        if not failing.verdict.violations:
            refuse("this run breaks no promise, so there is no failure to set beside one that passes")
        stage = self._stage()
        if isinstance(self.named, Recorded):
            passing, decision, _ = nearest_passing(stage.replay, failing.deviations)
        else:
            try:
                shrunk = shrink(stage.replay, failing)
            except ValueError as error:
                refuse(str(error))
            failing, passing, decision = shrunk.run, shrunk.passing, shrunk.decisive
        if passing is None or decision is None:
            refuse(
                "no run passes without one of the deviations of this one: it fails by the story alone, "
                "or by several of them"
            )
        return failing, passing, decision

    def _stage(self) -> Stage:
        from paytwice.story.plot import Plot

        if isinstance(self.named, Recorded):
            from paytwice.cli.replay import stage_of
            from paytwice.shrinking.replay import read

            path = self.named.path
            return stage_of(path, read(path), self.playing.story, self.playing.merchant)
        assert isinstance(self.named, Played), "nothing else is played"
        return Plot(self.named.source, self.playing.changes, self.playing.merchant).loaded()


def sort_of(text: str, *, machines: bool) -> tuple[Sort, Named]:
    """What an input is, by its name and by how a file of it begins; the name of a machine only if asked."""
    if machines:
        return Sort.MACHINE, text
    path = Path(text)
    if _is_database(path):
        return _sort_of_store(path), path
    named = side_named(text)
    _check_is_there(named)
    return SORTS[type(named)], named


def _check_is_there(named: Played | Recorded | Written) -> None:
    """Refuse what is nothing at all, before it is said to be of another sort than a chart takes."""
    from paytwice.shrinking.replay import ReplayError, read
    from paytwice.story.loading import LoadingError, find

    try:
        if isinstance(named, Played):
            find(named.source)
        elif isinstance(named, Recorded):
            read(named.path)
    except (LoadingError, ReplayError) as error:
        refuse(str(error))


def subject(named: Named, playing: Playing) -> Subject:
    """Play it or read it, as far as it is not for the chart to do so."""
    if isinstance(named, str | Path):
        return Subject(str(named) if isinstance(named, str) else named, "", named, playing)
    side = named.side(playing.story, playing.merchant, playing.changes)
    thing = side.journal if side.run is None else side.run
    return Subject(thing, _title(named, playing), named, playing)


def _title(named: Played | Recorded | Written, playing: Playing) -> str:
    """The story in a sentence, and which run of it."""
    from paytwice.story.loading import LoadingError, find, title_of

    if isinstance(named, Written):
        return named.path.name
    if isinstance(named, Played):
        source, more = named.source, "" if named.seed is None else f" (seed {named.seed})"
    else:
        from paytwice.shrinking.replay import read

        source, more = playing.story or read(named.path).story, f" ({named.path.name})"
    try:
        return f"{title_of(find(source))}{more}"
    except LoadingError:
        return f"{source}{more}"


def _is_database(path: Path) -> bool:
    is_file = path.is_file()
    if is_file:
        try:
            with path.open("rb") as file:
                if file.read(len(DATABASE)) == DATABASE:
                    return True
        except OSError as error:
            refuse(f"{path} cannot be read: {error.strerror or error}")
    if path.suffix in DATABASES:
        what = f"{path} is no database" if is_file else f"there is no file {path}"
        refuse(f"{what}: `paytwice chaos`, `bench` or `sweep` with --store would write one")
    return False


def _sort_of_store(path: Path) -> Sort:
    """Whose results a database has; one of nobody's is a campaign's that cannot be read."""
    import sqlite3
    from urllib.parse import quote

    tables: set[str] = set()
    try:
        db = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True)
        try:
            tables = {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}
        finally:
            db.close()
    except sqlite3.Error as error:
        refuse(f"{path} is damaged: {error}")
    for table, sort in (
        ("trial_v1", Sort.BENCH),
        ("sweep_v1", Sort.SWEEP),
        ("campaign", Sort.CAMPAIGN),
    ):
        if table in tables:
            return sort
    refuse(f"{path} is a database of something else: no campaign, bench or sweep wrote it")
