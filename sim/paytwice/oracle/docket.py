"""What was found to be broken on the way, each promise once an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVarTuple

import attrs

from paytwice.oracle.facts import Case
from paytwice.oracle.verdict import Broken, Violation

Ts = TypeVarTuple("Ts")


@attrs.define(eq=False)
class Docket:
    """Runs checks as things are seen, and takes down what they find."""

    violations: list[Violation] = attrs.field(factory=list)

    def check(
        self,
        checks: Sequence[tuple[str, Callable[[*Ts], Broken | None]]],
        case: Case | None,
        at: int,
        entry: int,
        *facts: *Ts,
    ) -> None:
        """Ask these checks about what was just seen, but none that the order has broken already."""
        for name, check in checks:
            if case is not None and name in case.broken:
                continue  # once is enough, and a merchant that breaks it for hours costs no more
            broken = check(*facts)
            if broken is not None:
                self._accuse(name, case, broken, at, entry)

    def _accuse(self, name: str, case: Case | None, broken: Broken, at: int, entry: int) -> None:
        if case is not None:
            case.broken[name] = True
        order = case.order_id if case is not None else ""
        entries = tuple(sorted({*broken.entries, entry} - {-1}))
        self.violations.append(Violation(name, order, at, broken.message, broken.at_stake, entries))
