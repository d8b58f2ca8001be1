"""Where two runs part, in words: the entry that differs, the story both tell, and each from there on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from paytwice.comparing.parting import Branch, Parting, Told
from paytwice.journal import Entry, What
from paytwice.report.findings import hanging
from paytwice.report.phrasing import actor_of, chapter, deed, message
from paytwice.report.timeline import stamp

LINES: Final = 8  # of common history, and of what each does next
COLUMN: Final = 53  # two of them, and what stands between, are as wide as a report
INDENT: Final = 13  # of a stamp and what parts it from the text
# A story tells these with the message itself, or not at all; where runs part at one of them it needs words.
UNTOLD: Final = {
    What.SENT: "sends {message} to {whom}",
    What.ARRIVED: "gets {message} from {whom}",
    What.LOST: "sent {message} to {whom}: it is lost",
    What.HELD: "sent {message} to {whom}: it is held",
    What.COPIED: "sent {message} to {whom}: it comes twice",
    What.UNHEARD: "is down, and does not hear {message}",
    What.ACKED: "acks {whom}'s notification of {key}: {subject}",
    What.DESK: "says {whom} to {message}",
    What.ATTEMPT: "has attempt {key} at {whom} in another state",
}

Lines = Iterator[tuple[str, str]]


def parting_in_words(
    parting: Parting, currency: str = "CNY", *, a: str = "A", b: str = "B", lines: int = LINES
) -> Lines:
    """Where two runs part, as lines with a style each; the runs are called `a` and `b`."""
    how = ", at first in time only" if parting.in_time_only else ""
    yield f"They part at entry {parting.entry}{how}:", "bold"
    width = max(len(a), len(b))
    for name, branch in ((a, parting.a), (b, parting.b)):
        yield from hanging(f"  {name:<{width}}  ", entry_in_words(branch.entry, currency))
    yield "", ""
    yield from _common(parting, b, lines)
    yield from beside(" " * INDENT + a, " " * INDENT + b, "bold")
    for left, right in parting.side_by_side(lines):
        same = left is not None and right is not None and left.happening == right.happening
        yield from beside(_cell(left), _cell(right), "dim" if same else "")
    yield from beside(_rest(parting.a, lines), _rest(parting.b, lines), "dim")


def entry_in_words(entry: Entry | None, currency: str) -> str:
    """One entry of a journal as a sentence; None for a run that is over."""
    if entry is None:
        return "is over"
    if entry.what is What.STORY:
        return f"{stamp(entry.at)}  {chapter(entry, False)}"
    said = deed(entry, currency)
    if said is not None:
        return f"{stamp(entry.at)}  {actor_of(entry)} {said[0]}"
    words = UNTOLD.get(entry.what, "{what} {subject} {key}").format(
        message=message(entry), what=entry.what.value, whom=entry.whom, subject=entry.subject, key=entry.key
    )
    return f"{stamp(entry.at)}  {entry.who} {words}"


def _common(parting: Parting, b: str, lines: int) -> Lines:
    """The last lines that both tell, with both times where they differ."""
    both = [*zip(parting.a.before, parting.b.before, strict=True)]
    if len(both) > lines:
        yield f"{'':{INDENT}}… {len(both) - lines} lines that both tell", "dim"
    for one, other in both[-lines:]:
        text = f"{one.actor} {one.text}"
        if one.at != other.at:
            text += f"   (in {b} at {stamp(other.at)})"
        yield f"{stamp(one.at):>{INDENT - 2}}  {text}", "dim"


def _cell(one: Told | None) -> str:
    return "" if one is None else f"{stamp(one.at):>{INDENT - 2}}  {one.actor} {one.text}"


def _rest(branch: Branch, lines: int) -> str:
    more = len(branch.after) - lines
    return " " * INDENT + (f"… {more} more" if more > 0 else "(that is all)")


def beside(left: str, right: str, style: str) -> Lines:
    """Two texts beside each other, each wrapped under where its words begin."""
    columns = [
        textwrap.wrap(text, COLUMN, subsequent_indent=" " * INDENT, break_on_hyphens=False)
        for text in (left, right)
    ]
    for one, other in zip_longest(*columns, fillvalue=""):
        yield f"{one:<{COLUMN}} │ {other}".rstrip(), style
