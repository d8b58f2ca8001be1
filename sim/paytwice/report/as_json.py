"""A run as one JSON object. Money is in minor units, times are milliseconds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from paytwice.oracle import Doubt, Violation
from paytwice.places import place_of
from paytwice.report.text import replay_command
from paytwice.run import OrderResult, Run
from paytwice.story.scenario import Played
from paytwice.wording import one_line


def played_as_json(played: Played) -> dict[str, Any]:
    """A run of a scenario, and whether it was as declared."""
    return {
        **run_as_json(played.run),
        "declared_verdict": played.scenario.verdict,
        "expectation": played.disappointment,
        "expectation_asked": played.scenario.asks_about(played.run),
        "as_declared": played.as_declared,
    }


def interleavings_as_json(others: Sequence[Played]) -> dict[str, Any] | None:
    """How a scenario's interleavings went; null where none were played."""
    if not others:
        return None
    bad = next((one for one in others if not one.as_declared), None)
    return {
        "played": len(others),
        "as_declared": sum(one.as_declared for one in others),
        "distinct": len({one.run.digest for one in others}),
        "first_other": None if bad is None else {"seed": bad.run.seed, "why": bad.why},
    }


def journal_as_jsonl(played: Played) -> Iterator[str]:
    """Every entry of a run's journal as a line of JSON that says whose it is."""
    head = json.dumps({"scenario": played.scenario.name}, ensure_ascii=False)[:-1]
    for line in played.run.journal.jsonl():
        yield f"{head}, {line[1:]}"


def run_as_json(run: Run) -> dict[str, Any]:
    """A run: verdict, orders, ledgers, deviations, digest."""
    return {
        "scenario": run.scenario,
        "seed": run.seed,
        "profile": run.profile,
        "settings": dict(run.settings),
        "verdict": run.outcome,
        "violations": [finding_as_json(violation) for violation in run.verdict.violations],
        "unknown": [finding_as_json(doubt) for doubt in run.verdict.unknown],
        "failure": None if run.failure is None else _error(run.failure),
        "stood_at": run.stood_at or None,
        "errors": [_error(error) for error in run.errors],
        "orders": [_order(order) for order in run.orders],
        "channels": {
            name: {
                "captured": ledger.total_captured,
                "returned": ledger.total_returned,
                "kept": ledger.total_kept,
                "coupons_kept": ledger.total_coupons_kept,
            }
            for name, ledger in run.ledgers.items()
        },
        "invariants_checked": list(run.verdict.checked),
        "invariants_vacuous": list(run.verdict.vacuous),
        "invariants_not_judged": list(run.not_judged),
        "begins": run.begins.isoformat(),
        "virtual_seconds": run.ended_at / 1000,
        "events": len(run.journal),
        "deviations": [
            {"name": one.name, "n": one.n, "value": one.value, "at": one.at} for one in run.deviations
        ],
        "digest": run.digest,
        "replay": replay_command(run),
        "version": _version(),
    }


def _version() -> str:
    try:
        return version("paytwice")
    except PackageNotFoundError:  # on the path, and not installed
        return "unknown"


def _error(error: BaseException) -> str:
    return f"{type(error).__name__}: {one_line(error)}{place_of(error)}"


def finding_as_json(finding: Violation | Doubt) -> dict[str, Any]:
    """A broken promise, or a doubt."""
    return {
        "invariant": finding.invariant,
        "order": finding.order,
        "at": finding.at,
        "message": finding.message,
        "at_stake": None if finding.at_stake is None else finding.at_stake.minor,
        "entries": list(finding.entries),
    }


def _order(order: OrderResult) -> dict[str, Any]:
    view = order.view
    return {
        "id": order.id,
        "state": order.state,
        "amount": order.amount.minor,
        "currency": order.amount.currency,
        "winner": None
        if view is None or view.winner is None
        else {
            "channel": view.winner.channel,
            "number": view.winner.number,
            "attempt": view.winner.attempt,
        },
        "attempts": [
            {"id": one.out_trade_no, "channel": one.channel, "state": one.state, "number": one.number}
            for one in (view.attempts or () if view is not None else ())
        ],
        "refunds": [
            {
                "id": one.out_refund_no,
                "attempt": one.out_trade_no,
                "amount": one.amount.minor,
                "state": one.state or one.standing.value,
                "reason": one.reason,
            }
            for one in (view.refunds or () if view is not None else ())
        ],
    }
