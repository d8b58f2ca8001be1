"""How much of the core was tried: the pairs of state and evidence that its tables have a row for.

A result carries its pairs as one number with a bit for each pair, since a campaign keeps very many results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from paytwice_core import MACHINES, Pair

BY: Final = " × "


def pair_name(pair: Pair) -> str:
    """A pair in words: `order PAID × SUCCESS`."""
    machine, state, evidence = pair
    return f"{machine} {state}{BY}{evidence}"


def by_state(names: Iterable[str]) -> list[str]:
    """Names of pairs, an entry for each state and how many it has: `order PAID (2 of 9): START, OVERDUE`.

    States of one machine to which the same applies share an entry.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        machine, state, evidence = _parts(name)
        found.setdefault((machine, state), []).append(evidence)
    alike: dict[tuple[str, str, str], list[str]] = {}
    for (machine, state), some in found.items():
        count = f"{len(some)} of {_ROWS[machine, state]}"
        alike.setdefault((machine, count, ", ".join(sorted(some))), []).append(state)
    return [
        f"{machine} {', '.join(states)} ({count}{' each' * (len(states) > 1)}): {said}"
        for (machine, count, said), states in alike.items()
    ]


def _parts(name: str) -> tuple[str, str, str]:
    machine, _, rest = name.partition(" ")
    state, _, evidence = rest.partition(BY)
    return machine, state, evidence


PAIRS: Final = tuple(pair_name(pair) for machine in MACHINES for pair in machine.pairs)
TABLES: Final = blake2b("\n".join(PAIRS).encode(), digest_size=4).hexdigest()  # other pairs, other bits
_ROWS: Final = Counter(_parts(name)[:2] for name in PAIRS)
_BITS: Final = {name: 1 << number for number, name in enumerate(PAIRS)}


def packed(reached: Iterable[Pair]) -> int:
    """The pairs of the core among those that a merchant says it reached."""
    bits = 0
    for pair in reached:
        bits |= _BITS.get(pair_name(pair), 0)
    return bits


def unpacked(bits: int) -> list[str]:
    """The names of packed pairs, in the order of the tables."""
    return [name for name, bit in _BITS.items() if bits & bit]
