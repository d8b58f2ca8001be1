"""Replay files: a failing run as data, to be kept beside the code that it was found in.

What is in a file is never imported or run. A story is named, and looked up among the scenarios that are here;
a merchant of one's own, or a story that is found by its path, has to be named by who plays the file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn
from cattrs.strategies import configure_union_passthrough

from paytwice.choices import Deviation, Value
from paytwice.errors import PaytwiceError
from paytwice.run import Run
from paytwice.shrinking.aim import Aim
from paytwice.story.plot import Plot
from paytwice.wording import one_line

FORMAT: Final = 1
LARGEST: Final = 50_000_000  # bytes of a file that is read at all


class ReplayError(PaytwiceError):
    """A replay file cannot be read; the message says which, where, and what is wrong."""


class Outcome(StrEnum):
    """What came of playing a replay file."""

    REPRODUCED = "reproduced"  # the promise is broken again, in the very same run
    DRIFTED = "reproduced, drifted"  # it is broken again, in a run that is another one by now
    FIXED = "fixed"  # all deviations apply, and nothing breaks
    STALE = "stale"  # nothing breaks, but a deviation names something that no longer happens


@attrs.frozen
class Replay:
    """A failing run: what was played, the deviations, and what it broke."""

    story: str
    settings: dict[str, str]
    merchant: str | None
    deviations: list[Deviation]
    invariant: str
    order: str
    says: str
    digest: str
    seed: int | None
    paytwice: str
    format: int = FORMAT

    @property
    def aim(self) -> Aim:
        """The promise that was broken, and to which order."""
        return Aim(self.invariant, self.order)

    @property
    def plot(self) -> Plot:
        """What was played."""
        return Plot(self.story, self.settings, self.merchant)

    def outcome(self, run: Run) -> Outcome:
        """What a run of this file's plot and deviations says of it."""
        if self.aim.is_hit_by(run):
            return Outcome.REPRODUCED if run.digest == self.digest else Outcome.DRIFTED
        return Outcome.STALE if run.unused else Outcome.FIXED

    def as_json(self) -> str:
        """The file's text."""
        return json.dumps(_CONVERTER.unstructure(self), ensure_ascii=False, indent=1) + "\n"


def record(plot: Plot, run: Run, aim: Aim, *, seed: int | None) -> Replay:
    """A run that broke a promise, as a replay file has it; `seed` is the one it was found with."""
    broken = next(
        one for one in run.verdict.violations if (one.invariant, one.order) == (aim.invariant, aim.order)
    )
    return Replay(
        plot.source,
        dict(plot.changes),
        plot.merchant,
        list(run.deviations),
        aim.invariant,
        aim.order,
        broken.message,
        run.digest,
        seed,
        _version(),
    )


def read(path: Path) -> Replay:
    """Read a replay file; ReplayError says what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise ReplayError(f"{path} is larger than any replay file")
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReplayError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ReplayError(f"{path} is no replay file: {error}") from None
    if not isinstance(told, Mapping) or "deviations" not in told:
        raise ReplayError(f"{path} is no replay file: there are no deviations in it")
    if told.get("format") != FORMAT:
        raise ReplayError(
            f"{path} has format {told.get('format')!r}, and this paytwice reads format {FORMAT}"
        )
    try:
        replay = _CONVERTER.structure(told, Replay)
    except cattrs.BaseValidationError as error:
        wrong = "; ".join(cattrs.transform_error(error, path="$"))
        raise ReplayError(f"{path} is damaged: {wrong}") from None
    known = Counter(one.key for one in replay.deviations)
    if twice := next((one for one in replay.deviations if known[one.key] > 1), None):
        raise ReplayError(f"{path} is damaged: {one_line(twice.name)} #{twice.n} is there more than once")
    return replay


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, unstruct_collection_overrides={tuple: list})
    # By default cattrs makes an int of 1.9 and of true.
    configure_union_passthrough(str | int | bool | None, converter)
    converter.register_structure_hook(int, _whole)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(Value, lambda value, _: value)  # Deviation looks at it itself
    converter.register_structure_hook(
        Deviation, make_dict_structure_fn(Deviation, converter, _cattrs_forbid_extra_keys=True)
    )
    return converter


def _whole(value: Any, _kind: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{value!r} is no whole number")
    return value


def _text(value: Any, _kind: object) -> str:
    if type(value) is not str:
        raise ValueError(f"{value!r} is no text")
    return value


def _version() -> str:
    try:
        return version("paytwice")
    except PackageNotFoundError:  # on the path, and not installed
        return "unknown"


_CONVERTER: Final = _converter()
