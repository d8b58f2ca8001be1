"""In which way two merchants end differently, a sentence each, the money first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from paytwice.comparing.outside.comparison import Comparison
from paytwice.comparing.outside.ends import End, Purse
from paytwice.run import Run
from paytwice_core import Money

NOT_THERE: Final = End("", "", "", {}, {}, {})
DOES: Final = {"reserve": "reserves goods for", "release": "releases the goods of", "ship": "ships"}
TIMES: Final = {0: "not at all", 1: "once", 2: "twice"}
Who = tuple[str, str]  # what the two are called in a sentence


def how_they_end(compared: Comparison, *, a: str = "A", b: str = "B") -> Iterator[str]:
    """The differences that last, in sentences; none where both end alike.

    The merchants are called `a` and `b`, such as "the reference merchant" and "this one".
    """
    who = a, b
    mine, theirs, currency = compared.a.ends, compared.b.ends, compared.a.run.currency
    orders = [*dict.fromkeys([*mine, *theirs])]
    pairs = [(mine.get(one, NOT_THERE), theirs.get(one, NOT_THERE), _called(one)) for one in orders]
    for one, other, order in pairs:
        yield from money(one, other, order, currency, who)
    for one, other, order in pairs:
        if (one.standing, one.winner) != (other.standing, other.winner):
            yield f"{a} says {_says(one, order)}, and {b} {_says(other, 'it')}"
        yield from _shop(one, other, order, who)
        yield from _refunds(one, other, order, who)
    if compared.a.verdict != compared.b.verdict:
        yield f"{a} {judged(compared.a.run)}, and {b} {judged(compared.b.run)}"


def standing(end: End) -> str:
    """What the merchant says that an order is, in the names that both have in common."""
    by = f" by {end.winner}" if end.winner else ""
    return f"{end.standing or 'not known'}{by}"


def _says(end: End, order: str) -> str:
    return f"that {order} is {standing(end)}" if end.standing else f"nothing of {order}"


def judged(run: Run) -> str:
    """The verdict in words."""
    if run.failure is not None:
        return f"ended early, by {type(run.failure).__name__}"
    broken = " ".join(dict.fromkeys(one.invariant for one in run.verdict.violations))
    stake = " + ".join(money.display for money in run.verdict.at_stake)
    return {"violated": f"breaks {broken}{f', {stake} at stake' if stake else ''}"}.get(
        run.outcome, f"is {run.outcome}"
    )


def purse(one: Purse, currency: str) -> str:
    """What was taken and given back, in words."""
    said = f"took {_sum(one.captured, currency)}, returned {_sum(one.returned, currency)}"
    card = one.to_merchant_card
    return said + (f", {_sum(card, currency)} to the merchant's own card" if card else "")


def money(a: End, b: End, order: str, currency: str, who: Who = ("A", "B")) -> Iterator[str]:
    """What one keeps and the other does not; where that is the same, from whom, and which way it went."""
    sides = (who[0], a), (who[1], b)
    less, more = sorted(sides, key=lambda side: side[1].kept)
    if a.captured != b.captured:
        took = (
            f"{name} takes {_sum(end.captured, currency)} for {order} and keeps {_sum(end.kept, currency)}"
            for name, end in sides
        )
        yield ", ".join(took)
    elif a.kept != b.kept:
        kept, paid = _sum(more[1].kept - less[1].kept, currency), _sum(less[1].captured, currency)
        too_much = f", which is more than was paid: {paid}" if less[1].kept < 0 else ""
        yield f"{more[0]} keeps {kept} of {order} that {less[0]} returned{too_much}"
    else:
        for did, share in (("keeps", _held), ("returned", _returned)):
            mine, theirs = share(a, currency), share(b, currency)
            if mine != theirs:
                yield f"of {order}, {who[0]} {did} {mine}, and {who[1]} {theirs}"
                break
    card = [sum(one.to_merchant_card for one in end.purses.values()) for end in (a, b)]
    if card[0] != card[1]:
        most = who[card[1] > card[0]]
        yield f"{most} pays {_sum(abs(card[0] - card[1]), currency)} of {order} to the merchant's own card"


def _held(end: End, currency: str) -> str:
    """What is kept of each attempt."""
    return _listed({at: one.kept for at, one in end.purses.items()}, currency)


def _returned(end: End, currency: str) -> str:
    """What was given back of each attempt."""
    return _listed({at: one.returned for at, one in end.purses.items()}, currency)


def _listed(money: Mapping[str, int], currency: str) -> str:
    found = [f"{_sum(one, currency)} by {at}" for at, one in sorted(money.items()) if one]
    return " and ".join(found) or "nothing"


def _shop(a: End, b: End, order: str, who: Who) -> Iterator[str]:
    for effect in dict.fromkeys([*a.shop, *b.shop]):
        one, other = a.shop.get(effect, 0), b.shop.get(effect, 0)
        if one == other:
            continue
        yes, no = who if one > other else who[::-1]
        does, few, many = DOES.get(effect, effect), min(one, other), max(one, other)
        if (few, many) == (0, 1):
            yield f"{yes} {does} {order}, and {no} does not"
        else:
            yield f"{yes} {does} {order} {_times(many)}, and {no} {_times(few)}"


def _refunds(a: End, b: End, order: str, who: Who) -> Iterator[str]:
    for where in _different(a.refunds, b.refunds):
        shown = [f"as {one}" if (one := end.refunds.get(where)) else "not at all" for end in (a, b)]
        yield f"{who[0]} shows {where}, {order}, {shown[0]}, and {who[1]} {shown[1]}"


def _different(a: Mapping[str, str], b: Mapping[str, str]) -> Iterator[str]:
    return (one for one in dict.fromkeys([*a, *b]) if a.get(one) != b.get(one))


def _called(order: str) -> str:
    return f"order {order}" if order else "what is nobody's order"


def _times(n: int) -> str:
    return TIMES.get(n, f"{n} times")


def _sum(minor: int, currency: str) -> str:
    return Money(minor, currency).display
