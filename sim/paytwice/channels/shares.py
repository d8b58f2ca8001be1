"""How coupon and fee are shared out when a payment goes back in parts, to the minor unit.

Each part takes what its proportion says, rounded, and the last part takes the rest. So the shares of the
parts sum to the whole however they were rounded, and no share is ever more than is left.

That a coupon goes back by proportion is WeChat's rule ([O] doc/v3: payer_refund is refund × payer_total /
total, `discount_refund` the remainder); for the other channels it is our assumption.
"""

from __future__ import annotations

from typing import Final, NamedTuple

MILLION: Final = 1_000_000


class Held(NamedTuple):
    """What a channel holds of a payment, or what of it is promised away, in minor units.

    `coupon` is the part of `amount` that a coupon paid, `fee` what the channel took of the merchant for it.
    """

    amount: int = 0
    coupon: int = 0
    fee: int = 0

    def plus(self, other: Held) -> Held:
        """Both together."""
        return Held(self.amount + other.amount, self.coupon + other.coupon, self.fee + other.fee)

    def less(self, other: Held) -> Held:
        """What is left without the other."""
        return Held(self.amount - other.amount, self.coupon - other.coupon, self.fee - other.fee)


NOTHING: Final = Held()


def rounded(minor: int, numerator: int, denominator: int) -> int:
    """A proportion of a sum, in minor units, half a unit rounded up."""
    return (2 * minor * numerator + denominator) // (2 * denominator)


def fee_on(minor: int, rate: int) -> int:
    """The fee on a payment, at a rate per million."""
    return rounded(minor, rate, MILLION)


def share(minor: int, whole: Held, left: Held) -> Held:
    """What goes with a refund of `minor` out of a payment of which `left` is not promised away yet."""
    if minor >= left.amount:
        return left
    cash = rounded(minor, whole.amount - whole.coupon, whole.amount)
    cash = min(max(cash, minor - left.coupon), left.amount - left.coupon)
    return Held(minor, minor - cash, min(rounded(minor, whole.fee, whole.amount), left.fee))
