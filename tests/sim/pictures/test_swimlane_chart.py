"""The chart as matplotlib draws it: the same bytes everywhere, and texts as wide as they were taken for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from tests.library import SCENARIOS
from tests.sim.pictures.drawing import seed_story

from paytwice import Simulation, simulate
from paytwice.charts import ChartError, save, swimlane
from paytwice.pictures.heading import heading
from paytwice.pictures.layout import layout
from paytwice.pictures.metrics import POINTS, width
from paytwice.pictures.model import Lane, Role
from paytwice.pictures.palette import LIGHT, colours
from paytwice.pictures.reading import picture
from paytwice.story.scenario import load

DRAW = """
import sys
from paytwice.charts import save, swimlane
from paytwice.story.scenario import load
played = load("late_wechat_after_alipay").play(seed=3, changes={"profile": "rough"})
save(swimlane(played.run, played.scenario.title), sys.argv[1])
"""


def _drawn_elsewhere(path: Path, hash_seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    subprocess.run([sys.executable, "-c", DRAW, str(path)], env=environment, check=True, timeout=120)
    return path.read_bytes()


def test_a_chart_is_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    first = _drawn_elsewhere(tmp_path / "1.svg", "1")

    assert first == _drawn_elsewhere(tmp_path / "2.svg", "2")
    assert first.startswith(b"<?xml")


def test_a_chart_is_the_same_whatever_settings_matplotlib_has(tmp_path: Path) -> None:
    run = seed_story()
    save(swimlane(run), tmp_path / "plain.svg")
    with rc_context({"lines.dash_capstyle": "round", "font.family": ["serif"], "figure.dpi": 30}):
        save(swimlane(run), tmp_path / "odd.svg")

    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "odd.svg").read_bytes()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_text_of_a_scenarios_chart_is_wider_than_the_room_it_was_given(path: Path) -> None:
    played = load(str(path)).play()
    page = layout(picture(played.run, played.scenario.title))
    figure = swimlane(played.run, played.scenario.title)
    FigureCanvasAgg(figure)
    shown = {text.get_text(): text for text in figure.axes[0].texts}

    assert played.scenario.title.split()[0] in " ".join(shown)
    for written in page.written:
        for line in written.lines:
            inches = shown[line].get_window_extent().width / figure.dpi
            assert inches <= 1.04 * (written.box.right - written.box.left), line


def test_the_smallest_text_has_eight_points() -> None:
    assert min(float(text.get_fontsize()) for text in swimlane(seed_story()).axes[0].texts) >= 8


def test_a_text_is_as_wide_as_the_font_says() -> None:
    text = "notify #2 P1-1 paid ¥99.00 ×15 · process is down"
    figure = Figure(dpi=720)
    FigureCanvasAgg(figure)
    drawn = figure.text(0, 0, text, fontsize=8, fontfamily=["DejaVu Sans"])
    inches = drawn.get_window_extent().width / 720

    assert width(text, 8) == pytest.approx(inches, rel=0.02)
    assert width("x", 8) * POINTS == pytest.approx(8 * 0.592)


def test_a_chart_can_be_drawn_into_axes_that_are_there() -> None:
    figure = Figure(figsize=(8, 6))
    left, right = figure.subplots(1, 2)

    assert swimlane(seed_story(), ax=left) is figure
    assert left.texts
    assert not right.texts


@pytest.mark.parametrize("ending", [".svg", ".png"])
def test_a_chart_is_written_as_its_ending_says(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"chart{ending.upper()}"
    save(swimlane(seed_story()), path)

    assert path.read_bytes()[:4] in {".svg": (b"<?xm",), ".png": (b"\x89PNG",)}[ending]


def test_another_ending_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"chart\.pdf must end in \.svg or \.png"):
        save(swimlane(seed_story()), tmp_path / "chart.pdf")


def test_a_chart_without_matplotlib_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(ChartError, match=r"pip install 'paytwice\[charts\]'"):
        swimlane(seed_story())


async def _pays(sim: Simulation) -> None:
    await (await sim.checkout("99.00 CNY")).pay("wechat")


@pytest.mark.parametrize("title", ["微信卡住，顾客改用支付宝付款。", "It costs $5 and $6: 100 % & <more>."])
def test_a_title_may_have_any_letters(tmp_path: Path, title: str) -> None:
    save(swimlane(simulate(_pays), title), tmp_path / "chart.svg")
    save(swimlane(simulate(_pays), title), tmp_path / "chart.png")


def test_a_channel_has_the_same_colour_in_every_picture() -> None:
    lanes = [Lane(name, name, Role.CHANNEL) for name in ("paypal", "alipay", "stripe", "wechat")]
    first, second = colours(lanes, LIGHT), colours(lanes[::-1], LIGHT)

    assert first["wechat"] == second["wechat"] == LIGHT.channels["wechat"]
    assert first["alipay"] == second["alipay"] == LIGHT.channels["alipay"]
    assert len(set(first.values())) == 4


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_line_of_a_title_is_much_shorter_than_the_others(path: Path) -> None:
    played = load(str(path)).play()
    shown = picture(played.run, played.scenario.title)
    rows = [row for row in heading(shown, layout(shown)).rows if row.size == 12]
    broad = [width(row.text, row.size, bold=row.bold) for row in rows]

    assert " ".join(row.text for row in rows) == played.scenario.title
    assert len(rows) <= 2
    assert min(broad) > 0.6 * max(broad)
