"""Money as the channels write it."""

from __future__ import annotations

from paytwice_core import Money


def yuan(minor: int, currency: str = "CNY") -> str:
    """A sum in yuan: 99.00."""
    return str(Money(minor, currency)).partition(" ")[0]
