"""A whole page: its head, a verdict, sections one can jump to, and a word on where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Final

import attrs

from paytwice.page.markup import Content, Html, join, tag, text

# Nothing is fetched and nothing runs, whatever the results say: a browser is told so as well.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"


@attrs.frozen
class Section:
    """A part of the page; `anchor` is what a link to it says."""

    anchor: str
    title: str
    body: Html


def document(title: str, top: Html, sections: Sequence[Section], source: str) -> str:
    """The page. `top` stands above all sections, `source` is the name of the file that it tells of."""
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        Html(f"<style>\n{_style()}</style>"),
    )
    links = join(*(tag("a", one.title, href=f"#{one.anchor}") for one in sections), by=" ")
    body = join(
        tag("header", tag("h1", title), top, tag("nav", links)),
        tag("main", *(_section(one) for one in sections)),
        tag("footer", tag("p", f"Written by paytwice {_version()} from {source}.")),
    )
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>{body}</body></html>\n'


def tiles(figures: Sequence[tuple[str, Content, str]]) -> Html:
    """A few figures that are seen first: what it is, the figure, and what it means."""
    return tag(
        "dl",
        *(tag("div", tag("dt", name), tag("dd", value, tag("small", says))) for name, value, says in figures),
        class_="tiles",
    )


def verdict(word: str, says: str, *more: str) -> Html:
    """What came of it, in a sentence; `word` is good, bad or warn."""
    said = [tag("p", one) for one in more if one]
    return tag("div", tag("p", says, class_="says"), *said, class_=f"verdict {word}", role="status")


def command(words: str) -> Html:
    """A command to be copied."""
    return tag("pre", tag("code", words), class_="command")


def _style() -> str:
    return files("paytwice.page").joinpath("style.css").read_text(encoding="utf-8")


def _section(one: Section) -> Html:
    return join(Html("\n"), tag("section", tag("h2", text(one.title)), one.body, id=one.anchor))


def _version() -> str:
    try:
        return version("paytwice")
    except PackageNotFoundError:  # on the path, and not installed
        return "of an unknown version"
