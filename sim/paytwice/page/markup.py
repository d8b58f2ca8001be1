"""Elements of HTML, made of values: whatever is not made here is data, and is escaped.

What runs, files and users' code say ends up on the page, so text and markup are two types: an element takes
both, and only `Html` goes in as it is.
"""

from __future__ import annotations

import html
import re
from typing import Final

VOID: Final = frozenset({"meta", "img", "br"})
# What HTML cannot hold, and what turns the text around it: somebody's exception may say anything.
_ILLEGAL: Final = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


class Html(str):
    """Markup, which needs no escaping any more."""

    __slots__ = ()


Content = str | Html | int | None
Attribute = str | int | bool | None


def text(content: Content) -> Html:
    """Anything as markup: text is escaped, nothing is nothing, and a number has its thousands apart."""
    if isinstance(content, Html):
        return content
    if content is None:
        return Html("")
    said = f"{content:,}" if isinstance(content, int) else content
    return Html(html.escape(_ILLEGAL.sub("\ufffd", said)))


def tag(name: str, /, *content: Content, **attributes: Attribute) -> Html:
    """An element; `class_` is the attribute class, None and False leave one out, True gives it no value."""
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{said}>")
    return Html(f"<{name}{said}>{''.join(map(text, content))}</{name}>")


def join(*content: Content, by: str = "") -> Html:
    """Contents one after the other."""
    return Html(text(by).join(map(text, content)))


def folded(summary: Content, *content: Content, is_open: bool = False, class_: str | None = None) -> Html:
    """Something to unfold, without a script."""
    return tag("details", tag("summary", summary), *content, open=is_open, class_=class_)


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'
