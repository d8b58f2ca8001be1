"""The folder of a failure: everything that somebody needs who wants to see it, play it, and keep it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import attrs

from paytwice.pictures.mermaid import mermaid
from paytwice.pictures.reading import picture
from paytwice.report.text import report
from paytwice.report.timeline import stamp
from paytwice.shrinking import decision
from paytwice.shrinking.replay import record
from paytwice.shrinking.script import script, script_name
from paytwice.shrinking.shrink import Shrunk
from paytwice.story.loading import available
from paytwice.story.plot import Plot, Stage

REPLAY: Final = "replay.json"
MOST: Final = 40  # deviations that are listed where shrinking was stopped early; nobody reads more


def write_folder(folder: Path, stage: Stage, shrunk: Shrunk, *, seed: int | None) -> Path:
    """Write the story of a shrunk failure into a folder, which is made; `seed` is the one it was found with.

    There is no swimlane.svg where matplotlib is not installed, and no script that loads its story by name
    where it has none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run, title = shrunk.run, stage.scenario.title
    replay = record(stage.plot, run, shrunk.aim, seed=seed)
    texts = {
        "story.txt": "".join(f"{line}\n" for line in story(stage, shrunk, folder)),
        REPLAY: replay.as_json(),
        "journal.jsonl": "".join(f"{line}\n" for line in run.journal.jsonl()),
        "sequence.mmd": mermaid(picture(run, title)),
    }
    if stage.scenario.source:
        texts[f"{script_name(replay)}.py"] = script(replay)
    texts.update(decision.files(shrunk))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    if find_spec("matplotlib") is not None:
        from paytwice.charts import save, swimlane

        save(swimlane(run, title), folder / "swimlane.svg")
    return folder


def story(stage: Stage, shrunk: Shrunk, folder: Path) -> Iterator[str]:
    """The shrunk failure as a story: what it takes, what makes the difference, and the run.

    The command in it names the folder as it was asked for, so it works where the campaign was started.
    """
    yield from summary(shrunk)
    yield ""
    if shrunk.passing is not None:
        yield from decision.in_words(shrunk)
        yield ""
    run = shrunk.run
    if stage.scenario.source:  # else it is known only to who plays it, and the run says how
        run = attrs.evolve(run, command=command(stage, str(folder / REPLAY)))
    yield from (line for line, _ in report(run, stage.scenario.title))


def command(stage: Stage, file: str) -> tuple[str, ...]:
    """What plays it again from its replay file: no command but `replay` takes deviations."""
    return command_of(stage.plot, file)


def command_of(plot: Plot, file: str) -> tuple[str, ...]:
    """The same of a plot, which need not be loaded for it."""
    words = ["paytwice", "replay", file]
    if plot.source not in available():
        words += ["--story", plot.source]
    if plot.merchant is not None:
        words += ["--merchant", plot.merchant]
    return tuple(words)


def summary(shrunk: Shrunk) -> Iterator[str]:
    """What is left of the deviations, and the one that makes the difference."""
    left = len(shrunk.deviations)
    if not left:
        yield f"{shrunk.aim.invariant} breaks with nothing going wrong at all: the calm run will do"
        return
    yield f"{shrunk.aim.invariant} takes {left} of {shrunk.began_with} deviations from calm:"
    for one in shrunk.deviations[:MOST]:
        yield f"  {stamp(one.at):>12}  {one}"
    if left > MOST:
        yield f"  … and {left - MOST} more"
    others = dict.fromkeys(one.invariant for one in shrunk.run.verdict.violations)
    others.pop(shrunk.aim.invariant)
    if others:
        yield f"The same run breaks {', '.join(others)} too"
    if shrunk.decisive is not None:
        yield f"Without `{shrunk.decisive}` the run passes"
    elif shrunk.is_finished:
        yield "Whichever of them is left out, the run still does not pass: something else breaks in its place"
    if not shrunk.is_finished:
        yield f"(shrinking stopped after {shrunk.runs} runs; there may be a smaller set)"
