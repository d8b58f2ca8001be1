"""A census of what goes wrong on rough days: every kind of fault is drawn, and what was drawn happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

import attrs
import pytest

from paytwice import Deviation, Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.calendar import DAY
from paytwice.channels import CHANNELS, CreateTrade, Desk, Meaning, RefundStatus
from paytwice.journal import What
from paytwice.story.player import Story
from paytwice.story.scenario import load

ROUGH: Final = Settings(profile="rough")
SEEDS: Final = range(300)
LATE: Final = seconds(10)  # no message takes so long unless a fault makes it


@attrs.frozen
class Day:
    """A run, and the desks that stood in it."""

    run: Run
    desks: dict[str, Desk]

    def values(self, ends: str) -> list[object]:
        """What was drawn at the choices whose names end so."""
        return [one.value for one in self.run.deviations if one.name.endswith(ends)]

    def met(self, meaning: Meaning) -> int:
        """How many requests a desk met with this meaning."""
        return sum(one.meaning is meaning for desk in self.desks.values() for one in desk.requests)


def day(story: Story, **how: object) -> Day:
    desks: dict[str, Desk] = {}

    async def watched(sim: Simulation) -> None:
        desks.update({name: sim.channel(name).desk for name in CHANNELS})
        await story(sim)

    return Day(simulate(watched, settings=ROUGH, **how), desks)  # type: ignore[arg-type]  # of simulate


@pytest.fixture(scope="module")
def days() -> list[Day]:
    story = load("late_wechat_after_alipay").story
    return [day(story, seed=seed) for seed in SEEDS]


def tally(days: list[Day], kind_of: Callable[[Deviation], str | None]) -> Counter[str]:
    """Count deviations by kind; None is no kind."""
    kinds = (kind_of(one) for day in days for one in day.run.deviations)
    counts = Counter(kind for kind in kinds if kind is not None)
    print(dict(counts))
    return counts


def entries(days: list[Day], what: What) -> int:
    return sum(entry.what is what for day in days for entry in day.run.journal)


def message(one: Deviation) -> str | None:
    if "→" not in one.name:
        return None
    match one.value:
        case "lost":
            return "lost"
        case tuple():
            return "twice"
        case int(ms):
            return "late" if ms > LATE else "in time"
    return None


def access(one: Deviation) -> str | None:
    known = one.name.startswith("merchant ") and isinstance(one.value, str)
    kind = str(one.value).partition(" ")[0]
    return kind if known and kind in ("crash", "fail", "slow") else None


# -- inside the channels ------------------------------------------------------------------------------------


def test_each_mishap_of_a_request_happens_about_as_often_as_it_should(days: list[Day]) -> None:
    drawn = tally(days, lambda one: str(one.value) if one.name.endswith(" mishap") else None)

    assert drawn.keys() == {"BEFORE", "AFTER", "BUSY", "SHORT"}
    rates = {"BEFORE": 20_000, "AFTER": 20_000, "BUSY": 10_000}
    for mishap, rate in rates.items():
        share = drawn[mishap] / drawn.total()
        assert abs(share - rate / 50_000) < 0.12, f"{mishap} is {share:.0%} of all mishaps"


def test_mishaps_reach_the_desks(days: list[Day]) -> None:
    for one in days:
        drawn = Counter(one.values(" mishap"))
        assert one.met(Meaning.SYSTEM_ERROR) == drawn["BEFORE"], (
            "an error after it was done is no error inside"
        )
        assert one.met(Meaning.BUSY) == drawn["BUSY"]
        assert one.met(Meaning.NO_BALANCE) == drawn["SHORT"]


def test_mishaps_are_rare(days: list[Day]) -> None:
    requests = sum(len(desk.requests) for day in days for desk in day.desks.values())
    mishaps = sum(len(day.values(" mishap")) for day in days)

    assert 0.01 < mishaps / requests < 0.08


def test_queries_are_behind_at_times_and_by_no_more_than_the_channel_may_be(days: list[Day]) -> None:
    lags = [
        (one.name.partition(" ")[0], one.value)
        for day in days
        for one in day.run.deviations
        if one.name.endswith(" lag")
    ]

    print(Counter(channel for channel, _ in lags))
    assert len(lags) > 3
    assert all(isinstance(ms, int) and 0 < ms <= CHANNELS[channel].read_lag for channel, ms in lags)


def test_each_fate_of_a_refund_happens(days: list[Day]) -> None:
    drawn = tally(days, lambda one: str(one.value).partition(" ")[0] if one.name.endswith(" fate") else None)

    assert drawn.keys() == {"CLOSED", "ABNORMAL", "SUCCESS"}
    assert drawn["SUCCESS"] > drawn["CLOSED"]
    assert drawn["SUCCESS"] > drawn["ABNORMAL"]


def test_the_fates_that_were_drawn_are_how_refunds_end(days: list[Day]) -> None:
    ended = Counter(
        change.state for day in days for desk in day.desks.values() for change in desk.refund_changes
    )
    slow = [
        refund.fate.after_ms
        for day in days
        for desk in day.desks.values()
        for refund in desk.refunds.values()
        if refund.fate.outcome is RefundStatus.SUCCESS and refund.fate.after_ms is not None
    ]

    print(ended, len(slow))
    assert ended[RefundStatus.CLOSED] > 0
    assert ended[RefundStatus.ABNORMAL] > 0
    assert slow
    assert max(slow) > DAY // 2, "a slow refund takes days"


def test_somebody_sends_a_payment_back_by_hand_now_and_then(days: list[Day]) -> None:
    payments = sum(
        one.what is What.MONEY and one.subject == "CAPTURED" for day in days for one in day.run.journal
    )
    meant = [one for day in days for one in day.run.deviations if " console " in one.name]
    done = [
        asked
        for day in days
        for desk in day.desks.values()
        for asked in desk.requests
        if asked.at_the_console
    ]

    print(payments, len(meant), len(done))
    assert 0.01 < len(meant) / payments < 0.06
    assert 0 < len(done) <= len(meant), "some come when all is healed, and nobody presses the button then"


@pytest.mark.parametrize(
    ("mishap", "inside"),
    [
        ("BEFORE", [Meaning.SYSTEM_ERROR, Meaning.OK]),
        ("AFTER", [Meaning.OK, Meaning.OK]),
        ("BUSY", [Meaning.BUSY, Meaning.OK]),
    ],
)
def test_the_caller_of_a_request_that_met_a_mishap_gets_nothing_and_calls_again(
    mishap: str, inside: list[Meaning]
) -> None:
    met: list[Meaning] = []
    given: list[int] = []

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        met.extend(
            one.meaning for one in sim.channel("wechat").desk.requests if isinstance(one.request, CreateTrade)
        )
        given.append(len(order.credentials["wechat"]))

    run = simulate(story, settings=ROUGH, deviations=[Deviation("wechat CreateTrade P1-1 mishap", 1, mishap)])

    assert run.ok, run.explain()
    assert not run.unused
    assert met == inside
    assert given == [1], "the first answer was an error, whatever the desk had done"


def test_a_query_that_is_behind_does_not_tell_of_a_payment_just_made() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.lose("wechat", "merchant", "payment.notify", times=99)
        await sim.sleep(seconds(14))
        await order.confirm("wechat")
        await sim.sleep(minutes(20))

    def paid_at(*deviations: Deviation) -> int:
        run = simulate(story, settings=ROUGH, deviations=deviations)
        assert run.ok, run.explain()
        assert not run.unused
        return next(one.at for one in run.journal if one.what is What.VIEW and one.subject == "PAID")

    behind = Deviation("wechat QueryTrade P1-1 lag", 1, seconds(3))
    assert paid_at(behind) >= paid_at() + seconds(4), "only the next query tells"


# -- on the way ---------------------------------------------------------------------------------------------


def test_messages_are_lost_late_and_twice(days: list[Day]) -> None:
    drawn = tally(days, message)

    for kind in ("lost", "twice", "late"):
        assert 0.02 < drawn[kind] / drawn.total() < 0.12, f"{kind}: {drawn[kind]} of {drawn.total()}"
    assert entries(days, What.COPIED) == drawn["twice"]
    assert entries(days, What.LOST) >= drawn["lost"], "and outages lose more"


def test_every_kind_of_outage_is_drawn_for_every_channel(days: list[Day]) -> None:
    kinds = Counter(
        (one.name, one.value.partition(" from ")[0])
        for day in days
        for one in day.run.deviations
        if one.name.endswith(" outage") and isinstance(one.value, str)
    )

    print(dict(kinds))
    assert len({kind for _, kind in kinds}) == 4
    assert len({name for name, _ in kinds}) == len(CHANNELS)
    assert 0.05 < kinds.total() / (len(SEEDS) * len(CHANNELS)) < 0.25


@pytest.mark.parametrize(
    ("kind", "lost", "held"),
    [
        ("hold", set(), {"merchant", "wechat"}),
        ("partition", {"merchant", "wechat"}, set()),
        ("to merchant", {"wechat"}, set()),
        ("to channel", {"merchant"}, set()),
    ],
)
def test_an_outage_stops_the_messages_of_its_kind(kind: str, lost: set[str], held: set[str]) -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        await sim.sleep(minutes(1))
        await order.confirm("wechat")
        await sim.sleep(minutes(20))

    when = f"{kind} from {seconds(30)} ms for {minutes(15)} ms"
    outage = Deviation("merchant—wechat outage", 1, when)
    run = simulate(story, settings=ROUGH, deviations=[outage])

    assert run.ok, run.explain()
    assert run.order.is_paid
    assert not run.unused
    assert {entry.who for entry in run.journal if entry.what is What.LOST} == lost
    assert {entry.who for entry in run.journal if entry.what is What.HELD} == held


# -- in the merchant's house --------------------------------------------------------------------------------


def test_the_merchant_crashes_and_its_store_fails_and_is_slow(days: list[Day]) -> None:
    drawn = tally(days, access)

    assert drawn.keys() == {"crash", "fail", "slow"}
    assert entries(days, What.CRASHED) == drawn["crash"]
    assert entries(days, What.RESTARTED) >= drawn["crash"] * 0.9


def test_a_rough_day_is_survived(days: list[Day]) -> None:
    for one in days:
        assert one.run.failure is None, one.run.explain()
        assert not one.run.verdict.violations, one.run.explain()


def test_nothing_goes_wrong_on_a_calm_day_but_latencies_and_ties() -> None:
    story = load("late_wechat_after_alipay").story
    run = simulate(story, seed=7)

    assert all(isinstance(one.value, int) or one.value in ("first", "last") for one in run.deviations)
    assert run.deviations
