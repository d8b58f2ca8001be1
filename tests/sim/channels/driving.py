"""How the tests of the desks drive one: a desk, a customer and a clock that is an int."""

from __future__ import annotations

from paytwice.calendar import HOUR, Calendar
from paytwice.channels import (
    CALM,
    Ack,
    Answer,
    AskRefund,
    ChannelProfile,
    Circumstances,
    CloseTrade,
    CreateTrade,
    Creation,
    Credential,
    Desk,
    Notification,
    QueryRefund,
    QueryTrade,
)
from paytwice_core import Money

PRICE = 9_900
EXPIRES_AT = HOUR


def yuan(minor: int) -> Money:
    return Money(minor, "CNY")


def new_desk(profile: ChannelProfile, *, balance: int | None = None) -> Desk:
    return Desk(profile, calendar=Calendar(), balance=balance)


def creation(no: str = "T1", minor: int = PRICE, expires_at: int = EXPIRES_AT) -> CreateTrade:
    return CreateTrade(no, yuan(minor), expires_at)


def credential(desk: Desk, no: str = "T1", now: int = 0, *, expires_at: int = EXPIRES_AT) -> Credential:
    """What the customer holds, wherever that channel takes it from."""
    request = creation(no, expires_at=expires_at)
    if desk.profile.creation is Creation.FORM:
        return desk.profile.credential(request, now)
    answer = desk.handle(request, now)
    assert answer.credential is not None, answer
    return answer.credential


def paid(profile: ChannelProfile, no: str = "T1", *, at: int = 0, balance: int | None = None) -> Desk:
    """A desk with one paid trade, whose notification is acked."""
    desk = new_desk(profile, balance=balance)
    assert desk.pay(credential(desk, no, at, expires_at=at + HOUR), at).accepted
    ack_all(desk, at)
    return desk


def ack_all(desk: Desk, now: int) -> list[Notification]:
    """Let the desk act once, and ack whatever it sends."""
    sends = list(desk.act(now))
    for sent in sends:
        assert desk.answered(sent.id, sent.send, Ack.positive(), now)
    return sends


def run_out(desk: Desk, ack: Ack | None = None) -> list[tuple[int, Notification]]:
    """Let the desk act until it wants nothing more, answering every send alike."""
    heard: list[tuple[int, Notification]] = []
    while (now := desk.due()) is not None:
        for sent in desk.act(now):
            heard.append((now, sent))
            desk.answered(sent.id, sent.send, ack, now)
    return heard


def query(desk: Desk, now: int, no: str = "T1", circumstances: Circumstances = CALM) -> Answer:
    return desk.handle(QueryTrade(no), now, circumstances)


def close(desk: Desk, now: int, no: str = "T1", circumstances: Circumstances = CALM) -> Answer:
    return desk.handle(CloseTrade(no), now, circumstances)


def refund(
    desk: Desk,
    now: int,
    minor: int = PRICE,
    number: str = "R1",
    *,
    no: str = "T1",
    channel_number: str | None = None,
    circumstances: Circumstances = CALM,
) -> Answer:
    return desk.handle(AskRefund(no, number, yuan(minor), channel_number), now, circumstances)


def query_refund(desk: Desk, now: int, number: str = "R1", circumstances: Circumstances = CALM) -> Answer:
    return desk.handle(QueryRefund("T1", number), now, circumstances)
