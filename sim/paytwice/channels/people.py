"""What people do at a channel by chance: coupons, edited prices, codes paid twice, refunds by hand."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from paytwice.channels import chances
from paytwice.channels.ledger import Movement
from paytwice.channels.messages import Credential, TradeState
from paytwice.channels.requests import AskRefund
from paytwice.choices import Bits, Fits, Value, is_from, reads
from paytwice_core import Money

if TYPE_CHECKING:
    from paytwice.channels.actor import ChannelActor

EDITED: Final = "edited to "
LATER: Final = re.compile("([0-9]+) ms later")
_is_later: Final[Fits] = reads(LATER)


def given_coupon(actor: ChannelActor, credential: Credential) -> Money | None:
    """A discount that the channel's cashier grants by itself, in the runs that have such luck."""
    if actor.choices.calm or not actor.faults.coupon:
        return None

    def luck(bits: Bits) -> Value:
        return bits.between(1, credential.amount.minor) if bits.happens(actor.faults.coupon) else 0

    place = f"{actor.name} Pay {credential.out_trade_no} coupon"
    worth = actor.choices.draw(place, 0, luck, is_from(0, credential.amount.minor))
    return Money(worth, credential.amount.currency) if isinstance(worth, int) and worth > 0 else None


def edit_price(actor: ChannelActor, credential: Credential) -> None:
    """Somebody may have edited what the customer is about to pay, under the code that the customer holds."""
    if actor.choices.calm or not actor.faults.price:
        return
    asked = credential.amount.minor

    def edit(bits: Bits) -> Value:
        if not bits.happens(actor.faults.price):
            return None
        return f"{EDITED}{(max(1, asked // 10), max(1, asked - 1), asked + 1, 2 * asked)[bits.below(4)]}"

    def fits(value: Value) -> bool:
        minor = value.removeprefix(EDITED) if isinstance(value, str) else ""
        return minor.isdecimal() and len(minor) <= len(str(2 * asked)) and 0 < int(minor) <= 2 * asked

    drawn = actor.choices.draw(f"{actor.name} Pay {credential.out_trade_no} price", None, edit, fits)
    if not isinstance(drawn, str):
        return
    minor = int(drawn.removeprefix(EDITED))
    actor.desk.open(
        credential, actor.kernel.now
    )  # where the trade comes to be by the customer's looking at it
    trade = actor.desk.trades.get(credential.out_trade_no)
    if trade is not None and trade.state is TradeState.UNPAID:
        actor.edit_price(credential.out_trade_no, Money(minor, credential.amount.currency))


def book_again(actor: ChannelActor, out_trade_no: str) -> None:
    """A payment may be booked once more: two people scan one code, or a bank is asked a second time."""
    after = _booked_after(actor, f"{actor.name} Pay {out_trade_no} again")
    if after is not None:
        actor.desk.will_book_again(out_trade_no, actor.kernel.now + after)


def _booked_after(actor: ChannelActor, place: str) -> int | None:
    """How many milliseconds later: as a story has arranged it, or by chance."""
    if actor.arranged.second_bookings:
        return actor.arranged.second_bookings.popleft()
    faults = actor.faults
    if actor.choices.calm or not faults.twice:
        return None

    def luck(bits: Bits) -> Value:
        return f"{faults.twice_after.sample(bits)} ms later" if bits.happens(faults.twice) else None

    drawn = actor.choices.draw(place, None, luck, _is_later)
    found = LATER.fullmatch(drawn) if isinstance(drawn, str) else None
    return None if found is None else int(found[1])


def tempt(actor: ChannelActor, movement: Movement) -> None:
    """Somebody may send a payment back by hand, as long as things go wrong at all."""
    if actor.choices.calm or not actor.faults.console_refund:
        return
    place = f"{actor.name} console {movement.out_trade_no}"
    drawn = actor.choices.draw(place, None, partial(chances.console_refund, actor.faults), chances.is_by_hand)
    plan = chances.by_hand(drawn, movement)
    if plan is not None:
        actor.kernel.call_at(actor.kernel.now + plan[0], place, partial(_by_hand, actor, plan[1]))


def _by_hand(actor: ChannelActor, request: AskRefund) -> None:
    if actor.faults.console_refund:  # else all is healed
        actor.at_the_console(request)
