"""The worst failure of a campaign, from the folder of its failures, or played and shrunk here and now."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import islice
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs

from paytwice.chaos.census import Census
from paytwice.chaos.finding import Finding, findings
from paytwice.errors import PaytwiceError
from paytwice.page.found import Failure
from paytwice.pictures.names import MATPLOTLIB_MISSING
from paytwice.report.findings import named
from paytwice.report.text import report
from paytwice.run import Run
from paytwice.shrinking import decision
from paytwice.shrinking.folder import REPLAY, command_of, summary
from paytwice.shrinking.replay import Replay, read
from paytwice.shrinking.shrink import Shrunk
from paytwice.story.plot import Plot
from paytwice.story.scenario import options_of

RUNS: Final = 300  # a shrinking may take: a limit in seconds would not give the same page again
TRIES: Final = 3  # findings that are tried where the worst cannot be shrunk
LARGEST: Final = 20_000_000  # bytes of a picture or a story


class NoFailureError(PaytwiceError):
    """There is no failure to be shown in full; the message says why, and what to do about it."""


def from_folder(folder: Path, plots: Sequence[Plot], census: Census) -> Failure:
    """The worst failure that `paytwice chaos --out` wrote into a folder; of another campaign none is shown.

    Raises NoFailureError where there is none, ReplayError or OSError where a file cannot be read.
    """
    files = sorted([*folder.glob(REPLAY), *folder.glob(f"*/{REPLAY}")])
    there = [(path.parent, replay) for path in files if (replay := read(path)).plot in plots]
    for one in census.ranked:
        found_with = one.plot, one.invariant, one.simplest[-1][0]
        for place, replay in there:
            if (replay.story, replay.invariant, replay.seed) == found_with:
                return _written(place, replay)
    raise NoFailureError(
        f"{folder} has no failure of these results: `paytwice chaos --out {folder}` writes them there"
    )


def played(source: str, plot: Plot, census: Census) -> Failure:
    """Play the simplest run of the worst finding of a story again, shrink it, and draw it.

    `source` is what the results call the story, `plot` where it is found here. Raises NoFailureError where
    none of the worst can be shrunk, LoadingError or ValueError where the plot cannot be loaded.
    """
    stage = attrs.evolve(plot.loaded(), plot=attrs.evolve(plot, source=source))
    of_it = {key: one for key, one in census.signatures.items() if one.plot == source}
    why = "nothing broke in it"
    shrunk = findings([stage], attrs.evolve(census, signatures=of_it), seconds=inf, most_runs=RUNS)
    for one in islice(shrunk, TRIES):
        if one.shrunk is not None:
            return _shrunk(one)
        why = one.why_not
    raise NoFailureError(f"The worst failure is not shown in full: {why}.")


def _written(folder: Path, replay: Replay) -> Failure:
    picture, drawing = None, folder / "swimlane.svg"
    if drawing.is_file():
        picture = _text(drawing)
    return Failure(
        named(replay.invariant),
        replay.story,
        _text(folder / "story.txt"),
        picture,
        shlex.join(command_of(replay.plot, str(folder / REPLAY))),
        f"{drawing} is not there: {MATPLOTLIB_MISSING}",
    )


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise NoFailureError(f"{path} is larger than any that `paytwice chaos` writes")
    return path.read_text(encoding="utf-8", errors="replace")


def _shrunk(one: Finding) -> Failure:
    assert one.shrunk is not None, "asked for by who calls this"
    plot, seed = one.stage.plot, one.origin[0]
    words = ["paytwice", "chaos", plot.source, *options_of(plot.changes, plot.merchant)]
    again = (*words, "--from", str(seed), "--seeds", "1", "--out", "failures")
    run = attrs.evolve(one.shrunk.run, command=again)
    return Failure(
        named(one.signature.invariant),
        plot.source,
        "\n".join(_story(one.shrunk, run, one.stage.scenario.title)),
        _drawn(run, one.stage.scenario.title),
        shlex.join(again) if len(one.origin) == 1 else "",
        f"There is no picture: {MATPLOTLIB_MISSING}",
    )


def _story(shrunk: Shrunk, run: Run, title: str) -> Iterator[str]:
    yield from summary(shrunk)
    yield ""
    if shrunk.passing is not None:
        yield from decision.in_words(shrunk)
        yield ""
    yield from (line for line, _ in report(run, title))


def _drawn(run: Run, title: str) -> str | None:
    if find_spec("matplotlib") is None:
        return None
    from paytwice.charts import save, swimlane

    with TemporaryDirectory() as folder:
        path = Path(folder) / "swimlane.svg"
        save(swimlane(run, title), path)
        return path.read_text(encoding="utf-8")
