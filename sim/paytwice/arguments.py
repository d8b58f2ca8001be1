"""Checks of what a story passes: an error repeats the value and says what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

from paytwice.wording import nearest
from paytwice_core import Money


def whole(what: str, value: int, *, least: int = 0) -> int:
    """A whole number, such as milliseconds; a float would make the run depend on the machine."""
    if type(value) is not int or value < least:
        raise ValueError(f"{what} is a whole number, {least} or more, not {value!r}")
    return value


def one_of(what: str, value: str, known: Iterable[str]) -> str:
    """A name that there is."""
    names = list(known)
    if value not in names:
        raise ValueError(f"there is no {what} {value!r}{nearest(str(value), names)}")
    return value


def some_money(amount: str | Money) -> Money:
    """An amount of more than nothing, given as Money or as "99.00 CNY"."""
    money = Money.parse(amount) if isinstance(amount, str) else amount
    if money.minor <= 0:
        raise ValueError(f"an amount is more than nothing, not {money}")
    return money
