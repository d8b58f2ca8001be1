"""The chart of notification ladders, against what became of each send."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from tests.library import WORLDS
from tests.sim.drawing.sight import boxes, marks, named, overlapping, texts

from paytwice import Run, Settings, Simulation, charts, simulate
from paytwice.channels import CHANNELS
from paytwice.drawing.ladders import MARKS, MOST, draw
from paytwice.history.history import History, of_run
from paytwice.history.ladders import Came, ladders
from paytwice.journal import Journal
from paytwice.pictures.palette import DARK, LIGHT, Palette
from paytwice.story.scenario import load


def story(name: str = "late_wechat_after_alipay") -> Run:
    return load(name).play().run


@pytest.mark.parametrize("world", WORLDS)
def test_every_send_has_the_mark_of_what_became_of_it_and_its_number(world: Path) -> None:
    for seed in range(3):
        run = load(str(world)).play(seed=seed, changes={"profile": "hostile"}).run
        sends = [send for one in ladders(of_run(run)) for send in one.sends]
        ax = charts.ladders(run).axes[0]
        for marker in set(MARKS.values()):
            assert marks(ax, marker) == sum(MARKS[send.came] == marker for send in sends)
        numbers = [text for text in texts(ax) if text.isdecimal()]
        assert bool(numbers) is bool(sends)
        assert len(numbers) <= len(sends)
        legend = named(ax)
        assert {came.value for came in Came} & set(legend) == {send.came.value for send in sends}


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_what_was_answered_is_filled_in_the_channels_colour_and_the_rest_is_hollow(palette: Palette) -> None:
    ax = charts.ladders(story(), theme=palette.name).axes[0]
    looks = {
        (one.get_marker(), one.get_markerfacecolor(), one.get_markeredgecolor()): len(one.get_xdata())  # type: ignore[arg-type]  # it is a list
        for one in ax.lines
        if len(one.get_xdata())  # type: ignore[arg-type]  # it is a list
    }
    wechat, alipay = palette.channels["wechat"], palette.channels["alipay"]
    assert looks == {
        ("d", palette.paper, wechat): 4,
        ("o", wechat, wechat): 2,
        ("o", alipay, alipay): 1,
    }


def test_each_row_says_whose_notification_it_is_and_how_it_ended() -> None:
    found = texts(charts.ladders(story()).axes[0])
    assert {"WeChat Pay P1-1 paid ¥99.00", "Alipay P1-2 paid ¥99.00", "WeChat Pay refund P1-R1"} <= set(found)
    assert found.count("acked after 80ms") == 2
    assert "acked after 4m00s" in found
    hostile = load("over_midnight").play(seed=3, changes={"profile": "hostile"}).run
    given_up = texts(charts.ladders(hostile).axes[0])
    assert "given up after 12m10s" in given_up


def ticks(run: Run, **how: object) -> int:
    ax = draw(of_run(run), profiles=CHANNELS.values() if not how else ()).axes[0]
    return len(next(one for one in ax.collections if isinstance(one, LineCollection)).get_paths())


def test_the_configured_ladder_is_ticked_as_far_as_the_axis_goes() -> None:
    run = story()
    known = ladders(of_run(run))
    end = max(send.known_at for one in known for send in one.sends)
    assert ticks(run) == sum(due <= end for one in known for due in one.due) > 7
    assert ticks(run, profiles=()) == 0
    assert "configured send" in named(charts.ladders(run).axes[0])
    assert "configured send" not in named(charts.ladders(run, channels={}).axes[0])


def test_of_very_many_notifications_those_that_took_the_most_sends_are_drawn_and_the_rest_counted() -> None:
    async def sale(sim: Simulation) -> None:
        for n in range(MOST + 5):
            order = await sim.checkout("9.90 CNY", order_id=f"P{n}")
            if n % 10 == 0:
                sim.network.lose("merchant", "wechat", "payment.notify.reply")
            await order.pay("wechat")

    run = simulate(sale, settings=Settings())
    ax = charts.ladders(run).axes[0]
    repeated = [one for one in ladders(of_run(run)) if len(one.sends) > 1]
    assert sum(text.startswith("WeChat Pay P") for text in texts(ax)) == len(repeated) == 7
    assert any(f"{MOST + 5 - 7} more" in text for text in texts(ax))


@pytest.mark.parametrize("world", WORLDS)
def test_no_text_of_a_ladder_stands_on_another_nor_outside_the_page(world: Path) -> None:
    for seed in range(3):
        figure = charts.ladders(load(str(world)).play(seed=seed, changes={"profile": "hostile"}).run)
        found = boxes(figure, figure.axes[0])
        assert overlapping(found) == []
        for text, box in found:
            assert figure.bbox.x0 <= box.x0, text
            assert box.x1 <= figure.bbox.x1, text


def test_ladders_are_drawn_into_axes_that_are_given() -> None:
    page = Figure()
    ax = page.add_subplot()
    assert charts.ladders(story(), ax=ax) is page
    assert marks(ax, "d") == 4


@pytest.mark.parametrize("history", [of_run(story("nobody_pays")), History("nothing", Journal())])
def test_a_run_without_notifications_says_so(history: History) -> None:
    ax = draw(history, profiles=()).axes[0]
    assert "no channel sent a notification in this run" in texts(ax)


def test_the_same_run_is_always_the_same_bytes_of_ladders(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        charts.save(charts.ladders(story()), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
