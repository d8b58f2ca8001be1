"""One choice that was not calm: its name, its value, and what both say to people."""

from __future__ import annotations

from typing import Final

import attrs

Value = int | str | tuple[int, ...] | None
Row = tuple[str, int, Value, int]  # name, n, value, milliseconds

CHOOSE: Final = "choose "  # what a customer does begins so
SETTING: Final = f"{CHOOSE}setting "  # and what the run has chosen of its own settings
BATCH: Final = "batch "
COUPON: Final = " coupon"
FIRST: Final = "first"  # of those that are ready at once
LAST: Final = "last"
AFTER: Final = "after "  # so many of them


def _value(value: object) -> Value:
    if value is None or type(value) in (int, str):
        return value  # type: ignore[return-value]  # an int, a str or None
    if isinstance(value, list | tuple) and all(type(one) is int for one in value):
        return tuple(value)
    raise ValueError(f"a choice takes a whole number, a word, or several whole numbers, not {value!r}")


@attrs.frozen
class Deviation:
    """One choice that did not take its calm value. `at` is when it was made, in milliseconds of the run.

    A list is taken for a tuple, so that what was written as JSON can be read again.
    """

    name: str
    n: int
    value: Value = attrs.field(converter=_value)
    at: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from every other deviation of a run."""
        return self.name, self.n

    def __str__(self) -> str:
        return f"{self.name} #{self.n}: {_in_words(self.name, self.value)}"


def _in_words(name: str, value: Value) -> str:
    match value:
        case int() if name.startswith(CHOOSE):
            return f"option {value} in place of 0"
        case int() if name.startswith(BATCH):
            return f"number {value} of those that are ready goes first"
        case int() if name.endswith(COUPON):
            return f"a coupon pays {value} minor units"
        case int():
            return f"{value} ms"
        case tuple():
            return "delivered more than once, after " + " and ".join(f"{ms} ms" for ms in value)
        case str() if value.startswith(AFTER):
            return f"goes {value} of those that are ready at once"
        case _:
            return str(value)
