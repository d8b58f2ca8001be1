"""The growth of coverage and the seeds to detection, against the stores they are drawn from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import attrs
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from paytwice import charts
from paytwice.bench.chart import buckets
from paytwice.bench.soon import soon
from paytwice.bench.store import BenchStoreError, TrialStore
from paytwice.bench.table import figures
from paytwice.bench.task import Trial
from paytwice.chaos.growth import OF_PAIRS, OF_SITUATIONS, growth
from paytwice.chaos.result import Result, result_of
from paytwice.chaos.store import ResultStore, StoreError
from paytwice.gallery.collection import gallery
from paytwice.pictures.palette import DARK, LIGHT
from paytwice.story.plot import Plot

PLOT = Plot("busy_shop", {"profile": "rough"})
SEEDS = 12


@pytest.fixture(scope="module")
def results() -> list[Result]:
    stage = PLOT.loaded()
    return [result_of((seed,), stage.play(seed)) for seed in range(SEEDS)]


def store_of(path: Path, results: list[Result]) -> ResultStore:
    store = ResultStore(path)
    store.begin({PLOT.source: [dict(PLOT.changes), PLOT.merchant]})
    store.add(PLOT.source, results)
    return store


@pytest.fixture
def campaign(tmp_path: Path, results: list[Result]) -> Path:
    path = tmp_path / "results.sqlite"
    store_of(path, list(reversed(results))).close()
    return path


def test_coverage_grows_with_the_seeds_whoever_played_first(campaign: Path, results: list[Result]) -> None:
    points = {one.runs: one for one in growth(campaign).points}
    for runs in (1, 2, 3, SEEDS):
        some = results[:runs]
        bits = 0
        for one in some:
            bits |= one.core
        assert points[runs].situations == len({name for one in some for name in one.situations})
        assert points[runs].pairs == bits.bit_count()
        assert points[runs].journals == len({one.digest for one in some})


def test_what_is_drawn_is_what_was_covered(campaign: Path) -> None:
    ax = charts.coverage(campaign).axes[0]
    points = growth(campaign).points
    named = {one.get_label(): one for one in ax.lines if not str(one.get_label()).startswith("_")}
    last = points[-1]
    situations = named[f"{last.situations} of {OF_SITUATIONS} situations"]
    assert list(cast(Any, situations.get_xdata())) == [one.runs for one in points]
    assert list(cast(Any, situations.get_ydata())) == [
        100 * (one.situations / OF_SITUATIONS) for one in points
    ]
    pairs = named[f"{last.pairs} of {OF_PAIRS} pairs of\nstate and evidence"]
    assert cast(Any, pairs.get_ydata())[-1] == pytest.approx(100 * last.pairs / OF_PAIRS)
    journals = named[f"{last.journals} different journals\nof {SEEDS} runs"]
    assert cast(Any, journals.get_ydata())[-1] == pytest.approx(100 * last.journals / SEEDS)
    assert len({one.get_linestyle() for one in named.values()}) == 3, "told apart in grey print"
    assert ax.get_xlim() == (1, SEEDS)
    assert ax.get_ylim()[0] == 0


def test_names_at_the_ends_do_not_stand_on_each_other(campaign: Path) -> None:
    figure = charts.coverage(campaign)
    figure.draw_without_rendering()
    page = figure.bbox
    ax = figure.axes[0]
    curves = {
        str(one.get_label()): float(cast(Any, one.get_ydata())[-1])
        for one in ax.lines
        if one.get_linewidth() > 1.7
    }
    names = {one.get_text(): one for one in ax.texts if one.get_text() in curves}
    assert len(names) == 3, "each curve has its name"
    heights = {name: one.xy[1] for name, one in names.items() if isinstance(one, Annotation)}
    assert sorted(heights, key=heights.__getitem__) == sorted(curves, key=curves.__getitem__)
    boxes = [one.get_window_extent() for one in names.values()]
    assert all(box.x1 <= page.x1 for box in boxes)
    assert not any(one.overlaps(other) for n, one in enumerate(boxes) for other in boxes[:n])


def test_a_store_that_a_campaign_is_writing_is_drawn(tmp_path: Path, results: list[Result]) -> None:
    path = tmp_path / "running.sqlite"
    store = store_of(path, results[:4])
    try:
        assert growth(path).points[-1].runs == 4
        charts.coverage(path)
        store.add(PLOT.source, results[4:])
        assert growth(path).points[-1].runs == SEEDS
    finally:
        store.close()


def test_one_seed_is_a_picture_and_none_is_an_error(tmp_path: Path, results: list[Result]) -> None:
    store_of(tmp_path / "one.sqlite", results[:1]).close()
    assert len(charts.coverage(tmp_path / "one.sqlite").axes[0].lines) == 6
    store_of(tmp_path / "none.sqlite", []).close()
    with pytest.raises(StoreError, match="no results yet"):
        charts.coverage(tmp_path / "none.sqlite")
    with pytest.raises(StoreError, match="there is no file"):
        charts.coverage(tmp_path / "no.sqlite")


def test_a_merchant_that_tells_nothing_of_the_core_has_no_curve_of_it(
    tmp_path: Path, results: list[Result]
) -> None:
    store_of(tmp_path / "r.sqlite", [attrs.evolve(one, core=0) for one in results]).close()
    ax = charts.coverage(tmp_path / "r.sqlite").axes[0]
    assert not [one for one in ax.lines if "pairs" in str(one.get_label())]


# -- seeds to detection -------------------------------------------------------------------------------------

NAMES = ("swallows_the_second", "never_asks", "returns_the_cash")


def trials(**seeds: list[int]) -> list[Trial]:
    """Trials of exhibits; a negative number of seeds is a trial in vain."""
    return [
        Trial(name, "rough", n, count > 0, abs(count), 1_000, "S4", abs(count))
        for name, counts in seeds.items()
        for n, count in enumerate(counts)
    ]


MADE = trials(swallows_the_second=[3, 5, 9], never_asks=[40, 100, -200], returns_the_cash=[1, 1, 2])


def rows(figure: Figure) -> list[str]:
    return [one.get_text() for one in figure.axes[0].get_yticklabels()]


def test_each_mistake_has_its_median_and_its_range_and_they_are_sorted() -> None:
    figure = charts.detection(MADE)
    assert rows(figure) == ["returns_the_cash  C3", "swallows_the_second  S4", "never_asks  L2"]
    ax = figure.axes[0]
    medians = {int(cast(Any, one.get_ydata())[0]): float(cast(Any, one.get_xdata())[0]) for one in ax.lines}
    assert medians == {0: 1, 1: 5, 2: 100}
    ranges = {
        tuple(map(float, part.ravel()))
        for group in ax.collections
        for part in cast(Any, group).get_segments()
    }
    assert ranges == {(1, 0, 2, 0), (3, 1, 9, 1), (40, 2, 200, 2)}
    assert ax.get_xscale() == "log"
    assert ax.get_xlim()[0] < 1
    assert ax.get_xlim()[1] > 200


def test_families_have_a_colour_and_a_mark_of_their_own() -> None:
    ax = charts.detection(MADE).axes[0]
    looks = {one.get_label(): (to_hex(cast(Any, one.get_color())), one.get_marker()) for one in ax.lines}
    assert set(looks) == {"safety", "liveness", "the customer"}
    assert len({colour for colour, _ in looks.values()}) == len({mark for _, mark in looks.values()}) == 3


def test_rooms_are_named_beside_their_rows() -> None:
    figure = charts.detection(MADE, by="room", theme="dark")
    texts = {one.get_text() for one in figure.axes[0].texts}
    assert {gallery()[name].room.replace("_", " ") for name in NAMES} <= texts
    assert to_hex(figure.axes[0].get_facecolor()) == DARK.paper.lower()
    order = [name.split()[0] for name in rows(figure)]
    assert [gallery()[name].room for name in order] == sorted(
        (gallery()[name].room for name in order),
        key=lambda room: order.index(next(n for n in order if gallery()[n].room == room)),
    )


def test_trials_in_vain_are_said_and_mostly_vain_ones_are_hollow() -> None:
    ax = charts.detection(trials(never_asks=[40, -200, -200], swallows_the_second=[1, 2, -200])).axes[0]
    assert [one.get_text() for one in ax.texts if "not caught" in one.get_text()] == [
        "→ 1 of 3 not caught",
        "→ 2 of 3 not caught",
    ]
    hollow = {
        one.get_label(): to_hex(cast(Any, one.get_markerfacecolor())) == LIGHT.paper.lower()
        for one in ax.lines
    }
    assert hollow == {"safety": False, "liveness": True}


def test_nothing_stands_outside_the_page_and_no_two_texts_on_each_other() -> None:
    made = trials(**{name: [n + 1, 3 * n + 4, -500 if n % 3 else 400] for n, name in enumerate(gallery())})
    for by in ("family", "room"):
        figure = charts.detection(made, by=by)
        figure.draw_without_rendering()
        ax = figure.axes[0]
        texts = [one for one in [*ax.texts, *ax.get_yticklabels()] if one.get_text()]
        boxes = [one.get_window_extent() for one in texts]
        assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes)
        assert not [
            (texts[n].get_text(), texts[m].get_text())
            for n, one in enumerate(boxes)
            for m, other in enumerate(boxes[:n])
            if one.shrunk(0.98, 0.7).overlaps(other.shrunk(0.98, 0.7))
        ]


def test_a_bench_that_is_running_is_drawn_and_an_empty_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bench.sqlite"
    store = TrialStore(path)
    with pytest.raises(BenchStoreError, match="no trials yet"):
        charts.detection(path)
    for one in MADE[:4]:
        store.add(one, 200)
    assert len(rows(charts.detection(path))) == 2
    store.close()
    with pytest.raises(BenchStoreError, match="no trials of the gallery"):
        charts.detection([])
    with pytest.raises(BenchStoreError, match=r"there is no file .*--store"):
        charts.detection(tmp_path / "no.sqlite")


def test_a_method_is_chosen_by_name() -> None:
    both = [*MADE, *(Trial("never_asks", "swarm", n, True, 7, 1, "L2", 7) for n in range(3))]
    assert soon(both, "swarm")[1][0].median == 7
    assert len(rows(charts.detection(both))) == 3
    with pytest.raises(BenchStoreError, match="no trials of 'swrm': did you mean swarm"):
        charts.detection(both, method="swrm")
    with pytest.raises(ValueError, match="no way to colour 'colour'"):
        charts.detection(both, by="colour")


def test_buckets_stand_on_the_same_sheet() -> None:
    found = figures(MADE)
    figure = buckets(found, theme="dark")
    ax = figure.axes[0]
    assert to_hex(ax.get_facecolor()) == DARK.paper.lower()
    assert [round(cast(Any, bar).get_width()) for bar in ax.patches] == [1, 1, 1, 0, 0, 0]
    assert [one.get_text() for one in ax.texts[:3]] == ["1", "1", "1"]
    page = Figure()
    assert buckets(found, ax=page.add_subplot()) is page
    assert "there are no trials yet" in [one.get_text() for one in buckets([]).axes[0].texts]


def test_charts_are_always_the_same_bytes(tmp_path: Path, campaign: Path) -> None:
    for n in (1, 2):
        charts.save(charts.coverage(campaign), tmp_path / f"coverage{n}.svg")
        charts.save(charts.detection(MADE), tmp_path / f"detection{n}.svg")
    for name in ("coverage", "detection"):
        assert (tmp_path / f"{name}1.svg").read_bytes() == (tmp_path / f"{name}2.svg").read_bytes()


def test_charts_are_drawn_into_axes_that_are_given(campaign: Path) -> None:
    for draw, thing in ((charts.coverage, campaign), (charts.detection, MADE)):
        page = Figure()
        ax = page.add_subplot()
        assert cast(Any, draw)(thing, ax=ax) is page
        assert ax.lines
