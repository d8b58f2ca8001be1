"""Heat maps and lines of sweeps, against the cells they are drawn from."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import attrs
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from paytwice import charts
from paytwice.pictures.palette import DARK, LIGHT
from paytwice.sweep import Cell, Sweep, SweepError, sweep
from paytwice.sweep.cells import Share, Spread
from paytwice.sweep.figures import FIGURES, percent

STORY = "late_wechat_after_alipay"


@pytest.fixture(scope="module")
def swept() -> Sweep:
    return sweep(STORY, {"patience": ["10s", "40s", "5m"], "hangs": ["30s", "3m"]}, seeds=3)


@pytest.fixture(scope="module")
def along() -> Sweep:
    return sweep(STORY, {"loss": ["0", "0.1", "0.3"]}, seeds=8)


def made(share: float, wait: int | None = None, **settings: str) -> Cell:
    """A cell that shows what is given; the rest is nothing."""
    waits = Spread(0) if wait is None else Spread(3, wait, wait, wait, wait, wait)
    return Cell(
        settings, 10, 0, Share(0, 0, 0), Share(share, 0, 1), "CNY", 0, 0, 0, Spread(0), waits, Spread(0),
        0, 0, 0, "",
    )  # fmt: skip


def squares(ax: Axes) -> dict[tuple[int, int], Rectangle]:
    """The cells of a map by column and row."""
    found = [one for one in ax.patches if isinstance(one, Rectangle)]
    return {(round(one.get_x()), round(one.get_y())): one for one in found}


def figures(ax: Axes) -> dict[tuple[int, int], str]:
    """The texts within the cells of a map."""
    inside = [one for one in ax.texts if one.get_transform() == ax.transData]
    return {tuple(int(part) for part in one.get_position()): one.get_text() for one in inside}  # type: ignore[misc]  # of two


def light(colour: Any) -> float:
    """How light a colour is in grey print."""
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def labels(ax: Axes) -> tuple[list[str], list[str]]:
    return [one.get_text() for one in ax.get_xticklabels()], [one.get_text() for one in ax.get_yticklabels()]


def test_each_cell_has_its_figure_in_its_place(swept: Sweep) -> None:
    ax = charts.heat(swept).axes[0]
    assert labels(ax) == (["10s", "40s", "5m"], ["30s", "3m"])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("patience", "hangs")
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 3), (0, 2))
    texts = figures(ax)
    for one in swept.cells:
        place = labels(ax)[0].index(one.settings["patience"]), labels(ax)[1].index(one.settings["hangs"])
        assert texts[place] == percent(one.duplicate.share)
    assert len(texts) == len(squares(ax)) == 6


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_more_is_darker_on_light_paper_and_brighter_on_dark_paper_in_grey_print_too(theme: str) -> None:
    cells = [made(n / 10, x=str(n), y="one") for n in range(11)]
    ax = charts.heat(cells, x="x", y="y", theme=theme).axes[0]
    greys = [light(squares(ax)[n, 0].get_facecolor()) for n in range(11)]
    assert sorted(greys, reverse=theme == "light") == greys
    assert all(abs(after - before) > 0.015 for before, after in pairwise(greys))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_can_be_read_on_their_colour(theme: str) -> None:
    cells = [made(n / 20, x=str(n), y="one") for n in range(21)]
    ax = charts.heat(cells, x="x", y="y", theme=theme).axes[0]
    inks = {
        round(one.get_position()[0] - 0.5): one.get_color()
        for one in ax.texts
        if one.get_transform() == ax.transData
    }
    for n in range(21):
        paper, ink = (_luminance(colour) for colour in (squares(ax)[n, 0].get_facecolor(), inks[n]))
        assert (max(paper, ink) + 0.05) / (min(paper, ink) + 0.05) >= 4.5, "WCAG's least contrast of text"


def _luminance(colour: Any) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_a_cell_without_refunds_is_hatched_and_has_no_colour(swept: Sweep) -> None:
    ax = charts.heat(swept, value="refund").axes[0]
    for place, square in squares(ax).items():
        is_empty = figures(ax)[place] == "–"
        assert bool(square.get_hatch()) == is_empty
        assert (to_rgb(square.get_facecolor()) == to_rgb(LIGHT.paper)) == is_empty
    assert sum(text == "–" for text in figures(ax).values()) == 3


def test_waits_over_decades_are_told_apart_and_equal_ones_are_equal() -> None:
    cells = [made(0, wait, x=str(wait), y="one") for wait in (100, 1_000, 10_000, 100_000)]
    ax = charts.heat(cells, x="x", y="y", value="refund").axes[0]
    greys = [light(squares(ax)[n, 0].get_facecolor()) for n in range(4)]
    assert all(before - after > 0.1 for before, after in pairwise(greys))
    same = charts.heat([made(0, 5, x=x, y="one") for x in "ab"], x="x", y="y", value="refund").axes[0]
    assert squares(same)[0, 0].get_facecolor() == squares(same)[1, 0].get_facecolor()


def test_shares_are_never_on_a_scale_of_logarithms() -> None:
    rare, none = (
        charts.heat([made(share, x=str(share), y="one") for share in (least, 0.5, 1.0)], x="x", y="y").axes[0]
        for least in (0.001, 0.0)
    )
    assert squares(rare)[1, 0].get_facecolor() == squares(none)[1, 0].get_facecolor()


def test_each_figure_is_read_from_what_its_name_says() -> None:
    owed, refund, known = (Spread(9, n, n + 1, n + 2, n, n) for n in (10, 20, 30))
    shares = Share(0.1, 0, 1), Share(0.2, 0, 1)
    one = Cell({}, 9, 0, *shares, "CNY", 1, 2, 3, owed, refund, known, 4, 5, 0, "")
    assert {name: shown.read(one).value for name, shown in FIGURES.items()} == {
        "violated": 0.1,
        "duplicate": 0.2,
        "captured": 1,
        "returned": 2,
        "owed": 10,
        "owed_most": 12,
        "refund": 20,
        "refund_p99": 21,
        "known": 30,
        "known_p99": 31,
        "messages_per_order": 4,
        "queries_per_order": 5,
    }


@pytest.mark.parametrize("value", sorted(FIGURES))
def test_every_figure_can_be_drawn_as_a_map_and_as_a_line(swept: Sweep, along: Sweep, value: str) -> None:
    ax = charts.heat(swept, value=value).axes[0]
    shown = FIGURES[value]
    for one, text in zip(swept.cells, _by_cell(swept, ax), strict=True):
        number = shown.read(one).value
        assert text == ("–" if number is None else shown.write(number, one.currency))
    (line,) = charts.heat(along, value=value).axes[0].lines
    values = [shown.read(one).value for one in along.cells]
    assert list(cast(Any, line.get_ydata())) == [one for one in values if one is not None]


def _by_cell(swept: Sweep, ax: Axes) -> list[str]:
    xs, ys = labels(ax)
    return [
        figures(ax)[xs.index(one.settings["patience"]), ys.index(one.settings["hangs"])]
        for one in swept.cells
    ]


def test_a_line_has_a_band_as_wide_as_the_interval(along: Sweep) -> None:
    ax = charts.heat(along).axes[0]
    (line,) = ax.lines
    assert list(cast(Any, line.get_xdata())) == [0.5, 1.5, 2.5]
    assert line.get_marker() == "o"
    (band,) = (one for one in ax.collections if isinstance(one, PolyCollection))
    corners = {(round(float(x), 6), round(float(y), 6)) for x, y in cast(Any, band.get_paths()[0].vertices)}
    for n, one in enumerate(along.cells):
        assert {(n + 0.5, round(one.duplicate.low, 6)), (n + 0.5, round(one.duplicate.high, 6))} <= corners
    legend = ax.get_legend()
    assert legend is not None
    assert [one.get_text() for one in legend.get_texts()] == ["95 % interval"]
    texts = [one.get_text() for one in ax.texts]
    assert all(percent(one.duplicate.share) in texts for one in along.cells)
    assert ax.get_ylim()[0] == 0
    assert ax.get_ylim()[1] > 1


def test_a_third_setting_has_to_be_said(swept: Sweep) -> None:
    cells = [
        attrs.evolve(one, settings={**one.settings, "loss": loss}) for one in swept.cells for loss in "01"
    ]
    with pytest.raises(SweepError, match=r"say which of the others: where=\{'loss': '0'\}"):
        charts.heat(cells)
    ax = charts.heat(cells, where={"loss": "1"}).axes[0]
    assert len(squares(ax)) == 6
    assert any("loss=1" in one.get_text() for one in ax.texts)


def test_axes_can_be_chosen(swept: Sweep) -> None:
    ax = charts.heat(swept, x="hangs", y="patience").axes[0]
    assert labels(ax) == (["30s", "3m"], ["10s", "40s", "5m"])
    line = charts.heat(swept, x="hangs", where={"patience": "40s"}).axes[0]
    assert [one.get_text() for one in line.get_xticklabels()] == ["30s", "3m"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"x": "patince"}, "no setting 'patince': did you mean patience"),
        ({"x": "hangs", "y": "hangs"}, "x and y are both hangs"),
        ({"value": "refunds"}, "no figure 'refunds': did you mean refund"),
        ({"where": {"patience": "7s"}}, "no cell where patience=7s"),
    ],
)
def test_what_cannot_be_drawn_is_refused(swept: Sweep, options: dict[str, Any], says: str) -> None:
    with pytest.raises(SweepError, match=says):
        charts.heat(swept, **options)


def test_nothing_swept_is_refused_and_one_cell_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(SweepError, match="there are no cells to draw"):
        charts.heat([])
    with pytest.raises(SweepError, match="needs a setting with values"):
        charts.heat([made(0.5)])
    assert len(charts.heat([made(0.5, x="1")]).axes[0].lines) == 1
    empty = charts.heat([made(0, x="1"), made(0, x="2")], value="refund").axes[0]
    assert "nothing of the kind happened in any run" in [one.get_text() for one in empty.texts]


def test_a_file_that_is_being_written_is_drawn_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    sweep(STORY, {"patience": ["10s", "40s"], "hangs": ["30s"]}, seeds=2, store=path)
    whole = charts.heat(path, x="patience", y="hangs").axes[0]
    assert len(squares(whole)) == 2
    assert to_rgb(charts.heat(path, theme="dark").axes[0].get_facecolor()) == to_rgb(DARK.paper)


def test_figures_fit_into_their_cells_however_many_there_are() -> None:
    cells = [made(0, 86_399_000, x=f"{x}s", y=f"{y}m") for x in range(20) for y in range(12)]
    figure = charts.heat(cells, value="refund")
    figure.draw_without_rendering()
    ax = figure.axes[0]
    wide = ax.get_window_extent().width / 20
    inside = [one for one in ax.texts if one.get_transform() == ax.transData]
    assert len(inside) == 240
    assert all(one.get_window_extent().width <= wide for one in inside)


def test_it_is_drawn_into_axes_that_are_given_and_is_always_the_same_bytes(
    swept: Sweep, tmp_path: Path
) -> None:
    page = Figure()
    ax = page.add_subplot()
    assert charts.heat(swept, ax=ax) is page
    assert len(squares(ax)) == 6
    for name in ("one.svg", "two.svg"):
        charts.save(charts.heat(swept), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_no_such_theme_is_refused(swept: Sweep) -> None:
    with pytest.raises(ValueError, match=r"no theme 'sepia'.*light"):
        charts.heat(swept, theme="sepia")


@pytest.mark.parametrize(
    ("share", "says"),
    [(0, "0 %"), (0.004, "0.4 %"), (0.0312, "3.1 %"), (0.05, "5 %"), (0.333, "33 %"), (1, "100 %")],
)
def test_a_small_share_is_not_rounded_to_nothing(share: float, says: str) -> None:
    assert percent(share) == says
