"""What broke: each promise in each story, the most money first, and the one that is shown in full."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Final

import attrs

from paytwice.page.document import Section, command
from paytwice.page.markup import Html, folded, join, tag
from paytwice.page.tables import share

OPEN: Final = 1  # of the findings are unfolded
MOST: Final = 40  # are told one by one; nobody reads more


@attrs.frozen
class FoundRow:
    """All that broke one promise in one story; `at_stake` is the most in one run, in words."""

    invariant: str
    title: str
    protects: str
    story: str
    runs: int
    of: int
    at_stake: str
    says: str
    first: str
    schedules: str = ""
    see: str = ""  # the command that plays the first of its runs


@attrs.frozen
class Failure:
    """One failing run in full: as text, and as SVG where it could be drawn."""

    invariant: str
    story: str
    text: str  # a summary, an empty line, and all the rest
    picture: str | None
    again: str = ""  # the command that plays it again
    missing: str = ""  # why there is no picture, and what to do about it


def worst(failure: Failure | None, why_not: str) -> Section:
    """The worst failure with its picture and its story, or why there is none to be seen."""
    if failure is None:
        return Section("worst", "The worst failure", tag("p", why_not))
    summary, _, rest = failure.text.partition("\n\n")
    body = join(
        tag("p", tag("b", failure.invariant), f" in {failure.story}, shrunk to what it takes:"),
        tag("pre", summary),
        _picture(failure),
        folded("The whole story, event by event", tag("pre", rest or summary)),
        join(tag("p", "Play it again:"), command(failure.again)) if failure.again else None,
    )
    return Section("worst", "The worst failure", body)


def found(rows: Sequence[FoundRow]) -> Section:
    """The findings, each to be unfolded."""
    told = [_finding(row, is_open=number < OPEN) for number, row in enumerate(rows[:MOST])]
    if len(rows) > MOST:
        told.append(tag("p", f"… and {len(rows) - MOST} more with less at stake"))
    return Section("found", "What broke", join(*told))


def _picture(failure: Failure) -> Html:
    """As an image of its own: its ids and styles are not the page's, and nothing in it runs."""
    if failure.picture is None:
        return tag("p", failure.missing, class_="note")
    data = b64encode(failure.picture.encode()).decode()
    image = tag(
        "img",
        src=f"data:image/svg+xml;base64,{data}",
        alt=f"Swimlane chart of a run of {failure.story} that breaks {failure.invariant}, told below",
    )
    says = "Time runs down. Each lane is an actor, each arrow a message."
    return tag("figure", tag("div", image, class_="picture", tabindex="0"), tag("figcaption", says))


def _finding(row: FoundRow, *, is_open: bool) -> Html:
    runs = f"{row.runs:,} of {row.of:,} runs ({share(row.runs, row.of)})"
    by = f"; by {row.schedules}" if row.schedules else ""
    summary = join(
        tag("b", f"{row.invariant} {row.title}".strip()),
        tag("span", f"up to {row.at_stake}", class_="money"),
        tag("span", f"{row.story}: {runs}", class_="where"),
    )
    return folded(
        summary,
        tag("p", row.says),
        tag("p", f"The promise protects {row.protects}.", class_="faint") if row.protects else None,
        tag(
            "p",
            f"First seen with {row.first}{by}.",
            class_="faint",
        ),
        command(row.see) if row.see else None,
        is_open=is_open,
        class_="finding",
    )
