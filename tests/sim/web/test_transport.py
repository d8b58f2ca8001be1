"""An application's calls to the channels: over the network, in virtual time, and with its time-outs."""

from __future__ import annotations

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from tests.sim.web.apps import one_payment, run_of

from paytwice import Simulation
from paytwice.channels.requests import CreateTrade
from paytwice.web import Web
from paytwice.web.surroundings import UNIX
from paytwice.wire.http import HttpRequest
from paytwice.wire.moments import Stamp
from paytwice.wire.wechat.merchant import WechatMerchant
from paytwice_core import Money

WECHAT = "https://api.mch.weixin.qq.com"


def signed(web: Web, number: str = "ORDER-1") -> HttpRequest:
    now = web.clock.now()
    request = CreateTrade(number, Money.parse("99.00 CNY"), now + 60_000)
    return WechatMerchant(web.keys.wechat, UNIX).request(request, Stamp.named(now, web.nonce()))


async def post(web: Web, request: HttpRequest, **more: float) -> httpx.Response:
    url = WECHAT + request.target
    return await web.http.post(url, headers=list(request.headers), content=request.body, **more)  # type: ignore[arg-type]  # a time-out


def test_a_signed_request_is_answered_by_the_desk() -> None:
    async def pay(web: Web, _request: Request) -> Response:
        response = await post(web, signed(web))
        return JSONResponse({"pay_with": response.json()["code_url"]})

    run = run_of(pay)

    assert run.errors == ()
    assert run.trade_numbers("wechat") == ("ORDER-1",)


def test_a_request_that_is_not_signed_never_gets_to_the_desk() -> None:
    answers: list[tuple[int, str]] = []

    async def pay(web: Web, _request: Request) -> Response:
        response = await post(web, HttpRequest("POST", "/v3/pay/transactions/native", body=b"{}"))
        answers.append((response.status_code, response.json()["code"]))
        return JSONResponse({"why": "no"}, 409)

    run = run_of(pay)

    assert answers == [(401, "SIGN_ERROR")]
    assert run.trade_numbers("wechat") == ()


@pytest.mark.parametrize("direction", [("merchant", "wechat"), ("wechat", "merchant")])
def test_what_is_lost_ends_with_the_time_out_of_the_client(direction: tuple[str, str]) -> None:
    waited: list[int] = []

    async def pay(web: Web, _request: Request) -> Response:
        begins = web.clock.now()
        with pytest.raises(httpx.ReadTimeout, match="wechat did not answer POST /v3/pay"):
            await post(web, signed(web), timeout=3.5)
        waited.append(web.clock.now() - begins)
        return JSONResponse({"why": "no answer"}, 409)

    async def story(sim: Simulation) -> None:
        sim.network.partition(*direction, one_way=True)
        await one_payment(sim)

    run = run_of(pay, story)

    assert waited == [3_500]
    was_heard = direction == ("wechat", "merchant")
    assert run.trade_numbers("wechat") == (("ORDER-1",) if was_heard else ()), (
        "a lost response has had its effect"
    )


def test_nobody_is_at_another_host() -> None:
    async def pay(web: Web, _request: Request) -> Response:
        with pytest.raises(httpx.ConnectError, match=r"no channel is at pay\.example: there is api\.mch"):
            await web.http.get("https://pay.example/")
        return JSONResponse({"why": "no"}, 409)

    assert run_of(pay).errors == ()


def test_something_to_pay_with_that_no_channel_has_issued_is_none() -> None:
    async def pay(_web: Web, _request: Request) -> Response:
        return JSONResponse({"pay_with": "weixin://wxpay/bizpayurl?pr=of-my-own"})

    [error] = run_of(pay).errors

    assert str(error) == (
        "wechat has issued nothing to pay with under 'weixin://wxpay/bizpayurl?pr=of-my-own'"
    )
