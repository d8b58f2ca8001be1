"""A picture as the text of a Mermaid sequence diagram, which many sites and editors draw by themselves.

Such a diagram has no time axis: an arrow is level, and stands where its message was sent. One that arrived
much later stands where it arrived, and a note says when it was sent. What a chart leaves out is left out here
too, since Mermaid refuses a text of more than 50,000 characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

import attrs

from paytwice.pictures.endings import ending_words, is_late
from paytwice.pictures.folding import Stretch, left_out_words, stretches
from paytwice.pictures.labels import repeated
from paytwice.pictures.model import Copy, Ending, Message, Moment, Picture, Role
from paytwice.report.timeline import stamp
from paytwice.wording import span as lasting

Line = tuple[Moment, int, str]  # when it stands, what stands first at one moment, and the text
TIME, TROUBLE, MESSAGE, NOTE = range(4)
ESCAPED: Final = {"#": "#35;", ";": "#59;", "%": "#37;", "<": "#lt;", ">": "#gt;"}
MOST: Final = 50_000  # characters
TOO_LONG: Final = "    %% Mermaid takes 50,000 characters at most: paytwice chart sequence --order draws less"
NOTHING: Final = "…"  # a text must not be empty
# Words that begin a statement or have a part in one, in any case of letters.
RESERVED: Final = (
    *("accdescr", "acctitle", "activate", "actor", "alt", "and", "as", "autonumber", "box", "break"),
    *("create", "critical", "deactivate", "destroy", "details", "else", "end", "link", "links", "loop"),
    *("note", "off", "opt", "option", "over", "par", "par_over", "participant", "properties", "rect"),
    *("sequencediagram", "title"),
)


def mermaid(picture: Picture) -> str:
    """The diagram, one statement a line; one that is too long for Mermaid says so in its first line."""
    head, statements = list(_head(picture)), list(_Diagram(picture).statements())
    text = "\n".join([*head, *statements, ""])
    return text if len(text) < MOST else "\n".join([*head, TOO_LONG, *statements, ""])


def _head(picture: Picture) -> Iterator[str]:
    yield from (
        "---",
        f"title: {json.dumps(_plain(picture.title), ensure_ascii=False)}",
        "---",
        "sequenceDiagram",
    )


@attrs.define
class _Diagram:
    """Writes the statements of one diagram, in order."""

    picture: Picture
    ids: Mapping[str, str] = attrs.field(init=False)
    parts: tuple[Stretch, ...] = attrs.field(init=False)
    left_out: frozenset[Moment] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.parts = stretches(self.picture)
        self.left_out = frozenset(m for part in self.parts if part.left_out for m in part.moments)
        self.ids = {lane.name: _id(lane.name, number) for number, lane in enumerate(self.picture.lanes)}

    def statements(self) -> Iterator[str]:
        """Participants, then what happened, then the conclusion."""
        for lane in self.picture.lanes:
            word = "actor" if lane.role is Role.CUSTOMER else "participant"
            yield f"    {word} {self.ids[lane.name]} as {_escaped(lane.title)}"
        lines = [*self._times(), *self._spans(), *self._messages(), *self._notes()]
        for _, _, text in sorted(lines, key=lambda line: line[:2]):
            yield f"    {text}"
        yield f"    {self._over_all(self.picture.conclusion)}"

    def _over(self, text: str, *lanes: str) -> str:
        return f"Note over {','.join(self.ids[lane] for lane in lanes if lane)}: {_escaped(text)}"

    def _over_all(self, text: str) -> str:
        return self._over(text, self.picture.lanes[0].name, self.picture.lanes[-1].name)

    def _times(self) -> Iterator[Line]:
        for left_out, group in groupby(self.parts, key=lambda part: part.left_out):
            some = list(group)
            if left_out:
                hidden = {moment for part in some for moment in part.moments}
                words = left_out_words(self.picture, hidden)
                yield some[0].begin, TIME, self._over_all(f"{stamp(some[0].begin.at)} {words}")
            else:
                yield from ((part.begin, TIME, self._over_all(stamp(part.begin.at))) for part in some)

    def _spans(self) -> Iterator[Line]:
        for span in self.picture.spans:
            if span.begin not in self.left_out:
                yield span.begin, TROUBLE, self._over(span.text, span.lane, span.other)

    def _notes(self) -> Iterator[Line]:
        for note in repeated(self.picture, self.parts):
            yield note.moment, NOTE, self._over(note.text, note.lane)

    def _messages(self) -> Iterator[Line]:
        for message in self.picture.messages:
            for copy in message.copies:
                if not self.left_out.issuperset((message.sent, copy.end)):
                    yield from self._copy(message, copy)

    def _copy(self, message: Message, copy: Copy) -> Iterator[Line]:
        ending = ending_words(message)
        ending = f" ({ending})" if ending else ""
        if is_late(message, copy):
            took = lasting(copy.end.at - message.sent.at)
            yield message.sent, NOTE, self._over(f"sends {message.title}{ending}", message.sender)
            yield copy.end, MESSAGE, self._arrow(message, copy, f" (sent {took} before)")
        else:
            at = message.sent if copy is message.copies[0] else copy.end
            yield at, MESSAGE, self._arrow(message, copy, ending)

    def _arrow(self, message: Message, copy: Copy, more: str) -> str:
        shaft = "--" if message.is_reply else "-"
        head = ">>" if copy.ending is Ending.ARRIVED else "x"
        ends = self.ids[message.sender], self.ids[message.receiver]
        return f"{ends[0]}{shaft}{head}{ends[1]}: {_escaped(message.title + more)}"


def _id(name: str, number: int) -> str:
    """A name that Mermaid takes as one: a channel may be called what it likes."""
    plain = name.isascii() and name.isidentifier() and name.lower() not in RESERVED
    return name if plain else f"lane{number}"


def _escaped(text: str) -> str:
    """One line of text that Mermaid takes for nothing else."""
    return "".join(ESCAPED.get(char, char) for char in _plain(text))


def _plain(text: str) -> str:
    """A text on one line, of letters that can be seen."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable()).strip() or NOTHING
