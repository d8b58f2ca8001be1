"""A channel that is down hears nobody and tells nobody anything; when it is back it goes on where it was."""

from __future__ import annotations

from typing import Final

import pytest

from paytwice import Deviation, Run, Settings, Simulation, minutes, seconds, simulate
from paytwice.channels.requests import QueryTrade
from paytwice.pictures.reading import picture
from paytwice.report.timeline import folded, timeline

ROUGH: Final = Settings(profile="rough")
DOWN: Final = Deviation("wechat is down", 1, "from 10000 ms for 120000 ms")


def told(run: Run) -> list[str]:
    return [f"{line.event.actor} {line.text}" for line in folded(timeline(run.journal, run.currency))]


async def paid_while_down(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(seconds(20))
    assert await order.confirm("wechat") is None
    await sim.sleep(minutes(3))
    paid = await order.confirm("wechat")
    assert paid is not None
    assert paid.accepted


def test_what_a_channel_is_asked_while_it_is_down_has_no_answer_and_no_effect() -> None:
    run = simulate(paid_while_down, deviations=[DOWN], settings=ROUGH)

    assert run.ok, run.explain()
    assert run.unused == ()
    assert run.captured("wechat") == 99_00
    assert "wechat is down for 2m00s: it hears nobody, and tells nobody anything" in told(run)
    assert "customer → wechat: customer.pay P1-1   wechat is down" in told(run)
    assert "wechat is up again, and tells what has waited" in told(run)


def test_a_cut_link_is_another_thing_for_there_the_customer_pays() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.partition("merchant", "wechat", lasting=minutes(2))
        assert await order.confirm("wechat") is not None

    assert simulate(story).captured("wechat") == 99_00


async def down_before_it_tells(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.lose("wechat", "merchant", "payment.notify")  # the next one is due in 15 s
    await order.confirm("wechat")
    sim.channel("wechat").goes_down(lasting=minutes(10))
    await sim.sleep(minutes(20))


def notified_at(run: Run) -> list[int]:
    sent = [row for row in run.journal.rows if row[2] == "sent" and row[5] == "payment.notify"]
    return [row[0] // 60_000 for row in sent]


def test_notifications_wait_until_a_channel_is_back() -> None:
    run = simulate(down_before_it_tells)

    assert run.ok, run.explain()
    assert notified_at(run) == [0, 10]
    assert run.unmet == ()


def test_an_ack_that_finds_the_channel_down_is_none() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.delay("merchant", "wechat", "payment.notify.reply", seconds(2))
        await order.confirm("wechat")
        await sim.sleep(seconds(1))
        sim.channel("wechat").goes_down(lasting=seconds(60))
        await sim.sleep(minutes(5))

    run = simulate(story)

    assert run.ok, run.explain()
    assert notified_at(run) == [0, 1]


def test_an_outage_ends_at_the_latest_when_the_run_heals() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        sim.channel("wechat").goes_down(lasting=minutes(90))
        sim.channel("wechat").goes_down(lasting=minutes(30))  # which the other one outlasts

    run = simulate(story)
    ends = [row[0] for row in run.journal.rows if row[5] == "is up"]
    healed = next(row[0] for row in run.journal.rows if row[5] == "healed")

    assert [round(at / 60_000) for at in ends] == [90]
    assert ends[0] <= healed


def test_what_a_seed_has_planned_for_later_does_not_come_after_the_healing() -> None:
    late = Deviation("wechat is down", 1, "from 900000 ms for 60000 ms")

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")

    assert "is down" not in {
        row[5] for row in simulate(story, deviations=[late], settings=ROUGH).journal.rows
    }


def test_an_outage_is_a_span_in_pictures() -> None:
    run = simulate(down_before_it_tells)
    [span] = [one for one in picture(run).spans if one.lane == "wechat"]

    assert span.text == "down for 10m00s"
    assert not [note.text for note in picture(run).notes if "is down" in note.text or "is up" in note.text]


def test_the_console_and_the_desk_do_not_hang_on_it() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")
        sim.channel("wechat").goes_down(lasting=minutes(1))
        assert sim.channel("wechat").at_the_console(QueryTrade("P1-1")).trade is not None

    assert simulate(story).ok


def test_an_outage_takes_time() -> None:
    async def story(sim: Simulation) -> None:
        await sim.checkout("99.00 CNY")
        with pytest.raises(ValueError, match="an outage"):
            sim.channel("wechat").goes_down(lasting=0)

    simulate(story)
