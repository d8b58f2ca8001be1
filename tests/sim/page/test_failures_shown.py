"""The worst failure is taken from its folder, or played again, and is one of this campaign."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sim.page.pages import ROUGH, broken_run, kept

from paytwice.chaos.reading import Kept
from paytwice.chaos.result import result_of
from paytwice.gallery.winner import LastWriterWins
from paytwice.page import failures
from paytwice.page.failures import NoFailureError, from_folder, played
from paytwice.page.found import Failure
from paytwice.shrinking.aim import Aim
from paytwice.shrinking.folder import write_folder
from paytwice.shrinking.replay import ReplayError
from paytwice.shrinking.shrink import shrink
from paytwice.story.plot import Plot

STORY = "late_wechat_after_alipay"
PLOT = Plot(STORY, ROUGH, f"{LastWriterWins.__module__}:{LastWriterWins.__name__}")
SEED = 0  # with which it is caught


@pytest.fixture(scope="module")
def campaign() -> Kept:
    run = PLOT.loaded().play(SEED)
    return kept(result_of((SEED,), run), plot=PLOT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, campaign: Kept) -> Path:
    """What `paytwice chaos --out` writes of it."""
    stage, worst = PLOT.loaded(), campaign.census.ranked[0]
    run = stage.play(SEED)
    order = next(one.order for one in run.verdict.violations if one.invariant == worst.invariant)
    shrunk = shrink(stage.replay, run, Aim(worst.invariant, order), most_runs=20)
    out = tmp_path_factory.mktemp("out")
    write_folder(out / "one", stage, shrunk, seed=SEED)
    return out


def test_the_folder_of_the_worst_is_shown_as_it_is(campaign: Kept, folder: Path) -> None:
    shown = from_folder(folder, campaign.plots, campaign.census)

    assert shown.text == (folder / "one" / "story.txt").read_text(encoding="utf-8")
    assert shown.picture == (folder / "one" / "swimlane.svg").read_text(encoding="utf-8")
    assert shown.again == f"paytwice replay {folder}/one/replay.json --merchant {PLOT.merchant}"


def test_a_folder_of_one_failure_will_do(campaign: Kept, folder: Path) -> None:
    assert from_folder(folder / "one", campaign.plots, campaign.census).story == STORY


@pytest.mark.parametrize(
    "plot",
    [PLOT, Plot(STORY, {"profile": "calm"}, PLOT.merchant), Plot(STORY, ROUGH)],
    ids=["another seed", "other settings", "another merchant"],
)
def test_a_failure_of_another_campaign_is_not_shown(plot: Plot, folder: Path) -> None:
    other = kept(broken_run(SEED + 1 if plot is PLOT else SEED), plot=plot)

    with pytest.raises(NoFailureError, match="has no failure of these results"):
        from_folder(folder, other.plots, other.census)


def test_a_damaged_replay_file_is_told(campaign: Kept, tmp_path: Path) -> None:
    (tmp_path / "replay.json").write_text("{")

    with pytest.raises(ReplayError, match=r"replay\.json is no replay file"):
        from_folder(tmp_path, campaign.plots, campaign.census)


@pytest.fixture(scope="module")
def again(campaign: Kept) -> Failure:
    return played(PLOT.source, PLOT, campaign.census)


def test_the_worst_is_played_again_shrunk_and_drawn(campaign: Kept, again: Failure) -> None:
    worst = campaign.census.ranked[0].invariant

    assert again.text.startswith(f"{worst} ")
    assert again.picture is not None
    assert "</svg>" in again.picture
    assert f"--from {SEED} --seeds 1 --out failures" in again.again
    assert again.again in again.text, "the story says the same command"


def test_playing_it_again_gives_the_same_bytes(campaign: Kept, again: Failure) -> None:
    assert played(PLOT.source, PLOT, campaign.census) == again


def test_without_matplotlib_the_page_says_what_to_install(
    campaign: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "find_spec", lambda name: None)
    shown = played(PLOT.source, PLOT, campaign.census)

    assert shown.picture is None
    assert "pip install 'paytwice[charts]'" in shown.missing


def test_what_does_not_break_again_is_said_not_to(campaign: Kept) -> None:
    with pytest.raises(NoFailureError, match="does not break it here"):
        played(PLOT.source, Plot(STORY, ROUGH), campaign.census)
