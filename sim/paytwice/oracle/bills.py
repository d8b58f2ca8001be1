"""Promises about the bills: every line is explained, and the fund bill adds up (L8, C5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from paytwice.channels.ledger import MOVES, Account, Ledger, Movement
from paytwice.channels.messages import RefundStatus
from paytwice.channels.statements import FundBill
from paytwice.merchant.port import RefundStanding
from paytwice.oracle.facts import Case, Trade
from paytwice.oracle.progress import shows_captures
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken, worst
from paytwice_core import Money

SETTLED: Final = (RefundStanding.DONE, RefundStanding.NEEDS_PERSON)
MILLION: Final = 1_000_000


def every_line_is_explained(case: Case, scene: Scene) -> Broken | None:
    """L8 protects the merchant's books: an hour after a bill, each line of it is in them, or with a person.

    A payment must be known by its number; a refund by its number or, if nobody here asked for it, by its sum.
    Promised is a difference of 0: a refund that the channel has closed stands in the bill of the day on which
    it was accepted, but has moved nothing, so a merchant may leave it out. One that does not show what it
    knows is not asked.
    """
    return worst(_unexplained(case, scene))


def _unexplained(case: Case, scene: Scene) -> Iterator[Broken]:
    for trade in case.trades.values():
        until = scene.billed_until(trade.channel)
        if shows_captures(case):
            for capture in trade.captures.values():
                if capture.at < until and capture.shown_at is None:
                    yield _line(case, trade, capture.amount, f"payment {capture.number}", capture.entry)
        if case.view is not None and case.view.refunds is not None:
            yield from _unexplained_refunds(case, trade, until, scene)


def _unexplained_refunds(case: Case, trade: Trade, until: int, scene: Scene) -> Iterator[Broken]:
    shown = {one.out_refund_no: one for one in case.refund_views() if one.out_trade_no == trade.out_trade_no}
    foreign = 0
    for refund in trade.refunds.values():
        if refund.known_at is None or refund.known_at >= until or refund.status is RefundStatus.CLOSED:
            continue
        if refund.asked_at is not None and refund.number not in shown:
            asked = case.money(refund.asked_minor)
            yield _line(case, trade, asked, f"refund {refund.number}", refund.entry)
        elif refund.asked_at is None and scene.is_long_ago(refund.returned_at):
            foreign += refund.returned
    own = [refund.number for refund in trade.refunds.values() if refund.asked_at is not None]
    known = sum(one.amount.minor for no, one in shown.items() if no not in own and one.standing in SETTLED)
    if foreign > known:
        yield _line(
            case, trade, case.money(foreign - known), "money returned by others", trade.returned_entry
        )


def _line(case: Case, trade: Trade, amount: Money, what: str, entry: int | None) -> Broken:
    return Broken(
        f"The bill of {trade.channel} has {amount.display} for trade {trade.out_trade_no} of order "
        f"{case.order_id} ({what}), an hour and more ago, and the merchant's view has nothing of it.",
        amount,
        (case.view_entry, -1 if entry is None else entry),
    )


# -- the fund bill ------------------------------------------------------------------------------------------


@attrs.define
class _Account:
    """What one trade did to the merchant's balance, in minor units."""

    captured: int = 0
    taken: int = 0  # refunds that were accepted and not released
    fees: int = 0
    full_fee: int = 0
    parts: int = 0

    def note(self, movement: Movement, rate: int) -> None:
        """Add a movement, by the accounts that it touches."""
        giver, taker = MOVES[movement.kind]
        minor = movement.amount.minor
        if Account.MERCHANT not in (giver, taker):
            return
        sign = 1 if giver is Account.MERCHANT else -1
        if Account.FEES in (giver, taker):
            self.fees += sign * minor
        elif Account.IN_TRANSIT in (giver, taker):
            self.taken += sign * minor
            self.parts += 1
        else:
            self.captured -= sign * minor
            self.full_fee += (2 * minor * rate + MILLION) // (2 * MILLION)

    @property
    def has_the_right_fee(self) -> bool:
        """Whether the fee is that of the rate, less what goes with the refunds: to the fen at either end."""
        if not self.captured:
            return True
        if self.taken in (0, self.captured):
            return self.fees == (0 if self.taken else self.full_fee)
        due = self.full_fee * (self.captured - self.taken)
        return abs(self.fees * self.captured - due) <= self.parts * self.captured


def fund_bill_adds_up(channel: str, ledger: Ledger, until: int, bill: FundBill, rate: int) -> Broken | None:
    """C5 protects the user from us: captures less returns less fees is what the fund bill closes with."""
    accounts = _accounts((one for one in ledger.movements if one.at < until), rate)
    balance = sum(one.captured - one.taken - one.fees for one in accounts.values())
    if balance != bill.closing.minor:
        return Broken(
            f"The fund bill of {channel} for {bill.day} closes with {bill.closing.display}, and captures "
            f"less returns less fees are {Money(balance, ledger.currency).display}: a bug in paytwice."
        )
    for no, one in accounts.items():
        if not one.has_the_right_fee:
            return Broken(
                f"The {channel} desk kept a fee of {Money(one.fees, ledger.currency).display} on trade "
                f"{no}, of {Money(one.captured, ledger.currency).display} less "
                f"{Money(one.taken, ledger.currency).display}: a bug in "
                "paytwice."
            )
    return None


def _accounts(movements: Iterable[Movement], rate: int) -> dict[str, _Account]:
    found: dict[str, _Account] = {}
    for movement in movements:
        found.setdefault(movement.out_trade_no, _Account()).note(movement, rate)
    return found
