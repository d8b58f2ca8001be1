"""What is tuned beside the settings does what it says: latencies, rates of faults, ladders, parameters."""

from __future__ import annotations

from itertools import pairwise

import attrs
import pytest

from paytwice import FaultProfile, Latency, Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.channels import CHANNELS
from paytwice.faults import CALM, PROFILES, ROUGH
from paytwice.journal import What
from paytwice.story.scenario import load
from paytwice.tuning import RATES, name_of

STORY = "late_wechat_after_alipay"


def travels(run: Run, sender: str, receiver: str, kind: str) -> list[int]:
    """How long messages of a kind were on their way."""
    journal = run.journal
    return [
        one.at - journal[one.cause].at
        for one in journal
        if one.what is What.ARRIVED and (one.whom, one.who, one.subject) == (sender, receiver, kind)
    ]


def played(name: str = "turns_to_alipay", **changes: str) -> Run:
    told = {key.replace("__", "."): text for key, text in changes.items()}
    return load(name).play(changes=told).run


def test_a_latency_is_of_all_links_or_of_a_channel_both_ways_or_of_its_notifications_alone() -> None:
    everywhere = played(latency="1s")
    assert set(travels(everywhere, "customer", "merchant", "order.open")) == {1_000}
    assert set(travels(everywhere, "merchant", "alipay", "trade.create")) == {1_000}
    channel = played(latency__alipay="2s")
    assert set(travels(channel, "merchant", "alipay", "trade.create")) == {2_000}
    assert set(travels(channel, "alipay", "merchant", "trade.create.reply")) == {2_000}
    assert set(travels(channel, "customer", "alipay", "customer.pay")) == {40}
    assert set(travels(channel, "merchant", "wechat", "trade.create")) == {40}
    news = played(latency__alipay__notify="3s", latency__alipay="2s")
    assert set(travels(news, "alipay", "merchant", "payment.notify")) == {3_000}
    assert set(travels(news, "merchant", "alipay", "trade.create")) == {2_000}


def test_a_latency_has_the_spread_that_it_is_given() -> None:
    def longest(latency: str) -> int:
        found = [
            ms
            for seed in range(30)
            for ms in travels(
                load(STORY).play(seed=seed, changes={"latency": latency}).run,
                "customer",
                "merchant",
                "pay.start",
            )
        ]
        return max(found)

    assert 1_000 < longest("1s/2s") < 4_000 < longest("1s")
    assert longest("1s/1s") == 1_000


def test_a_rate_replaces_the_one_of_the_profile_and_the_run_says_so() -> None:
    run = load(STORY).play(seed=2, changes={"loss": "1"}).run
    assert run.profile == "calm with loss=1"
    assert not [one for one in run.journal if one.what is What.ARRIVED and one.at < 1_000]


def test_what_a_profile_does_is_left_out_at_a_rate_of_nothing() -> None:
    def lost(**changes: str) -> int:
        runs = [load("busy_shop").play(seed=n, changes={"profile": "rough", **changes}).run for n in range(5)]
        return sum(one.value == "lost" for run in runs for one in run.deviations)

    assert lost() > 5
    assert lost(loss="0") == 0
    assert lost(loss="0.5") > lost()


@pytest.mark.parametrize("rate", RATES)
def test_every_rate_of_a_fault_can_be_set_and_the_fault_has_its_time(rate: str) -> None:
    changed = Settings().changed({f"fault.{rate}": "25%"}).tuning.faults(CALM)
    assert getattr(changed, rate) == 250_000
    assert changed.lingers == ROUGH.lingers
    spans = {"late": "lateness", "down": "down_lasts", "crash": "downtime", "outage": "outage_begins"}
    if rate in spans:
        assert getattr(changed, spans[rate]) == getattr(ROUGH, spans[rate])


def test_no_fault_that_is_given_a_rate_lacks_its_time() -> None:
    every = Settings().changed(dict.fromkeys(map("fault.{}".format, RATES), "1%")).tuning.faults(CALM)
    lacking = [
        field.name
        for field in attrs.fields(FaultProfile)
        if isinstance(getattr(ROUGH, field.name), Latency)
        and getattr(every, field.name) != getattr(ROUGH, field.name)
    ]
    assert lacking == []


def test_what_a_profile_knows_by_itself_stays_its_own() -> None:
    hostile = PROFILES["hostile"]
    changed = Settings().changed({"fault.late": "0.5"}).tuning.faults(hostile)
    assert (changed.lateness, changed.lingers) == (hostile.lateness, hostile.lingers)
    assert Settings().changed({"loss": "0"}).tuning.faults(CALM).lingers == CALM.lingers


