"""The page in a real browser: its figures and pictures are there, in light and dark, and nothing runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.sim.chaos.made import result
from tests.sim.page.browser import DARK, LIGHT, Browser, needs_chromium
from tests.sim.page.pages import Page, kept

from paytwice.chaos.canary import Canary
from paytwice.chaos.reading import Kept
from paytwice.chaos.result import Broken, result_of
from paytwice.chaos.situations import NAMES
from paytwice.page.campaign import page
from paytwice.page.detection import DetectionRow, MethodRow, detection, methods
from paytwice.page.document import POLICY, document, verdict
from paytwice.page.failures import played
from paytwice.page.found import Failure
from paytwice.page.markup import text
from paytwice.story.plot import Plot

pytestmark = needs_chromium
PLOT = Plot("late_wechat_after_alipay", {"profile": "rough"}, "paytwice.gallery.winner:LastWriterWins")
MEASURE = """<p id="measured"></p><script>onload = () => {
  const image = document.querySelector("img"), root = document.documentElement;
  document.getElementById("measured").textContent = JSON.stringify({
    natural: [image.naturalWidth, image.naturalHeight], shown: image.getBoundingClientRect().width,
    page: root.scrollWidth, window: root.clientWidth,
  })
}</script>"""
WECHAT = (0x00, 0x9E, 0x73)  # the colour of its lane
PAPER = {LIGHT: (0xFF, 0xFF, 0xFF), DARK: (0x14, 0x18, 0x1E)}
ALARM = {LIGHT: (0xFD, 0xEA, 0xE3), DARK: (0x3D, 0x21, 0x18)}


@pytest.fixture(scope="module")
def campaign() -> Kept:
    """Ten runs of a merchant that forgets who had won."""
    results: list[Any] = []
    PLOT.loaded().play_each(range(10), lambda run: results.append(result_of((len(results),), run)))
    made = kept(*results, plot=PLOT, ended="played to its end", asked="10 runs")
    made.census.canary = Canary(25, 3)
    return made


@pytest.fixture(scope="module")
def written(campaign: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    failure = played(PLOT.source, PLOT, campaign.census)
    path.write_text(page(campaign, "results.sqlite", failure), encoding="utf-8")
    return path


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def share_of(pixels: Any, colour: tuple[int, int, int]) -> float:
    """Which share of a picture has a colour."""
    near = abs(pixels[:, :, :3] * 255 - colour).max(axis=2) < 3
    return float(near.mean())


def test_the_browser_shows_the_verdict_the_findings_and_what_was_tried(
    browser: Browser, written: Path, campaign: Kept
) -> None:
    told = Page(browser.dom(written)).text
    census = campaign.census

    assert f"{census.violated} of 10 runs broke a promise" in told
    for one in census.ranked:
        assert f"{one.invariant} " in told
    for said in ("State × evidence of the core", f"of {len(NAMES)} situations came up", "caught with seed 3"):
        assert said in told
    assert "paytwice chaos late_wechat_after_alipay --seeds 10" in told


def measured(browser: Browser, written: Path, *options: str) -> dict[str, Any]:
    """Sizes on the page, taken by a script that the page itself would not let run."""
    path = browser.folder / "measured.html"
    markup = written.read_text(encoding="utf-8").replace(text(POLICY), "")
    path.write_text(markup.replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    [told] = re.findall(r'<p id="measured">(.*?)</p>', browser.dom(path, *options))
    sizes: dict[str, Any] = json.loads(told)
    return sizes


@pytest.mark.parametrize("width", [1000, 500])
def test_the_picture_has_a_size_and_nothing_sticks_out_of_the_window(
    browser: Browser, written: Path, width: int
) -> None:
    sizes = measured(browser, written, f"--window-size={width},800")

    assert min(sizes["natural"]) > 300
    assert sizes["shown"] > 600, "on a phone it can be scrolled, and read"
    assert sizes["page"] == sizes["window"]


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_the_page_is_light_or_dark_as_the_system_is_and_the_picture_is_drawn(
    browser: Browser, written: Path, scheme: str
) -> None:
    pixels = browser.screenshot(written, scheme, height=3000)

    assert share_of(pixels[:600], PAPER[scheme]) > 0.3
    assert share_of(pixels[:600], ALARM[scheme]) > 0.02, "the verdict"
    assert share_of(pixels, WECHAT) > 0.0005, "the lane of WeChat Pay"


def test_without_its_picture_the_page_has_none_of_its_colours(
    browser: Browser, campaign: Kept, tmp_path: Path
) -> None:
    """So that the test above is known to be able to fail."""
    path = tmp_path / "bare.html"
    path.write_text(page(campaign, "results.sqlite", None, "install matplotlib"), encoding="utf-8")

    assert share_of(browser.screenshot(path, LIGHT, height=3000), WECHAT) == 0


def test_no_script_runs_even_if_one_got_into_the_page(browser: Browser, written: Path) -> None:
    script = "<script>document.title = ['it', 'ran'].join(' ')</script>"
    markup = written.read_text(encoding="utf-8").replace("</body>", f"{script}</body>")
    kept_out, let_in = browser.folder / "kept_out.html", browser.folder / "let_in.html"
    kept_out.write_text(markup, encoding="utf-8")
    let_in.write_text(markup.replace(text(POLICY), ""), encoding="utf-8")

    assert "it ran" not in browser.dom(kept_out)
    assert "it ran" in browser.dom(let_in), "it is the policy that keeps it from running"


def test_nothing_of_a_hostile_picture_or_story_does_anything(browser: Browser, tmp_path: Path) -> None:
    evil = "</pre><style>body{display:none}</style><script>document.title='ran'</script>"
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g id="found"/>{evil}</svg>'
    made = kept(result(1, outcome="violated", broken=(Broken("S4", evil, 1, evil),)))
    path = tmp_path / "evil.html"
    path.write_text(page(made, evil, Failure(evil, evil, evil, drawn)), encoding="utf-8")
    dom = browser.dom(path)

    assert "<title>paytwice chaos busy_shop</title>" in dom
    assert dom.count("<style>") == 1
    assert evil in Page(dom).text


def test_a_bench_shows_its_bars_and_its_table(browser: Browser, tmp_path: Path) -> None:
    row = DetectionRow("last_writer_wins", "S1", 30, 30, 2, 9, 300.5, 220.1, 400.2, "S1", 3)
    ways = [MethodRow("chaos", [20, 25, 8, 3, 1, 0]), MethodRow("no faults", [4, 6, 5, 3, 2, 37])]
    path = tmp_path / "bench.html"
    sections = [methods(ways), detection([row], method="chaos", limit=10_000)]
    path.write_text(document("a bench", verdict("good", "all caught"), sections, "x"), encoding="utf-8")

    assert "last_writer_wins S1 30 of 30 2 9 300.5" in Page(browser.dom(path)).text
    pixels = browser.screenshot(path, LIGHT, height=900)
    assert share_of(pixels, (0x0A, 0x6B, 0x4A)) > 0.004, "the bars of one seed"
    assert share_of(pixels, (0xA9, 0x2F, 0x07)) > 0.004, "the bar of what was not caught"
