"""The chart of latencies, against what messages took and were to take."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from tests.sim.drawing.sight import named, texts

from paytwice import Latency, Run, Simulation, charts, simulate
from paytwice.drawing.latencies import MARKS, draw
from paytwice.history.history import History, of_run
from paytwice.history.latencies import latencies
from paytwice.journal import Journal
from paytwice.pictures.palette import DARK, LIGHT, Palette
from paytwice.story.scenario import load


def rough(seed: int) -> Run:
    return load("busy_shop").play(seed=seed, changes={"profile": "rough"}).run


def line(ax: Axes, begins: str) -> Line2D:
    (found,) = (one for one in ax.lines if str(one.get_label()).startswith(begins))
    return found


def steps(one: Line2D) -> list[tuple[float, float]]:
    return list(zip(cast(Any, one.get_xdata()), cast(Any, one.get_ydata()), strict=True))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_each_link_has_a_curve_that_ends_at_the_share_that_arrived(palette: Palette) -> None:
    runs = [rough(seed) for seed in range(3)]
    ax = charts.latencies(runs, theme=palette.name).axes[0]
    found = latencies(map(of_run, runs))
    assert len(ax.lines) == len(found) + 1  # and what was configured
    for taken in found:
        channel = next((end for end in taken.ends if end in palette.channels), None)
        if channel is None or taken.ends[0] != "merchant":
            continue
        curve = next(one for one in ax.lines if f"n = {taken.sent}" in str(one.get_label()))
        assert to_hex(cast(Any, curve.get_color())) == palette.channels[channel].lower()
        assert curve.get_marker() == MARKS[channel], "not by its colour alone"
        assert steps(curve)[-1][1] == len(taken.took) / taken.sent
        for ms, share in steps(curve)[1:-1]:
            assert taken.within(round(ms)) == pytest.approx(share)


def test_what_was_lost_and_held_is_told_with_how_many_there_were() -> None:
    ax = charts.latencies(load("late_wechat_after_alipay").play().run).axes[0]
    assert "merchant – WeChat Pay, n = 36, 12 held" in named(ax)
    assert "customer – merchant, n = 6" in named(ax)


def test_the_configured_distribution_lies_below_as_it_is_drawn_from() -> None:
    ax = charts.latencies(rough(1)).axes[0]
    band = line(ax, "configured: lognormal, median 40 ms, p99 400 ms")
    points = Latency.lognormal(40, 400).cumulative()
    assert [share for _, share in steps(band)] == [share for _, share in points]
    assert steps(band)[64 // 2][0] == 40
    assert band.get_zorder() < line(ax, "merchant – WeChat Pay").get_zorder()


def test_the_axis_is_logarithmic_where_it_must_be_and_holds_all_that_there_is() -> None:
    run = load("late_wechat_after_alipay").play().run
    ax = charts.latencies(run).axes[0]
    assert ax.get_xscale() == "log"
    assert ax.get_xlim()[0] < 40
    assert ax.get_xlim()[1] > 180_000

    async def story(sim: Simulation) -> None:
        sim.network.link(latency=Latency.uniform(100, 300))
        await (await sim.checkout("99.00 CNY")).pay("wechat")

    even = charts.latencies(simulate(story, seed=1)).axes[0]
    assert even.get_xscale() == "linear"
    assert "configured: uniform 100 to 300 ms" in named(even)


def test_a_journal_alone_tells_what_was_measured_and_not_what_was_configured() -> None:
    run = rough(2)
    kept, known = charts.latencies(run.journal).axes[0], charts.latencies(run).axes[0]
    assert [name for name in named(known) if "configured" not in name] == named(kept)


def test_a_large_number_of_runs_is_told() -> None:
    assert any(text.endswith("4 runs") for text in texts(charts.latencies(map(rough, range(4))).axes[0]))


def test_latencies_of_nothing_are_refused_or_say_so() -> None:
    with pytest.raises(ValueError, match="there is no run"):
        charts.latencies([])
    assert "no message was sent" in texts(draw([History("nothing", Journal())]).axes[0])


def test_latencies_are_drawn_into_axes_that_are_given() -> None:
    page = Figure()
    ax = page.add_subplot()
    assert charts.latencies(rough(1), ax=ax) is page
    assert ax.lines


def test_the_same_runs_are_always_the_same_bytes_of_latencies(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        charts.save(charts.latencies([rough(1), rough(2)]), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
