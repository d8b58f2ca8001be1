"""How the tests of the wire drive UnionPay's: a desk, the gateway in front of it, and a merchant's client."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from paytwice.calendar import HOUR, Calendar
from paytwice.channels import (
    UNIONPAY,
    Answer,
    AskRefund,
    ChannelProfile,
    Circumstances,
    CreateTrade,
    Credential,
    Desk,
    Notification,
    QueryRefund,
    Request,
)
from paytwice.channels.circumstances import CALM
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.keyring import Keyring
from paytwice.wire.moments import Stamp, Stamps
from paytwice.wire.unionpay.account import UnionpayKeys, unionpay_keys
from paytwice.wire.unionpay.calls import Call, Form
from paytwice.wire.unionpay.channel import UnionpayChannel
from paytwice.wire.unionpay.merchant import Known, UnionpayMerchant
from paytwice.wire.unionpay.parameters import plain_of
from paytwice_core import Money

CALENDAR = Calendar()
NO, REFUND_NO = "P1-1", "P1-1-R1"
PRICE = Money(9_900, "CNY")


@cache
def keys_at_unionpay() -> UnionpayKeys:
    """Keys for as long as the tests run: making one takes longer than most of them."""
    with TemporaryDirectory() as folder:
        return unionpay_keys(Keyring(Path(folder)))


@attrs.define
class Gateway:
    """One merchant and one desk of UnionPay's that talk in HTTP; the merchant remembers its txnTimes."""

    profile: ChannelProfile = UNIONPAY
    now: int = 0
    desk: Desk = attrs.field(init=False)
    channel: UnionpayChannel = attrs.field(init=False)
    merchant: UnionpayMerchant = attrs.field(init=False)
    sent_at: dict[str, int] = attrs.Factory(dict)
    _stamps: Stamps = attrs.Factory(lambda: Stamps("test"))

    def __attrs_post_init__(self) -> None:
        self.channel = UnionpayChannel.opened(keys_at_unionpay().account, CALENDAR, self.profile)
        self.desk = self.channel.desk
        self.merchant = UnionpayMerchant(keys_at_unionpay(), CALENDAR, self.profile)

    def stamp(self) -> Stamp:
        return self._stamps.next(self.now)

    def known(self, request: Request, *, void: bool = False) -> Known:
        """What the merchant knows of a request: when its number was first sent, and its order's."""
        returns = isinstance(request, AskRefund | QueryRefund)
        no = getattr(request, "out_refund_no" if returns else "out_trade_no", "")
        sent_at = self.sent_at.setdefault(no, self.now)
        return Known(sent_at, self.sent_at.get(getattr(request, "out_trade_no", ""), 0), void)

    def written(self, request: Request, known: Known | None = None) -> HttpRequest:
        return self.merchant.request(request, self.stamp(), known or self.known(request))

    def heard(self, request: HttpRequest) -> Call | Form | HttpResponse:
        return self.channel.receive(request, self.stamp())

    def exchanged(self, request: HttpRequest, circumstances: Circumstances = CALM) -> HttpResponse:
        call = self.heard(request)
        if isinstance(call, HttpResponse):
            return call
        assert isinstance(call, Call), call
        answer = self.desk.handle(call.request, self.now, circumstances).said_at(self.now)
        return self.channel.answer(call, answer, self.stamp())

    def asked(
        self, request: Request, known: Known | None = None, circumstances: Circumstances = CALM
    ) -> Answer:
        """What the merchant understands when it asks for something over the wire."""
        response = self.exchanged(self.written(request, known), circumstances)
        answer = self.merchant.answer(request, response, self.now)
        assert isinstance(answer, Answer), answer
        return answer

    def opened(self, no: str = NO, amount: Money = PRICE, known: Known | None = None) -> Credential:
        """What the customer's browser has brought to the gateway."""
        form = self.heard(self.written(CreateTrade(no, amount, self.now // 1_000 * 1_000 + HOUR), known))
        assert isinstance(form, Form), form
        return form.credential

    def paid(self, no: str = NO, known: Known | None = None) -> Gateway:
        assert self.desk.pay(self.opened(no, known=known), self.now).accepted
        return self

    def posts(self) -> list[tuple[Notification, HttpRequest]]:
        """What the desk sends by now, as it was meant and as it is on the wire."""
        return [(one, self.channel.notify(one, self.stamp())) for one in self.desk.act(self.now)]

    def hears(self, request: HttpRequest) -> Notification | NotAuthentic:
        return self.merchant.hear(request, self.now)


def fields_of(response: HttpResponse) -> dict[str, str]:
    """The fields of an answer of the gateway."""
    fields = plain_of(response.body)
    assert fields is not None, response.body
    return fields
