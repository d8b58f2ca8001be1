"""In a notebook a run shows itself: verdict, what broke, money, orders, and where the money was."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import attrs
import pytest

from paytwice import Run, Simulation, charts, simulate
from paytwice.charts import money
from paytwice.gallery.winner import SwallowsTheSecond
from paytwice.page import card as module
from paytwice.page.card import card
from paytwice.pictures.palette import DARK, LIGHT
from paytwice.pictures.style import svg
from paytwice.story.scenario import load

SEED_STORY = load("late_wechat_after_alipay")
NAMES = re.compile(r'id="[^"]+"|url\([^)]+\)|href="[^"]+"')


def cells(html: str) -> list[tuple[str, ...]]:
    """The texts of all tables, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [tuple(re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)) for row in rows]


class Balance(HTMLParser):
    """Reads elements, and says which are open or were closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(scope="module")
def calm() -> Run:
    return SEED_STORY.play().run


@pytest.fixture(scope="module")
def broken() -> Run:
    return SEED_STORY.play(merchant=SwallowsTheSecond).run


def test_a_run_shows_its_card_to_a_notebook(calm: Run) -> None:
    assert calm._repr_html_() == card(calm)


def test_a_card_tells_verdict_money_orders_and_how_to_play_it_again(calm: Run) -> None:
    html = card(calm)

    assert '<p class="says">ok</p>' in html
    assert ("wechat", "¥99.00", "¥99.00", "¥0.00") in cells(html)
    assert ("alipay", "¥99.00", "¥0.00", "¥99.00") in cells(html)
    assert ("P1", "¥99.00", "PAID", "alipay", "DUPLICATE SUCCESS") in cells(html)
    assert "<code>paytwice run late_wechat_after_alipay</code>" in html
    assert calm.digest[:16] in html


def test_a_card_tells_what_broke_and_what_it_costs(broken: Run) -> None:
    html = card(broken)

    assert '<p class="says bad">violated: 4 promises broken, ¥99.00 at stake' in html
    told = [row for row in cells(html) if row[0].startswith(("S", "L"))]
    assert [row[0].partition(" ")[0] for row in told] == ["S4", "L2", "L3", "L8"]
    assert {row[3] for row in told} == {"¥99.00"}


def test_of_many_orders_the_first_are_shown_and_the_others_counted() -> None:
    html = card(load("peak_night").play(seed=2).run)

    assert sum(re.fullmatch(r"P\d+", row[0]) is not None for row in cells(html)) == module.FEW
    assert "and 6 more orders" in html


def test_where_the_money_was_is_drawn_once_for_both_themes(calm: Run) -> None:
    """Names put in the place of colours are the colours of each theme, in every line that is drawn."""
    html = card(calm)
    drawing = html[html.index("<svg") : html.index("</svg>")]
    assert not re.search(r"#[0-9a-f]{6}\b", drawing), "every colour follows the theme"

    for palette, theme in ((LIGHT, "light"), (DARK, "dark")):
        shown = drawing
        for name, colour in module._colours(palette).items():
            shown = shown.replace(f"var(--{name})", colour.lower())
        expected = svg(money(calm, theme=theme))
        assert _lines(shown) == _lines(expected[expected.index("<svg") : expected.index("</svg>")])


def _lines(drawing: str) -> list[str]:
    """What is drawn, without the names that go by the colours."""
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    return NAMES.sub("", re.sub(r"<style.*?</style>", "", drawing)).split()


def test_each_colour_of_a_theme_has_a_name_of_its_own() -> None:
    for palette in (LIGHT, DARK):
        colours = module._colours(palette)
        assert len({one.lower() for one in colours.values()}) == len(colours)


def test_a_card_changes_nothing_around_it(calm: Run) -> None:
    html = card(calm)

    for rule in re.findall(
        r"([^{};]+)\{", " ".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
    ):
        assert module.SCOPE in rule or rule.strip().startswith("@media"), rule
    assert all(name.startswith(module.SCOPE) for name in re.findall(r' id="([^"]*)', html))
    assert all(name.startswith(f"#{module.SCOPE}") for name in re.findall(r'href="([^"]*)', html))


@pytest.mark.parametrize("which", ["calm", "broken"])
def test_a_card_is_whole_and_fetches_and_runs_nothing(which: str, request: pytest.FixtureRequest) -> None:
    html = card(request.getfixturevalue(which))
    reader = Balance()
    reader.feed(html)

    assert (reader.open, reader.wrong) == ([], [])
    assert not re.search(r"<script|\son\w+=|src=|@import|url\((?!#)", html)


def test_what_others_say_is_text_in_a_card() -> None:
    async def story(sim: Simulation) -> None:
        await sim.checkout("1.00 CNY", order_id="P1")
        raise ValueError("<script>alert(1)</script>")

    html = card(attrs.evolve(simulate(story), scenario="<b>it</b>"))

    assert "&lt;b&gt;it&lt;/b&gt;" in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "It ended early" in html
    assert "No channel moved any money." in html


def test_a_card_needs_no_matplotlib(calm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)

    html = card(calm)

    assert "<svg" not in html
    assert ("wechat", "¥99.00", "¥99.00", "¥0.00") in cells(html)


def test_the_same_run_is_the_same_card(calm: Run) -> None:
    assert card(SEED_STORY.play().run) == card(calm)


@pytest.mark.parametrize("kind", ["money", "swimlane", "states"])
def test_a_chart_shows_itself_as_a_small_png(kind: str, calm: Run) -> None:
    chart = getattr(charts, kind)
    shown = chart(calm)._repr_png_()

    assert shown.startswith(b"\x89PNG")
    assert len(shown) < 130_000
    assert shown == chart(calm)._repr_png_(), "the same chart is the same bytes"
