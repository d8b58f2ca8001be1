"""The shop of services and rows keeps every promise, and shares no code with what the oracle was built by."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.library import SCENARIOS, WORLDS

from paytwice import Run, Settings, Simulation, minutes, simulate
from paytwice.gallery.others import service as package
from paytwice.gallery.others.service import service
from paytwice.gallery.others.service.scheduler import Scheduler
from paytwice.merchant.process import Faults, StoreError
from paytwice.story.scenario import Scenario, load

SOURCES: Final = sorted(Path(package.__file__).parent.glob("*.py"))
PROFILES: Final = ("rough", "hostile", "swarm")
SEEDS: Final = range(7_000, 7_012)  # of each world and profile
FEW_SEEDS: Final = range(7_100, 7_103)  # of each scenario
SWEPT: Final = ("late_wechat_after_alipay", "close_races_with_payment", "refund_times_out_but_happened")
FATES: Final = ("crash 5000", "fail")

each_scenario = pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
each_world = pytest.mark.parametrize("path", WORLDS, ids=lambda path: path.stem)


def check(run: Run) -> None:
    """No promise is broken, and nothing but the store's failures was raised."""
    assert run.failure is None, run.explain()
    assert not run.verdict.violations, run.explain()
    assert [error for error in run.errors if not isinstance(error, StoreError)] == []


@each_scenario
def test_every_scenario_goes_as_it_declares(path: Path) -> None:
    played = load(str(path)).play(merchant=service)

    assert played.as_declared, f"{played.why}\n{played.run.explain()}"
    check(played.run)


@each_scenario
def test_every_scenario_is_right_on_a_rough_day(path: Path) -> None:
    scenario = load(str(path))
    for seed in FEW_SEEDS:
        check(scenario.play(seed=seed, changes={"profile": "rough"}, merchant=service).run)


@pytest.mark.parametrize("profile", PROFILES)
@each_world
def test_every_world_is_right_whatever_goes_wrong(path: Path, profile: str) -> None:
    world = load(str(path))
    for seed in SEEDS:
        check(world.play(seed=seed, changes={"profile": profile}, merchant=service).run)


# -- one fault, everywhere ----------------------------------------------------------------------------------


class FateAtAccess:
    """Counts the accesses of a run, and lets something happen at one of them."""

    def __init__(self, which: int | None, fate: str) -> None:
        self.count, self.which, self.fate = 0, which, fate

    def at_access(self, _faults: Faults, _place: str, *, store: bool) -> str | None:
        self.count += 1
        hit = self.count == self.which and (store or self.fate.startswith("crash"))
        return self.fate if hit else None


def struck(scenario: Scenario, at: FateAtAccess, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A calm run in which one access meets its fate."""
    monkeypatch.setattr(Faults, "at_access", lambda *a, **k: at.at_access(*a, **k))
    return scenario.play(merchant=service).run


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("name", SWEPT)
def test_the_money_is_right_whatever_happens_at_any_one_access(
    name: str, fate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, counting = load(name), FateAtAccess(None, fate)
    assert struck(scenario, counting, monkeypatch).ok
    assert counting.count > 50

    for which in range(1, counting.count + 1):
        run = struck(scenario, FateAtAccess(which, fate), monkeypatch)

        assert run.ok, f"{fate} at access {which}:\n{run.explain()}"


# -- what chaos found in it, and what it says of itself -----------------------------------------------------


def test_the_console_may_use_one_number_at_two_channels() -> None:
    async def story(sim: Simulation) -> None:
        for channel in ("wechat", "unionpay"):
            order = await sim.checkout("20.00 CNY")
            await order.pay(channel)
            if channel == "unionpay":  # this refund is told by the bill only
                sim.network.lose("unionpay", "merchant", "refund.notify", times=5)
            sim.channel(channel).refund_by_hand("5.00 CNY")
        await sim.sleep(minutes(30))

    run = simulate(story, settings=Settings(bill=True), merchant=service)

    assert run.ok, run.explain()
    assert run.returned("wechat") == run.returned("unionpay") == 5_00
    assert "L8" in run.verdict.checked


def test_it_sleeps_while_nothing_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    look = Scheduler._begin_what_is_due

    def counted(scheduler: Scheduler, now: int) -> int | None:
        looks.append(now)
        return look(scheduler, now)

    monkeypatch.setattr(Scheduler, "_begin_what_is_due", counted)

    def looked(hours: int) -> int:
        async def story(sim: Simulation) -> None:
            order = await sim.checkout("99.00 CNY")
            await order.pay("wechat")
            await sim.sleep(minutes(60 * hours))

        looks.clear()
        assert simulate(story, merchant=service).ok
        return len(looks)

    assert looked(hours=12) == looked(hours=1) > 1


# -- another style ------------------------------------------------------------------------------------------


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Every module that a file imports, each with the name that is taken from it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_it_takes_only_money_from_the_core_and_nothing_from_the_reference_merchant(path: Path) -> None:
    for module, name in imports(path):
        if module.partition(".")[0] == "paytwice_core":
            assert (module, name) == ("paytwice_core", "Money")
        assert not module.startswith(("paytwice.merchant.reference", "paytwice.oracle")), module
        if module.startswith("paytwice."):
            assert module.startswith(OURS), f"{module} is none of a merchant's business"


OURS: Final = (
    "paytwice.gallery.others.service",
    "paytwice.merchant.port",
    "paytwice.merchant.store",
    "paytwice.channels.messages",
    "paytwice.channels.requests",
    "paytwice.calendar",
)
