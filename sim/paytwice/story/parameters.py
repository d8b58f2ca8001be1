"""The parameters of a story: what it asks for by name, so that somebody can set it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from paytwice import tuning
from paytwice.channels import ChannelProfile
from paytwice.durations import duration_text
from paytwice.settings import FIELDS, Settings
from paytwice.story.player import Story, simulate
from paytwice.story.simulation import Simulation
from paytwice.tuning import STORY
from paytwice.wording import nearest


class _Asked(Exception):
    """The story is told: nothing more is wanted of the run."""


def asked_by(story: Story, settings: Settings, channels: Mapping[str, ChannelProfile]) -> Mapping[str, int]:
    """The parameters that a story asks for in a calm run, each with its default; it is played for that."""
    asked: dict[str, int] = {}
    simulate(partial(_listen, story, asked), settings=settings, channels=channels)
    return asked


async def _listen(story: Story, asked: dict[str, int], sim: Simulation) -> None:
    try:
        await story(sim)
    finally:
        asked.update(sim.parameters)
    raise _Asked


def of_story(changes: Mapping[str, str], known: Callable[[], Mapping[str, int]]) -> Mapping[str, str]:
    """The changes with full names of the parameters among them.

    `known` is asked only where something may be one. Raises ValueError where there is none of that name, or
    where two keys set the same: nobody could say which of them counts.
    """
    names = {key: _full_name(key, known) for key in changes}
    setter: dict[str, str] = {}
    for key, name in names.items():
        sets = name if name in FIELDS else tuning.name_of(name) or name
        if sets in setter:
            raise ValueError(f"{setter[sets]} and {key} are two names of one setting: give one of them")
        setter[sets] = key
    return {names[key]: text for key, text in changes.items()}


def _full_name(key: str, known: Callable[[], Mapping[str, int]]) -> str:
    bare = key.removeprefix(STORY)
    if key == bare and (key in FIELDS or tuning.name_of(key) is not None or not key.isidentifier()):
        return key
    parameters = known()
    if bare in parameters:
        return STORY + bare
    if key != bare:
        raise ValueError(f"the story has no parameter {bare!r}{nearest(bare, parameters)}")
    raise ValueError(
        f"there is no setting {key!r}{tuning.meant(key, [*parameters, *FIELDS])}{_all(parameters)}"
    )


def _all(parameters: Mapping[str, int]) -> str:
    if not parameters:
        return ""
    said = ", ".join(f"{name}={_value(number)}" for name, number in parameters.items())
    return f" (parameters of the story: {said})"


def _value(number: int) -> str:
    """A default, as it would be set: what is a second or longer is mostly a time."""
    return duration_text(number) if abs(number) >= 1_000 else str(number)
