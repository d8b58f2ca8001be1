"""How much of the core was tried: the pairs of state and evidence that its tables have a row for.

A result carries its pairs as one number with a bit for each pair, since a campaign keeps very many results.
"""

from __future__ import annotations

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
    """Names of pairs with one entry a state: `order PAID × SUCCESS | START`."""
    found: dict[str, list[str]] = {}
    for name in names:
        state, _, evidence = name.partition(BY)
        found.setdefault(state, []).append(evidence)
    return [f"{state}{BY}{' | '.join(evidence)}" for state, evidence in found.items()]


PAIRS: Final = tuple(pair_name(pair) for machine in MACHINES for pair in machine.pairs)
TABLES: Final = blake2b("\n".join(PAIRS).encode(), digest_size=4).hexdigest()  # other pairs, other bits
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
