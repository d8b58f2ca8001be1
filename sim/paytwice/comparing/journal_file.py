"""Journal files read back: what `--journal` and report folders write, one entry a line.

A file may come from a stranger, so each line is held against what an entry is, and the whole against what a
run is: entries in order, causes before what they led to, messages that were sent before they arrive.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from paytwice.errors import PaytwiceError
from paytwice.journal import NOBODY, Entry, Journal, What
from paytwice.report.timeline import timeline

LARGEST: Final = 500_000_000  # bytes of a file that is read at all
NUMBERS: Final = ("index", "at", "cause", "number")
LARGEST_NUMBER: Final = 2**63
NAMES: Final = tuple(field.name for field in attrs.fields(Entry) if field.name not in NUMBERS)
HEAD: Final = "scenario"  # whose entry it is, which `paytwice run --journal` writes before it
WHATS: Final = frozenset(What)


class JournalError(PaytwiceError):
    """A journal file cannot be read; the message says which, where, and what is wrong."""


def read_journal(path: Path) -> Journal:
    """Read a journal file; JournalError says what is wrong with it."""
    journal = Journal()
    for number, told in enumerate(_lines(path), 1):
        try:
            entry = _entry(told)
            _check_place(entry, journal)
        except ValueError as error:
            raise JournalError(f"{path} is damaged: line {number}: {error}") from None
        journal.note(
            entry.at,
            entry.cause,
            entry.what,
            entry.who,
            entry.whom,
            entry.subject,
            entry.key,
            entry.number,
            entry.text,
        )
    if not journal.rows:
        raise JournalError(f"{path} is empty: a journal has one entry a line")
    try:
        timeline(journal)
    except (LookupError, ValueError):
        raise JournalError(
            f"{path} is damaged: its entries do not fit together, so no run wrote it like this"
        ) from None
    return journal


def _lines(path: Path) -> Iterator[str]:
    try:
        if path.stat().st_size > LARGEST:
            raise JournalError(f"{path} is larger than any journal")
        with path.open(encoding="utf-8") as file:
            yield from file
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise JournalError(f"{path} is no journal: it is not UTF-8 text") from None


def _entry(line: str) -> Entry:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from None
    if not isinstance(told, Mapping):
        raise ValueError("no JSON object, as an entry is")
    values = {name: value for name, value in told.items() if name != HEAD}
    if odd := {*NUMBERS, *NAMES} ^ {*values}:
        raise ValueError(f"{min(odd)!r} is {'no field of an entry' if min(odd) in values else 'missing'}")
    for name in NUMBERS:
        _check_number(name, values[name])
    for name in NAMES:
        if type(values[name]) is not str:
            raise ValueError(f"{name} is {values[name]!r}, which is no text")
    if values["what"] not in WHATS:
        raise ValueError(f"what is {values['what']!r}, which this paytwice does not know")
    return Entry(**{**values, "what": What(values["what"])})


def _check_number(name: str, value: Any) -> None:
    if type(value) is not int:
        raise ValueError(f"{name} is {value!r}, which is no whole number")
    if abs(value) >= LARGEST_NUMBER:
        raise ValueError(f"{name} is larger than any number in a journal")


def _check_place(entry: Entry, journal: Journal) -> None:
    """Refuse an entry that cannot follow those before it."""
    expected = len(journal)
    if entry.index == 0 and expected:
        raise ValueError("another run begins: write a file for each, and compare two of those")
    if entry.index != expected:
        raise ValueError(f"entry {entry.index} stands where entry {expected} should")
    if not NOBODY <= entry.cause < entry.index:
        raise ValueError(f"cause is {entry.cause}, and only an earlier entry can have led to this one")
    if entry.at < (journal.rows[-1][0] if expected else 0):
        raise ValueError(f"at is {entry.at}, and time does not go back")
