"""Tables whose figures stand under each other, and bars that show a share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from paytwice.page.markup import Content, Html, folded, tag

FEW: Final = 12  # rows that nobody minds to scroll by


@attrs.frozen
class Column:
    """What stands in a column: its title, and whether it is a number, or short and never broken."""

    title: str
    is_number: bool = False
    is_thin: bool = False

    @property
    def class_(self) -> str | None:
        """The class of its cells."""
        return "number" if self.is_number else "thin" if self.is_thin else None


@attrs.frozen
class Row:
    """The cells of a row; `mark` is a class, such as bad."""

    cells: Sequence[Content]
    mark: str | None = None


def table(columns: Sequence[Column], rows: Iterable[Row]) -> Html:
    """A table, which scrolls by itself where the page is narrow."""
    head = tag("tr", *(tag("th", one.title, class_=one.class_, scope="col") for one in columns))
    body = (
        tag("tr", *(_cell(*pair) for pair in zip(columns, row.cells, strict=True)), class_=row.mark)
        for row in rows
    )
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="wide")


def long_table(columns: Sequence[Column], rows: Sequence[Row], *, few: int = FEW) -> Html:
    """A table of which the first rows are seen, and the rest is to be unfolded."""
    if len(rows) <= few + 2:
        return table(columns, rows)
    rest = folded(f"{len(rows) - few} more", table(columns, rows[few:]))
    return Html(table(columns, rows[:few]) + rest)


def bar(count: int, of: int) -> Html:
    """A share as a bar; what is not nothing can be seen."""
    percent = 0.0 if not count or not of else max(2.0, 100 * count / of)
    return tag("span", tag("i", style=f"width:{percent:.4g}%"), class_="bar", aria_hidden="true")


def share(count: int, of: int) -> str:
    """A share in per cent, never rounded to none or all."""
    if not of or count in (0, of):
        return "0 %" if not count else "100 %"
    percent = 100 * count / of
    if percent < 0.1:
        return "< 0.1 %"
    return "> 99.9 %" if percent > 99.9 else f"{percent:.1f} %"


def names(listed: Sequence[str]) -> Html:
    """Names in columns."""
    return tag("ul", *(tag("li", one) for one in listed), class_="plain")


def _cell(column: Column, content: Content) -> Html:
    return tag("td", content, class_=column.class_)
