"""Whole runs in which merchant and channels know of each other only what crosses the wire.

Each request becomes HTTP and is read from it again, and so do each answer, each bill and each notification.
What the wire does not tell, such as how much of a trade went back, the reference merchant has to find out.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest
from tests.sim.wire.wiring import keys_of_the_tests
from tests.sim.wire.wiring_alipay import keys_at_alipay

from paytwice.calendar import Calendar
from paytwice.channels import (
    CALM,
    Answer,
    ApplyAbnormalRefund,
    ChannelProfile,
    Circumstances,
    Desk,
    FetchBill,
    Notification,
    Outcome,
    Request,
)
from paytwice.story.plot import Plot
from paytwice.wire.alipay.calls import Call as AlipayCall
from paytwice.wire.alipay.channel import AlipayChannel
from paytwice.wire.alipay.hearing import bill_of as alipays_bill
from paytwice.wire.alipay.merchant import METHODS, AlipayMerchant
from paytwice.wire.doubts import NotAuthentic
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.moments import Stamps
from paytwice.wire.strict_json import parsed
from paytwice.wire.wechat.calls import Call as WechatCall
from paytwice.wire.wechat.channel import WechatChannel
from paytwice.wire.wechat.hearing import bill_of as wechats_bill
from paytwice.wire.wechat.merchant import Known, WechatMerchant
from paytwice_core import Money


class WechatWire:
    """Both ends of WeChat's wire."""

    def __init__(self, desk: WiredDesk, app_id: str, mch_id: str, calendar: Calendar) -> None:
        keys = keys_of_the_tests()
        account = attrs.evolve(keys.account, app_id=app_id, mch_id=mch_id)
        self.desk, self.calendar, self.stamps = desk, calendar, Stamps("wechat")
        self.channel = WechatChannel(account, desk, calendar)
        self.merchant = WechatMerchant(attrs.evolve(keys, account=account), calendar, desk.profile)

    def asked(self, request: Request, now: int, around: Circumstances) -> Answer | NotAuthentic:
        sent = self.merchant.request(request, self.stamps.next(now), self.known(request))
        response = self.exchanged(sent, now, around)
        answer = self.merchant.answer(request, response)
        if (
            not isinstance(request, FetchBill)
            or not isinstance(answer, Answer)
            or answer.outcome is not Outcome.DONE
        ):
            return answer
        file = self.merchant.download(parsed(response.body)["download_url"], self.stamps.next(now))
        content = self.exchanged(file, now, CALM).body
        return attrs.evolve(answer, bill=wechats_bill(request.day, content, self.calendar))

    def exchanged(self, sent: HttpRequest, now: int, around: Circumstances) -> HttpResponse:
        call = self.channel.receive(sent, self.stamps.next(now))
        assert isinstance(call, WechatCall), call
        said = self.desk.served(call.request, now, around)
        return self.channel.answer(call, said, self.stamps.next(now))

    def told(self, meant: Notification, now: int) -> Notification | NotAuthentic:
        heard = self.merchant.hear(self.channel.notify(meant, self.stamps.next(now)), now)
        if isinstance(heard, NotAuthentic) or heard.app_id:
            return heard
        return attrs.evolve(heard, app_id=meant.app_id)  # a refund's notice names no app

    def known(self, request: Request) -> Known:
        """What a merchant remembers of its own orders and refunds."""
        trade = self.desk.trades.get(getattr(request, "out_trade_no", ""))
        number = getattr(request, "out_refund_no", "")
        refund = trade.refunds.get(number) if trade is not None else None
        total = trade.amount if trade is not None else None
        return Known(total=total, refund_id=refund.number if refund is not None else "WXR9999")


