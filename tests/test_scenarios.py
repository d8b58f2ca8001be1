"""Every scenario by running it: as it declares itself, as a program, in other processes, under many seeds."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest
from tests.library import SCENARIOS

from paytwice.merchant.process import StoreError
from paytwice.run import Run
from paytwice.story.scenario import Played, Scenario, find, load

ROUGH: Final = {"profile": "rough"}

SEEDS: Final = 500  # rough runs in the normal test run, spread over all scenarios
MANY_SEEDS: Final = 20_000  # with -m slow
DISTINCT: Final = 0.95  # of the runs have to be different stories, or they are not so many runs

each_scenario = pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)


@each_scenario
def test_a_scenario_goes_as_it_declares(path: Path) -> None:
    played = load(str(path)).play()

    assert played.as_declared, f"{played.why}\n{played.run.explain()}"
    assert [error for error in played.run.errors if not isinstance(error, StoreError)] == []


@each_scenario
def test_all_interleavings_of_a_scenario_go_as_it_declares(path: Path) -> None:
    scenario = load(str(path))
    digests = set()
    for seed in range(1, scenario.interleavings + 1):
        played = scenario.play(seed=seed)
        digests.add(played.run.digest)
        assert played.as_declared, f"{played.why}\n{played.run.explain()}"
    assert len(digests) >= DISTINCT * scenario.interleavings


@each_scenario
def test_a_scenario_says_in_one_sentence_what_goes_wrong(path: Path) -> None:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))

    assert doc is not None
    assert doc.endswith(".")
    assert "\n" not in doc
    assert ". " not in doc
    assert load(str(path)).title == doc


# -- in processes of their own ------------------------------------------------------------------------------

DIGESTS = """
import sys
from paytwice.story.scenario import load
for name in sys.argv[1:]:
    for seed, changes in ((None, {}), (11, {"profile": "rough"})):
        print(name, seed, load(name).play(seed=seed, changes=changes).run.digest)
"""


def _python(*arguments: str | Path, folder: Path, hash_seed: str = "random") -> str:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_every_scenario_has_the_same_digest_in_every_process(tmp_path: Path) -> None:
    first, second = (
        _python("-c", DIGESTS, *SCENARIOS, folder=tmp_path, hash_seed=hash_seed) for hash_seed in ("1", "2")
    )

    assert first.splitlines() == second.splitlines()
    assert len(first.splitlines()) == 2 * len(SCENARIOS)


@pytest.mark.parametrize("name", ["late_wechat_after_alipay", "both_notifications_at_once"])
def test_a_scenario_is_a_program(name: str, tmp_path: Path) -> None:
    told = _python(find(name).resolve(), folder=tmp_path)

    assert told.startswith(f"{name}, calm\n")
    assert "Verdict:  ok" in told


# -- under many seeds ---------------------------------------------------------------------------------------


@attrs.define
class Census:
    """What came of many rough runs."""

    digests: set[str] = attrs.field(factory=set)
    kinds: Counter[str] = attrs.field(factory=Counter)
    checked: Counter[str] = attrs.field(factory=Counter)
    bad: list[str] = attrs.field(factory=list)

    def take(self, played: Played) -> None:
        run = played.run
        self.digests.add(run.digest)
        self.kinds[run.outcome] += 1
        self.kinds["with refunds"] += any(order.refunds for order in run.orders)
        self.kinds["with a crash"] += any("crash" in str(one.value) for one in run.deviations)
        self.checked.update(run.verdict.checked)
        strange = [error for error in run.errors if not isinstance(error, StoreError)]
        if run.verdict.violations or run.failure is not None or strange:
            self.bad.append(f"{_first_line(run, strange)}   {' '.join(run.command)}")

    def __str__(self) -> str:
        played = self.kinds["ok"] + self.kinds["violated"] + self.kinds["unknown"]
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.kinds.items()))
        checked = ", ".join(f"{name} {number}" for name, number in sorted(self.checked.items()))
        bad = "".join(f"\n  {line}" for line in self.bad[:20])
        return f"{played} rough runs, {len(self.digests)} distinct: {kinds}\nchecked: {checked}{bad}"


def _first_line(run: Run, strange: list[BaseException]) -> str:
    if run.failure is not None:
        return f"{type(run.failure).__name__}: {run.failure}".splitlines()[0]
    if strange:
        return f"the merchant raised {type(strange[0]).__name__}: {strange[0]}".splitlines()[0]
    return " ".join(f"{one.invariant}: {one.message}" for one in run.verdict.violations)


def _plays(seeds: int) -> Iterator[tuple[Scenario, int]]:
    """So many pairs of scenario and seed, taking the scenarios in turn."""
    scenarios = [load(str(path)) for path in SCENARIOS]
    for number in range(seeds):
        yield scenarios[number % len(scenarios)], number // len(scenarios)


def _survives(seeds: int) -> None:
    census = Census()
    for scenario, seed in _plays(seeds):
        census.take(scenario.play(seed=seed, changes=ROUGH))
    print(census)

    assert census.bad == [], str(census)
    assert len(census.digests) > DISTINCT * seeds, str(census)


def test_the_reference_merchant_survives_rough_seeds() -> None:
    _survives(SEEDS)


@pytest.mark.slow
def test_the_reference_merchant_survives_many_rough_seeds() -> None:
    _survives(MANY_SEEDS)
