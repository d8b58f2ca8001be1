"""The second judge on sums: nothing stranded, no fen lost, books that balance (S4, S18, C3, C5, C6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain, combinations
from typing import Final

from tests.sim.oracle import refunds_seen as refunds
from tests.sim.oracle.history import History, Key

from paytwice.channels.ledger import Account, Ledger, Movement, MovementKind
from paytwice.merchant.port import Standing

# What a movement does to the merchant's balance at the channel.
CREDITS: Final = (MovementKind.CAPTURED, MovementKind.RELEASED, MovementKind.FEE_RETURNED)
DEBITS: Final = (MovementKind.SET_ASIDE, MovementKind.FEE)


def s4_no_stranded_money(h: History) -> Iterator[str]:
    for order in h.orders:
        possible = readings(h, order)
        if not any(_left_over(h, order, unheard) == {} for unheard in possible) and not any(
            _is_explained(h, order, unheard) for unheard in possible
        ):
            yield order


def readings(h: History, order: str) -> list[int]:
    """Every sum of wishes without an answer that may have been granted."""
    if h.standing(order) is not Standing.PAID:
        return [0]
    wishes = h.unanswered(order)
    some = chain.from_iterable(combinations(wishes, n) for n in range(len(wishes) + 1))
    return [sum(one) for one in some]


def _may_keep(h: History, order: str, unheard: int) -> int:
    """The price of a PAID order, less what others returned of it, less what was promised and is there."""
    if h.standing(order) is not Standing.PAID:
        return 0
    key, view = h.winning_trade(order), h.view(order)
    by_others = 0
    if key is not None and view is not None and view.winner is not None:
        by_others = refunds.foreign(h, key, view.winner.number)
    promised, left = h.granted(order) + unheard, h.amount(order).minor - by_others
    return left - (min(promised, max(0, left)) if by_others else promised)


def _left_over(h: History, order: str, unheard: int) -> dict[str, int]:
    left = h.kept(order)
    own = h.amount(order).currency
    left[own] = left.get(own, 0) - _may_keep(h, order, unheard)
    return {currency: minor for currency, minor in left.items() if minor}


def _is_explained(h: History, order: str, unheard: int) -> bool:
    if any(minor < 0 for minor in _left_over(h, order, unheard).values()):
        return False
    for key in h.trades(order):
        extra = h.captured(key) - h.returned(key)
        if key == h.winning_trade(order):
            extra -= _may_keep(h, order, unheard)
        shown = refunds.with_a_person(h, order, key)
        if extra and not (extra > 0 and (refunds.is_processing(h, key) or shown == extra)):
            return False
    return True


def c3_to_the_fen(h: History) -> Iterator[str]:
    for order in h.orders:
        if _promised_and_not_asked(h, order) or any(_shares_differ(h, key) for key in h.trades(order)):
            yield order


def _promised_and_not_asked(h: History, order: str) -> bool:
    view, key = h.view(order), h.winning_trade(order)
    if view is None or view.winner is None or key is None or view.standing is not Standing.PAID:
        return False
    others = [refunds.payment_of(h, key, number) for number in refunds.foreign_numbers(h, key)]
    if not h.granted(order) or view.winner.number in others:
        return False  # nothing was promised; or somebody else has done a part of it
    asked = refunds.asked_back(h, key, "", view.winner.number)
    right = [h.granted(order) + unheard for unheard in readings(h, order)]
    alive = [number for number in refunds.asked_numbers(h, key) if refunds.is_alive(h, key, number)]
    by_hand = refunds.with_a_person(h, order, key, view.winner.number, but=alive)
    return asked not in right and asked + by_hand not in right


def _shares_differ(h: History, key: Key) -> bool:
    """Whether a payment went back in full, and its coupon got more or less than it had paid."""
    return any(
        h.returned(key, number=one.channel_number) == one.amount.minor and coupon_left(h, key, one)
        for one, _ in h.captures(key)
    )


def coupon_left(h: History, key: Key, payment: Movement) -> int:
    """What a coupon paid and did not get back; below 0 it got more."""
    back = [one.coupon for one, _ in h.moves(key, MovementKind.RETURNED) if _is_of(one, payment)]
    return payment.coupon - sum(back)


def _is_of(movement: Movement, payment: Movement) -> bool:
    return movement.channel_number == payment.channel_number


def c6_coupons_come_back_once(h: History) -> Iterator[str]:
    for order in h.orders:
        if h.standing(order) in (None, Standing.OPEN):
            continue  # which payment settles it is not known yet
        for key in h.trades(order):
            if refunds.is_processing(h, key) or refunds.with_a_person(h, order, key):
                continue
            for one, _ in h.captures(key):
                left, number = coupon_left(h, key, one), one.channel_number
                is_back = h.returned(key, number=number) == one.amount.minor
                if left < 0 or (left and (is_back or not h.is_winner(order, key, number))):
                    yield order


# -- the channels' own books --------------------------------------------------------------------------------


def s18_the_books_balance(h: History, ledgers: Mapping[str, Ledger]) -> Iterator[str]:
    for channel, ledger in ledgers.items():
        seen = [one["movement"] for one in h.all("moved", channel=channel)]
        captured = [one for one in seen if one.kind is MovementKind.CAPTURED]
        returned = [one for one in seen if one.kind is MovementKind.RETURNED]
        kinds = (MovementKind.CAPTURED, MovementKind.RETURNED)
        told = [one for one in seen if one.kind in kinds]
        booked = [one for one in ledger.movements if one.kind in kinds]
        coupons = sum(one.coupon for one in captured) - sum(one.coupon for one in returned)
        marketing = -ledger.accounts[Account.MARKETING]
        if sum(ledger.accounts.values()) != 0 or marketing != coupons or booked != told:
            yield ""


def c5_the_fund_bill_adds_up(h: History, ledgers: Mapping[str, Ledger]) -> Iterator[str]:
    for channel, bill in h.billed.items():
        moved = [one for one in ledgers[channel].movements if one.at < bill.until]
        rate = Fraction(h.rules.fee_rates.get(channel, 0), 1_000_000)
        trades = dict.fromkeys(one.out_trade_no for one in moved)
        wrong = [no for no in trades if not _has_its_fee([m for m in moved if m.out_trade_no == no], rate)]
        if wrong or _sum(moved, *CREDITS) - _sum(moved, *DEBITS) != bill.funds.closing.minor:
            yield ""


def _sum(movements: list[Movement], *kinds: MovementKind) -> int:
    return sum(one.amount.minor for one in movements if one.kind in kinds)


def _has_its_fee(movements: list[Movement], rate: Fraction) -> bool:
    """All of the fee where all is there, none where all is gone, and between them to a fen a refund."""
    captured = [one.amount.minor for one in movements if one.kind is MovementKind.CAPTURED]
    gone = _sum(movements, MovementKind.SET_ASIDE) - _sum(movements, MovementKind.RELEASED)
    fee = _sum(movements, MovementKind.FEE) - _sum(movements, MovementKind.FEE_RETURNED)
    full = sum(int(minor * rate + Fraction(1, 2)) for minor in captured)
    if not captured or gone in (0, sum(captured)):
        return not captured or fee == (0 if gone else full)
    parts = [one for one in movements if one.kind in (MovementKind.SET_ASIDE, MovementKind.RELEASED)]
    return abs(fee - full * Fraction(sum(captured) - gone, sum(captured))) <= len(parts)
