"""Whatever is not markup is data: it is shown, and does nothing."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sim.page.pages import Page

from paytwice.page.markup import Html, folded, join, tag, text


@given(st.text())
def test_any_text_comes_back_as_it_was_but_for_what_html_cannot_hold(said: str) -> None:
    shown = tag("p", said)

    assert Page(shown).tags == ["p"]
    back = html.unescape(shown.removeprefix("<p>").removesuffix("</p>"))
    assert len(back) == len(said)
    assert all(one in (other, "\ufffd") for one, other in zip(back, said, strict=True))
    shown.encode()  # nothing is left that a file cannot hold


@given(st.text())
def test_an_attribute_does_not_end_early(said: str) -> None:
    assert [name for name, _ in Page(tag("p", title=said)).attributes] == ["title"]


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\x85", "\ud800", "\u202e", "\u2066"])
def test_a_letter_that_would_break_or_turn_the_text_is_replaced(letter: str) -> None:
    assert text(f"a{letter}b") == "a\ufffdb"


def test_markup_goes_in_as_it_is() -> None:
    assert tag("p", Html("<b>x</b>"), "<b>") == "<p><b>x</b>&lt;b&gt;</p>"


def test_numbers_have_their_thousands_apart_and_nothing_is_nothing() -> None:
    assert join(12345, None, "a", by="<") == "12,345&lt;&lt;a"


def test_attributes_are_named_as_html_names_them() -> None:
    shown = tag("meta", http_equiv="x", class_="y", hidden=True, lang=None, open=False)

    assert shown == '<meta http-equiv="x" class="y" hidden>'


def test_what_is_folded_needs_no_script() -> None:
    assert folded("more", "rest", is_open=True) == "<details open><summary>more</summary>rest</details>"
