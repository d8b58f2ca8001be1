"""All promises there are, of one run and of many, as people look them up."""

from __future__ import annotations

from typing import Final

import attrs

from paytwice.oracle import INVARIANTS, Invariant
from paytwice.promises.catalogue import CATALOGUE
from paytwice.trials import TRIALS

# What a check is called for, and so what it looks at.
LOOKS_AT: Final = {
    "on_view": "the merchant's view whenever it changes",
    "on_handed": "what customers are given to pay with",
    "on_request": "calls that reach a channel",
    "on_refund": "refund requests that reach a channel",
    "on_money": "money that a channel captures or returns",
    "on_shop": "what the shop reserves, releases and ships",
    "on_ack": "answers to notifications",
    "on_told": "what the customer is told",
    "at_rest": "ledgers, requests and the view, once the run is at rest",
}
MANY_RUNS: Final = "money, goods and the last view of each order, in runs that differ in one thing"
LEDGERS: Final = "the channels' ledgers, once the run is at rest"


@attrs.frozen
class Promise:
    """One promise, whichever table it stands in. `mode` is when it is judged."""

    name: str
    title: str
    protects: str
    mode: str
    looks_at: tuple[str, ...]
    says: str
    vacuous: str


def promises() -> dict[str, Promise]:
    """All promises by name, in the order of the catalogue: S1, S2 … S11 … L1."""
    found = [_of_one_run(one) for one in INVARIANTS.values()]
    found += [
        _explained(one.name, one.title, one.protects, "a trial of its own", (MANY_RUNS,))
        for one in TRIALS.values()
    ]
    return {one.name: one for one in sorted(found, key=_place)}


def _of_one_run(one: Invariant) -> Promise:
    looks = tuple(words for kind, words in LOOKS_AT.items() if getattr(one, kind, None) is not None)
    at_rest = looks in ((), (LOOKS_AT["at_rest"],))
    mode = "every run, at rest" if at_rest else "every run, at each step"
    return _explained(one.name, one.title, one.protects, mode, looks or (LEDGERS,))


def _explained(name: str, title: str, protects: str, mode: str, looks_at: tuple[str, ...]) -> Promise:
    words = CATALOGUE.get(name)
    return Promise(
        name,
        title,
        protects,
        mode,
        looks_at,
        words.says if words is not None else "",
        words.vacuous if words is not None else "",
    )


def _place(promise: Promise) -> tuple[int, int]:
    return "SCL".index(promise.name[0]), int(promise.name[1:])
