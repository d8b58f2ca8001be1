"""How a run ended, as its journal tells: what each order says, and what was taken and given back for it."""

from __future__ import annotations

import attrs

from paytwice.journal import Journal, What


@attrs.frozen
class OrderEnd:
    """One order at the end of a run; amounts are in minor units."""

    id: str
    state: str  # as the merchant shows it; empty where it shows nothing
    paid_by: str
    captured: int
    returned: int


@attrs.frozen
class Ending:
    """How a run ended; `at` is in milliseconds of the run."""

    at: int
    entries: int
    digest: str
    orders: tuple[OrderEnd, ...]


def ending(journal: Journal) -> Ending:
    """Read the end of a run from its journal.

    Money counts for the order whose customer was handed the trade's number to pay under.
    """
    states: dict[str, tuple[str, str]] = {}
    order_of: dict[str, str] = {}
    moved: dict[tuple[str, str], int] = {}
    for entry in journal:
        match entry.what, entry.subject:
            case What.DID, "orders":
                states.setdefault(entry.key, ("", ""))
            case What.VIEW, state:
                states[entry.key] = state, entry.whom
            case What.TOLD, "credential":
                order_of[entry.whom] = entry.key
            case What.MONEY, kind:
                moved[entry.key, kind] = moved.get((entry.key, kind), 0) + entry.number

    def total(order: str, kind: str) -> int:
        return sum(
            minor for (trade, one), minor in moved.items() if one == kind and order_of.get(trade) == order
        )

    orders = tuple(
        OrderEnd(order, state, paid_by, total(order, "CAPTURED"), total(order, "RETURNED"))
        for order, (state, paid_by) in states.items()
    )
    return Ending(journal.rows[-1][0] if journal.rows else 0, len(journal), journal.digest(), orders)
