"""The chart of load, against how much there was to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from tests.library import WORLDS
from tests.sim.drawing.sight import bars, boxes, named, overlapping, texts

from paytwice import Run, charts
from paytwice.drawing.load import draw
from paytwice.history.history import History, of_run
from paytwice.history.load import load, peak
from paytwice.journal import Journal
from paytwice.pictures.palette import DARK, LIGHT, Palette
from paytwice.story import scenario

PANELS = 5


def story(name: str = "late_wechat_after_alipay") -> Run:
    return scenario.load(name).play().run


def panels(figure: Figure) -> list[Axes]:
    """The panels, from above; what else is inset is the strip of trouble."""
    return list(cast(Any, figure.axes[0].child_axes))[:PANELS]


def outline(ax: Axes) -> list[float]:
    """The heights of the line over a panel."""
    return [float(y) for y in cast(Any, ax.lines[0].get_ydata())]


@pytest.mark.parametrize("world", WORLDS)
def test_each_panel_is_as_high_at_each_step_as_what_there_was_to_do(world: Path) -> None:
    run = scenario.load(str(world)).play(seed=2, changes={"profile": "peak_night"}).run
    found = load(of_run(run))
    curves = (found.in_flight, found.backlog, found.requests, found.open_orders, found.owed)
    figure = charts.load(run)
    for ax, curve in zip(panels(figure), curves, strict=True):
        assert outline(ax)[:-1] == [level.total for level in curve]
        assert ax.get_ylim()[1] > peak(curve).total
        assert ax.get_xlim() == panels(figure)[0].get_xlim()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_channels_are_stacked_in_their_own_colours(palette: Palette) -> None:
    on_their_way, backlog, requests, orders, owed = panels(charts.load(story(), theme=palette.name))
    both = {palette.channels["wechat"].lower(), palette.channels["alipay"].lower()}
    for ax in (on_their_way, backlog, owed):
        assert both <= set(bars(ax))
    assert palette.open.lower() in bars(orders)
    assert palette.closed.lower() in bars(requests)
    assert to_hex(on_their_way.get_facecolor()) == palette.paper.lower()


def test_what_a_link_holds_is_hatched_and_nothing_else() -> None:
    on_their_way, *others = panels(charts.load(story()))
    assert sum(bool(one.get_hatch()) for one in on_their_way.collections) == 1
    assert not any(one.get_hatch() for ax in others for one in ax.collections)
    assert "held by a link" in named(charts.load(story()).axes[0])
    assert "held by a link" not in named(charts.load(story("nobody_pays")).axes[0])


def test_every_panel_tells_its_peak_or_that_there_was_none() -> None:
    told = [(ax.get_title(loc="left"), texts(ax)) for ax in panels(charts.load(story()))]
    assert told[0] == ("messages on their way from or to channels", ["peak 13 at +3m00s"])
    assert told[1][1] == ["peak 2 at +40.5s"]
    assert told[4] == ("owed to customers", ["peak ¥99.00 of 1 payment at +40.5s"])
    nobody = [ax.get_title(loc="left") for ax in panels(charts.load(story("nobody_pays")))]
    assert nobody[4] == "owed to customers: none"


def test_trouble_has_a_line_for_each_kind_and_lies_behind_every_panel() -> None:
    run = scenario.load("peak_night").play(seed=2, changes={"profile": "peak_night"}).run
    figure = charts.load(run)
    strip = cast(Any, figure.axes[0]).child_axes[PANELS]
    lines = [label.get_text() for label in strip.get_yticklabels()]
    assert lines == ["merchant down", "Alipay down", "UnionPay down"]
    spans = sum(bars(strip).values())
    assert spans == 5
    for ax in panels(figure):
        assert bars(ax)[LIGHT.trouble.lower()] == spans
    calm = cast(Any, charts.load(story("nobody_pays")).axes[0]).child_axes
    assert len(calm) == PANELS


@pytest.mark.parametrize("world", WORLDS)
def test_no_text_of_a_panel_stands_on_another_nor_outside_the_page(world: Path) -> None:
    figure = charts.load(scenario.load(str(world)).play(seed=2, changes={"profile": "rough"}).run)
    for ax in panels(figure):
        found = [(text, box) for text, box in boxes(figure, ax) if not text.startswith("+")]
        assert overlapping(found) == []
        for text, box in found:
            assert figure.bbox.x0 <= box.x0, text
            assert box.x1 <= figure.bbox.x1, text


def test_load_is_drawn_into_axes_that_are_given_and_nowhere_else() -> None:
    page = Figure(figsize=(10, 8))
    left, right = page.subplots(1, 2)
    assert charts.load(story(), ax=left) is page
    page.draw_without_rendering()
    frame = left.get_position()
    for ax in cast(Any, left).child_axes:
        box = ax.get_position()
        assert frame.x0 - 0.001 <= box.x0 < box.x1 <= frame.x1 + 0.001
        assert frame.y0 - 0.001 <= box.y0 < box.y1 <= frame.y1 + 0.001
    assert not right.lines


def test_an_empty_journal_is_drawn_as_no_work_at_all() -> None:
    figure = draw(History("nothing", Journal()))
    assert [ax.get_title(loc="left").endswith(": none") for ax in panels(figure)] == [True] * PANELS


def test_the_same_run_is_always_the_same_bytes_of_load(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        charts.save(charts.load(story()), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
