"""Promises about sums: no stranded money, no over-refund, books that balance (S4, S7, S18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from paytwice.channels.ledger import Ledger, Movement, MovementKind
from paytwice.channels.messages import Meaning
from paytwice.channels.requests import AskRefund
from paytwice.merchant.port import Standing
from paytwice.oracle.facts import Case, Trade
from paytwice.oracle.payments import foreign, meant
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken
from paytwice_core import Money


def to_keep(case: Case, granted_unheard: int = 0) -> int:
    """What the merchant may keep of the order: its amount if PAID, less what went back rightly.

    Money of the winner that the console or the channel returned counts as granted: somebody meant it.
    """
    if case.standing is not Standing.PAID:
        return 0
    promised = granted_unheard + (case.granted_total if case.granted else 0)
    trade = case.winning_trade()
    if trade is None or not trade.returned:
        return case.amount.minor - promised
    others = sum(foreign(trade, one.number) for one in trade.captures.values() if case.is_winner(one))
    left = case.amount.minor - others
    return left - (min(promised, max(left, 0)) if others else promised)  # nothing can go back twice


@attrs.frozen
class Reckoning:
    """What the channels hold beyond what may be kept, by currency, zeros left out; below 0 it is missing.

    `explained`: all of it is shown as NEEDS_PERSON to the fen, or the desk itself still works on it.
    """

    differences: Mapping[str, int]
    granted_unheard: int = 0  # wishes whose answer was lost, and which are taken for granted here
    explained: bool = True

    @property
    def is_right(self) -> bool:
        """Whether nothing is left over, and nothing missing."""
        return not self.differences


ALL_RIGHT: Final = Reckoning({})


def reckon(case: Case) -> Reckoning:
    """Compare what is held with what may be kept, by the kindest reading of the wishes without an answer.

    S4 lets the merchant keep the "amount − refunds granted to the customer". A wish whose answer was lost may
    have been granted or not, nobody outside can tell. So every reading of these wishes is tried: one that is
    right is taken before one that waits for a person, and that before the plain one.
    """
    if is_to_the_fen(case):
        return ALL_RIGHT
    kindest = _reckoned(case, 0)
    for unheard in sums_of_unanswered_wishes(case):
        reading = _reckoned(case, unheard)
        if reading.is_right:
            return reading
        if reading.explained and not kindest.explained:
            kindest = reading
    return kindest


def _reckoned(case: Case, unheard: int) -> Reckoning:
    found = {currency: minor for currency, minor in case.kept.items() if minor}
    own = found.pop(case.amount.currency, 0) - to_keep(case, unheard)
    if own:
        found[case.amount.currency] = own
    explained = all(minor > 0 for minor in found.values()) and all(
        is_explained(case, trade, unheard) for trade in case.trades.values()
    )
    return Reckoning(found, unheard, explained)


def sums_of_unanswered_wishes(case: Case) -> list[int]:
    """What the wishes without an answer add up to, by every reading of which of them were granted."""
    sums = [0]
    for request_id, wished in case.wishes.items():
        if request_id not in case.granted:
            sums += [known + wished for known in sums]
    return sums if case.standing is Standing.PAID else [0]


def is_to_the_fen(case: Case) -> bool:
    """Whether the money is plainly right: the quick answer to most calls of `reckon`."""
    kept = case.kept
    return len(kept) <= 1 and kept.get(case.amount.currency, 0) == to_keep(case)


def surplus(case: Case, trade: Trade, granted_unheard: int = 0) -> int:
    """What is held of one trade beyond what may be kept of it."""
    held = trade.captured - trade.returned
    return held - to_keep(case, granted_unheard) if trade is case.winning_trade() else held


def is_explained(case: Case, trade: Trade, granted_unheard: int = 0) -> bool:
    """Whether a surplus is shown as NEEDS_PERSON to the fen, or the desk itself still works on the refund."""
    extra = surplus(case, trade, granted_unheard)
    return extra == 0 or (
        extra > 0 and (trade.is_processing or case.with_a_person(trade.out_trade_no) == extra)
    )


def no_stranded_money(case: Case, scene: Scene) -> Broken | None:
    """S4, the headline, protects the customer's money: at rest the channels hold the price, and no more."""
    reckoning = reckon(case)
    if reckoning.is_right:
        return None
    wrong = reckoning.differences
    sums = [Money(minor, currency).display for currency, minor in sorted(case.kept.items())]
    held = " + ".join(sums) or "nothing"
    keep = to_keep(case, reckoning.granted_unheard)
    own = f"{case.money(keep).display} is the merchant's to keep"
    if keep < 0:
        own = f"{case.money(-keep).display} more than its price has been granted to the customer"
    standing = case.standing.value if case.standing is not None else "not known to the merchant"
    currency, minor = max(wrong.items(), key=lambda item: (abs(item[1]), item[0]))
    off = Money(abs(minor), currency)
    tail = f"{off.display} of the customer's money is stranded" if minor > 0 else f"{off.display} is missing"
    if reckoning.explained:
        tail = f"{off.display} has yet to go back: a person has to see to it, or the channel is still at work"
    return Broken(
        f"Order {case.order_id} is {standing}: the channels hold {held} of it, and {own}. {tail}.",
        off,
        _money_entries(case),
        sure=not reckoning.explained,
    )


