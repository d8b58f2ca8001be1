"""The one decision by which a failure differs from the nearest run that passes, and where the two part."""

from __future__ import annotations

import json
from collections.abc import Iterator

from paytwice.comparing.in_words import parting_in_words
from paytwice.comparing.parting import Parting, part
from paytwice.comparing.telling import deviation_as_json, parting_as_json
from paytwice.shrinking.shrink import Shrunk


def in_words(shrunk: Shrunk) -> Iterator[str]:
    """Where the failure parts from the nearest run that passes; nothing where no run passes without one."""
    parting = _parting(shrunk)
    if parting is None:
        return
    yield f"What `{shrunk.decisive}` changes:"
    lines = parting_in_words(parting, shrunk.run.currency, a="this run", b="without it")
    yield from (line for line, _ in lines)


def files(shrunk: Shrunk) -> dict[str, str]:
    """The decision as JSON and the journal of the run that passes, by name; none where there is none."""
    parting, passing = _parting(shrunk), shrunk.passing
    if parting is None or passing is None or shrunk.decisive is None:
        return {}
    told = {
        "decision": deviation_as_json(shrunk.decisive),
        "says": str(shrunk.decisive),
        "invariant": shrunk.aim.invariant,
        "order": shrunk.aim.order,
        "without_it": {"verdict": passing.outcome, "digest": passing.digest, "journal": "passing.jsonl"},
        "parting": parting_as_json(parting),
    }
    return {
        "decision.json": json.dumps(told, ensure_ascii=False, indent=1) + "\n",
        "passing.jsonl": "".join(f"{line}\n" for line in passing.journal.jsonl()),
    }


def _parting(shrunk: Shrunk) -> Parting | None:
    if shrunk.passing is None:
        return None
    return part(shrunk.run.journal, shrunk.passing.journal, shrunk.run.currency)
