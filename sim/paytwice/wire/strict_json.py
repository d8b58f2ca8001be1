"""JSON as a channel takes it from a stranger: every field is checked, and what is wrong has a name.

Unknown fields are left alone, for channels and merchants both add some without notice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

DECODER: Final = json.JSONDecoder()
BLANKS: Final = re.compile(r"[ \t\r\n]*")
LARGEST_BODY: Final = 64 * 1024  # bytes; no source was found for a limit
LARGEST_NUMBER: Final = 2**63 - 1  # the official clients count in 64 bits


@attrs.frozen(auto_exc=True)
class Malformed(Exception):  # it is what the message is
    """Input that cannot be taken; `field` is a JSON pointer, or the name of a parameter of the address."""

    field: str
    issue: str
    location: str = "body"
    value: str = ""


def parsed(body: bytes, *, numbers_as_text: bool = False) -> dict[str, Any]:
    """Read a JSON object in UTF-8; Malformed for anything else, names said twice included.

    Numbers as text are as they were written: so 19.90 stays what it is, where a float would not.
    """
    if len(body) > LARGEST_BODY:
        raise Malformed("", f"the body has {len(body)} bytes, and {LARGEST_BODY} is the most")
    try:
        text = body.decode("utf-8")
        number = str if numbers_as_text else None
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=number, parse_int=number
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair is no text
    except (ValueError, RecursionError) as error:  # UnicodeError and JSONDecodeError are ValueErrors
        raise Malformed("", "the body is not JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise Malformed("", "the body is not a JSON object")
    return value


def members(body: bytes) -> dict[str, bytes]:
    """The members of an object, each as it is written, to verify what was signed; Malformed as above."""
    parsed(body)
    text, found = body.decode("utf-8"), {}
    at = _next(text, text.index("{") + 1)
    while text[at] != "}":
        name, end = DECODER.raw_decode(text, at)
        begin = _next(text, _next(text, end) + 1)  # past the colon
        _, end = DECODER.raw_decode(text, begin)
        found[name] = text[begin:end].encode("utf-8")
        at = _next(text, end)
        at = _next(text, at + 1) if text[at] == "," else at
    return found


def _next(text: str, at: int) -> int:
    """Where blanks end."""
    match = BLANKS.match(text, at)
    return at if match is None else match.end()


def written(value: object) -> bytes:
    """JSON in UTF-8, as compact as it gets."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name is said twice")
    return value


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


@attrs.frozen
class Fields:
    """The fields of one object: each is had by a call that says what it has to be."""

    values: Mapping[str, Any]
    pointer: str = ""
    location: str = "body"

    def has(self, name: str) -> bool:
        """Whether there is such a field, and not null."""
        return self.values.get(name) is not None

    def text(self, name: str, *, longest: int, pattern: re.Pattern[str] | None = None) -> str:
        """A string that is not empty, of at most so many characters, and shaped like the pattern."""
        value = self._there(name)
        if not isinstance(value, str):
            raise self._wrong(name, "must be a string")
        if not 0 < len(value) <= longest:
            raise self._wrong(name, f"must have 1 to {longest} characters")
        if pattern is not None and pattern.fullmatch(value) is None:
            raise self._wrong(name, f"must match {pattern.pattern}")
        return value

    def whole(self, name: str, *, least: int = 1) -> int:
        """An integer, not too large; true and 1.0 are none."""
        value = self._there(name)
        if type(value) is not int:
            raise self._wrong(name, "must be an integer")
        if not least <= value <= LARGEST_NUMBER:
            raise self._wrong(name, f"must be from {least} to {LARGEST_NUMBER}")
        return value

    def inner(self, name: str) -> Fields:
        """An object in this one."""
        value = self._there(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "must be an object")
        return Fields(value, f"{self.pointer}/{name}", self.location)

    def wrong(self, name: str, issue: str) -> Malformed:
        """What to raise for a field that is wrong in a way of its own."""
        return self._wrong(name, issue)

    def _there(self, name: str) -> Any:
        if not self.has(name):
            raise Malformed(self._where(name), "is missing", self.location)
        return self.values[name]

    def _wrong(self, name: str, issue: str) -> Malformed:
        value = self.values.get(name)
        told = (
            str(value)[:64] if isinstance(value, str | int | float) else ""
        )  # never the whole of a deep one
        return Malformed(self._where(name), issue, self.location, told)

    def _where(self, name: str) -> str:
        return f"{self.pointer}/{name}" if self.location == "body" else name