def _money_entries(case: Case) -> tuple[int, ...]:
    entries = [case.entry]
    for trade in case.trades.values():
        entries += [entry for capture in trade.captures.values() for entry in capture.entries]
        if trade.returned_entry is not None:
            entries.append(trade.returned_entry)
        entries += [refund.last_entry for refund in trade.refunds.values() if refund.is_stuck]
    if case.final_entry is not None:
        entries.append(case.final_entry)
    return (*entries, *case.wish_entries)


def no_over_refund_request(trade: Trade, request: AskRefund, meaning: Meaning, at: int) -> Broken | None:
    """S7 protects the merchant's account: asking for more than is left is wrong even if the channel says no.

    What others have returned does not count here: C4 tells from when on the merchant has to know of it.
    """
    if meaning is not Meaning.OVER_BUDGET:
        return None
    number = meant(trade, request.channel_number)
    own = trade.asked(request.out_refund_no, number) + request.amount.minor
    if own <= trade.budget(number):
        return None
    return Broken(
        f"{request.amount.display} of {trade.channel} trade {trade.out_trade_no} was asked back as "
        f"{request.out_refund_no}, but {_left(trade, request).display} of "
        f"{_sum(trade, trade.budget(number)).display} was left.",
        request.amount,
        _refund_entries(trade),
    )


def _left(trade: Trade, request: AskRefund) -> Money:
    number = meant(trade, request.channel_number)
    left = trade.budget(number) - trade.asked(request.out_refund_no, number)
    left -= foreign(trade, number) if number is not None else 0
    return Money(max(left, 0), request.amount.currency)


def no_over_refund_return(case: Case, trade: Trade, movement: Movement) -> Broken | None:
    """S7 by the ledger: no payment gives back more than it took, by whatever route."""
    capture = trade.captures.get(movement.channel_number)
    returned, captured = trade.returned, trade.captured
    if capture is not None and capture.held < 0:
        returned, captured = capture.returned, capture.amount.minor
    if returned <= captured:
        return None
    return Broken(
        f"{_sum(trade, returned).display} was returned of {trade.channel} trade {trade.out_trade_no}, "
        f"which captured {_sum(trade, captured).display}.",
        Money(returned - captured, movement.amount.currency),
        (*(capture.entry for capture in trade.captures.values()), *_refund_entries(trade)),
    )


def _sum(trade: Trade, minor: int) -> Money:
    for capture in trade.captures.values():
        return Money(minor, capture.amount.currency)
    return Money(minor, trade.case.amount.currency if trade.case is not None else "CNY")


def _refund_entries(trade: Trade) -> tuple[int, ...]:
    return tuple(refund.entry for refund in trade.refunds.values() if refund.entry >= 0)


def books_balance(channel: str, ledger: Ledger, trades: Mapping[tuple[str, str], Trade]) -> Broken | None:
    """S18 protects the user from us: money at a desk is moved and never made, and the oracle saw all of it.

    This is also the slow second judge: it adds the ledger up again and compares with the sums kept on the
    way.
    """
    if ledger.total != 0:
        return Broken(
            f"The accounts of the {channel} desk add up to {ledger.total} and not to 0: a bug in paytwice."
        )
    own = [trade for (name, _), trade in trades.items() if name == channel]
    coupons = sum(one.coupon - one.coupon_returned for trade in own for one in trade.captures.values())
    if coupons != ledger.total_coupons_kept:
        return Broken(
            f"Marketing has given {ledger.total_coupons_kept} at {channel} by its account, and {coupons} by "
            "the payments that coupons helped: a bug in paytwice."
        )
    again = recount(ledger.movements)
    seen = {no: (trade.captured, trade.returned) for (name, no), trade in trades.items() if name == channel}
    for number in sorted({**again, **seen}):
        told, kept = again.get(number, (0, 0)), seen.get(number, (0, 0))
        if told != kept:
            return Broken(
                f"The {channel} ledger says that trade {number} captured {told[0]} and returned {told[1]}, "
                f"the oracle was told {kept[0]} and {kept[1]}: a bug in paytwice."
            )
    return None


def recount(movements: Iterable[Movement]) -> dict[str, tuple[int, int]]:
    """Add up what every out_trade_no captured and returned, from the movements alone."""
    found: dict[str, tuple[int, int]] = {}
    for movement in movements:
        captured, returned = found.get(movement.out_trade_no, (0, 0))
        if movement.kind is MovementKind.CAPTURED:
            found[movement.out_trade_no] = (captured + movement.amount.minor, returned)
        elif movement.kind is MovementKind.RETURNED:
            found[movement.out_trade_no] = (captured, returned + movement.amount.minor)
    return found
