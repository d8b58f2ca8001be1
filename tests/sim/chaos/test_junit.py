"""A campaign as JUnit XML says what the report says, to whoever reads such files."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import attrs
import pytest
from tests.sim.chaos.watching import kept, until
from tests.sim.cli.commanding import in_a_process

from paytwice.chaos.campaign import Campaign
from paytwice.chaos.census import Census
from paytwice.chaos.junit import MOST, junit
from paytwice.chaos.result import Broken, Result
from paytwice.story.plot import Plot

SWALLOWS = "paytwice.gallery.winner:SwallowsTheSecond"
SHOP, STREET = (
    Plot("shop", {"profile": "rough"}, "my.shop:make"),
    Plot("street", {"profile": "rough"}, "my.shop:make"),
)
CAMPAIGN = Campaign((SHOP, STREET), 100, begin=7)
STRANDED = Broken("S4", "P1", 99_00, "Order P1 is PAID, and ¥99.00 is stranded.")


def ok(seed: int) -> Result:
    return Result((seed,), "ok", f"digest {seed}")


def violated(seed: int, *broken: Broken) -> Result:
    return attrs.evolve(ok(seed), outcome="violated", broken=broken)


def failed(seed: int, why: str) -> Result:
    return Result((seed,), "failed", "", failure=why)


def suite_of(census: Census, stopped: str = "") -> Element:
    root = ElementTree.fromstring(junit(CAMPAIGN, census, 2.5, stopped))
    [suite] = root.findall("testsuite")
    counted = {key: value for key, value in root.attrib.items() if key != "name"}
    assert counted.items() <= suite.attrib.items(), "there is one suite, and it counts as all of them"
    return suite


def cases(suite: Element) -> dict[tuple[str, str], list[str]]:
    """The test cases by name, each with the tags in it."""
    return {
        (one.attrib["classname"], one.attrib["name"]): [tag.tag for tag in one]
        for one in suite.iter("testcase")
    }


def test_a_campaign_without_a_violation_is_green_and_says_what_was_played() -> None:
    census = Census()
    census.take("shop", [ok(7), ok(8), attrs.evolve(ok(9), digest="digest 8")])
    suite = suite_of(census)

    assert cases(suite) == {
        ("paytwice.shop", "every run has a verdict"): [],
        ("paytwice.street", "every run has a verdict"): [],
    }
    counts = {key: suite.attrib[key] for key in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "2", "failures": "0", "errors": "0", "skipped": "0", "time": "2.500"}
    properties = {one.attrib["name"]: one.attrib["value"] for one in suite.iter("property")}
    assert (
        properties.items()
        >= {"runs": "3", "distinct": "2", "seeds": "7 to 106", "settings": "profile=rough"}.items()
    )
    assert properties["merchant"] == "my.shop:make"


def test_each_broken_promise_of_each_story_is_a_failure_that_can_be_played_again() -> None:
    census = Census()
    census.take("shop", [violated(9, STRANDED), violated(8, STRANDED, attrs.evolve(STRANDED, at_stake=1))])
    census.take("street", [violated(7, attrs.evolve(STRANDED, at_stake=5_00))])
    suite = suite_of(census)

    assert cases(suite)["paytwice.shop", "S4 no stranded money"] == ["failure"]
    assert cases(suite)["paytwice.street", "S4 no stranded money"] == ["failure"]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("4", "2")
    failure = next(suite.iter("failure"))
    assert failure.attrib["type"] == "S4"
    assert failure.attrib["message"] == (
        f"S4 broken in 2 runs, first with seed 8, up to ¥99.00 at stake: {STRANDED.says}"
    )
    assert failure.text is not None
    assert (
        "play it again: paytwice run shop --seed 8 --set profile=rough --merchant my.shop:make"
        in failure.text
    )


def test_runs_without_a_verdict_are_errors_by_name() -> None:
    census = Census()
    census.take("shop", [failed(seed, f"it hung at {seed}") for seed in reversed(range(7, 7 + MOST + 2))])
    suite = suite_of(census)

    assert cases(suite)["paytwice.shop", "every run has a verdict"] == ["error"]
    assert cases(suite)["paytwice.street", "every run has a verdict"] == []
    assert suite.attrib["errors"] == "1"
    error = next(suite.iter("error"))
    assert error.attrib["message"] == "22 runs without a verdict, the first is seed 7: it hung at 7"
    assert error.text is not None
    assert "seed 26: it hung at 26\nand 2 more\nplay it again: paytwice run shop --seed 7" in error.text


def test_a_mutated_run_is_told_as_one_and_not_as_its_seed() -> None:
    census = Census()
    census.take("shop", [attrs.evolve(violated(9, STRANDED), origin=(9, 3))])
    census.take("street", [attrs.evolve(failed(9, "it hung"), origin=(9, 10)), failed(11, "it hung")])
    suite = suite_of(census)

    assert "first with the mutated run 9+3" in next(suite.iter("failure")).attrib["message"]
    assert "--seed" not in (next(suite.iter("failure")).text or "")
    assert "the first is seed 11" in next(suite.iter("error")).attrib["message"]


def test_a_campaign_that_was_stopped_is_not_all_green() -> None:
    census = Census()
    census.take("shop", [ok(7)])
    suite = suite_of(census, "stopped before the end")

    assert list(cases(suite).values()) == [["skipped"], ["skipped"]]
    assert suite.attrib["skipped"] == "2"


@pytest.mark.parametrize(
    "said", ["\x00 and \x1b[31m", "\ud800", "\ufffe", "<![CDATA[ ]]> & \"'", "付款 💸"], ids=ascii
)
def test_whatever_somebody_says_it_stays_xml(said: str) -> None:
    census = Census()
    census.take("shop", [failed(7, said), violated(8, attrs.evolve(STRANDED, says=said))])
    suite = suite_of(census)

    assert (suite.attrib["errors"], suite.attrib["failures"]) == ("1", "1")


def test_the_file_of_a_broken_merchant_names_a_run_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "chaos.xml"
    done = in_a_process(
        *("chaos", "late_wechat_after_alipay", "--seeds", "3", "--jobs", "1"),
        *("--merchant", SWALLOWS, "--junitxml", str(path), "--json"),
    )

    assert done.status == 1, done.err
    suite = ElementTree.parse(path).getroot()[0]
    assert int(suite.attrib["failures"]) == len(done.json["violations"]) > 0
    [line] = {
        one.text.splitlines()[-1] for one in suite.iter("failure") if one.text and "S4" in one.attrib["type"]
    }
    program, *again = shlex.split(line.removeprefix("play it again: "))
    assert program == "paytwice"
    assert in_a_process(*again, "-q").status == 1


def test_it_is_written_when_the_campaign_is_interrupted(tmp_path: Path) -> None:
    path, store = tmp_path / "chaos.xml", tmp_path / "results.sqlite"
    command = (
        "chaos",
        "same_notification_twice",
        "--seeds",
        "100000",
        "--store",
        str(store),
        "--junitxml",
        str(path),
    )
    campaign = subprocess.Popen(
        [sys.executable, "-m", "paytwice", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until(lambda: kept(store))
    campaign.send_signal(signal.SIGINT)
    campaign.communicate(timeout=180)

    assert campaign.returncode == 130
    suite = ElementTree.parse(path).getroot()[0]
    assert list(cases(suite).values()) == [["skipped"]]
    runs = next(one for one in suite.iter("property") if one.attrib["name"] == "runs")
    assert int(runs.attrib["value"]) > 0, "with what was played"


@pytest.mark.parametrize(
    ("name", "says"), [(".", "it is a folder"), ("nowhere/chaos.xml", "there is no folder")]
)
def test_what_cannot_be_written_is_told_before_anything_is_played(
    tmp_path: Path, name: str, says: str
) -> None:
    done = in_a_process("chaos", "busy_shop", "--seeds", "1000000", "--junitxml", str(tmp_path / name))

    assert f"--junitxml {tmp_path / name} cannot be written: {says}" in done.refusal
