"""Runs that reach something new are kept and mutated, the same ones whoever plays them."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from tests.sim.chaos.test_campaigns import PLOT, Here

from paytwice.chaos.campaign import Campaign, Crew, play
from paytwice.chaos.census import Census
from paytwice.chaos.corpus import BRED, DEEPEST, Corpus
from paytwice.chaos.coverage import PAIRS, by_state, packed, unpacked
from paytwice.chaos.result import Result
from paytwice.chaos.search import ROUND, Search
from paytwice.chaos.situations import NAMES
from paytwice.chaos.store import ResultStore
from paytwice.chaos.telling import told
from paytwice.chaos.worker import Chunk, play_chunk
from paytwice.story.plot import Origin
from paytwice_core import MACHINES

CAMPAIGN = Campaign((PLOT,), 2 * ROUND, mutations=20)


def result(origin: Origin) -> Result:
    """A run that reached something by its origin alone."""
    return Result(origin, "ok", str(origin), situations=(NAMES[sum(origin) % 7],))


def played_by(search: Search, pick: int) -> list[Origin]:
    """Everything a search hands out, where results come back in an order of their own."""
    at_work: deque[tuple[Origin, ...]] = deque()
    out: list[Origin] = []
    while True:
        origins = search.next()
        if origins:
            out += origins
            at_work.append(origins)
        if len(at_work) > 3 or not origins:
            if not at_work:
                return out
            at_work.rotate(pick)
            search.take(map(result, at_work.popleft()))


def new_search(known: Sequence[Origin] = (), seeds: int = 250) -> Search:
    return Search(PLOT, range(seeds), 7, 30, {one: result(one).reached for one in known})


def test_the_same_runs_are_played_in_whatever_order_results_come_back() -> None:
    in_order, out_of_order = played_by(new_search(), 0), played_by(new_search(), 2)

    assert sorted(in_order) == sorted(out_of_order)
    assert len(set(in_order)) == len(in_order), "each once"
    mutated = [one for one in in_order if len(one) > 1]
    assert len(mutated) == 30 + 30 + 15
    assert sorted(set(in_order) - set(mutated)) == [(seed,) for seed in range(250)]


@pytest.mark.parametrize("share", [0, 1, 60, 250, 325])
def test_a_search_that_goes_on_plays_the_rest_and_no_other_mutations(share: int) -> None:
    whole = played_by(new_search(), 0)
    rest = played_by(new_search(whole[:share]), 0)

    assert sorted([*whole[:share], *rest]) == sorted(whole)


def test_without_mutations_nothing_is_kept() -> None:
    search = Search(PLOT, range(250), 100, 0, {(3,): ()})
    parts = list(iter(search.next, None))

    assert [len(part) for part in parts] == [99, 100, 50], "a chunk ends with its round, and 3 is known"


def test_what_is_rare_and_was_used_least_is_mutated_first() -> None:
    corpus = Corpus()
    corpus.learn((0,), ["common", "rare"])
    corpus.learn((1,), ["common"])
    for seed in range(2, 9):
        corpus.learn((seed,), ["common", "frequent"])

    assert [one.origin for one in corpus.kept] == [(0,), (2,)], "who reached something first"
    assert corpus.breed(BRED) == [(0, n) for n in range(1, BRED + 1)]
    assert corpus.breed(BRED + 1) == [*((2, n) for n in range(1, BRED + 1)), (0, BRED + 1)]


def test_mutations_upon_mutations_have_an_end() -> None:
    corpus = Corpus()
    corpus.learn((1,) * DEEPEST, ["first"])
    corpus.learn((1,) * (DEEPEST + 1), ["second"])

    assert [one.origin for one in corpus.kept] == [(1,) * DEEPEST]
    assert Corpus().breed(5) == [], "nothing to mutate"


def test_a_mutation_of_a_mutation_is_played_by_its_name() -> None:
    [once, twice, again] = play_chunk(Chunk(PLOT, ((3, 1), (3, 1, 2), (3, 1)), memory=0))

    assert (once.name, twice.name) == ("3+1", "3+1+2")
    assert once.digest == again.digest
    assert once.digest != twice.digest
    assert not twice.is_drawn


def test_one_or_two_workers_mutate_the_same_and_mutations_are_no_draws(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    digests = []
    for hire, jobs in ((Here, 1), (lambda: ProcessPoolExecutor(2, mp_context=spawn), 2)):
        store, census, crew = ResultStore(None), Census(), Crew(hire, jobs)
        play(CAMPAIGN, store, crew, census.take)
        crew.dismiss()
        digests.append({one.name: one.digest for _, one in store.results()})

    assert digests[0] == digests[1]
    assert len(digests[0]) == 2 * ROUND + 40
    assert (census.runs, census.drawn + census.not_judged) == (2 * ROUND + 40, 2 * ROUND)
    assert "40 more runs were mutated" in "\n".join(line for line, _ in told(census, 1.0, ()))


# -- what of the core was tried ------------------------------------------------------------------------------


def test_pairs_are_packed_and_unpacked_by_name() -> None:
    every = [pair for machine in MACHINES for pair in machine.pairs]

    assert len(PAIRS) == len(set(PAIRS)) == len(every)
    assert unpacked(packed(every)) == list(PAIRS)
    assert unpacked(packed([every[5], every[2], ("mine", "OPEN", "PAID")])) == [PAIRS[2], PAIRS[5]]
    assert unpacked(0) == []


def test_a_report_names_the_pairs_of_the_core_that_never_came_up() -> None:
    census = Census()
    census.take("shop", play_chunk(Chunk(PLOT, ((1,), (2,)), memory=0)))
    text = " ".join(line.strip() for line, _ in told(census, 1.0, ()))

    assert (
        f"Of the core's {len(PAIRS)} pairs of state and evidence {len(PAIRS) - len(census.unreached_pairs)}"
        in text
    )
    assert "order CREATED × START" not in census.unreached_pairs
    assert "order CREATED (7 of 8): CLOSE_CHANNEL_FIRST, CLOSE_LOCAL_FIRST, SUCCESS, SUCCESS_MIS" in text


def test_pairs_that_never_came_up_are_told_by_state_and_none_is_left_out() -> None:
    names = [f"attempt {state} × {evidence}" for state in ("CLOSED", "FAILED") for evidence in ("SUCCESS",)]
    assert by_state([*names, "order PAID × SUCCESS_RETURNED", "order PAID × START"]) == [
        "attempt CLOSED, FAILED (1 of 2 each): SUCCESS",
        "order PAID (2 of 10): START, SUCCESS_RETURNED",
    ]
    told_again: set[str] = set()
    for line in by_state(PAIRS):
        states, _, evidence = line.partition(": ")
        machine, _, rest = states.partition(" ")
        for state in rest.partition(" (")[0].split(", "):
            told_again.update(f"{machine} {state} × {one}" for one in evidence.split(", "))
    assert told_again == {*PAIRS}
