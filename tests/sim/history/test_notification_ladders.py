"""What became of each send of a notification, in stories that make one thing go wrong, and in worlds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import attrs
import pytest
from tests.library import WORLDS

from paytwice import Simulation, milliseconds, minutes, seconds, simulate
from paytwice.channels import CHANNELS, WECHAT
from paytwice.history.history import History, of_run
from paytwice.history.ladders import Came, Ladder, ladders
from paytwice.journal import Journal
from paytwice.story.scenario import load

NEWS = ("wechat", "merchant", "payment.notify")
ACK = ("merchant", "wechat", "payment.notify.reply")


def climbed(trouble: Callable[[Simulation], None]) -> Ladder:
    """The ladder of a payment by WeChat, when this goes wrong just before."""

    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        trouble(sim)
        await order.confirm("wechat")
        await sim.sleep(minutes(2))

    (only,) = ladders(of_run(simulate(story)))
    return only


@pytest.mark.parametrize(
    ("trouble", "came", "known_after"),
    [
        (lambda sim: None, Came.ACKED, 80),
        (lambda sim: sim.network.lose(*NEWS), Came.LOST, WECHAT.ack_timeout),
        (lambda sim: sim.network.delay(*NEWS, seconds(9)), Came.SLOW, WECHAT.ack_timeout),
        (
            lambda sim: sim.network.hold("wechat", "merchant", lasting=seconds(9)),
            Came.HELD,
            WECHAT.ack_timeout,
        ),
        (lambda sim: sim.network.lose(*ACK), Came.ACK_LOST, WECHAT.ack_timeout),
        (lambda sim: sim.network.delay(*ACK, seconds(9)), Came.ACK_LATE, WECHAT.ack_timeout),
        (lambda sim: sim.crash_merchant(downtime=seconds(9)), Came.UNHEARD, WECHAT.ack_timeout),
        (
            lambda sim: sim.crash_merchant_before(
                "merchant payment.notify * store.put orders *", downtime=milliseconds(9)
            ),
            Came.NO_ACK,
            WECHAT.ack_timeout,
        ),
        (lambda sim: sim.store_fails_before("merchant payment.notify * store.*"), Came.REFUSED, 80),
    ],
)
def test_each_thing_that_can_become_of_a_send_is_told_by_its_name(
    trouble: Callable[[Simulation], None], came: Came, known_after: int
) -> None:
    ladder = climbed(trouble)
    first = ladder.sends[0]
    assert first.came is came
    assert first.known_at - first.at == known_after
    assert [send.came for send in ladder.sends[1:]] == ([] if came is Came.ACKED else [Came.ACKED])
    assert first.status == {Came.ACKED: 200, Came.REFUSED: 500}.get(came, 0)


def test_the_seed_story_is_acked_at_the_fifth_send() -> None:
    wechat, alipay, refund = ladders(of_run(load("late_wechat_after_alipay").play().run))
    assert [send.came for send in wechat.sends] == [Came.HELD] * 4 + [Came.ACKED]
    assert [send.number for send in wechat.sends] == [1, 2, 3, 4, 5]
    assert [one.is_acked for one in (wechat, alipay, refund)] == [True] * 3
    assert refund.news == "refund P1-R1 SUCCESS ¥99.00"


@pytest.mark.parametrize("world", WORLDS)
def test_no_channel_goes_on_after_an_ack_nor_gives_up_without_one(world: Path) -> None:
    met = 0
    for seed in range(6):
        run = load(str(world)).play(seed=seed, changes={"profile": "hostile"}).run
        for ladder in ladders(of_run(run)):
            numbers = [send.number for send in ladder.sends]
            assert numbers == list(range(1, len(numbers) + 1))
            assert Came.ACKED not in [send.came for send in ladder.sends[:-1]]
            assert ladder.is_acked or len(numbers) == len(ladder.due) or not run.ok
            assert all(send.at >= due for send, due in zip(ladder.sends, ladder.due, strict=False))
            assert ladder.due[: len(numbers)], "the shipped channels climb their own ladders"
            met += len(numbers)
    assert met


def test_the_configured_sends_are_the_profiles_gaps() -> None:
    run = load("late_wechat_after_alipay").play().run
    first = ladders(of_run(run))[0]
    assert [after - before for before, after in pairwise(first.due)] == list(WECHAT.gaps)
    assert ladders(of_run(run), ())[0].due == ()


def test_gaps_that_the_run_did_not_keep_are_not_shown_as_configured() -> None:
    run = load("late_wechat_after_alipay").play().run
    slower = attrs.evolve(WECHAT, gaps=tuple(2 * gap for gap in WECHAT.gaps))
    wechat, alipay, _ = ladders(of_run(run), (slower, CHANNELS["alipay"]))
    assert wechat.due == ()
    assert alipay.due


def test_two_payments_of_one_trade_have_a_ladder_each() -> None:
    run = load("second_number_under_one_trade").play().run
    firsts = [one.sends[0] for one in ladders(of_run(run))]
    assert all(first.number == 1 for first in firsts)
    assert len({one.trade for one in ladders(of_run(run))}) < len(firsts)


def test_an_empty_journal_has_no_ladders() -> None:
    assert ladders(History("nothing", Journal())) == ()
