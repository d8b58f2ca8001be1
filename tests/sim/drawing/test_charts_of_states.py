"""The chart of states, against what was in which state."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from tests.library import WORLDS
from tests.sim.drawing.sight import bars, boxes, marks, named, overlapping, texts

from paytwice import Run, charts
from paytwice.drawing.states import draw
from paytwice.gallery.winner import LastWriterWins
from paytwice.history.history import History, of_run
from paytwice.history.states import Of, Tone, states
from paytwice.journal import Journal
from paytwice.pictures.palette import DARK, LIGHT, Palette
from paytwice.story.scenario import load


def story(name: str = "late_wechat_after_alipay") -> Run:
    return load(name).play().run


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_state_has_a_bar_in_the_colour_of_what_it_means(palette: Palette) -> None:
    ax = charts.states(story(), theme=palette.name).axes[0]
    found = bars(ax)
    assert found[palette.channels["alipay"].lower()] == 2  # the order is paid by it, and the attempt has won
    assert palette.channels["wechat"].lower() not in found, "it did not win"
    assert bars(ax, hatched=True) == {palette.paper.lower(): 2}  # the duplicate, and its refund
    assert found[palette.closed.lower()] == 1  # the refund is done
    spells = sum(len(one.spells) for one in states(of_run(story())))
    assert sum(found.values()) == spells
    assert to_hex(ax.get_facecolor()) == palette.paper.lower()


@pytest.mark.parametrize("world", WORLDS)
def test_bars_and_marks_are_as_many_as_states_ends_and_payments(world: Path) -> None:
    for seed in range(2):
        run = load(str(world)).play(seed=seed, changes={"profile": "rough"}).run
        tracks = states(of_run(run))
        ax = charts.states(run).axes[0]
        spells = [spell for one in tracks for spell in one.spells]
        assert sum(bars(ax).values()) == len(spells)
        assert marks(ax, "o") == sum(one.tone is Tone.WON for one in spells)
        assert marks(ax, "s") == sum(one.tone is Tone.OVER for one in spells)
        moved = [one for track in tracks for one in track.moved]
        assert marks(ax, "v") == sum(not one.returned for one in moved)
        assert marks(ax, "^") == sum(one.returned for one in moved)


def test_rows_are_named_and_states_told_in_their_own_words() -> None:
    found = texts(charts.states(story()).axes[0])
    assert {"P1", "WeChat Pay P1-1", "Alipay P1-2", "refund P1-R1"} <= set(found)
    assert {"OPEN", "PAID", "SUCCEEDED WINNER", "SUCCEEDED DUPLICATE", "PENDING", "DONE"} <= set(found)


def test_broken_promises_are_marked_where_the_oracle_saw_them() -> None:
    run = load("late_wechat_after_alipay").play(merchant=LastWriterWins).run
    ax = charts.states(run).axes[0]
    assert marks(ax, "X") == len({one.at for one in run.verdict.violations}) == 2
    assert [text for text in texts(ax) if text.startswith("S1")] == ["S1 one winner"]
    assert "S4, L3" in texts(ax)
    assert "promise broken" in named(ax)
    assert marks(charts.states(story()).axes[0], "X") == 0


def test_only_the_orders_that_were_asked_for_are_drawn() -> None:
    run = load("busy_shop").play(seed=3, changes={"profile": "rough"}).run
    known = [one for one in states(of_run(run)) if one.order == "P3"]
    ax = charts.states(run, orders=["P3"]).axes[0]
    assert sum(bars(ax).values()) == sum(len(one.spells) for one in known)
    assert sum(one.of is Of.ORDER for one in known) == 1
    with pytest.raises(ValueError, match="there is no order 'P9'"):
        charts.states(run, orders=["P9"])


@pytest.mark.parametrize("world", WORLDS)
def test_no_text_stands_on_another_nor_outside_the_page(world: Path) -> None:
    for seed in range(2):
        run = load(str(world)).play(seed=seed, changes={"profile": "rough"}, merchant=LastWriterWins).run
        figure = charts.states(run)
        found = boxes(figure, figure.axes[0])
        assert overlapping(found) == []
        for text, box in found:
            assert figure.bbox.x0 <= box.x0, text
            assert box.x1 <= figure.bbox.x1, text


def test_it_is_drawn_into_axes_that_are_given_however_small() -> None:
    page = Figure(figsize=(4, 1))
    ax = page.add_subplot()
    run = load("peak_night").play(seed=2).run
    assert charts.states(run, ax=ax) is page
    assert sum(bars(ax).values()) > 40
    assert len(ax.collections) + len(ax.lines) < 30, "what looks alike is one artist"
    assert "SUBMITTED" not in texts(ax), "what cannot be read is not written"


def test_a_run_without_orders_says_so() -> None:
    ax = draw(History("nothing", Journal())).axes[0]
    assert "no order was placed in this run" in texts(ax)


def test_the_same_run_is_always_the_same_bytes_of_states(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        charts.save(charts.states(story()), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
