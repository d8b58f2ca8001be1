"""What was tried: pairs of the core, situations, faults, schedules, promises; and what never came up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from paytwice.page.document import Section
from paytwice.page.markup import Html, folded, join, tag
from paytwice.page.tables import Column, Row, bar, long_table, names, table

FEW: Final = 3  # names that need no folding
BAR: Final = Column("", is_thin=True)


@attrs.frozen
class StateRow:
    """One state of the core: how many of its pairs with evidence came up, and which never."""

    machine: str
    state: str
    reached: int
    of: int
    never: Sequence[str]


@attrs.frozen
class CountRow:
    """In how many runs something was the case."""

    name: str
    runs: int


@attrs.frozen
class PromiseRow:
    """In how many runs a promise was checked, had nothing to check, and was broken."""

    name: str
    title: str
    checked: int
    idle: int
    broken: int


@attrs.frozen
class ScheduleRow:
    """What drew who goes first of those that are ready at once: in how many runs, and what they found."""

    name: str
    runs: int
    found: str


def coverage(
    states: Sequence[StateRow], situations: Sequence[CountRow], faults: Sequence[CountRow], runs: int
) -> Section:
    """How much of the core, of the named situations and of what chance can do came up."""
    happened = [one for one in situations if one.runs]
    never = [one.name for one in situations if not one.runs]
    count = f"{len(happened)} of {len(situations)} situations came up."
    came_up = _counts("situation", happened, runs)
    body = join(
        _pairs(states),
        tag(
            "div",
            tag("div", tag("h3", "Situations"), tag("p", count), came_up, _never(never)),
            tag("div", tag("h3", "What chance did"), _counts("kind of deviation", faults, runs)),
            class_="columns",
        ),
    )
    return Section("coverage", "What was tried", body)


def schedules(rows: Sequence[ScheduleRow], runs: int) -> Section:
    """Which way of drawing the order found what."""
    drawn_by = Column("drawn by", is_thin=True)
    columns = (drawn_by, _number("runs"), BAR, Column("broken promises, and in how many of its runs"))
    told = (Row((one.name, one.runs, bar(one.runs, runs), one.found or "none")) for one in rows)
    said = (
        "How it was drawn who goes first of those that are ready in the same millisecond, and what it found."
    )
    return Section("schedules", "Schedules", join(tag("p", said), table(columns, told)))


def promises(rows: Sequence[PromiseRow]) -> Section:
    """How often each promise was at stake; one that was never checked has been kept by nobody."""
    columns = (
        Column("promise", is_thin=True),
        Column(""),
        _number("checked in runs"),
        _number("nothing to check"),
        _number("broken in runs"),
    )
    told = [Row((o.name, o.title, o.checked, o.idle, o.broken), "bad" if o.broken else None) for o in rows]
    idle = [one.name for one in rows if not one.checked and not one.broken]
    said = f"Nothing happened in any run that could break {', '.join(idle)}: of these the runs say nothing."
    return Section("promises", "Promises", join(tag("p", said) if idle else None, table(columns, told)))


def _pairs(states: Sequence[StateRow]) -> Html:
    if not any(one.reached for one in states):
        said = "The merchant tells nothing of the core, so no pair of state and evidence is counted."
        return tag("p", said, class_="faint")
    machines = [(name, [one for one in states if one.machine == name]) for name in _machines(states)]
    totals = table((Column("machine"), _number("pairs"), BAR), (_machine(*one) for one in machines))
    columns = (Column("state", is_thin=True), _number("pairs"), BAR, Column("never came up"))
    in_full = (
        folded(f"{name}: state by state", table(columns, map(_state, mine))) for name, mine in machines
    )
    return join(tag("h3", "State × evidence of the core"), totals, *in_full)


def _machines(states: Sequence[StateRow]) -> list[str]:
    return list(dict.fromkeys(one.machine for one in states))


def _machine(name: str, states: Sequence[StateRow]) -> Row:
    reached, of = sum(one.reached for one in states), sum(one.of for one in states)
    return Row((name, f"{reached} of {of}", bar(reached, of)))


def _state(one: StateRow) -> Row:
    pairs = f"{one.reached} of {one.of}"
    return Row((one.state, pairs, bar(one.reached, one.of), _missing(one.never)))


def _missing(never: Sequence[str]) -> Html:
    if len(never) <= FEW:
        return tag("span", ", ".join(never), class_="faint")
    return folded(f"{len(never)} pairs", tag("span", ", ".join(never), class_="faint"))


def _counts(what: str, rows: Sequence[CountRow], runs: int) -> Html:
    told = [Row((one.name, one.runs, bar(one.runs, runs))) for one in rows]
    return long_table((Column(what), _number("runs"), BAR), told) if told else tag("p", "None.")


def _never(never: Sequence[str]) -> Html | None:
    if len(never) > FEW:
        return folded(f"{len(never)} never came up", names(never))
    return tag("p", f"Never came up: {'; '.join(never)}.", class_="faint") if never else None


def _number(title: str) -> Column:
    return Column(title, is_number=True)
