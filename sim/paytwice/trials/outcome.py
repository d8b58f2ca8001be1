"""What became of an order, as anybody can see it: the money, the goods, and the merchant's last word.

Two runs are compared by nothing else, so that any merchant can be put on trial: how it keeps its rows, and
how many attempts or refunds it made to get there, is its own business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from paytwice.channels.ledger import MovementKind
from paytwice.journal import What
from paytwice.merchant.port import RefundStanding
from paytwice.run import OrderResult, Run
from paytwice_core import Money

SHOWN: Final = (RefundStanding.DONE, RefundStanding.PENDING, RefundStanding.NEEDS_PERSON)
NOTHING: Final = "nothing"
EFFECTS: Final = ("reserve", "release", "ship")


@attrs.frozen
class Outcome:
    """What became of one order; sums are minor units, `shop` counts reserve, release and ship."""

    amount: Money
    captured: int
    returned: int
    shop: tuple[int, ...]
    standing: str
    winner: str
    refunds: tuple[int, ...] | None  # by standing: DONE, PENDING, NEEDS_PERSON; None where none are shown

    @property
    def anonymous(self) -> Outcome:
        """The same without the name of the winner, where another payment may win."""
        return self if self.winner == NOTHING else attrs.evolve(self, winner="a payment")

    @property
    def kept(self) -> int:
        """What the channels hold of it."""
        return self.captured - self.returned


def outcomes(run: Run) -> dict[str, Outcome]:
    """What became of every order of a run."""
    effects: dict[str, dict[str, int]] = {}
    for entry in run.journal:
        if entry.what is What.SHOP:
            done = effects.setdefault(entry.key, {})
            done[entry.subject] = done.get(entry.subject, 0) + 1
    payments = _payments(run)
    return {order.id: _outcome(order, effects.get(order.id, {}), payments) for order in run.orders}


def _payments(run: Run) -> dict[tuple[str, str], str]:
    """Every payment by what it paid: a channel counts its numbers over all orders, so those may differ."""
    found: dict[tuple[str, str], str] = {}
    count: dict[tuple[str, str], int] = {}
    for channel, ledger in run.ledgers.items():
        for movement in ledger.movements:
            if movement.kind is MovementKind.CAPTURED:
                trade = channel, movement.out_trade_no
                count[trade] = count.get(trade, 0) + 1
                again = f", its {count[trade]}nd payment" if count[trade] > 1 else ""
                found[channel, movement.channel_number] = f"{channel} {movement.out_trade_no}{again}"
    return found


def _outcome(
    order: OrderResult, effects: Mapping[str, int], payments: Mapping[tuple[str, str], str]
) -> Outcome:
    view = order.view
    winner = view.winner if view is not None else None
    refunds = view.refunds if view is not None else None
    return Outcome(
        amount=order.amount,
        captured=order.captured,
        returned=order.returned,
        shop=tuple(effects.get(effect, 0) for effect in EFFECTS),
        standing=view.standing.value if view is not None else "not known to the merchant",
        winner=NOTHING
        if winner is None
        else payments.get((winner.channel, winner.number), f"{winner.channel} payment {winner.number}"),
        refunds=None
        if refunds is None
        else tuple(sum(one.amount.minor for one in refunds if one.standing is kind) for kind in SHOWN),
    )


@attrs.frozen
class Difference:
    """What differs between two runs of one order, in words, and the money it may cost."""

    order: str
    message: str
    at_stake: Money | None


def differences(before: Mapping[str, Outcome], after: Mapping[str, Outcome]) -> Iterator[Difference]:
    """One difference for each order of `before` that ended otherwise in `after`."""
    for order_id, was in before.items():
        now = after.get(order_id)
        if now is None:
            yield Difference(order_id, "it was never placed", was.amount)
        elif now != was:
            stake = abs(now.kept - was.kept) or was.amount.minor
            words = ", ".join(_words(was, now))
            yield Difference(order_id, words, Money(stake, was.amount.currency))


def _words(was: Outcome, now: Outcome) -> Iterator[str]:
    currency = was.amount.currency
    for name in ("standing", "winner"):
        if getattr(was, name) != getattr(now, name):
            yield f"{name} {getattr(now, name)} and not {getattr(was, name)}"
    for name in ("captured", "returned"):
        first, second = getattr(was, name), getattr(now, name)
        if first != second:
            yield f"{Money(second, currency).display} {name} and not {Money(first, currency).display}"
    for effect, before, after in zip(EFFECTS, was.shop, now.shop, strict=True):
        if before != after:
            yield f"{effect} done {_times(after)} and not {_times(before)}"
    if was.refunds != now.refunds:
        yield from _about_refunds(was.refunds or (0, 0, 0), now.refunds or (0, 0, 0), currency)


def _about_refunds(was: tuple[int, ...], now: tuple[int, ...], currency: str) -> Iterator[str]:
    for standing, first, second in zip(SHOWN, was, now, strict=True):
        if first != second:
            after, before = Money(second, currency).display, Money(first, currency).display
            yield f"{after} of refunds {standing.value} and not {before}"


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")
