"""Whole runs in which a merchant and UnionPay know of each other only what crosses the wire.

The form that starts a payment crosses it when the customer's browser brings it; each request, each answer,
each bill and each notification do as well. There is no close, and what there is no message for stays inside.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest
from tests.sim.wire.wiring_unionpay import keys_at_unionpay

from paytwice.calendar import Calendar
from paytwice.channels import (
    CALM,
    Answer,
    AskRefund,
    ChannelProfile,
    Circumstances,
    CreateTrade,
    Credential,
    Desk,
    FetchBill,
    Notification,
    Payment,
    QueryRefund,
    QueryTrade,
    Request,
)
from paytwice.story.plot import Plot
from paytwice.wire.moments import Stamps
from paytwice.wire.unionpay.calls import Call, Form
from paytwice.wire.unionpay.channel import UnionpayChannel
from paytwice.wire.unionpay.merchant import Known, UnionpayMerchant
from paytwice_core import Money

MESSAGES = AskRefund | FetchBill | QueryRefund | QueryTrade


class UnionpayDesk(Desk):
    """A desk that is reached over its wire only, if it is UnionPay's."""

    crossed = 0  # messages, of all runs

    def __init__(self, profile: ChannelProfile, *, calendar: Calendar, app_id: str, mch_id: str) -> None:
        super().__init__(profile, calendar=calendar, app_id=app_id, mch_id=mch_id)
        keys = keys_at_unionpay()
        account = attrs.evolve(keys.account, mer_id=mch_id)
        self.channel = UnionpayChannel(account, self, calendar)
        self.merchant = UnionpayMerchant(attrs.evolve(keys, account=account), calendar, profile)
        self.sent_at: dict[str, int] = {}  # what the merchant remembers: when it first sent a number
        self.stamps = Stamps("unionpay")
        self.is_wired = profile.name == "unionpay"

    def open(self, credential: Credential, now: int) -> None:
        super().open(self._brought(credential, now), now)

    def pay(self, credential: Credential, now: int, coupon: Money | None = None) -> Payment:
        return super().pay(self._brought(credential, now), now, coupon)

    def handle(self, request: Request, now: int, circumstances: Circumstances = CALM) -> Answer:
        if not self.is_wired or circumstances.at_the_console or not isinstance(request, MESSAGES):
            return super().handle(request, now, circumstances)
        sent = self.merchant.request(request, self.stamps.next(now), self._known(request, now))
        call = self.channel.receive(sent, self.stamps.next(now))
        assert isinstance(call, Call), call
        said = super().handle(call.request, now, circumstances).said_at(now)
        response = self.channel.answer(call, said, self.stamps.next(now))
        answer = self.merchant.answer(request, response, now)
        assert isinstance(answer, Answer), answer
        UnionpayDesk.crossed += 1
        return answer

    def act(self, now: int) -> Sequence[Notification]:
        return [self._crossing(meant, now) for meant in super().act(now)]

    def _brought(self, credential: Credential, now: int) -> Credential:
        """What the browser brings; whole seconds, as the form has them."""
        if not self.is_wired:
            return credential
        order = CreateTrade(credential.out_trade_no, credential.amount, credential.dead_at)
        sent = self.merchant.request(
            order, self.stamps.next(now), Known(self._first(order.out_trade_no, now))
        )
        form = self.channel.receive(sent, self.stamps.next(now))
        assert isinstance(form, Form), form
        assert 0 <= credential.dead_at - form.credential.dead_at < 1_000
        UnionpayDesk.crossed += 1
        return attrs.evolve(form.credential, dead_at=credential.dead_at)

    def _crossing(self, meant: Notification, now: int) -> Notification:
        if not self.is_wired:
            return meant
        heard = self.merchant.hear(self.channel.notify(meant, self.stamps.next(now)), now)
        if not meant.authentic:
            assert not isinstance(heard, Notification)
            return meant
        assert isinstance(heard, Notification), heard
        UnionpayDesk.crossed += 1
        return attrs.evolve(heard, id=meant.id, send=meant.send, app_id=meant.app_id)

    def _known(self, request: Request, now: int) -> Known:
        if isinstance(request, FetchBill):
            return Known()
        returns = isinstance(request, AskRefund | QueryRefund)
        no = getattr(request, "out_refund_no" if returns else "out_trade_no", "")
        order = getattr(request, "out_trade_no", "")
        return Known(self._first(no, now), order_time=self.sent_at.get(order, now))

    def _first(self, number: str, now: int) -> int:
        return self.sent_at.setdefault(number, now)


WORLDS = ["busy_shop", "whole_day", "given_up", "unionpay_pays_after_paytimeout", "three_channels_one_order"]


@pytest.mark.parametrize("scenario", WORLDS)
@pytest.mark.parametrize("profile", ["calm", "rough"])
def test_a_run_ends_over_unionpays_wire_as_it_does_without(
    scenario: str, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, before = Plot(scenario, {"profile": profile}).loaded(), UnionpayDesk.crossed
    without = [stage.play(seed) for seed in range(3)]
    monkeypatch.setattr("paytwice.world.world.Desk", UnionpayDesk)

    for seed, one in enumerate(without):
        run = stage.play(seed)
        assert run.verdict.outcome is one.verdict.outcome, (seed, run.explain())
        assert not run.verdict.violations

    assert UnionpayDesk.crossed > before + 5


def test_a_client_that_takes_fen_for_yuan_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paytwice.world.world.Desk", UnionpayDesk)
    monkeypatch.setattr("paytwice.wire.unionpay.hearing._money", lambda fen: Money(100 * int(fen), "CNY"))

    run = Plot("three_channels_one_order").loaded().play(1)

    assert not run.verdict.ok, "it refunds what it takes for another sum"
