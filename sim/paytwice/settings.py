"""The settings of a run, as a scenario states them and `--set KEY=VALUE` changes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeVar

import attrs

from paytwice.calendar import DAY, HOUR, LONGEST, MINUTE, SECOND, SHANGHAI
from paytwice.choices import SCHEDULES, UNIFORM
from paytwice.faults import PROFILES
from paytwice.varying import Varies, check_varies
from paytwice.wording import nearest
from paytwice_core import Attempts, Closing, LateSuccess, Mismatch, Policy

READ_LAG: Final = 10 * SECOND  # how much older than its sending the answer to a query may be

E = TypeVar("E", bound=Enum)


def _check_profile(_settings: object, _field: object, name: str) -> None:
    if name not in PROFILES:
        raise ValueError(f"there is no fault profile {name!r}{nearest(str(name), PROFILES)}")


def _check_schedule(_settings: object, _field: object, word: str) -> None:
    if word not in SCHEDULES:
        raise ValueError(f"there is no schedule {word!r}{nearest(str(word), SCHEDULES)}")


def _check_kind(_settings: object, field: attrs.Attribute[Any], value: object) -> None:
    """A setting is of its default's kind: "LOCAL_FIRST" is not Closing.LOCAL_FIRST, and 1 is not True."""
    kind = type(field.default)
    if type(value) is not kind:
        raise ValueError(f"{field.name} must be {_allowed(kind)}, not {value!r}")


def _allowed(kind: type[object]) -> str:
    """What a setting of this kind takes, as one writes it."""
    if issubclass(kind, Enum):
        return " or ".join(f"{kind.__name__}.{one.name}" for one in kind)
    return "True or False" if kind is bool else "a whole number"


def _check_begins(_settings: object, field: attrs.Attribute[datetime], moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"{field.name} must have a time zone, and {moment.isoformat()} has none")
    if not 1971 <= moment.year <= 2999:
        raise ValueError(f"{field.name} must lie between 1971 and 2999, not {moment.isoformat()}")


def _between(least: int, most: int) -> Callable[[object, attrs.Attribute[int], int], None]:
    def check(_settings: object, field: attrs.Attribute[int], ms: int) -> None:
        if type(ms) is not int:
            raise ValueError(
                f"{field.name} must be whole milliseconds, as minutes(15) gives them, not {ms!r}"
            )
        if not least <= ms <= most:
            raise ValueError(
                f"{field.name} must be between {_duration_text(least)} and {_duration_text(most)}, "
                f"not {_duration_text(ms)}"
            )

    return check


def _check_stock(settings: object, field: attrs.Attribute[int], pieces: int) -> None:
    _check_kind(settings, field, pieces)
    if pieces < 0:
        raise ValueError(f"{field.name} must be 0 or more, not {pieces!r}")


