"""The chart of money, against the data it is drawn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from tests.library import WORLDS

from paytwice import Run, charts
from paytwice.history.history import of_run
from paytwice.history.money import money
from paytwice.pictures.palette import DARK, LIGHT, Palette
from paytwice.story.scenario import load


def story(name: str = "late_wechat_after_alipay") -> Run:
    return load(name).play().run


def faces(area: Collection) -> list[Any]:
    """What an area is filled with, if with anything."""
    return list(cast(Any, area.get_facecolor()))


def heights(area: Collection) -> list[float]:
    """The heights of an area's corners."""
    return [float(y) for path in area.get_paths() for y in cast(Any, path.vertices)[:, 1]]


def areas(ax: Axes, colour: str) -> list[list[float]]:
    """The heights that the areas of a colour reach."""
    return [
        heights(one)
        for one in ax.collections
        if one.get_paths() and any(to_hex(face) == colour.lower() for face in faces(one))
    ]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_each_channel_stands_in_its_own_colour_as_high_as_what_it_held(palette: Palette) -> None:
    ax = charts.money(story(), theme=palette.name).axes[0]
    (wechat,) = areas(ax, palette.channels["wechat"])
    (alipay,) = areas(ax, palette.channels["alipay"])
    assert max(wechat) == 99_00
    assert max(alipay) == 198_00
    assert to_hex(ax.get_facecolor()) == palette.paper.lower()


def test_what_is_owed_is_hatched_and_nothing_else() -> None:
    hatched = [one for one in charts.money(story()).axes[0].collections if one.get_hatch()]
    wechat, alipay = (heights(one) for one in hatched if one.get_paths() and not faces(one))
    assert max(wechat) == 99_00.0
    assert max(alipay) == 198_00.0  # until the merchant has said who won
    calm = charts.money(story("nobody_pays")).axes[0]
    assert not [one for one in calm.collections if one.get_hatch()]


def test_every_payment_and_return_is_named_where_there_are_few() -> None:
    texts = {text.get_text() for text in charts.money(story()).axes[0].texts}
    assert {"+¥99.00 WX0001", "+¥99.00 AL0001", "−¥99.00 WX0001"} <= texts
    many = charts.money(load("peak_night").play(seed=2).run).axes[0]
    assert not [text for text in many.texts if "+¥" in text.get_text()]


def test_the_axis_is_in_money_and_the_legend_names_channels_that_had_some() -> None:
    ax = charts.money(load("turns_to_alipay").play().run).axes[0]
    assert ax.yaxis.get_major_formatter()(99_00, 0) == "¥99.00"
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["Alipay"]


def test_a_run_without_money_says_so() -> None:
    texts = [text.get_text() for text in charts.money(story("nobody_pays")).axes[0].texts]
    assert "no money moved in this run" in texts


def test_it_is_drawn_into_axes_that_are_given() -> None:
    page = Figure()
    ax = page.add_subplot()
    assert charts.money(story(), ax=ax) is page
    assert ax.collections


@pytest.mark.parametrize("world", WORLDS)
def test_labels_never_stand_on_each_other_nor_outside(world: str) -> None:
    for seed in range(3):
        run = load(world).play(seed=seed, changes={"profile": "rough"}).run
        figure = charts.money(run)
        figure.draw_without_rendering()
        ax = figure.axes[0]
        boxes = [one.get_window_extent() for one in ax.texts if one.get_fontweight() == "bold"]
        inside = ax.get_window_extent()
        labels = [box for box in boxes if box.y0 < inside.y1 - 1 and box.x0 > inside.x0]
        for n, box in enumerate(labels):
            assert box.x1 <= inside.x1 + 2
            assert not any(box.shrunk(0.98, 0.8).overlaps(other.shrunk(0.98, 0.8)) for other in labels[:n])


def test_the_axis_ends_above_the_highest_step() -> None:
    run = load("peak_night").play(seed=2).run
    top = charts.money(run).axes[0].get_ylim()[1]
    assert top > max(one.total for one in money(of_run(run))) > 0


def test_no_such_theme_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no theme 'sepia'.*light"):
        charts.money(story(), theme="sepia")


def test_the_same_run_is_always_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        charts.save(charts.money(story()), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
