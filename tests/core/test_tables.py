"""The tables themselves: complete, free of contradictions, with a way out wherever a state is not final."""

import re
from itertools import product

import attrs
import pytest

from paytwice_core import (
    ATTEMPT,
    MACHINES,
    ORDER,
    REFUND,
    AttemptSign,
    OrderSign,
    OrderState,
    RefundSign,
    mermaid,
)
from paytwice_core.machine import AnyMachine

EXCEPTIONS = {"O6R", "A4", "A4'", "R13", "R16"}  # declared: late money, and channels that change their mind

# What a merchant can bring about by itself, or is certain to learn once the channel answers at all.
SURE: dict[str, set[str]] = {
    "order": {OrderSign.CLOSE_CHANNEL_FIRST, OrderSign.CLOSE_LOCAL_FIRST, OrderSign.NOTHING_LIVE},
    "attempt": {AttemptSign.NO_ANSWER, AttemptSign.CLOSE_SENT, AttemptSign.UNPAID_AFTER},
    "refund": {RefundSign.SENT, RefundSign.UNANSWERED, RefundSign.GIVEN_UP, RefundSign.PAID_BY_HAND},
}


def ids(*spans: str) -> set[str]:
    found = set()
    for span in spans:
        match = re.fullmatch(r"([OAR])(\d+)-(\d+)", span)
        found |= {f"{match[1]}{n}" for n in range(int(match[2]), int(match[3]) + 1)} if match else {span}
    return found


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (ORDER, ids("O1-12", "O6R", "O7b", "O8L")),
        # A9 does not exist; O2 makes the attempt; A1' is A1 heard twice.
        (ATTEMPT, ids("O2", "A1-4", "A1'", "A4'", "A5a", "A5b", "A5c", "A6-8", "A10-13")),
        (REFUND, ids("R1-3", "R5-6", "R8-17", "R9b", "R11b")),
    ],
)
def test_every_row_of_the_reference_is_there_and_no_other(machine: AnyMachine, expected: set[str]) -> None:
    assert {row.id for row in machine.rows} == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_no_pair_of_state_and_sign_has_two_outcomes(machine: AnyMachine) -> None:
    pairs = [pair for row in machine.rows for pair in product(row.sources, row.signs)]

    assert len(pairs) == len(set(pairs))
    for state, sign in product(machine.states, machine.signs):
        row = machine.row(state, sign)  # type: ignore[arg-type]  # mypy joins the three machines
        assert (row is not None) == ((state, sign) in pairs)


def test_two_rows_that_disagree_are_refused() -> None:
    clash = attrs.evolve(ORDER.rows[1], id="O99", target=OrderState.CLOSED)

    with pytest.raises(AssertionError, match="O99 and O2 disagree"):
        attrs.evolve(ORDER, rows=(*ORDER.rows, clash))


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_that_is_not_final_has_a_way_out_that_needs_no_luck(machine: AnyMachine) -> None:
    home: set[str] = set(machine.final)
    for _ in machine.states:  # as many rounds as the longest way can have steps
        for row in machine.rows:
            if row.target in home and SURE[machine.name].intersection(row.signs):
                home |= row.sources

    assert home == set(machine.states)


@pytest.mark.parametrize("machine", MACHINES)
def test_final_states_are_final(machine: AnyMachine) -> None:
    for row in machine.rows:
        for source in row.sources & machine.final:
            assert row.target in (None, source) or row.id in EXCEPTIONS, f"{row.id} leaves {source}"


@pytest.mark.parametrize("machine", MACHINES)
def test_the_picture_has_an_arrow_for_every_row_that_moves(machine: AnyMachine) -> None:
    picture = mermaid(machine)

    assert picture.startswith("stateDiagram-v2\n")
    assert picture == mermaid(machine)
    drawn = {id for line in picture.splitlines() if ": " in line for id in line.split(": ")[1].split(", ")}
    moving = {row.id for row in machine.rows if row.target and set(row.sources).difference([row.target])}
    moving |= {row.id for row in machine.rows if not row.sources}
    assert drawn == moving
    ends = {line.split()[0] for line in picture.splitlines() if line.endswith("[*]")}
    assert sorted(ends) == sorted(str(state) for state in machine.final)