@attrs.frozen
class Settings:
    """What can be set for a run without changing its story. ValueError says what is wrong with a value."""

    closing: Closing = attrs.field(default=Closing.CHANNEL_FIRST, validator=_check_kind)
    late: LateSuccess = attrs.field(default=LateSuccess.REFUND, validator=_check_kind)
    attempts: Attempts = attrs.field(default=Attempts.PARALLEL, validator=_check_kind)
    mismatch: Mismatch = attrs.field(default=Mismatch.REFUND, validator=_check_kind)
    profile: str = attrs.field(default="calm", validator=_check_profile)
    begins: datetime = attrs.field(
        default=datetime(2026, 3, 2, 14, 0, tzinfo=SHANGHAI), validator=_check_begins
    )
    expires: int = attrs.field(
        default=30 * MINUTE, validator=_between(1, LONGEST)
    )  # after an order is placed
    horizon: int = attrs.field(
        default=25 * HOUR, validator=_between(1, LONGEST)
    )  # after everything is healed
    bill: bool = attrs.field(default=False, validator=_check_kind)  # go on until the next bill has been read
    stock: int = attrs.field(default=1_000_000, validator=_check_stock)
    skew: int = attrs.field(
        default=0, validator=_between(-LONGEST, LONGEST)
    )  # of the merchant's clock, in milliseconds; ahead when positive
    schedule: str = attrs.field(default=UNIFORM, validator=_check_schedule)  # with a seed: who goes first
    varies: Varies = attrs.field(factory=dict, hash=False, kw_only=True)  # what each run chooses of the above

    @varies.validator
    def _check_varies(self, _field: object, varies: object) -> None:
        check_varies(varies, _read, lambda name: getattr(self, name))

    @property
    def policy(self) -> Policy:
        """The policy of the core."""
        return Policy(
            closing=self.closing,
            late=self.late,
            attempts=self.attempts,
            mismatch=self.mismatch,
            read_lag_ms=READ_LAG,
        )

    def changed(self, changes: Mapping[str, str]) -> Settings:
        """The settings with some values set from text; what is set varies no more.

        ValueError says what is wrong, and what is near.
        """
        values: dict[str, Any] = {key: _read(key, text) for key, text in changes.items()}
        left = {name: words for name, words in self.varies.items() if name not in values}
        return attrs.evolve(self, **values, varies=left)

    def chosen(self, choose: Callable[[str, Sequence[str]], str]) -> Settings:
        """The settings of one run: `choose(name, values)` picks one of the values of each that varies."""
        if not self.varies:
            return self
        return self.changed({name: choose(name, values) for name, values in self.varies.items()})

    def as_text(self) -> dict[str, str]:
        """The settings that differ from the defaults, as `--set` takes them."""
        return dict(self._as_text)

    @cached_property
    def _as_text(self) -> Mapping[str, str]:
        default = Settings()
        return {
            field.name: _WRITERS.get(field.name, _to_text)(getattr(self, field.name))
            for field in attrs.fields(Settings)
            if field.name in _READERS and getattr(self, field.name) != getattr(default, field.name)
        }


def _read(name: str, text: str) -> object:
    if name not in _READERS:
        raise ValueError(f"there is no setting {name!r}{nearest(str(name), _READERS)}")
    try:
        return _READERS[name](text.strip())
    except ValueError as error:
        raise ValueError(f"setting {name}: {error}") from None


def _enum(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        try:
            return kind(text.upper())
        except ValueError:
            raise ValueError(f"{text!r}{nearest(text.upper(), [one.value for one in kind])}") from None

    return read


_UNITS: Final = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
_DURATION: Final = re.compile(r"(-?)((?:[0-9]{1,15}(?:ms|[smhd]))+)")


def duration(text: str) -> int:
    """Milliseconds from `90s`, `15m`, `2h30m`, `1d`, `250ms`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no duration: write 250ms, 90s, 15m, 2h30m or 1d")
    parts = re.findall(r"([0-9]+)(ms|[smhd])", found[2])
    ms = sum(int(number) * _UNITS[unit] for number, unit in parts)
    return -ms if found[1] else ms


def _duration_text(ms: int) -> str:
    left, text = abs(ms), ""
    for unit, size in _UNITS.items():
        number, left = divmod(left, size)
        text += f"{number}{unit}" if number else ""
    return ("-" if ms < 0 else "") + (text or "0s")


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
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise ValueError(f"{text!r} is no whole number from 0 on")
    return int(text)


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "closing": _enum(Closing),
    "late": _enum(LateSuccess),
    "attempts": _enum(Attempts),
    "mismatch": _enum(Mismatch),
    "profile": str,
    "begins": _begins,
    "expires": duration,
    "horizon": duration,
    "bill": _flag,
    "stock": _count,
    "skew": duration,
    "schedule": str,
}
_WRITERS: Final[Mapping[str, Callable[[Any], str]]] = dict.fromkeys(
    ("expires", "horizon", "skew"), _duration_text
)


def _to_text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case datetime():
            return value.isoformat()
        case _:
            return str(value)
