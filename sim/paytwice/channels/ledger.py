"""The truth about money at one channel: an append-only list of movements and the sums that follow from it.

Every movement takes from one account and gives to another, so the sum of all accounts never changes (S18).
`captured` and `returned` are the *order total*, which is what the merchant sold for. Where a coupon paid a
part of it, that part came from MARKETING and goes back there; `coupon_captured` and `coupon_returned` tell it
apart from the payer's cash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import attrs

from paytwice.vocabulary import Word
from paytwice_core import Money


class Account(Word):
    """Who has the money."""

    CUSTOMER = "CUSTOMER"
    MERCHANT = "MERCHANT"
    IN_TRANSIT = "IN_TRANSIT"  # of what is to go back and has not arrived
    FEES = "FEES"
    MARKETING = "MARKETING"
    MERCHANT_CARD = "MERCHANT_CARD"  # the merchant's own bank card, outside its account at the channel


class MovementKind(Word):
    """What a movement of money is."""

    CAPTURED = "CAPTURED"  # a payment succeeded
    FEE = "FEE"  # the channel's fee on what the merchant has
    FEE_RETURNED = "FEE_RETURNED"  # the fee on what a refund takes away again
    SET_ASIDE = "SET_ASIDE"  # a refund was accepted
    RETURNED = "RETURNED"  # a refund reached the customer
    RELEASED = "RELEASED"  # a refund was closed: the merchant has its money again
    TO_MERCHANT_CARD = "TO_MERCHANT_CARD"  # an abnormal refund ended on the merchant's own card
    TOOK_LATE = "TOOK_LATE"  # a bank paid after the expiry: never the merchant's money
    GAVE_BACK = "GAVE_BACK"  # the channel returned by itself what it took late


MOVES: Final[Mapping[MovementKind, tuple[Account, Account]]] = {
    MovementKind.CAPTURED: (Account.CUSTOMER, Account.MERCHANT),
    MovementKind.FEE: (Account.MERCHANT, Account.FEES),
    MovementKind.FEE_RETURNED: (Account.FEES, Account.MERCHANT),
    MovementKind.SET_ASIDE: (Account.MERCHANT, Account.IN_TRANSIT),
    MovementKind.RETURNED: (Account.IN_TRANSIT, Account.CUSTOMER),
    MovementKind.RELEASED: (Account.IN_TRANSIT, Account.MERCHANT),
    MovementKind.TO_MERCHANT_CARD: (Account.IN_TRANSIT, Account.MERCHANT_CARD),
    MovementKind.TOOK_LATE: (Account.CUSTOMER, Account.IN_TRANSIT),
    MovementKind.GAVE_BACK: (Account.IN_TRANSIT, Account.CUSTOMER),
}


class Movement(NamedTuple):
    """Money that moved, once and for all; `at` never decreases along the ledger.

    `coupon` is the part of `amount`, in minor units, that a coupon stands for and not the customer's cash.
    """

    at: int
    kind: MovementKind
    out_trade_no: str
    channel_number: str
    amount: Money
    out_refund_no: str | None = None
    coupon: int = 0


def _no_money() -> dict[Account, int]:
    return dict.fromkeys(Account, 0)


@attrs.define(kw_only=True)
class Ledger:
    """Answers questions about money from sums kept as it moves; all figures are minor units of `currency`."""

    currency: str = "CNY"
    movements: list[Movement] = attrs.Factory(list)
    accounts: dict[Account, int] = attrs.Factory(_no_money)
    _captured: dict[str, int] = attrs.Factory(dict)
    _returned: dict[str, int] = attrs.Factory(dict)
    _captured_as: dict[tuple[str, str], int] = attrs.Factory(dict)  # the same by channel number too
    _returned_as: dict[tuple[str, str], int] = attrs.Factory(dict)
    _coupon_captured: dict[str, int] = attrs.Factory(dict)
    _coupon_returned: dict[str, int] = attrs.Factory(dict)
    total_captured: int = 0
    total_returned: int = 0

    def record(self, movement: Movement) -> None:
        """Move the money and write it down."""
        giver, taker = MOVES[movement.kind]
        minor = movement.amount.minor
        self.accounts[giver] -= minor
        self.accounts[taker] += minor
        if movement.coupon:
            self._by_coupon(movement)
        self.movements.append(movement)
        if movement.kind is MovementKind.CAPTURED:
            _add(self._captured, self._captured_as, movement, minor)
            self.total_captured += minor
        elif movement.kind is MovementKind.RETURNED:
            _add(self._returned, self._returned_as, movement, minor)
            self.total_returned += minor

    def _by_coupon(self, movement: Movement) -> None:
        """Let marketing give or take the coupon's part, in the customer's place."""
        no, coupon = movement.out_trade_no, movement.coupon
        if movement.kind is MovementKind.CAPTURED:
            self._coupon_captured[no] = self.coupon_captured(no) + coupon
        elif movement.kind is MovementKind.RETURNED:
            self._coupon_returned[no] = self.coupon_returned(no) + coupon
            coupon = -coupon
        else:
            return  # the merchant has the whole, coupon or not
        self.accounts[Account.CUSTOMER] += coupon
        self.accounts[Account.MARKETING] -= coupon

    def captured(self, out_trade_no: str, channel_number: str | None = None) -> int:
        """What was paid under this number, in cash and by coupon: in all, or with one of its payments."""
        if channel_number is not None:
            return self._captured_as.get((out_trade_no, channel_number), 0)
        return self._captured.get(out_trade_no, 0)

    def returned(self, out_trade_no: str, channel_number: str | None = None) -> int:
        """What went back under this number, to cash and coupon: in all, or of one of its payments."""
        if channel_number is not None:
            return self._returned_as.get((out_trade_no, channel_number), 0)
        return self._returned.get(out_trade_no, 0)

    def kept(self, out_trade_no: str, channel_number: str | None = None) -> int:
        """What was paid under this number and did not go back."""
        return self.captured(out_trade_no, channel_number) - self.returned(out_trade_no, channel_number)

    def coupon_captured(self, out_trade_no: str) -> int:
        """What of `captured` a coupon paid; the rest is the payer's cash."""
        return self._coupon_captured.get(out_trade_no, 0)

    def coupon_returned(self, out_trade_no: str) -> int:
        """What of `returned` went back to the coupon; the rest is cash in the customer's hand."""
        return self._coupon_returned.get(out_trade_no, 0)

    @property
    def total_kept(self) -> int:
        """What was paid and did not go back, in cash and by coupon."""
        return self.total_captured - self.total_returned

    @property
    def total_coupons(self) -> tuple[int, int] | None:
        """What coupons paid, and what of that went back to them; None where there were none."""
        if not self._coupon_captured:
            return None
        return sum(self._coupon_captured.values()), sum(self._coupon_returned.values())

    @property
    def total_coupons_kept(self) -> int:
        """What coupons paid and did not get back: marketing's own account."""
        return -self.accounts[Account.MARKETING]

    @property
    def total_cash_kept(self) -> int:
        """What customers paid out of their own pockets and did not get back."""
        return self.total_kept - self.total_coupons_kept

    @property
    def total(self) -> int:
        """The sum of all accounts, which no movement may change: it is 0 for ever."""
        return sum(self.accounts.values())


def _add(
    by_trade: dict[str, int], by_payment: dict[tuple[str, str], int], movement: Movement, minor: int
) -> None:
    trade, payment = movement.out_trade_no, (movement.out_trade_no, movement.channel_number)
    by_trade[trade] = by_trade.get(trade, 0) + minor
    by_payment[payment] = by_payment.get(payment, 0) + minor
