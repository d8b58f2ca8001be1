"""What became of each order of a run, step by step: for situations that are sequences of events."""

from __future__ import annotations

from typing import NamedTuple

import attrs

from paytwice.journal import Journal, What


class Paid(NamedTuple):
    """A payment as its channel booked it; `entry` is the journal entry."""

    channel: str
    out_trade_no: str
    entry: int


@attrs.define(eq=False)
class History:
    """One order: its payments, when each was first told to the merchant, when the merchant said PAID."""

    payments: list[Paid] = attrs.field(factory=list)
    told: dict[str, int] = attrs.field(factory=dict)  # entries, by out_trade_no
    winner: str = ""  # a channel
    paid_entry: int | None = None
    wanted_back: list[int] = attrs.field(factory=list)  # entries

    def heard_late_of_another_channel(self) -> bool:
        """Say whether another channel captured before the order was paid, and told of it only afterwards."""
        return any(one.entry < paid < told for one, paid, told in self._others_that_told())

    def was_paid_by_another_channel_afterwards(self) -> bool:
        """Say whether another channel captured when the merchant already said PAID."""
        return self.paid_entry is not None and any(
            one.channel != self.winner and one.entry > self.paid_entry for one in self.payments
        )

    def was_paid_twice_at_a_channel(self) -> bool:
        """Say whether one channel booked two payments of it."""
        return len({one.channel for one in self.payments}) < len(self.payments)

    def was_paid_twice_under_one_number(self) -> bool:
        """Say whether a channel booked two payments of one of its trades."""
        return len({(one.channel, one.out_trade_no) for one in self.payments}) < len(self.payments)

    def was_wanted_back_in_between(self) -> bool:
        """Say whether the customer asked for money back while the merchant knew of one payment of two."""
        return any(
            paid < wish < told for _, paid, told in self._others_that_told() for wish in self.wanted_back
        )

    def _others_that_told(self) -> list[tuple[Paid, int, int]]:
        """The payments at other channels than the winner's, the entry of PAID, and that of the first news."""
        if self.paid_entry is None:
            return []
        others = [one for one in self.payments if one.channel != self.winner]
        return [
            (one, self.paid_entry, self.told[one.out_trade_no])
            for one in others
            if one.out_trade_no in self.told
        ]


def histories(journal: Journal) -> list[History]:
    """The histories of all orders, in the order in which they were placed."""
    found: dict[str, History] = {}
    of_trade: dict[str, History] = {}
    for entry, (_, _, what, who, whom, subject, key, _) in enumerate(journal.rows):
        match what:
            case What.DID if subject == "orders":
                found[key] = History()
            case What.DID if subject == "asks for money back":
                found[key].wanted_back.append(entry)
            case What.TOLD if subject == "credential":
                of_trade[whom] = found[key]
            case What.MONEY if subject == "CAPTURED" and key in of_trade:
                of_trade[key].payments.append(Paid(who, key, entry))
            case What.ARRIVED if subject == "payment.notify" and key in of_trade:
                of_trade[key].told.setdefault(key, entry)
            case What.VIEW if subject == "PAID" and key in found and found[key].paid_entry is None:
                found[key].paid_entry, found[key].winner = entry, whom.partition(" ")[0]
            case _:
                pass
    return [*found.values()]
