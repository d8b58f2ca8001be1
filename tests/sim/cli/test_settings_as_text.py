"""Settings can be written as `--set` takes them, and read back; what cannot be read says what could be."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import get_type_hints

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paytwice import Settings
from paytwice.calendar import DAY
from paytwice.choices import SCHEDULES
from paytwice.durations import duration
from paytwice.faults import PROFILES
from paytwice_core import Attempts, Closing, LateSuccess, Mismatch

ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
DURATIONS = st.integers(1, 40 * DAY)
SETTINGS = st.builds(
    Settings,
    closing=st.sampled_from(Closing),
    late=st.sampled_from(LateSuccess),
    attempts=st.sampled_from(Attempts),
    mismatch=st.sampled_from(Mismatch),
    profile=st.sampled_from(sorted(PROFILES)),
    begins=st.datetimes(datetime(1972, 1, 1), datetime(2998, 1, 1), timezones=ZONES),
    expires=DURATIONS,
    horizon=DURATIONS,
    bill=st.booleans(),
    stock=st.integers(0, 10**12),
    skew=st.integers(-40 * DAY, 40 * DAY),
    schedule=st.sampled_from(SCHEDULES),
)
ONE_OF_EACH = {
    "closing": "local_first",
    "late": "REOPEN_IF_STOCK",
    "attempts": "ONE_AT_A_TIME",
    "mismatch": "PERSON",
    "profile": "rough",
    "begins": "2026-03-02T23:50",
    "expires": "2h30m",
    "horizon": "1d",
    "bill": "yes",
    "stock": "1",
    "skew": "-90s",
    "schedule": "pct",
}


@given(SETTINGS)
def test_settings_survive_being_written_and_read(settings: Settings) -> None:
    assert Settings().changed(settings.as_text()) == settings


@given(SETTINGS, SETTINGS)
def test_what_was_set_last_counts(first: Settings, second: Settings) -> None:
    changes = {**first.as_text(), **second.as_text()}

    changed = Settings().changed(changes)

    for key in second.as_text():
        assert getattr(changed, key) == getattr(second, key)


@given(st.integers(-40 * DAY, 40 * DAY).filter(bool))
def test_a_duration_is_written_as_it_is_read(ms: int) -> None:
    assert duration(Settings(skew=ms).as_text()["skew"]) == ms


@given(st.sampled_from(sorted(ONE_OF_EACH)), st.text(max_size=12))
def test_any_text_is_read_or_refused_in_one_line(key: str, text: str) -> None:
    refusal = f"setting {key} was read"
    try:
        Settings().changed({key: text})
    except ValueError as error:
        refusal = str(error)

    assert key in refusal
    assert "\n" not in refusal


def test_every_setting_can_be_set_and_does_what_it_says() -> None:
    assert [*ONE_OF_EACH, "varies", "tuned"] == [field.name for field in attrs.fields(Settings)]
    for key, text in ONE_OF_EACH.items():
        changed = Settings().changed({key: text})

        assert list(changed.as_text()) == [key], "the default is another value, and nothing else has changed"
        assert isinstance(getattr(changed, key), get_type_hints(Settings)[key])


def test_no_change_is_no_change() -> None:
    assert Settings().changed({}) == Settings()
    assert Settings().as_text() == {}


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("expire", "15m", "there is no setting 'expire': did you mean expires?"),
        ("xyz", "15m", "there is no setting 'xyz': there are closing, late"),
        ("closing", "LOCAL", "'LOCAL': did you mean LOCAL_FIRST"),
        ("profile", "rouhg", "there is no fault profile 'rouhg': did you mean rough?"),
        ("expires", "15", "'15' is no duration: write 250ms, 90s, 15m, 2h30m or 1d"),
        ("expires", "0s", "expires must be between 1ms and 40d, not 0s"),
        ("horizon", "41d", "horizon must be between 1ms and 40d, not 41d"),
        ("skew", "--5s", "'--5s' is no duration"),
        ("begins", "2026-13-01", "'2026-13-01' is no date: write 2026-03-02T23:50"),
        ("begins", "0001-01-01", "begins must lie between 1971 and 2999"),
        ("bill", "perhaps", "'perhaps' is neither yes nor no"),
        ("stock", "²", "'²' is no whole number"),
        ("stock", "many", "'many' is no whole number"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(key: str, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=key) as refused:
        Settings().changed({key: text})

    assert says in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"profile": "rogh"},
        {"expires": 0},
        {"horizon": -1},
        {"stock": -1},
        {"begins": datetime(2026, 1, 1)},
    ],
    ids=str,
)
def test_a_scenario_cannot_state_nonsense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)  # type: ignore[arg-type]  # wrong on purpose
