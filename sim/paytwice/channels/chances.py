"""What chance does at a channel: errors, stale answers, the ends of refunds, people at the console.

A value is text, as it stands in a replay file: `ABNORMAL 3600000` is an outcome and its milliseconds,
`40 600000` a share in percent and the milliseconds after which somebody presses the button.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from paytwice.calendar import DAY
from paytwice.channels.circumstances import Mishap, RefundFate
from paytwice.channels.ledger import Movement
from paytwice.channels.messages import RefundStatus
from paytwice.channels.requests import AskRefund, Request
from paytwice.choices import Bits, Fits, Value, reads
from paytwice.faults import FaultProfile
from paytwice_core import Money

PARTS = (100, 100, 40)  # percent: people send back all more often than a part
ends: Final = reads(re.compile("(SUCCESS|CLOSED|ABNORMAL) [0-9]+"))  # whether a refund can end so
_of_call: Final = reads(re.compile("BEFORE|AFTER|BUSY"))
_of_refund: Final = reads(re.compile("BEFORE|AFTER|BUSY|SHORT"))
is_by_hand: Final = reads(re.compile("(100|[0-9]{1,2}) [0-9]+"))


def mishap(faults: FaultProfile, bits: Bits) -> Value:
    """How a call goes wrong inside the channel."""
    chance = bits.below(1_000_000)
    for found, rate in (
        (Mishap.BEFORE, faults.error_before),
        (Mishap.AFTER, faults.error_after),
        (Mishap.BUSY, faults.busy),
    ):
        if chance < rate:
            return found.value
        chance -= rate
    return Mishap.NONE.value


def mishap_of_refund(faults: FaultProfile, bits: Bits) -> Value:
    """How a refund's call goes wrong: the merchant's account may also be short of money just now."""
    return Mishap.SHORT.value if bits.happens(faults.short) else mishap(faults, bits)


def mishaps(request: Request) -> tuple[Callable[[FaultProfile, Bits], Value], Fits]:
    """What draws the mishap of a request, and whether one can be its."""
    return (mishap_of_refund, _of_refund) if isinstance(request, AskRefund) else (mishap, _of_call)


def lag(faults: FaultProfile, most: int, bits: Bits) -> Value:
    """How many milliseconds old the answer to a query is."""
    return bits.between(0, most) if bits.happens(faults.stale) else 0


def refund_end(faults: FaultProfile, bits: Bits) -> Value:
    """How an accepted refund ends, where not as usual."""
    if bits.happens(faults.refund_closed):
        return f"CLOSED {bits.between(0, 8 * DAY)}"
    if bits.happens(faults.refund_abnormal):
        return f"ABNORMAL {bits.between(0, DAY)}"
    if bits.happens(faults.refund_slow):
        return f"SUCCESS {bits.between(0, 3 * DAY)}"
    return None


def route_end(faults: FaultProfile, bits: Bits) -> Value:
    """How an abnormal refund ends that goes another way: it fails once more, or as usual."""
    return f"ABNORMAL {bits.between(0, DAY)}" if bits.happens(faults.route_fails) else None


def refund_fate(value: Value) -> RefundFate:
    """Read what was drawn for a refund."""
    if not isinstance(value, str):
        return RefundFate()
    outcome, _, ms = value.partition(" ")
    return RefundFate(RefundStatus(outcome), int(ms))


def console_refund(faults: FaultProfile, bits: Bits) -> Value:
    """Whether somebody sends a payment back by hand, how much of it, and when."""
    if not bits.happens(faults.console_refund):
        return None
    return f"{PARTS[bits.between(0, len(PARTS) - 1)]} {faults.console_delay.sample(bits)}"


def by_hand(value: Value, movement: Movement) -> tuple[int, AskRefund] | None:
    """Read what was drawn for a payment: after how many milliseconds, and what."""
    if not isinstance(value, str):
        return None
    percent, _, ms = value.partition(" ")
    amount = Money(max(1, movement.amount.minor * int(percent) // 100), movement.amount.currency)
    return int(ms), AskRefund(movement.out_trade_no, f"console-{movement.out_trade_no}", amount)
