"""A failing run beside the nearest that passes: both from where they part, and what parts them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from tests.sim.pictures.drawing import seed_story

from paytwice import charts
from paytwice.comparing.parting import part
from paytwice.pictures.palette import DARK, LIGHT
from paytwice.shrinking.shrink import Shrunk, nearest_passing, shrink
from paytwice.story.plot import Plot, Stage

MERCHANT = "paytwice.gallery.winner:LastWriterWins"


@cache
def stage() -> Stage:
    return Plot("busy_shop", {"profile": "rough"}, MERCHANT).loaded()


@cache
def shrunk() -> Shrunk:
    """A failure that came down to one choice of a customer."""
    return shrink(stage().replay, stage().play(3))


def drawn(**more: Any) -> Figure:
    found = shrunk()
    assert found.passing is not None
    return charts.beside(found.run, found.passing, **more)


def texts(figure: Figure, half: int) -> list[str]:
    return [text.get_text() for text in figure.axes[half].texts]


def test_both_runs_are_there_and_the_decision_is_named() -> None:
    figure = drawn(decision=shrunk().decisive)
    left, right = texts(figure, 0), texts(figure, 1)
    assert "This run" in left
    assert "The run that passes" in right
    assert any(text.startswith("BROKEN: S1") for text in left)
    assert not any("BROKEN" in text for text in right)
    assert any(str(shrunk().decisive) in text.get_text() for text in figure.texts)


def test_without_a_decision_the_deviations_are_compared() -> None:
    above = " ".join(text.get_text() for text in drawn().texts)
    assert f"only this run has: {shrunk().decisive}" in above


def test_of_many_deviations_the_telling_ones_are_named_and_the_rest_counted() -> None:
    found = shrunk()
    assert found.passing is not None
    above = " ".join(text.get_text() for text in charts.beside(stage().play(3), found.passing).texts)
    assert "more" in above or "…" in above
    assert "latency" not in above


def test_only_what_comes_after_they_part_and_shortly_before_is_drawn() -> None:
    found = shrunk()
    assert found.passing is not None
    parting = part(found.run.journal, found.passing.journal)
    assert parting is not None
    assert len(parting.a.before) > 6
    early = parting.a.before[0]
    assert early.at < parting.a.before[-6].at
    assert not any("orders ¥" in text for text in texts(drawn(), 0))
    colours = {
        to_hex(colour)
        for one in drawn().axes[0].collections
        if isinstance(one, LineCollection)
        for colour in cast(Any, one.get_color())
    }
    assert LIGHT.alarm.lower() in colours  # the line at which they part
    assert LIGHT.channels["wechat"].lower() in colours


def test_both_halves_stand_beside_each_other_an_inch_being_an_inch() -> None:
    figure = drawn()
    left, right = (ax.get_position() for ax in figure.axes)
    assert left.x1 <= right.x0
    assert left.y1 == pytest.approx(right.y1)
    wide, high = figure.get_size_inches()
    for ax in figure.axes:
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        box = ax.get_position()
        assert box.width * wide == pytest.approx(x1 - x0)
        assert box.height * high == pytest.approx(y0 - y1)


def test_dark_paper_is_dark() -> None:
    assert to_hex(cast(Any, drawn(theme="dark").get_facecolor())) == DARK.paper.lower()


def test_a_run_beside_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="the same run"):
        charts.beside(seed_story(), seed_story())


def test_the_nearest_run_that_passes_is_found_without_shrinking() -> None:
    found = shrunk()
    passing, decision, tried = nearest_passing(stage().replay, found.deviations)
    assert passing is not None
    assert found.passing is not None
    assert (passing.digest, decision, tried) == (found.passing.digest, found.decisive, 1)
    assert nearest_passing(stage().replay, ()) == (None, None, 0)


def test_the_same_two_runs_are_always_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        charts.save(drawn(), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
