"""Real time, or real time made faster: how a run follows it that serves real clients.

The same actors that play in virtual time then serve real sockets. Their virtual milliseconds follow the
machine's clock times a factor; such a run is no longer repeatable, for the world outside takes part in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Pace(Protocol):
    """Says how virtual time follows real time."""

    def begin(self) -> None:
        """It is virtual time 0 now."""

    def milliseconds(self) -> float:
        """The virtual time that it should be."""

    def seconds_until(self, ms: float) -> float:
        """How many real seconds there are until a virtual time; 0 or less if it has come."""


class RealTime:
    """Virtual time that runs `factor` times as fast as the machine's clock."""

    def __init__(
        self,
        factor: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,  # noqa: TID251  # real time is what this module is for
    ) -> None:
        if not 0 < factor < float("inf"):
            raise ValueError(f"real time can run at a factor above 0, such as 1 or 60, not {factor!r}")
        self._ms_per_second = 1000 * factor
        self._clock = clock
        self._began = clock()

    def begin(self) -> None:
        """It is virtual time 0 now."""
        self._began = self._clock()

    def milliseconds(self) -> float:
        """The virtual time that it should be."""
        return (self._clock() - self._began) * self._ms_per_second

    def seconds_until(self, ms: float) -> float:
        """How many real seconds there are until a virtual time; 0 or less if it has come."""
        return self._began + ms / self._ms_per_second - self._clock()
