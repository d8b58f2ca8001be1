"""A failure as a scenario script that can be committed: the story it was found in, with its deviations."""

from __future__ import annotations

import re
import textwrap
from typing import Final

from paytwice.choices import Deviation
from paytwice.shrinking.replay import Replay

WIDTH: Final = 100
TEMPLATE: Final = '''"""{title}"""

from paytwice import Deviation, Run, play
from paytwice.story.scenario import load

BASE = load({source!r})
SETTINGS = BASE.changed({settings!r})
DEVIATIONS = [
{deviations}
]
story = BASE.story


def expect(run: Run) -> None:
    assert not run.unused, "these deviations no longer name what happens"


if __name__ == "__main__":
    play(story, expect)
'''


def script_name(replay: Replay) -> str:
    """A name for the script: the story, the promise, the seed."""
    stem = re.sub(r"\W+", "_", replay.story.rpartition("/")[2].removesuffix(".py"))
    seed = "" if replay.seed is None else f"_seed_{replay.seed}"
    return f"{stem}_{replay.invariant.lower()}{seed}"


def script(replay: Replay) -> str:
    """The text of the script. It declares the verdict ok, so it fails until the bug is mended."""
    told = f"Found by chaos: {replay.says}"
    title = "\n".join(textwrap.wrap(told.replace('"', "'").replace("\\", "/"), WIDTH))
    return TEMPLATE.format(
        title=title,
        source=replay.story,
        settings={**replay.settings},
        deviations="\n".join(f"    {_line(one)}," for one in replay.deviations),
    )


def _line(one: Deviation) -> str:
    return f"Deviation({one.name!r}, {one.n!r}, {one.value!r})"
