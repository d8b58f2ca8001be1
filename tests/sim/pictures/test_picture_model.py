"""The model of a picture has in it what the journal says, each thing once."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.sim.merchants import broken, plots
from tests.sim.pictures.drawing import rough, seed_story, three_customers

from paytwice import Run, Simulation, hours, minutes, seconds, simulate
from paytwice.journal import What
from paytwice.pictures.layout import layout
from paytwice.pictures.model import Ending, Fault, Message, Note, Picture, Tone
from paytwice.pictures.reading import picture


def _runs() -> list[Run]:
    return [
        seed_story(),
        simulate(three_customers),
        *(rough("late_wechat_after_alipay", n) for n in range(6)),
    ]


def _notes(of: Picture, tone: Tone) -> list[Note]:
    return [note for note in of.notes if note.tone is tone]


def _sent(of: Picture, label: str) -> Message:
    return next(message for message in of.messages if message.label.startswith(label))


@pytest.mark.parametrize("run", _runs(), ids=lambda run: f"{run.scenario} {run.seed}")
def test_every_message_of_the_journal_is_in_the_picture_once(run: Run) -> None:
    shown = picture(run)
    ends = Counter(copy.end.entry for message in shown.messages for copy in message.copies)

    assert [message.sent.entry for message in shown.messages] == [
        entry.index for entry in run.journal if entry.what is What.SENT
    ]
    ended = {entry.index for entry in run.journal if entry.what in (What.ARRIVED, What.LOST)}
    assert {entry for entry in ends if entry < len(run.journal)} == ended
    assert all(ends[entry] == 1 for entry in ended)


@pytest.mark.parametrize("run", _runs(), ids=lambda run: f"{run.scenario} {run.seed}")
def test_all_that_was_captured_and_returned_is_marked_at_its_channel(run: Run) -> None:
    marked = Counter((note.lane, note.tone) for note in picture(run).notes)
    moved = Counter((entry.who, entry.subject) for entry in run.journal if entry.what is What.MONEY)

    for channel in run.ledgers:
        assert marked[channel, Tone.CAPTURED] == moved[channel, "CAPTURED"]
        assert marked[channel, Tone.RETURNED] == moved[channel, "RETURNED"]


def test_labels_are_in_the_trades_words() -> None:
    labels = [message.title for message in picture(seed_story()).messages]

    assert labels[:7] == [
        *("orders ¥99.00", "ok", "chooses wechat", "create P1-1", "created", "can pay now: P1-1"),
        "confirms ¥99.00",
    ]
    assert "notify P1-1 paid ¥99.00" in labels
    assert "notify #5 P1-1 paid ¥99.00" in labels
    assert "refund P1-R1 ¥99.00" in labels
    assert labels[-2:] == ["refund-notify P1-R1 SUCCESS ¥99.00", "ack"]


def test_no_label_is_a_bare_number_of_a_channels_own() -> None:
    run = simulate(plots.both_at_once)
    answers = {message.label for message in picture(run).messages if message.sender == "unionpay"}

    assert "PROCESSING (05)" in answers
    assert not any(answer.isdecimal() for answer in answers)


def test_lanes_stand_in_the_order_in_which_the_story_meets_them() -> None:
    lanes = picture(seed_story()).lanes

    assert [lane.title for lane in lanes] == ["Customer", "Merchant", "WeChat Pay", "Alipay"]


async def _with_a_link_that_nobody_uses(sim: Simulation) -> None:
    sim.network.partition("merchant", "unionpay")
    await (await sim.checkout("99.00 CNY")).pay("wechat")


def test_a_channel_that_takes_no_part_has_no_lane() -> None:
    shown = picture(simulate(_with_a_link_that_nobody_uses))

    assert [lane.name for lane in shown.lanes] == ["customer", "merchant", "wechat"]
    assert shown.spans == ()


async def _stops(sim: Simulation) -> None:
    await (await sim.checkout("99.00 CNY")).start("wechat")
    raise KeyError("P2")


def test_a_run_that_ended_early_is_drawn_as_far_as_it_went() -> None:
    shown = picture(simulate(_stops))

    assert shown.conclusion == "unknown, ended early by KeyError: nothing was captured"
    assert shown.messages[-1].label == "can pay now: P1-1"


def test_a_message_that_is_held_tells_where_and_until_when() -> None:
    (copy,) = _sent(picture(seed_story()), "notify P1-1").copies

    assert copy.ending is Ending.ARRIVED
    assert copy.held is not None
    assert copy.held.at == 320
    assert copy.end.at == 180_280


async def _trouble(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.lose("wechat", "merchant", "payment.notify")
    sim.network.duplicate("customer", "wechat", "customer.pay", seconds(1))
    await order.confirm("wechat")
    await sim.sleep(seconds(10))
    sim.crash_merchant(downtime=seconds(10))
    await sim.sleep(minutes(5))


def test_what_is_lost_doubled_or_comes_in_vain_is_told_apart() -> None:
    shown = picture(simulate(_trouble))
    notifications = [message for message in shown.messages if message.label.startswith("notify")]

    assert [copy.ending for copy in notifications[0].copies] == [Ending.LOST]
    assert [copy.ending for copy in notifications[1].copies] == [Ending.UNHEARD]
    assert [copy.ending for copy in notifications[2].copies] == [Ending.ARRIVED]
    assert [copy.ending for copy in _sent(shown, "confirms").copies] == [Ending.ARRIVED, Ending.ARRIVED]
    (span,) = shown.spans
    assert (span.fault, span.lane, span.text) == (Fault.DOWN, "merchant", "process down for 10s")


def test_the_answer_to_a_process_that_has_died_finds_nobody() -> None:
    async def story(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        sim.network.delay("wechat", "merchant", "trade.create.reply", seconds(5))

        async def die() -> None:
            await sim.sleep(seconds(2))
            sim.crash_merchant(downtime=seconds(20))

        await sim.together(order.start("wechat"), die())

    (copy,) = _sent(picture(simulate(story)), "created").copies

    assert copy.ending is Ending.UNHEARD


def test_an_order_has_one_state_at_every_moment() -> None:
    shown = picture(simulate(three_customers))
    for order in ("P1", "P2", "P3"):
        bands = [band for band in shown.bands if band.order == order]
        assert [one.end for one in bands[:-1]] == [other.begin for other in bands[1:]]
        assert bands[-1].end == shown.ended
        assert bands[-1].state == "PAID"


def test_broken_promises_stand_where_they_broke() -> None:
    run = simulate(plots.both_at_once, merchant=broken.ShipsForEachNotice)
    (note,) = _notes(picture(run), Tone.BROKEN)

    assert note.text == "BROKEN: S5 ship at most once"
    assert note.moment.at == run.verdict.violations[0].at
    assert picture(run).conclusion.startswith("violated (S5 ship at most once): ")


def test_the_conclusion_says_what_became_of_the_money() -> None:
    told = picture(seed_story()).conclusion

    assert told == "ok: WeChat Pay captured ¥99.00 and returned it; Alipay captured ¥99.00 and keeps it"


async def _waits_a_day(sim: Simulation) -> None:
    await (await sim.checkout("99.00 CNY")).pay("wechat")
    await sim.sleep(hours(10))


def test_a_picture_ends_with_what_happened_last_where_all_is_well() -> None:
    assert picture(simulate(_waits_a_day)).ended.at < hours(1)


@pytest.mark.parametrize("what", What)
def test_a_row_that_says_something_new_does_no_harm(what: What) -> None:
    run = seed_story()
    before = picture(run)
    run.journal.note(run.ended_at, -1, what, "somebody", "nobody", "something new", "X", 7, "text")
    after = picture(run)

    assert after.messages[: len(before.messages)] == before.messages
    assert after.notes[: len(before.notes)] == before.notes
    assert layout(after).bottom > 0


def test_money_that_moves_in_a_new_way_is_told_by_its_name() -> None:
    run = seed_story()
    run.journal.note(run.ended_at, -1, What.MONEY, "wechat", "", "TOOK_LATE", "P1-1", 9900)

    assert picture(run).notes[-1].text == "took late ¥99.00"


def test_a_copy_that_never_arrived_is_told_apart_from_the_one_that_did() -> None:
    run = seed_story()
    journal, end = run.journal, run.ended_at
    sent = journal.note(end, -1, What.SENT, "merchant", "wechat", "trade.query", "P1-1")
    journal.note(end, sent, What.COPIED, "merchant", "wechat", "trade.query", "P1-1")
    journal.note(end, sent, What.ARRIVED, "wechat", "merchant", "trade.query", "P1-1")

    last = picture(run).messages[-1]
    assert [copy.ending for copy in last.copies] == [Ending.ARRIVED, Ending.UNDERWAY]


def test_what_the_merchant_says_of_a_refund_is_noted_when_it_changes() -> None:
    said = [note.text for note in _notes(picture(seed_story()), Tone.REFUND)]

    assert said == ["refund P1-R1 is PENDING", "refund P1-R1 is DONE"]


def test_what_never_arrived_is_under_way_at_the_end() -> None:
    run = seed_story()
    sent = run.journal.note(run.ended_at, -1, What.SENT, "merchant", "wechat", "trade.query", "P1-1")

    last = picture(run).messages[-1]
    assert last.sent.entry == sent
    assert [copy.ending for copy in last.copies] == [Ending.UNDERWAY]


async def _ways(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", lasting=seconds(1), one_way=True)
    await sim.sleep(seconds(2))
    sim.network.partition("wechat", "merchant", lasting=seconds(1), one_way=True)
    await sim.sleep(seconds(2))
    sim.network.hold("wechat", "customer", lasting=seconds(1))
    await sim.sleep(seconds(2))


def test_a_link_of_which_one_way_is_free_says_which_is_not() -> None:
    assert [span.text for span in picture(simulate(_ways)).spans] == [
        "way to WeChat Pay hangs for 1s",
        "way from WeChat Pay cut off for 1s",
        "customer's link to WeChat Pay hangs for 1s",
    ]
