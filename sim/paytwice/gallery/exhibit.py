"""One exhibit: a merchant with a mistake, and what its docstring tells of it.

The docstring is the only place where an exhibit is described, so what people read in the source, what the
command lists and what the tests check cannot differ.
"""

from __future__ import annotations

import inspect
import re
from functools import cached_property
from typing import Final

import attrs

from paytwice.gallery.showing import Showing
from paytwice.merchant.reference.merchant import ReferenceMerchant
from paytwice.oracle import INVARIANTS
from paytwice.trials import TRIALS

FIELDS: Final = ("Seen in", "Schedule", "Breaks", "Instead", "Shown by")
_FIELD: Final = re.compile(rf"^({'|'.join(FIELDS)}): ", re.MULTILINE)


@attrs.frozen
class Exhibit:
    """A merchant with one mistake. `invariant` is the promise it is there to break, the first of `breaks`."""

    factory: type[ReferenceMerchant]
    room: str
    summary: str
    seen_at: str
    schedule: str
    breaks: tuple[str, ...]
    instead: str
    showing: Showing

    @property
    def name(self) -> str:
        """What it is called on a command line: `SwallowsTheSecond` is `swallows_the_second`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.factory.__name__).lower()

    @property
    def merchant(self) -> str:
        """What `--merchant` takes."""
        return f"{self.factory.__module__}:{self.factory.__qualname__}"

    @property
    def invariant(self) -> str:
        """The promise it is there to break."""
        return self.breaks[0]

    @cached_property
    def code(self) -> str:
        """The merchant as it is written, without the docstring that the fields above were read from."""
        source = inspect.getsource(self.factory)
        head, _, rest = source.partition('"""')
        return head.rstrip() + "\n" + rest.partition('"""')[2].lstrip("\n").rstrip()


def is_exhibit(thing: object) -> bool:
    """Whether something in a room is an exhibit, and no mere part of one."""
    return (
        inspect.isclass(thing)
        and issubclass(thing, ReferenceMerchant)
        and _FIELD.search(inspect.cleandoc(thing.__doc__ or "")) is not None
    )


def exhibit_of(factory: type[ReferenceMerchant]) -> Exhibit:
    """Read the docstring of an exhibit; ValueError says what it lacks."""
    name, doc = factory.__name__, inspect.cleandoc(factory.__doc__ or "")
    summary, *parts = _FIELD.split(doc)
    told = {word: " ".join(text.split()) for word, text in zip(parts[::2], parts[1::2], strict=True)}
    if missing := [word for word in FIELDS if not told.get(word)]:
        raise ValueError(f"the docstring of {name} does not say: {', '.join(missing)}")
    breaks = tuple(told["Breaks"].rstrip(".").replace(",", " ").split())
    if unknown := [one for one in breaks if one not in {**INVARIANTS, **TRIALS}]:
        raise ValueError(f"{name} breaks {', '.join(unknown)}, and there is no such promise")
    return Exhibit(
        factory,
        factory.__module__.rpartition(".")[2],
        " ".join(summary.split()),
        told["Seen in"].rstrip("."),
        told["Schedule"].rstrip("."),
        breaks,
        told["Instead"],
        Showing.of(told["Shown by"]),
    )
