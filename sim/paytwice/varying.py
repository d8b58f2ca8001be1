"""Settings that a run chooses itself: their values, as a scenario's `VARIES` states them.

Shops differ in their policies, and a mistake may show under one of them only. So a world leaves a policy
open, and the run picks it before anything else happens, by name as a customer picks what to do: a replay
meets the same shop again, and shrinking finds out whether it took that one. The calm value stands first, and
what stands there more than once is as much more likely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from paytwice.wording import one_line

Varies = Mapping[str, tuple[str, ...]]  # values as `--set` takes them, by the setting's name

NEVER: Final = ("profile", "schedule")  # they say how a run chooses, so it cannot choose them
FORM: Final = 'such as {"closing": ("CHANNEL_FIRST", "LOCAL_FIRST")}'


def check_varies(varies: object, read: Callable[[str, str], object], own: Callable[[str], object]) -> None:
    """Refuse values that cannot be chosen; ValueError says what is wrong.

    `read` makes a value of a setting's name and text, and `own` is the value that it has where all is calm.
    """
    if not isinstance(varies, Mapping):
        raise ValueError(f"what varies is a mapping of settings to their values, {FORM}, not {_said(varies)}")
    for name, texts in varies.items():
        if name in NEVER:
            raise ValueError(f"a run cannot choose its own {name}: set it")
        if not isinstance(texts, tuple) or len(texts) < 2 or not all(isinstance(one, str) for one in texts):
            raise ValueError(
                f"what {name} varies between is a tuple of two texts or more, {FORM}, not {_said(texts)}"
            )
        values = [read(name, text) for text in texts]
        if values[0] != own(name):
            raise ValueError(
                f"{name} varies from {texts[0]} on, but it is set to {_said(own(name))}: "
                "what stands first is what it is where all is calm"
            )
        if all(value == values[0] for value in values):
            raise ValueError(f"{name} varies between {' and '.join(texts)}, which is always the same")


def _said(value: object) -> str:
    return one_line(repr(value))