class AlipayWire:
    """Both ends of Alipay's wire."""

    def __init__(self, desk: WiredDesk, app_id: str, mch_id: str, calendar: Calendar) -> None:
        keys = keys_at_alipay()
        account = attrs.evolve(keys.account, app_id=app_id, seller_id=mch_id)
        self.desk, self.calendar, self.stamps = desk, calendar, Stamps("alipay")
        self.channel = AlipayChannel(account, desk, calendar)
        self.merchant = AlipayMerchant(attrs.evolve(keys, account=account), calendar, desk.profile)

    def asked(self, request: Request, now: int, around: Circumstances) -> Answer | NotAuthentic:
        response = self.exchanged(self.merchant.request(request, self.stamps.next(now)), now, around)
        answer = self.merchant.answer(request, response)
        if (
            not isinstance(request, FetchBill)
            or not isinstance(answer, Answer)
            or answer.outcome is not Outcome.DONE
        ):
            return answer
        told = self.merchant.node(METHODS[FetchBill], response)
        assert isinstance(told, dict), told
        content = self.exchanged(self.merchant.download(told["bill_download_url"]), now, CALM).body
        return attrs.evolve(answer, bill=alipays_bill(request.day, content, self.calendar))

    def exchanged(self, sent: HttpRequest, now: int, around: Circumstances) -> HttpResponse:
        call = self.channel.receive(sent, self.stamps.next(now))
        assert isinstance(call, AlipayCall), call
        said = self.desk.served(call.request, now, around)
        return self.channel.answer(call, said, self.stamps.next(now))

    def told(self, meant: Notification, now: int) -> Notification | NotAuthentic:
        return self.merchant.hear(self.channel.notify(meant, self.stamps.next(now)))


class WiredDesk(Desk):
    """A desk that is only reached over its wire; UnionPay has none yet."""

    crossed = 0  # messages, of all runs

    def __init__(self, profile: ChannelProfile, *, calendar: Calendar, app_id: str, mch_id: str) -> None:
        super().__init__(profile, calendar=calendar, app_id=app_id, mch_id=mch_id)
        self.wire: WechatWire | AlipayWire | None = None
        if profile.name == "wechat":
            self.wire = WechatWire(self, app_id, mch_id, calendar)
        elif profile.name == "alipay":
            self.wire = AlipayWire(self, app_id, mch_id, calendar)

    def handle(self, request: Request, now: int, circumstances: Circumstances = CALM) -> Answer:
        wireless = self.wire is None or (
            isinstance(request, ApplyAbnormalRefund) and self.profile.name == "alipay"
        )
        if self.wire is None or wireless or circumstances.at_the_console:
            return self.served(request, now, circumstances)
        answer = self.wire.asked(request, now, circumstances)
        assert isinstance(answer, Answer), answer
        WiredDesk.crossed += 1
        return answer

    def served(self, request: Request, now: int, circumstances: Circumstances) -> Answer:
        """What the desk itself says, with its time on it."""
        return super().handle(request, now, circumstances).said_at(now)

    def act(self, now: int) -> Sequence[Notification]:
        return [self.crossing(meant, now) for meant in super().act(now)]

    def crossing(self, meant: Notification, now: int) -> Notification:
        if self.wire is None:
            return meant
        heard = self.wire.told(meant, now)
        assert isinstance(heard, Notification), heard
        WiredDesk.crossed += 1
        return attrs.evolve(heard, id=meant.id, send=meant.send)  # the ladder's own names, for its ack


@pytest.fixture(autouse=True)
def _every_desk_has_its_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paytwice.world.world.Desk", WiredDesk)


@pytest.mark.parametrize("scenario", ["late_wechat_after_alipay", "busy_shop"])
@pytest.mark.parametrize("profile", ["calm", "rough"])
def test_the_reference_merchant_keeps_its_promises_over_the_wire(scenario: str, profile: str) -> None:
    stage, before = Plot(scenario, {"profile": profile}).loaded(), WiredDesk.crossed

    for seed in range(4):
        run = stage.play(seed)
        assert run.verdict.ok, (seed, run.explain())

    assert WiredDesk.crossed > before + 20


def test_a_client_that_takes_yuan_for_fen_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "paytwice.wire.alipay.hearing.of_yuan",
        lambda text: Money(Money.parse(f"{text} CNY").minor // 100, "CNY"),
    )

    run = Plot("late_wechat_after_alipay").loaded().play(0)

    assert not run.verdict.ok, "it sells for what it takes for another sum"
