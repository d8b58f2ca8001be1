"""A state machine as a table: what code, documentation and tests share.

A row says: in these states, on these signs, go there. A *sign* is what evidence means once its guards are
evaluated ("success, with another amount"), so that a row needs no condition of its own and the table can be
enumerated. A pair of state and sign that no row names leaves the state as it is. Ids of rows (O3, A8, R11)
are how code, decisions, logs and tests speak of a row; a prime marks a row that shares the idea of another
(A4').
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

import attrs

Pair: TypeAlias = tuple[str, str, str]  # a machine by its name, a state of it, and the sign that came
S = TypeVar("S", bound=StrEnum)
G = TypeVar("G", bound=StrEnum)


@attrs.frozen
class Row(Generic[S, G]):
    """One line of a table.

    No sources: the row makes something new. No target: the row keeps the state, whichever it is.
    """

    id: str
    sources: frozenset[S]
    signs: frozenset[G]
    target: S | None
    says: str


def row(id: str, sources: set[S], signs: set[G], target: S | None, says: str) -> Row[S, G]:
    """Write a row down with plain sets."""
    return Row(id, frozenset(sources), frozenset(signs), target, says)


@attrs.frozen(eq=False)
class Machine(Generic[S, G]):
    """All rows of one machine, found by state and sign."""

    name: str
    states: type[S]
    signs: type[G]
    final: frozenset[S]
    rows: tuple[Row[S, G], ...]
    _by_pair: dict[tuple[S, G], Row[S, G]] = attrs.field(init=False)

    @_by_pair.default
    def _index(self) -> dict[tuple[S, G], Row[S, G]]:
        found: dict[tuple[S, G], Row[S, G]] = {}
        for row in self.rows:
            for pair in row_pairs(row):
                assert pair not in found, f"{row.id} and {found[pair].id} disagree about {pair}"
                found[pair] = row
        return found

    @property
    def pairs(self) -> Iterator[Pair]:
        """Yield all pairs of state and sign that a row is for, in the order of the table."""
        for row in self.rows:
            for state, sign in row_pairs(row):
                yield self.name, state, sign

    def row(self, state: S, sign: G) -> Row[S, G] | None:
        """Find the row for a pair; None means: unchanged, and logged."""
        return self._by_pair.get((state, sign))

    def sure_row(self, state: S, sign: G) -> Row[S, G]:
        """Find the row for a sign that every state has a row for."""
        return self._by_pair[state, sign]


def row_pairs(row: Row[S, G]) -> Iterator[tuple[S, G]]:
    """Yield the pairs of state and sign that a row covers, in the order of the enums."""
    for state in sorted(row.sources):
        for sign in sorted(row.signs):
            yield state, sign
