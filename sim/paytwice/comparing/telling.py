"""A whole comparison, in words and as JSON: where two runs part, what chance did in each, how they end."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from paytwice.choices import Deviation
from paytwice.comparing.ending import OrderEnd
from paytwice.comparing.in_words import LINES, parting_in_words
from paytwice.comparing.parting import Branch, Parting, part
from paytwice.comparing.side import Chance, Side, chance_of
from paytwice.report.chance import KINDS, kind
from paytwice.report.findings import WIDTH
from paytwice.report.timeline import stamp
from paytwice.wording import span
from paytwice_core import Money

MOST: Final = 8  # deviations that are listed, if not all are asked for
NOISE: Final = ("latency", "order of what happens at once")  # a seed has hundreds of them: they come last

Lines = Iterator[tuple[str, str]]


@attrs.frozen
class Comparison:
    """Two runs that were compared; `parting` is None where they are the same."""

    a: Side
    b: Side
    parting: Parting | None
    chance: Chance | None

    @classmethod
    def of(cls, a: Side, b: Side) -> Comparison:
        """Compare two runs."""
        return cls(a, b, part(a.journal, b.journal, _currency(a, b)), chance_of(a, b))

    @property
    def currency(self) -> str:
        """In which amounts are told: a journal does not say."""
        return _currency(self.a, self.b)


def _currency(a: Side, b: Side) -> str:
    return next((one.run.currency for one in (a, b) if one.run is not None), "CNY")


def told(compared: Comparison, *, lines: int = LINES, verbose: bool = False) -> Lines:
    """The comparison as lines with a style each; `verbose` lists every deviation."""
    a, b, parting, chance = compared.a, compared.b, compared.parting, compared.chance
    for letter, side in (("A", a), ("B", b)):
        yield f"{letter}  {side.name}", "bold"
        yield from ((f"   {remark}", "yellow") for remark in side.remarks)
    yield "", ""
    if parting is None:
        yield f"The same run, in all {len(a.journal)} entries", "bold green"
    else:
        yield from parting_in_words(parting, compared.currency, lines=lines)
    if chance is not None and not chance.is_same:
        yield "", ""
        yield from _chance(chance, verbose=verbose)
    yield "", ""
    if parting is None:
        yield from _ending("It", b if a.run is None else a, compared.currency)
    else:
        yield from _ending("A", a, compared.currency)
        yield from _ending("B", b, compared.currency)


def _chance(chance: Chance, *, verbose: bool) -> Lines:
    """What chance did in one of them only, or differently in both."""
    for letter, only in (("A", chance.only_a), ("B", chance.only_b)):
        yield from _listed(f"Only {letter} has", [(one, str(one)) for one in only], verbose=verbose)
    changed = [(one, f"{one}   (B {_value(other)})") for one, other in chance.changed]
    yield from _listed("Both have, with other values,", changed, verbose=verbose)


def _value(one: Deviation) -> str:
    return str(one).removeprefix(f"{one.name} #{one.n}: ")


def _listed(head: str, found: Sequence[tuple[Deviation, str]], *, verbose: bool) -> Lines:
    """Some deviations: how many of each kind, and those that tell most."""
    if not found:
        return
    counts = Counter(kind(one) for one, _ in found)
    kinds = ", ".join(f"{name} ×{counts[name]}" for name in KINDS if counts[name])
    many = f"{head} {len(found)} deviation{'s' * (len(found) > 1)} from calm: {kinds}"
    yield from ((line, "bold") for line in textwrap.wrap(many, WIDTH, subsequent_indent="  "))
    telling = sorted(found, key=lambda each: kind(each[0]) in NOISE)  # a stable sort: by time within each
    shown = found if verbose else telling[:MOST]
    for one, text in shown:
        yield f"{stamp(one.at):>11}  {text}", ""
    if len(shown) < len(found):
        yield f"{'':11}  … and {len(found) - len(shown)} more, with --verbose", "dim"


def _ending(letter: str, side: Side, currency: str) -> Lines:
    end = side.ending
    told = (
        f"{letter} {side.how_it_ended} after {span(end.at)}, {end.entries} entries, digest {end.digest[:16]}"
    )
    yield told, "bold"
    for order in end.orders:
        yield f"  {_order(order, currency)}", ""


def _order(order: OrderEnd, currency: str) -> str:
    state = order.state or "not known to the merchant"
    by = f" by {order.paid_by}" if order.paid_by else ""
    captured, returned = (Money(one, currency).display for one in (order.captured, order.returned))
    return f"{order.id:<6} {state + by:<28} captured {captured:>9}, returned {returned:>9}"


def as_json(compared: Comparison, lines: int = LINES) -> dict[str, Any]:
    """The comparison as one object: amounts in minor units, times in milliseconds."""
    chance = compared.chance
    return {
        "same": compared.parting is None,
        "a": _side(compared.a),
        "b": _side(compared.b),
        "parting": None if compared.parting is None else parting_as_json(compared.parting, lines),
        "deviations": None
        if chance is None
        else {
            "only_a": [deviation_as_json(one) for one in chance.only_a],
            "only_b": [deviation_as_json(one) for one in chance.only_b],
            "changed": [
                {**deviation_as_json(one), "value_in_b": other.value} for one, other in chance.changed
            ],
        },
    }


def parting_as_json(parting: Parting, lines: int = LINES) -> dict[str, Any]:
    """Where two runs part: the entry of each, and the next lines of both stories."""
    return {
        "entry": parting.entry,
        "in_time_only": parting.in_time_only,
        "told_alike": len(parting.a.before),
        "a": _branch(parting.a, lines),
        "b": _branch(parting.b, lines),
    }


def deviation_as_json(one: Deviation) -> dict[str, Any]:
    """A deviation as a replay file has it."""
    return {"name": one.name, "n": one.n, "value": one.value, "at": one.at}


def _branch(branch: Branch, lines: int) -> dict[str, Any]:
    entry = branch.entry
    return {
        "entry": None if entry is None else {**attrs.asdict(entry), "what": entry.what.value},
        "next": [{"at": one.at, "actor": one.actor, "text": one.text} for one in branch.after[:lines]],
    }


def _side(side: Side) -> dict[str, Any]:
    end, run = side.ending, side.run
    return {
        "name": side.name,
        "remarks": list(side.remarks),
        "verdict": None if run is None else run.outcome,
        "violations": None
        if run is None
        else [{"invariant": one.invariant, "order": one.order} for one in run.verdict.violations],
        "ended_at": end.at,
        "entries": end.entries,
        "digest": end.digest,
        "orders": [attrs.asdict(one) for one in end.orders],
    }
