"""Whoever meets a short name in a report finds out what it stands for."""

from __future__ import annotations

import pytest

from paytwice.oracle import INVARIANTS
from paytwice.promises.catalogue import CATALOGUE
from paytwice.promises.table import LOOKS_AT, Promise, promises
from paytwice.trials import TRIALS


def test_every_promise_stands_in_the_list_once_and_is_explained() -> None:
    assert set(promises()) == {*INVARIANTS, *TRIALS}
    assert set(INVARIANTS).isdisjoint(TRIALS)
    assert set(promises()) <= set(CATALOGUE)


@pytest.mark.parametrize("promise", promises().values(), ids=promises())
def test_a_promise_says_whom_it_protects_from_what_and_when_it_is_vacuous(promise: Promise) -> None:
    assert ", from " in promise.protects
    assert promise.says.endswith((".", ")"))
    assert promise.vacuous
    assert promise.looks_at
    assert promise.mode in ("every run, at each step", "every run, at rest", "a trial of its own")


def test_every_kind_of_check_has_words_for_what_it_looks_at() -> None:
    kinds = {kind for kind in dir(INVARIANTS["S1"]) if kind.startswith(("on_", "at_"))}

    assert kinds == set(LOOKS_AT)


def test_promises_are_listed_as_people_count() -> None:
    names = list(promises())

    assert names.index("S9") < names.index("S11") < names.index("L1")
