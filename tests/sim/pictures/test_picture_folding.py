"""Days of asking again fit on a page, and what a fold hides is like what stands beside it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from tests.library import SCENARIOS
from tests.sim.pictures.drawing import rough

from paytwice.journal import What
from paytwice.pictures.folding import LONG, Stretch, stretches
from paytwice.pictures.labels import Label
from paytwice.pictures.layout import layout
from paytwice.pictures.model import Ending, Fault, Message, Picture
from paytwice.pictures.page import Mark
from paytwice.pictures.reading import picture
from paytwice.story.scenario import load


@cache
def _a_week() -> Picture:
    """A refund waits for seven days; the merchant asks each hour, and fetches each day's bills."""
    return picture(load("refund_without_balance").play().run)


@cache
def _a_rough_night() -> Picture:
    """A merchant asks in vain till morning, while messages get lost and its process dies now and then."""
    return picture(rough("bill_finds_what_nobody_told", 5))


def test_a_week_of_bills_and_queries_fits_on_a_page() -> None:
    shown = _a_week()

    assert len(shown.messages) > 500
    assert layout(shown).bottom < 17


def test_the_bills_of_quiet_days_are_told_once_with_their_days_and_their_number() -> None:
    labels = [one.text for one in layout(_a_week()).written if isinstance(one.about, Label)]
    told = [text for text in labels if text.startswith("fetch bill")]
    fetched = [message for message in _a_week().messages if message.kind == "bill.fetch"]

    assert told.count("fetch bill of 2026-03-03 … 2026-03-08 ×6") == 2, "at either channel"
    assert sum(int(text.partition("×")[2] or 1) for text in told) == len(fetched) == 16


def _parts_of(shown: Picture) -> list[list[Stretch]]:
    return [list(group) for _, group in groupby(stretches(shown), key=lambda part: part.group)]


def _matters(shown: Picture, part: Stretch) -> set[tuple[str, str, str]]:
    inside = set(part.moments)
    return {(one.sender, one.receiver, one.matter) for one in shown.messages if one.sent in inside}


def test_what_is_left_out_is_like_something_that_is_drawn_beside_it() -> None:
    for shown in (_a_week(), _a_rough_night()):
        assert any(part.left_out for part in stretches(shown))
        for group in _parts_of(shown):
            drawn = {matter for part in group if not part.left_out for matter in _matters(shown, part)}
            hidden = {matter for part in group if part.left_out for matter in _matters(shown, part)}
            assert hidden <= drawn


def test_a_night_of_bad_weather_is_no_longer_than_a_poster() -> None:
    shown = _a_rough_night()
    drawn = [moment for part in stretches(shown) if not part.left_out for moment in part.moments]

    assert len(shown.moments) > 5 * LONG
    assert len(drawn) <= LONG
    assert layout(shown).bottom < 30


def test_money_states_and_goods_are_never_left_out() -> None:
    shown = _a_rough_night()
    left_out = layout(shown).left_out

    assert not left_out & {note.moment for note in shown.notes if not note.text.startswith("ALARM")}


def _number(words: str, text: str) -> int:
    found = re.search(rf"(\d+) {words}", text)
    return int(found[1]) if found else 0


def test_a_fold_says_how_much_was_lost_in_it_and_how_often_somebody_was_down() -> None:
    shown = _a_rough_night()
    page = layout(shown)
    told = [one.text for one in page.written if isinstance(one.about, Mark)]

    def is_hidden(message: Message) -> bool:
        return page.left_out.issuperset((message.sent, *(copy.end for copy in message.copies)))

    hidden = [message for message in shown.messages if is_hidden(message)]
    lost = [copy for one in hidden for copy in one.copies if copy.ending is Ending.LOST]
    downs = [one for one in shown.spans if one.fault is Fault.DOWN and one.begin in page.left_out]
    assert sum(_number("LOST", text) for text in told) == len(lost) > 50
    assert sum(_number("outage", text) for text in told) == len(downs) > 10


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_numbers_beside_labels_add_up_to_the_messages_of_the_journal(path: Path) -> None:
    run = load(str(path)).play().run
    shown = picture(run)
    sent = Counter((one.sender, one.receiver, one.matter) for one in shown.messages)
    told: Counter[tuple[str, str, str]] = Counter()
    for written in layout(shown).written:
        about = written.about
        if isinstance(about, Label) and about.moment == about.message.sent:
            message = about.message
            times = _number_after("×", written.text)
            told[message.sender, message.receiver, message.matter] += times

    assert told == sent
    assert sent.total() == sum(entry.what is What.SENT for entry in run.journal)


def _number_after(sign: str, text: str) -> int:
    found = re.search(rf"{sign}(\d+)", text)
    return int(found[1]) if found else 1
