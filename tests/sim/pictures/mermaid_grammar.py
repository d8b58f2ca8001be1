"""A strict reader of the part of Mermaid's sequence diagrams that pictures use.

Mermaid itself is JavaScript. What it does with a text, in its order: it refuses one of more than 50,000
characters (`maxTextSize`), takes the front matter off, puts entities like `#35;` aside, takes what stands
between `%%{` and `}%%` for settings and the rest of a line after `%%` for a comment, and cuts what is left
into tokens (`sequenceDiagram.jison`). There `;` ends a statement and `#` begins a comment even within a
label, a word of the language is no name of a participant in whatever case its letters are, and a text after
a colon has one character at least. Mermaid makes a participant of any name that it does not know yet; here
that is an error, since nobody meant it.
"""

from __future__ import annotations

import html
import json
import re
from typing import Final, NamedTuple

MOST: Final = 50_000
KEYWORDS: Final = frozenset(
    """
    accdescr acctitle activate actor alt and as autonumber box break create critical deactivate destroy
    details else end left link links loop note off opt option over par par_over participant properties rect
    right sequencediagram title
    """.split()  # noqa: SIM905 - thirty words are easier to compare with the grammar this way
)
ENTITY: Final = re.compile(r"#(\w+);")
NAME: Final = r"([A-Za-z_][A-Za-z0-9_]*)"
PARTICIPANT: Final = re.compile(rf"(participant|actor) {NAME} as (.+)")
SIGNAL: Final = re.compile(rf"{NAME}(->>|-->>|-x|--x){NAME}: (.+)")
NOTE: Final = re.compile(rf"Note over {NAME}(?:,{NAME})?: (.+)")


class Statement(NamedTuple):
    """What a line says: its kind, the participants it names, and its text as Mermaid shows it."""

    kind: str
    names: tuple[str, ...]
    text: str


class NotADiagram(Exception):
    """A line that Mermaid would refuse, or take for something else."""


def read(diagram: str) -> tuple[str, list[Statement]]:
    """Read a whole diagram: its title and its statements; raises NotADiagram with the line that is wrong."""
    _demand(len(diagram) <= MOST, f"{len(diagram)} characters")
    _demand(diagram.endswith("\n"), "the last line has no end")
    head, title, foot, kind, *lines = diagram[:-1].split("\n")
    _demand((head, foot, kind) == ("---", "---", "sequenceDiagram"), "front matter")
    _demand(title.startswith('title: "'), title)
    declared: list[str] = []
    statements: list[Statement] = []
    for line in lines:
        said = _statement(line)
        if said.kind in ("participant", "actor"):
            _demand(said.names[0] not in declared, f"declared twice: {line}")
            _demand(len(declared) == len(statements), f"a participant after the first message: {line}")
            declared.append(said.names[0])
        _demand(set(said.names) <= set(declared), f"unknown participant: {line}")
        statements.append(said)
    return json.loads(title.removeprefix("title: ")), statements


def _statement(line: str) -> Statement:
    _demand(
        line == line.rstrip() and line.isprintable(), f"spaces at the end, or what is no letter: {line!r}"
    )
    line = line.strip()
    if found := PARTICIPANT.fullmatch(line):
        return _said(found[1], (found[2],), found[3])
    if found := SIGNAL.fullmatch(line):
        return _said(found[2], (found[1], found[3]), found[4])
    if found := NOTE.fullmatch(line):
        return _said("note", (found[1], found[2] or found[1]), found[3])
    raise NotADiagram(f"no statement: {line}")


def _said(kind: str, names: tuple[str, ...], text: str) -> Statement:
    _demand(not any(name.lower() in KEYWORDS for name in names), f"{names} has a word of the language")
    _demand(text.strip() == text, f"spaces around: {text!r}")
    for sign in ("#", ";", "%%", "<", ">"):
        _demand(sign not in ENTITY.sub("", text), f"{sign} is Mermaid's own: {text}")
    _demand(re.match(r"(no)?wrap:", text) is None, f"an instruction of Mermaid's: {text}")
    return Statement(kind, names, ENTITY.sub(_shown, text))


def _shown(entity: re.Match[str]) -> str:
    """What a browser shows for an entity; digits are a character's number."""
    name = entity[1]
    shown = html.unescape(f"&#{name};" if name.isdecimal() else f"&{name};")
    _demand(not shown.startswith("&"), f"unknown entity: {name}")
    return shown


def _demand(true: bool, wrong: str) -> None:
    if not true:
        raise NotADiagram(wrong)
