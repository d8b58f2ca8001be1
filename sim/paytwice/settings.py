"""The settings of a run, as a scenario states them and `--set KEY=VALUE` changes them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeVar

import attrs

from paytwice.calendar import HOUR, MINUTE, SECOND, SHANGHAI
from paytwice.faults import PROFILES
from paytwice_core import Attempts, Closing, LateSuccess, Mismatch, Policy

READ_LAG: Final = 10 * SECOND  # how much older than its sending the answer to a query may be
CLOCK_TOLERANCE: Final = 2 * MINUTE  # how wrong a merchant's clock may be without it closing what can be paid

E = TypeVar("E", bound=Enum)


@attrs.frozen
class Settings:
    """What can be set for a run without changing its story."""

    closing: Closing = Closing.CHANNEL_FIRST
    late: LateSuccess = LateSuccess.REFUND
    attempts: Attempts = Attempts.PARALLEL
    mismatch: Mismatch = Mismatch.REFUND
    profile: str = "calm"
    begins: datetime = datetime(2026, 3, 2, 14, 0, tzinfo=SHANGHAI)
    expires: int = 30 * MINUTE  # after an order is placed
    horizon: int = 25 * HOUR  # after everything is healed
    bill: bool = False  # go on until the next bill has been read
    stock: int = 1_000_000
    skew: int = 0  # of the merchant's clock, in milliseconds; ahead when positive

    @property
    def policy(self) -> Policy:
        """The policy of the core."""
        return Policy(
            closing=self.closing,
            late=self.late,
            attempts=self.attempts,
            mismatch=self.mismatch,
            read_lag_ms=READ_LAG + CLOCK_TOLERANCE,
        )

    def changed(self, changes: Mapping[str, str]) -> Settings:
        """The settings with some values set from text; ValueError says what is wrong, and what is near."""
        values: dict[str, Any] = {}
        for key, text in changes.items():
            if key not in _READERS:
                raise ValueError(f"there is no setting {key!r}{nearest(key, _READERS)}")
            try:
                values[key] = _READERS[key](text)
            except ValueError as error:
                raise ValueError(f"setting {key}: {error}") from None
        return attrs.evolve(self, **values)

    def as_text(self) -> dict[str, str]:
        """The settings that differ from the defaults, as `--set` takes them."""
        default = Settings()
        return {
            field.name: _to_text(getattr(self, field.name))
            for field in attrs.fields(Settings)
            if getattr(self, field.name) != getattr(default, field.name)
        }


def nearest(word: str, words: Mapping[str, object] | list[str]) -> str:
    """What to add to an error about an unknown name: the names it may have meant, or all there are."""
    close = difflib.get_close_matches(word, list(words), n=3, cutoff=0.5)
    if close:
        return f": did you mean {' or '.join(close)}?"
    return f": there are {', '.join(words)}"


def _enum(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        try:
            return kind(text.upper())
        except ValueError:
            raise ValueError(f"{text!r}{nearest(text.upper(), [one.value for one in kind])}") from None

    return read


def _profile(text: str) -> str:
    if text not in PROFILES:
        raise ValueError(f"there is no fault profile {text!r}{nearest(text, PROFILES)}")
    return text


_UNITS: Final = {"ms": 1, "s": 1_000, "m": MINUTE, "h": HOUR, "d": 24 * HOUR}


def duration(text: str) -> int:
    """Milliseconds from `90s`, `15m`, `2h`, `1d`, `250ms`."""
    for unit in ("ms", "s", "m", "h", "d"):
        number = text.removesuffix(unit)
        if number != text and number.lstrip("-").isdigit():
            return int(number) * _UNITS[unit]
    raise ValueError(f"{text!r} is no duration: write 250ms, 90s, 15m, 2h or 1d")


def _positive(text: str) -> int:
    ms = duration(text)
    if ms <= 0:
        raise ValueError(f"{text!r} must be more than nothing")
    return ms


def _begins(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date: write 2026-03-02T23:50") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)


def _flag(text: str) -> bool:
    if text.lower() not in ("yes", "no", "true", "false"):
        raise ValueError(f"{text!r} is neither yes nor no")
    return text.lower() in ("yes", "true")


def _count(text: str) -> int:
    if not text.isdigit():
        raise ValueError(f"{text!r} is no whole number, 0 or more")
    return int(text)


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "closing": _enum(Closing),
    "late": _enum(LateSuccess),
    "attempts": _enum(Attempts),
    "mismatch": _enum(Mismatch),
    "profile": _profile,
    "begins": _begins,
    "expires": _positive,
    "horizon": _positive,
    "bill": _flag,
    "stock": _count,
    "skew": duration,
}


def _to_text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case datetime():
            return value.isoformat()
        case int():
            return f"{value}ms"
        case _:
            return str(value)
