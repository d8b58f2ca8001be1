"""Money as the channels write it."""

from __future__ import annotations

from paytwice_core import Money


def of_yuan(text: str) -> Money:
    """A sum that is written so; ValueError for anything else."""
    return Money.parse(f"{text} CNY")


def yuan(minor: int, currency: str = "CNY") -> str:
    """A sum in yuan: 99.00."""
    return str(Money(minor, currency)).partition(" ")[0]
