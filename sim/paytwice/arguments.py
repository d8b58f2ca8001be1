"""Checks of what a story passes: an error repeats the value and says what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

from paytwice.wording import nearest
from paytwice_core import Money


def whole(what: str, value: int, *, least: int = 0) -> int:
    """A whole number; a float would make the run depend on the machine."""
    if type(value) is not int or value < least:
        raise ValueError(f"{what} is a whole number, {least} or more, not {value!r}")
    return value


def span_of(what: str, ms: int, *, least: int = 0) -> int:
    """A time, in whole milliseconds as `seconds(3)` gives them."""
    if type(ms) is not int or ms < least:
        raise ValueError(f"{what} is in whole milliseconds, {least} or more, such as seconds(3), not {ms!r}")
    return ms


def one_of(what: str, value: str, known: Iterable[str]) -> str:
    """A name that there is."""
    names = list(known)
    if value not in names:
        raise ValueError(f"there is no {what} {value!r}{nearest(str(value), names)}")
    return value


def some_money(amount: str | Money, *, of: str | None = None) -> Money:
    """An amount of more than nothing, given as Money or as "99.00 CNY"; `of` is the currency it must have."""
    money = Money.parse(amount) if isinstance(amount, str) else amount
    if not isinstance(money, Money):
        raise ValueError(f"an amount is a Money or text such as '99.00 CNY', not {amount!r}")
    if money.minor <= 0:
        raise ValueError(f"an amount is more than nothing, not {money}")
    if of is not None and money.currency != of:
        raise ValueError(f"an amount must be in {of} here, not {money}")
    return money
