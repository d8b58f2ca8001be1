"""As little or as much as was asked for: a line, a report, everything."""

from __future__ import annotations

import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands

from paytwice.choices import Deviation
from paytwice.report.chance import KINDS, kind
from paytwice.story.scenario import load

SWALLOWS = "tests.sim.merchants.broken:SwallowsTheSecond"


def test_quiet_is_a_line_for_a_scenario_that_is_as_it_should_be(paytwice: Commands) -> None:
    answer = paytwice("run", SEED_STORY, "both_notifications_at_once", "--quiet")

    assert answer.status == 0
    assert answer.out.splitlines() == [
        "ok        late_wechat_after_alipay, calm: wechat kept ¥0.00, returned ¥99.00; alipay kept ¥99.00",
        "ok        both_notifications_at_once, calm: wechat kept ¥99.00; alipay kept ¥0.00, returned ¥99.00",
    ]


def test_quiet_still_says_what_is_wrong(paytwice: Commands) -> None:
    answer = paytwice("run", SEED_STORY, "-q", "--merchant", SWALLOWS)

    assert answer.status == 1
    assert answer.out.startswith(
        "violated  late_wechat_after_alipay, calm: 2 promises broken, ¥99.00 at stake"
    )
    assert f"replay      paytwice run {SEED_STORY} --merchant {SWALLOWS}" in answer.out
    assert "Not as declared: expect says" in answer.out
    assert len(answer.out.splitlines()) <= 18


def test_a_violation_is_told_in_ten_lines(paytwice: Commands) -> None:
    lines = paytwice("run", SEED_STORY, "--merchant", SWALLOWS).out.splitlines()

    first = next(number for number, line in enumerate(lines) if "S4 no stranded money: BROKEN" in line)
    following = next(number for number, line in enumerate(lines) if "L3 what did not win" in line)
    told = lines[first:following]
    assert len(told) <= 11
    assert "promise   protects the customer's money" in told[1]
    assert any("sent 3m00s before   acked" in line for line in told), "the moment it was swallowed"


def test_verbose_leaves_nothing_out(paytwice: Commands) -> None:
    brief = paytwice("run", SEED_STORY, "--seed", "7", "--set", "profile=rough").out
    full = paytwice("run", SEED_STORY, "--seed", "7", "--set", "profile=rough", "--verbose").out

    run = load(SEED_STORY).play(seed=7, changes={"profile": "rough"}).run
    assert "deviations from calm" in brief
    for deviation in run.deviations:
        assert str(deviation) in full
        assert str(deviation) not in brief
    assert "checked S2 final is final" in full
    assert "response to trade.create P1-1" in full
    assert len(full.splitlines()) > 2 * len(brief.splitlines())


@pytest.mark.parametrize("pair", [("-q", "-v"), ("--json", "-q"), ("--json", "--verbose")])
def test_only_one_of_them_can_be_asked_for(paytwice: Commands, pair: tuple[str, str]) -> None:
    answer = paytwice("run", SEED_STORY, *pair)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "paytwice: of --json, --quiet and --verbose only one can be given\n"


def test_what_followed_is_indented_under_what_led_to_it(paytwice: Commands) -> None:
    out = paytwice("run", SEED_STORY).out

    assert "+40.48s  customer  confirms alipay ¥99.00\n" in out
    assert "+40.52s  alipay      takes ¥99.00 of P1-2, payment AL0001\n" in out
    assert "+40.52s  alipay        → merchant: payment.notify P1-2   acked\n" in out


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("wechat→merchant payment.notify P1-1", "lost", "lost"),
        ("wechat→merchant payment.notify P1-1", (20, 900), "duplicated"),
        ("wechat→merchant payment.notify P1-1", 181_000, "latency"),
        ("merchant pay.start P1 store.put jobs", "crash 5000", "crash"),
        ("merchant pay.start P1 store.put jobs", "slow 300", "store slow"),
        ("merchant pay.start P1 store.put jobs", "fail", "store failed"),
        ("wechat QueryTrade P1-1 mishap", "BEFORE", "error at a channel"),
        ("wechat QueryTrade P1-1 mishap", "BUSY", "rate limit"),
        ("wechat AskRefund P1-1 mishap", "SHORT", "refund not covered"),
        ("wechat QueryTrade P1-1 lag", 2_000, "stale answer"),
        ("wechat AskRefund P1-1 fate", "ABNORMAL 500", "end of a refund"),
        ("merchant—alipay outage", "partition from 5 to 9", "link outage"),
        ("alipay is down", "from 5 ms for 9 ms", "channel outage"),
        ("merchant clock", "5 ms ahead", "clock off"),
        ("wechat Pay P1-1 price", "edited to 990", "price edited"),
        ("stranger→merchant wechat P1-1", "news forged after 5 ms", "false news"),
        ("choose customer 1 does", 3, "what a customer does"),
        ("choose setting closing", "LOCAL_FIRST", "policy"),
        ("merchant workers", "first", "order of what happens at once"),
        ("batch merchant ship P1", 1, "order of what happens at once"),
        ("faults linger", 60_000, "end of the faults"),
        ("wechat Pay P1-1 coupon", 1_000, "coupon"),
        ("wechat console P1-1", "all in 60000 ms", "work at a console"),
    ],
)
def test_chance_is_counted_by_what_it_did(
    name: str, value: str | int | tuple[int, ...], expected: str
) -> None:
    assert kind(Deviation(name, 1, value)) == expected
    assert expected in KINDS
