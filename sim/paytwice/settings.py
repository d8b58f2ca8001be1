"""The settings of a run, as a scenario states them and `--set KEY=VALUE` changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeVar

import attrs

from paytwice import tuning
from paytwice.calendar import HOUR, LONGEST, MINUTE, SECOND, SHANGHAI
from paytwice.choices import SCHEDULES, UNIFORM
from paytwice.durations import duration, duration_text
from paytwice.faults import PROFILES
from paytwice.tuning import Tuned, Tuning
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
                f"{field.name} must be between {duration_text(least)} and {duration_text(most)}, "
                f"not {duration_text(ms)}"
            )

    return check


def _check_stock(settings: object, field: attrs.Attribute[int], pieces: int) -> None:
    _check_kind(settings, field, pieces)
    if pieces < 0:
        raise ValueError(f"{field.name} must be 0 or more, not {pieces!r}")


def _check_tuned(_settings: object, _field: object, tuned: Tuned) -> None:
    for name, text in tuned:
        if tuning.name_of(name) != name:
            raise ValueError(f"{name!r} cannot be tuned{nearest(name, tuning.near(name))}")
        tuning.check(name, text)


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
    tuned: Tuned = attrs.field(
        default=(), validator=_check_tuned, kw_only=True
    )  # what is set beside the fields

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
        values: dict[str, Any] = {}
        tuned = dict(self.tuned)
        for key, text in changes.items():
            if key not in FIELDS and (name := tuning.name_of(key)) is not None:
                tuned[name] = _checked(key, name, text.strip())
            else:
                values[key] = _read(key, text)
        left = {name: words for name, words in self.varies.items() if name not in values}
        return attrs.evolve(self, **values, varies=left, tuned=tuple(sorted(tuned.items())))

    def chosen(self, choose: Callable[[str, Sequence[str]], str]) -> Settings:
        """The settings of one run: `choose(name, values)` picks one of the values of each that varies."""
        if not self.varies:
            return self
        return self.changed({name: choose(name, values) for name, values in self.varies.items()})

    @cached_property
    def tuning(self) -> Tuning:
        """What is set beside the fields: latencies, rates of faults, ladders, parameters of the story."""
        return Tuning.of(self.tuned)

    def as_text(self) -> dict[str, str]:
        """The settings that differ from the defaults, as `--set` takes them."""
        return dict(self._as_text)

    @cached_property
    def _as_text(self) -> Mapping[str, str]:
        default = Settings()
        fields = {
            name: _WRITERS.get(name, _to_text)(getattr(self, name))
            for name in FIELDS
            if getattr(self, name) != getattr(default, name)
        }
        return {**fields, **dict(self.tuned)}


def _read(name: str, text: str) -> object:
    if name not in FIELDS:
        raise ValueError(f"there is no setting {name!r}{tuning.meant(str(name), FIELDS)}")
    try:
        return FIELDS[name](text.strip())
    except ValueError as error:
        also = "" if (rate := tuning.name_of(name)) is None else f"; the rate of such a fault is {rate}"
        raise ValueError(f"setting {name}: {error}{also}") from None


def _checked(key: str, name: str, text: str) -> str:
    """A text that something beside the fields is set to."""
    try:
        tuning.check(name, text)
    except ValueError as error:
        raise ValueError(f"setting {key}: {error}") from None
    return text


def _enum(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        try:
            return kind(text.upper())
        except ValueError:
            raise ValueError(f"{text!r}{nearest(text.upper(), [one.value for one in kind])}") from None

    return read


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


FIELDS: Final[Mapping[str, Callable[[str], object]]] = {
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
    ("expires", "horizon", "skew"), duration_text
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
