"""Plain questions about refunds, asked of all that was seen.

A refund that names no payment of its trade is of the first one, as channels take it.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from tests.sim.oracle.history import History, Key, Seen

from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import Meaning, RefundRecord, RefundStatus
from paytwice.channels.requests import AskRefund
from paytwice.merchant.port import RefundStanding

# Answers after which the desk may still carry a refund out.
UNSURE: Final = ("OK", "SYSTEM_ERROR", "NO_ANSWER", "BUSY", "TOO_SOON", "NO_BALANCE")


def asks(h: History, key: Key, refund: str | None = None) -> list[tuple[AskRefund, Meaning, int]]:
    """The refund requests that reached a desk, with its answers and when.

    What the network makes of a call once it was refused is left out, unless something comes of it.
    """
    found: list[tuple[AskRefund, Meaning, int]] = []
    refused: dict[str, set[int]] = {}  # by refund number: when the calls of one that stands refused were sent
    sent: dict[str, set[int]] = {}
    for one in h.all("requested", channel=key[0]):
        request, meaning = one["request"], one["meaning"]
        if not isinstance(request, AskRefund) or request.out_trade_no != key[1]:
            continue
        number, at = request.out_refund_no, sent_at(one)
        if at in refused.get(number, ()) and meaning is not Meaning.OK:
            continue
        sent.setdefault(number, set()).add(at)
        refused[number] = set() if meaning.value in UNSURE else sent[number]
        if refund in (None, number):
            found.append((request, meaning, one.at))
    return found


def sent_at(asked: Seen) -> int:
    """When a request was sent, by its signature."""
    at: int = asked["sent_at"]
    return at if at >= 0 else asked.at


def asked_numbers(h: History, key: Key) -> list[str]:
    """The refund numbers that this merchant asked for."""
    return list(dict.fromkeys(request.out_refund_no for request, _, _ in asks(h, key)))


def records(h: History, key: Key, refund: str | None = None) -> list[tuple[RefundRecord, int]]:
    """What the desk said of a refund, one state after the other."""
    return [
        (one["record"], one.at)
        for one in h.all("refund_changed", channel=key[0])
        if one["record"].out_trade_no == key[1] and refund in (None, one["record"].out_refund_no)
    ]


def refund_numbers(h: History, key: Key) -> list[str]:
    """All refund numbers that a desk knows, whoever asked for them."""
    changed = [record.out_refund_no for record, _ in records(h, key)]
    moved = [one.out_refund_no or "" for one, _ in h.moves(key, MovementKind.RETURNED)]
    return list(dict.fromkeys([*asked_numbers(h, key), *changed, *moved]))


def foreign_numbers(h: History, key: Key) -> list[str]:
    """The refund numbers of the console, and of the channel itself."""
    own = asked_numbers(h, key)
    return [number for number in refund_numbers(h, key) if number not in own]


def status(h: History, key: Key, refund: str) -> RefundStatus | None:
    """What the desk last said of a refund."""
    found = records(h, key, refund)
    if found:
        return found[-1][0].state
    return RefundStatus.SUCCESS if h.returned(key, refund=refund) else None


def is_stuck(h: History, key: Key, refund: str) -> bool:
    """Whether it can reach the customer by no way that the channel tries: ABNORMAL, or on another card."""
    last = [record for record, _ in records(h, key, refund)][-1:]
    return any(record.state is RefundStatus.ABNORMAL or record.to_merchant_card for record in last)


def is_processing(h: History, key: Key, of: str | None = None) -> bool:
    """Whether the desk is at work on a refund of the trade, or of one payment of it."""
    return any(
        status(h, key, number) is RefundStatus.PROCESSING
        for number in refund_numbers(h, key)
        if of in (None, payment_of(h, key, number))
    )


def is_alive(h: History, key: Key, refund: str) -> bool:
    """Whether a refund number was asked for, and has moved money or still may."""
    asked, state = asks(h, key, refund), status(h, key, refund)
    if not asked or state is RefundStatus.CLOSED:
        return False
    accepted = any(meaning is Meaning.OK for _, meaning, _ in asked)
    return accepted or state is not None or asked[-1][1].value in UNSURE


def meant(h: History, key: Key, named: str | None) -> str | None:
    """The payment that is meant: the named one, else the first."""
    return next((one.channel_number for one, _ in h.captures(key)), None) if named is None else named


def payment_of(h: History, key: Key, refund: str) -> str | None:
    """The payment that a refund is of: as it was asked for, else as its money moved."""
    for request, _, _ in asks(h, key, refund):
        return meant(h, key, request.channel_number)
    moved = [one for one, _ in h.moves(key, MovementKind.RETURNED) if (one.out_refund_no or "") == refund]
    return meant(h, key, moved[0].channel_number if moved else None)


def foreign(h: History, key: Key, of: str) -> int:
    """What of a payment went back without this merchant asking."""
    return sum(
        h.returned(key, refund=number)
        for number in foreign_numbers(h, key)
        if payment_of(h, key, number) == of
    )


def asked_back(h: History, key: Key, but: str, of: str | None = None) -> int:
    """The sum of all living refunds of a trade, or of one payment of it, save one number."""
    return sum(
        asks(h, key, number)[0][0].amount.minor
        for number in asked_numbers(h, key)
        if number != but and is_alive(h, key, number) and of in (None, payment_of(h, key, number))
    )


def with_a_person(
    h: History, order: str, key: Key, of: str | None = None, *, but: Container[str] = ()
) -> int:
    """What the merchant shows as waiting for a person, of a trade or of one payment of it."""
    numbers = [one.channel_number for one, _ in h.captures(key)]
    return sum(
        one.amount.minor
        for one in h.refunds(order)
        if one.standing is RefundStanding.NEEDS_PERSON
        and one.out_trade_no == key[1]
        and one.out_refund_no not in but
        and (of is None or one.number not in numbers or one.number == of)
    )


def shown_as(h: History, order: str, key: Key, refund: str) -> RefundStanding | None:
    """What the merchant shows a refund as."""
    return next(
        (
            one.standing
            for one in h.refunds(order)
            if (one.out_trade_no, one.out_refund_no) == (key[1], refund)
        ),
        None,
    )