def test_a_ladder_is_stretched_and_no_other() -> None:
    def gaps(channel: str, **changes: str) -> list[int]:
        run = played("all_notifications_lost", **changes)
        sent = [
            one.at
            for one in run.journal
            if one.what is What.SENT and (one.who, one.subject) == (channel, "payment.notify")
        ]
        return [after - before for before, after in pairwise(sent)]

    usual = gaps("wechat")
    assert usual == list(CHANNELS["wechat"].gaps)[: len(usual)] != []
    twice = gaps("wechat", ladder__wechat="×2")
    assert twice == [2 * gap for gap in CHANNELS["wechat"].gaps][: len(twice)] != []
    assert gaps("wechat", ladder="x2") == twice
    assert gaps("wechat", ladder__alipay="3") == usual


def test_a_parameter_has_its_default_until_it_is_set() -> None:
    scenario = load(STORY)
    assert dict(scenario.parameters) == {"hangs": minutes(3), "patience": seconds(40)}
    usual = scenario.play().run
    assert scenario.play(changes={"patience": "40s", "hangs": "3m"}).run.digest == usual.digest
    assert scenario.play(changes={"patience": "40000"}).run.digest == usual.digest
    impatient = scenario.play(changes={"patience": "5s"}).run
    assert impatient.digest != usual.digest
    assert impatient.settings == {"story.patience": "5s"}
    assert impatient.command[-2:] == ("--set", "patience=5s")


def test_what_a_run_says_of_its_settings_plays_it_again() -> None:
    changes = {"patience": "5s", "loss": "20%", "latency.wechat": "1s/3s", "ladder": "0.5"}
    scenario = load(STORY)
    run = scenario.play(seed=4, changes=changes).run
    assert simulate(scenario.story, seed=4, settings=Settings().changed(run.settings)).digest == run.digest


def test_a_story_asks_for_its_parameters_in_code_too() -> None:
    heard: list[int] = []

    async def story(sim: Simulation) -> None:
        heard.append(sim.parameter("customers", 3))
        await sim.checkout("1.00 CNY")

    simulate(story)
    simulate(story, settings=Settings().changed({"story.customers": "7"}))
    assert heard == [3, 7]


@pytest.mark.parametrize(
    ("name", "default", "says"),
    [
        ("pat ience", 1, "'patience', not 'pat ience'"),
        ("patience", 1.5, "whole number"),
        ("x", True, "whole"),
    ],
)
def test_a_parameter_that_cannot_be_one_is_refused(name: str, default: int, says: str) -> None:
    async def story(sim: Simulation) -> None:
        sim.parameter(name, default)

    failure = simulate(story).failure
    assert isinstance(failure, ValueError)
    assert says in str(failure)


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("patince", "1m", "did you mean patience.*parameters of the story: hangs=3m, patience=40s"),
        ("story.patienc", "1m", "the story has no parameter 'patienc': did you mean patience"),
        ("patience", "soon", "'soon' is neither a duration such as 90s nor a whole number"),
        ("loss", "5", "'5' is no rate: write 0.05 or 5%"),
        ("loss", "-0.1", "is no rate"),
        ("loss", "0.00001%", "is no rate"),
        ("late", "0.1", "the rate of such a fault is fault.late"),
        ("fault.los", "0.1", "did you mean fault.loss"),
        ("latency.wechat", "2", "'2' is no duration"),
        ("latency.wechat", "5s/2s", "write 2s, or 2s/5s"),
        ("latency.wechat", "-2s", "is no latency"),
        ("latency.wechta", "2s", "there is no channel 'wechta': did you mean wechat"),
        ("latency.wechat.notfy", "2s", "did you mean latency.wechat.notify"),
        ("ladder.paypal", "2", "there is no channel 'paypal'"),
        ("ladder", "0", "'0' is no factor"),
        ("ladder", "twice", "'twice' is no factor: write 2 or 0.5"),
        ("ladder.", "2", "there is no setting 'ladder.'"),
    ],
)
def test_what_cannot_be_tuned_is_refused_with_what_can(key: str, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        load(STORY).changed({key: text})


def test_a_file_of_settings_cannot_state_what_cannot_be_tuned() -> None:
    with pytest.raises(ValueError, match=r"'loss' cannot be tuned: did you mean .*loss"):
        Settings(tuned=(("loss", "0.1"),))
    assert name_of("loss") == "fault.loss"
