"""An incremental judge can go wrong silently: a slow second one looks at the same, and they must agree."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final, cast

import attrs
import pytest
from tests.library import SCENARIOS
from tests.sim.merchants import broken as mistakes
from tests.sim.merchants.small import SmallMerchant
from tests.sim.merchants.test_broken_merchants import TABLE, Caught
from tests.sim.merchants.textbook import Textbook
from tests.sim.oracle import naive
from tests.sim.oracle.recorded import recorded_run

from paytwice import hours
from paytwice.faults import ROUGH
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.oracle import INVARIANTS, facts, oracle, record
from paytwice.oracle import progress as progress_rules
from paytwice.story.player import Story
from paytwice.story.scenario import load

CLASSES: Final = [one for _, one in inspect.getmembers(mistakes, inspect.isclass)]
BROKEN: Final = [cast("MerchantFactory", one) for one in CLASSES if one.__module__ == mistakes.__name__]
# Refunds that take days are asked about all the time by merchants as simple as these, which takes minutes.
ROUGH_AND_QUICK: Final = attrs.evolve(ROUGH, refund_slow=0)
MERCHANTS: Final[list[MerchantFactory]] = [reference, Textbook, SmallMerchant, *BROKEN]
LONGEST: Final = 1_000  # things seen, of which the second judge looks at each several times
Findings = set[tuple[str, str]]
Plays = Iterator[tuple[str, Story, MerchantFactory, dict[str, Any]]]


def judged_twice(story: Story, merchant: MerchantFactory, **options: Any) -> tuple[Findings, Findings] | None:
    """What the oracle found broken in a run, and what the second judge; None for a run that ended early."""
    run, history = recorded_run(story, merchant, **options)
    if run.failure is not None or len(history.seen) > LONGEST:
        return None
    quick = {(one.invariant, one.order) for one in run.verdict.violations}
    return quick, naive.broken(history, run.ledgers)


def disagreements(plays: Plays, counted: Counter[str] | None = None) -> Iterator[str]:
    """In words, what one judge found and the other did not; `counted` are the runs, and what they broke."""
    for name, story, merchant, options in plays:
        found = judged_twice(story, merchant, **options)
        if counted is not None and found is not None:
            counted.update(["runs", *(promise for promise, _ in found[0])])
        if found is not None and found[0] != found[1]:
            quick, slow = found
            yield f"{name}: the oracle alone {sorted(quick - slow)}, the second alone {sorted(slow - quick)}"


def mistakes_in_their_stories(seeds: int) -> Plays:
    for caught in TABLE:
        for seed in caught.seeds[:seeds]:
            yield f"{caught} {seed}", caught.story, caught.merchant, _options(caught, seed)


def _options(caught: Caught, seed: int | None) -> dict[str, Any]:
    return {"seed": seed, "settings": caught.settings}


def rough_scenarios(each: int, begin: int = 0) -> Plays:
    """Every scenario with so many merchants, the next ones in the next scenario, on rough seeds."""
    for number, path in enumerate(SCENARIOS):
        scenario = load(str(path))
        settings = attrs.evolve(scenario.settings, horizon=hours(3))
        for seed in range(begin + number * each, begin + (number + 1) * each):
            merchant = MERCHANTS[seed % len(MERCHANTS)]
            name = f"{scenario.name} {getattr(merchant, '__name__', '?')} {seed}"
            options = {
                "seed": seed,
                "settings": settings,
                "channels": scenario.channels,
                "faults": ROUGH_AND_QUICK,
            }
            yield name, scenario.story, merchant, options


def test_the_judges_agree_on_every_mistake_in_its_story() -> None:
    assert list(disagreements(mistakes_in_their_stories(1))) == []


def test_the_judges_agree_on_rough_runs_of_every_scenario() -> None:
    assert list(disagreements(rough_scenarios(3))) == []


@pytest.mark.slow
def test_the_judges_agree_on_many_rough_runs_of_every_scenario() -> None:
    counted: Counter[str] = Counter()
    plays = chain(mistakes_in_their_stories(25), rough_scenarios(100, begin=10_000))
    found = list(disagreements(plays, counted))
    print(*(f"{name}: {counted[name]}" for name in ("runs", *INVARIANTS)), sep="\n")

    assert found == []


def test_the_two_judges_judge_the_same_promises_and_each_is_broken_in_some_story() -> None:
    """Else they would agree by one of them not looking."""
    assert set(naive.NAMES) == set(INVARIANTS) == {caught.invariant for caught in TABLE}


# -- a judge that has gone wrong is noticed ----------------------------------------------------------------


def _forgets_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record.Record, "note_returned", lambda *_: None)


def _forgets_views(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_note_shown", lambda *_: None)


def _takes_any_winner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts.Case, "is_winner", lambda *_: True)


def _thinks_all_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_rules, "is_ours", lambda *_: True)


def _looks_at_no_money(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "ON_MONEY", ())
    monkeypatch.setattr(oracle, "ON_REFUND", ())


def _never_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "ON_SHOP", ())


def _counts_nothing_as_living(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts.Refund, "is_alive", property(lambda _: False))


def _has_no_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paytwice.oracle.scene.Scene.since", lambda *_: 1 << 60)


@pytest.mark.parametrize(
    "mutate",
    [
        _forgets_returns,
        _forgets_views,
        _takes_any_winner,
        _thinks_all_is_ours,
        _looks_at_no_money,
        _never_ships,
        _counts_nothing_as_living,
        _has_no_deadlines,
    ],
)
def test_a_judge_that_has_gone_wrong_is_contradicted(mutate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)

    assert next(disagreements(mistakes_in_their_stories(1)), None) is not None
