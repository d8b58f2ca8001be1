"""A comparison of two merchants in words and as JSON: what it costs first, then where it began."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from paytwice.comparing.in_words import INDENT, beside
from paytwice.comparing.outside.comparison import Comparison, Difference, Seen
from paytwice.comparing.outside.ends import End
from paytwice.comparing.outside.facts import Fact, Kind
from paytwice.comparing.outside.saying import judged, purse, standing
from paytwice.comparing.parting import aligned
from paytwice.report.findings import hanging
from paytwice.report.timeline import stamp
from paytwice.wording import span

Lines = Iterator[tuple[str, str]]
NOTHING: Final = "nothing of the kind"


def told(compared: Comparison, lines: int) -> Lines:
    """The comparison as lines with a style each; `lines` of the story at most."""
    yield f"A  {compared.a.name}", "bold"
    yield f"B  {compared.b.name}", "bold"
    yield from ((f"   {line}", "dim") for line in _world(compared))
    yield "", ""
    first = compared.first
    if first is None:
        said = f"Nobody outside can tell A from B: all {len(compared.a.facts)} facts are the same"
        yield said, "bold green"
    else:
        yield from _lasting(compared)
        yield "", ""
        yield from _parting(compared, first)
        yield from _elsewhere(compared)
        yield "", ""
        yield from _story(compared, first, lines)
    yield "", ""
    yield from _in_the_end(compared) if compared.same else _side_by_side(compared)


def _world(compared: Comparison) -> Iterator[str]:
    """What both were played in, and how much of chance they had in common."""
    a, b = compared.a.run, compared.b.run
    seed = f", seed {a.seed}" if a.seed is not None else ""
    yield f"in {a.scenario}{seed}, profile {a.profile}"
    if a.deviations or b.deviations:
        both, only = compared.shared, [len(one.deviations) - compared.shared for one in (a, b)]
        yield f"deviations from calm: {both} the same in both, {only[0]} in A alone, {only[1]} in B alone"
    if a.unused or b.unused:
        idle = " and ".join(
            f"{len(one.unused)} in {name}" for name, one in (("A", a), ("B", b)) if one.unused
        )
        yield f"recorded, and about what did not happen: {idle}"


def _lasting(compared: Comparison) -> Lines:
    if not compared.in_the_end:
        yield "They end alike, and differ on the way", "bold yellow"
        return
    yield "They end differently:", "bold red"
    for one in compared.in_the_end:
        yield from hanging("  - ", one)


def _parting(compared: Comparison, first: Difference) -> Lines:
    whose = f" of order {first.order}" if first.order else ""
    yield f"They first differ at {stamp(first.at)}, in the {first.kind}{whose}:", "bold"
    for name, fact, seen in (("A", first.a, compared.a), ("B", first.b, compared.b)):
        text = _nothing(seen, first) if fact is None else f"{stamp(fact.at)}  {fact.text}"
        yield from hanging(f"  {name}  ", text)


def _nothing(seen: Seen, first: Difference) -> str:
    """What stands where one has nothing to set against the other: the last there was of it, if any."""
    last = [fact for fact in seen.facts if fact.thread == first.thread][-1:]
    return f"nothing new since {stamp(last[0].at)}: {last[0].text}" if last else NOTHING


def _elsewhere(compared: Comparison) -> Lines:
    """What else differs, by kind: how often, over all orders."""
    counts = Counter(one.kind for one in compared.differences[1:])
    if counts:
        kinds = ", ".join(f"{kind} ×{n}" for kind, n in counts.items())
        orders = len({one.order for one in compared.differences if one.order})
        yield f"  and later: {kinds}, in {orders} order{'s' * (orders != 1)}", "dim"


def _story(compared: Comparison, first: Difference, lines: int) -> Lines:
    """What was to be seen of the order in which they first differ, from there on, side by side."""
    a = _from(compared.a, compared.b, first)
    b = _from(compared.b, compared.a, first)
    if not (a or b):
        return
    yield from beside(" " * INDENT + "A", " " * INDENT + "B", "bold")
    rows = aligned(a, b)
    for left, right in rows[:lines]:
        same = left is not None and right is not None and left.happening == right.happening
        yield from beside(_cell(left), _cell(right), "dim" if same else "")
    if len(rows) > lines:
        yield f"{'':{INDENT}}… {len(rows) - lines} more, with --lines", "dim"


def _from(one: Seen, other: Seen, first: Difference) -> list[Fact]:
    """The facts of an order from the first difference on, without those that either saw before it."""
    theirs = dict(_numbered(other, first.order))
    found = [
        fact
        for key, fact in _numbered(one, first.order)
        if fact.at >= first.at and (key not in theirs or theirs[key].at >= first.at)
    ]
    return sorted(found, key=lambda fact: fact.at)


def _numbered(one: Seen, order: str) -> Iterator[tuple[object, Fact]]:
    """Each fact of an order with what happens, and the how manieth of these it is."""
    counts: Counter[object] = Counter()
    for fact in one.facts:
        if fact.order == order:
            counts[fact.happening] += 1
            yield (fact.happening, counts[fact.happening]), fact


def _cell(fact: Fact | None) -> str:
    return "" if fact is None else f"{stamp(fact.at):>{INDENT - 2}}  {fact.text}"


def _in_the_end(compared: Comparison) -> Lines:
    """How both end."""
    yield "In the end", "bold"
    for key, (_, text) in _rows(compared.a):
        yield from hanging(_head(key), text)


def _side_by_side(compared: Comparison) -> Lines:
    """How each ends: verdict, orders, money, shop and refunds beside each other."""
    yield from beside(f"{'In the end':<{INDENT}}A", " " * INDENT + "B", "bold")
    a, b = dict(_rows(compared.a)), dict(_rows(compared.b))
    for key in dict.fromkeys([*a, *b]):
        left, right = a.get(key), b.get(key)
        same = left is not None and right is not None and left[0] == right[0]
        one, other = ("" if cell is None else _head(key) + cell[1] for cell in (left, right))
        yield from beside(one, other, "dim" if same else "")


Key = tuple[str, str]  # the order, and what of it


def _head(key: Key) -> str:
    """What stands before a row: the order, before its first, or what is told of the whole run."""
    order, what = key
    return f"{order if what == 'is' else what if not order else '':>{INDENT - 2}}  "


def _rows(one: Seen) -> Iterator[tuple[Key, tuple[str, str]]]:
    """What is compared and what is shown, for each row."""
    run = one.run
    yield ("", "verdict"), (str(one.verdict), f"{judged(run)}, after {span(run.ended_at)}")
    for name, end in one.ends.items():
        if name:
            yield (name, "is"), (standing(end), _standing(end))
        for where, held in end.purses.items():
            yield (name, where), (str(held), f"{where}: {purse(held, run.currency)}")
        if not name:
            continue
        did = ", ".join(f"{effect} ×{n}" if n > 1 else effect for effect, n in sorted(end.shop.items()))
        yield (name, "shop"), (did, f"shop: {did or 'nothing'}")
        for where, shown in end.refunds.items():
            yield (name, where), (shown, f"{where}: {shown}")


def _standing(end: End) -> str:
    number = f", payment {end.payment}" if end.payment else ""
    since = f", since {stamp(end.since)}" if end.standing else ""
    return f"{standing(end)}{number}{since}"


def as_json(compared: Comparison) -> dict[str, Any]:
    """The comparison as one object: amounts in minor units, times in milliseconds."""
    return {
        "same": compared.same,
        "same_in_the_end": compared.same_in_the_end,
        "scenario": compared.a.run.scenario,
        "seed": compared.a.run.seed,
        "profile": compared.a.run.profile,
        "currency": compared.a.run.currency,
        "deviations_shared": compared.shared,
        "a": _side(compared.a),
        "b": _side(compared.b),
        "first": None if compared.first is None else _difference(compared.first),
        "differences": [_difference(one) for one in compared.differences],
        "in_the_end": list(compared.in_the_end),
    }


def _side(one: Seen) -> Mapping[str, Any]:
    run = one.run
    return {
        "merchant": one.name,
        "verdict": one.verdict[0],
        "violations": [{"invariant": invariant, "order": order} for invariant, order in one.verdict[1]],
        "at_stake": [money.minor for money in run.verdict.at_stake],
        "deviations": len(run.deviations),
        "unused": len(run.unused),
        "facts": sum(fact.kind is not Kind.DEED for fact in one.facts),
        "ended_at": run.ended_at,
        "digest": run.digest,
        "orders": [attrs.asdict(end) for end in one.ends.values()],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "order": one.order,
        "where": one.where,
        "at": one.at,
        "a": _fact(one.a),
        "b": _fact(one.b),
    }


def _fact(fact: Fact | None) -> dict[str, Any] | None:
    return None if fact is None else {"at": fact.at, "what": list(fact.what), "text": fact.text}
