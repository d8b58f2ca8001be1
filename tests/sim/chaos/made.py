"""Results as campaigns have them, made up."""

from __future__ import annotations

from typing import Any

import attrs

from paytwice.chaos.result import Result


def result(seed: int, **named: Any) -> Result:
    return attrs.evolve(Result((seed,), "ok", f"digest {seed}"), **named)
