"""`play(story, expect)`: what a scenario file ends with, so that it can be run as a program."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from paytwice.cli.run import run_scenario
from paytwice.run import Run
from paytwice.story.loading import ScenarioError, available
from paytwice.story.player import Story
from paytwice.story.scenario import from_namespace


def play(story: Story, expect: Callable[[Run], object] | None = None) -> None:
    """Run the file this is called from as a program, with the options of `paytwice run`; ends the process."""
    # The story may be another file's, as in the scripts that chaos writes; `expect` is told by the call too.
    caller = inspect.currentframe()
    names = {} if caller is None or caller.f_back is None else dict(caller.f_back.f_globals)
    path = Path(names.get("__file__", "story"))
    try:
        scenario = from_namespace(
            {**names, "story": story, "expect": expect}, path.stem, source=_shortest(path)
        )
    except ScenarioError as error:
        print(f"{path.name}: {error}", file=sys.stderr)
        sys.exit(2)
    run_scenario(scenario)


def _shortest(path: Path) -> str:
    """What `paytwice run` finds a file by, from the current folder: its name if that will do."""
    known = available().get(path.stem)
    if known is not None and known.resolve() == path.resolve():
        return path.stem
    return str(path)
