"""An error is placed in the user's own code, not in what that code called."""

from __future__ import annotations

import asyncio
from types import FunctionType

import pytest

from paytwice import Money
from paytwice.places import place_of


def _reads_money_wrong() -> None:
    Money.parse("99")


def _calls_asyncio() -> None:
    asyncio.get_running_loop().call_soon(print)


def _calls_pythons_own_code() -> None:
    asyncio.run(None)  # type: ignore[arg-type]  # what fails


@pytest.mark.parametrize("slip", [_reads_money_wrong, _calls_asyncio, _calls_pythons_own_code])
def test_an_error_under_a_call_is_placed_at_the_call(slip: FunctionType) -> None:
    with pytest.raises((ValueError, RuntimeError)) as caught:
        slip()

    assert place_of(caught.value) == f" ({__file__}:{slip.__code__.co_firstlineno + 1})"
