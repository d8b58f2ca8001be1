"""What messages took, against the journal, and against the distributions that they are drawn from."""

from __future__ import annotations

import pytest

from paytwice import Latency, Simulation, simulate
from paytwice.choices import Bits
from paytwice.history.history import History, of_journal, of_run
from paytwice.history.latencies import configured, latencies
from paytwice.journal import Journal, What
from paytwice.story.scenario import load

TABLES = (Latency.constant(7), Latency.uniform(10, 900), Latency.lognormal(40, 400), Latency.pareto(50, 150))


def test_every_message_of_a_run_is_counted_once() -> None:
    runs = [load("busy_shop").play(seed=seed, changes={"profile": "rough"}).run for seed in range(4)]
    found = latencies(map(of_run, runs))
    sent = sum(entry.what is What.SENT for run in runs for entry in run.journal)
    assert sum(one.sent for one in found) == sent
    assert all(len(one.took) + one.lost <= one.sent for one in found)
    assert sum(one.lost for one in found) > 10
    assert all(list(one.took) == sorted(one.took) for one in found)
    assert len({one.ends for one in found}) == len(found)


def test_what_a_link_holds_took_as_long_as_it_was_held() -> None:
    found = {one.ends: one for one in latencies([of_run(load("late_wechat_after_alipay").play().run)])}
    wechat = found["merchant", "wechat"]
    assert wechat.held == 12
    assert wechat.took[-1] == 180_280 - 280  # the first notification, sent as the link began to hang
    assert wechat.within(40) == pytest.approx(24 / 36)
    assert wechat.within(10**9) == 1.0
    assert found["customer", "merchant"].within(39) == 0.0


def test_a_lost_message_never_arrives() -> None:
    found = {one.ends: one for one in latencies([of_run(load("all_notifications_lost").play().run)])}
    wechat = found["merchant", "wechat"]
    assert wechat.lost
    assert wechat.within(10**12) == pytest.approx(1 - wechat.lost / wechat.sent)


@pytest.mark.parametrize("latency", TABLES)
def test_the_distribution_that_is_shown_is_the_one_that_is_drawn_from(latency: Latency) -> None:
    drawn = sorted(latency.sample(Bits(state * 0xABCDEF)) for state in range(20_000))
    points = latency.cumulative()
    assert [share for _, share in points] == sorted(share for _, share in points)
    assert (points[0][1], points[-1][1]) == (0.0, 1.0)
    for ms, share in points:
        within = sum(one <= ms for one in drawn) / len(drawn)
        least = sum(one < ms for one in drawn) / len(drawn)
        assert least - 0.02 <= share <= within + 0.02 or points[0][0] == points[-1][0]


def test_what_is_configured_is_what_the_story_has_set_for_messages_that_were_sent() -> None:
    slow = Latency.uniform(100, 200)

    async def story(sim: Simulation) -> None:
        sim.network.link("wechat", "merchant", latency=slow)
        order = await sim.checkout("99.00 CNY")
        await order.pay("wechat")

    plain = of_run(load("late_wechat_after_alipay").play().run)
    assert [one.words for one in configured([plain])] == ["lognormal, median 40 ms, p99 400 ms"]
    assert slow in configured([of_run(simulate(story))])
    assert configured([of_journal(plain.journal, "kept")]) == ()


def test_an_empty_journal_has_no_links() -> None:
    assert latencies([History("nothing", Journal())]) == ()
