"""What a census counted, as the rows of the page's sections."""

from __future__ import annotations

from collections.abc import Iterator

from paytwice.chaos.census import Census, by_count
from paytwice.chaos.coverage import pair_name
from paytwice.oracle import INVARIANTS
from paytwice.page.covered import CountRow, PromiseRow, ScheduleRow, StateRow, coverage, promises, schedules
from paytwice.page.document import Section
from paytwice_core import MACHINES


def tried(census: Census) -> Iterator[Section]:
    """The sections on what was tried."""
    situations = [CountRow(name, census.situations[name]) for name in (*census.reached, *census.unreached)]
    faults = [CountRow(name, count) for name, count in by_count(census.chance)]
    yield coverage(list(_states(census)), situations, faults, census.runs)
    if len(census.schedules) > 1:
        yield schedules([_schedule(census, how) for how, _ in by_count(census.schedules)], census.runs)
    yield promises([_promise(census, name) for name in INVARIANTS if _is_asked(census, name)])


def _states(census: Census) -> Iterator[StateRow]:
    for machine in MACHINES:
        by_state: dict[str, list[tuple[str, bool]]] = {}
        for pair in machine.pairs:
            name, state, evidence = pair
            by_state.setdefault(str(state), []).append((str(evidence), bool(census.core[pair_name(pair)])))
        for state, some in by_state.items():
            never = [evidence for evidence, came in some if not came]
            yield StateRow(name, state, len(some) - len(never), len(some), sorted(never))


def _schedule(census: Census, how: str) -> ScheduleRow:
    kinds = [one for one in census.ranked if one.schedules[how]]
    found = ", ".join(f"{one.invariant} of {one.plot} ×{one.schedules[how]}" for one in kinds)
    return ScheduleRow(how, census.schedules[how], found)


def _is_asked(census: Census, name: str) -> bool:
    return bool(census.checked[name] or census.vacuous[name])


def _promise(census: Census, name: str) -> PromiseRow:
    broken = sum(one.count for one in census.ranked if one.invariant == name)
    return PromiseRow(name, INVARIANTS[name].title, census.checked[name], census.vacuous[name], broken)
