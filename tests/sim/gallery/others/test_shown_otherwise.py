"""A correct shop may show what it knows in other ways: the promises judge the money, not the style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
import pytest

from paytwice.gallery.others.service import PaymentShop
from paytwice.merchant.port import OrderView, RefundStanding, RefundView, Surroundings
from paytwice.story.scenario import load

SEEDS: Final = range(40_020, 40_045)
WORLDS: Final = ("refund_desk", "busy_shop")
PROFILES: Final = ("rough", "hostile", "swarm")


def without_void_refunds(view: OrderView) -> OrderView:
    """Only refunds that have moved money, or still may."""
    shown = tuple(one for one in view.refunds or () if one.standing is not RefundStanding.VOID)
    return attrs.evolve(view, refunds=shown)


def without_details_of_refunds(view: OrderView) -> OrderView:
    """Not which payment a refund is of, where an out_trade_no was paid twice, and no words of its own."""
    return attrs.evolve(view, refunds=tuple(map(_plain, view.refunds or ())))


def _plain(refund: RefundView) -> RefundView:
    return attrs.evolve(refund, number=None, state="", reason="")


def without_attempts(view: OrderView) -> OrderView:
    """Not which payments were tried."""
    return attrs.evolve(view, attempts=None)


def without_captures(view: OrderView) -> OrderView:
    """The channel numbers in the attempts only."""
    return attrs.evolve(view, captures=None)


def without_any_payment_but_the_winner(view: OrderView) -> OrderView:
    """No channel number but that of the payment that settled the order, and not its out_trade_no."""
    winner = None if view.winner is None else attrs.evolve(view.winner, attempt=None)
    return attrs.evolve(view, winner=winner, attempts=None, captures=None)


STYLES: Final = (
    without_void_refunds,
    without_details_of_refunds,
    without_attempts,
    without_captures,
    without_any_payment_but_the_winner,
)


class Restyled(PaymentShop):
    """The shop of services and rows, showing its orders in another way."""

    def __init__(self, around: Surroundings, style: Callable[[OrderView], OrderView]) -> None:
        super().__init__(around)
        self._style = style

    def view(self, order_id: str) -> OrderView | None:
        shown = super().view(order_id)
        return None if shown is None else self._style(shown)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
def test_the_same_shop_is_right_however_it_shows_its_orders(style: Callable[[OrderView], OrderView]) -> None:
    for name in WORLDS:
        world = load(name)
        for seed in SEEDS:
            changes = {"profile": PROFILES[seed % len(PROFILES)]}
            run = world.play(seed=seed, changes=changes, merchant=lambda around: Restyled(around, style)).run

            assert run.failure is None, run.explain()
            assert not run.verdict.violations, run.explain()
