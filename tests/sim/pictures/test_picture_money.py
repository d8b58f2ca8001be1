"""Every movement of money that a ledger knows is a tag on its channel's lane, and the title sums them up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from tests.library import SCENARIOS
from tests.sim.pictures.drawing import rough

from paytwice import MerchantFactory, Run
from paytwice.channels.ledger import MovementKind
from paytwice.charts import swimlane
from paytwice.gallery import authenticity
from paytwice.pictures.layout import layout
from paytwice.pictures.model import Note, Tone
from paytwice.pictures.palette import LIGHT
from paytwice.pictures.reading import picture
from paytwice.story.scenario import load
from paytwice_core import Money

MARKS = {
    MovementKind.CAPTURED: ("captured", Tone.CAPTURED),
    MovementKind.RETURNED: ("returned", Tone.RETURNED),
    MovementKind.TOOK_LATE: ("took late", Tone.CAPTURED),
    MovementKind.GAVE_BACK: ("gave back", Tone.RETURNED),
    MovementKind.TO_MERCHANT_CARD: ("to the merchant's own card:", Tone.STRAYED),
}


def _in_the_ledger(run: Run, channel: str) -> list[str]:
    ledger = run.ledgers[channel]
    return [
        f"{MARKS[movement.kind][0]} {Money(movement.amount.minor, ledger.currency).display}"
        for movement in ledger.movements
        if movement.kind in MARKS
    ]


def _on_the_page(run: Run, channel: str) -> list[str]:
    """The tags on a channel's lane from the top, without the channel's own numbers."""
    tones = {tone for _, tone in MARKS.values()}
    page = layout(picture(run))
    return [
        re.sub(
            r"^P\d+-\d+: ", "", one.text.partition(" · ")[0]
        )  # whose it is, where there are several orders
        for one in sorted(page.written, key=lambda one: one.box.top)
        if isinstance(one.about, Note) and one.about.lane == channel and one.about.tone in tones
    ]


def _agree(run: Run) -> None:
    for channel in run.ledgers:
        assert _on_the_page(run, channel) == _in_the_ledger(run, channel)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_what_a_ledger_says_stands_on_its_lane_in_its_order(path: Path) -> None:
    _agree(load(str(path)).play().run)


@pytest.mark.parametrize("seed", range(6))
def test_so_it_does_where_chance_has_its_way(seed: int) -> None:
    _agree(rough("three_channels_one_order", seed))


def _conclusion(name: str, merchant: MerchantFactory | None = None) -> str:
    played = load(name).play() if merchant is None else load(name).play(merchant=merchant)
    return picture(played.run).conclusion


def test_money_on_the_merchants_own_card_is_not_called_kept() -> None:
    told = _conclusion("refund_abnormal_needs_a_person")

    assert ": WeChat Pay captured ¥99.00, sent ¥99.00 to the merchant's own card; Alipay captured" in told


def test_money_that_came_too_late_is_told() -> None:
    assert (
        _conclusion("unionpay_pays_after_paytimeout") == "ok: UnionPay took ¥99.00 too late, gave ¥99.00 back"
    )


def test_money_that_went_nowhere_is_no_story() -> None:
    assert _conclusion("nobody_pays") == "ok: nothing was captured"


def _tags_of(run: Run) -> dict[str, tuple[str, str]]:
    """The texts of tags in the drawing, with the colours behind each: of the tag and of its border."""
    axes = swimlane(run).axes[0]
    found = {}
    for text in axes.texts:
        for pills in (one for one in axes.collections if isinstance(one, PathCollection)):
            for path in pills.get_paths():
                if path.get_extents().contains(*text.get_position()):
                    colours = (pills.get_facecolor(), pills.get_edgecolor())
                    face, edge = (to_hex(cast(Any, colour)[0]) for colour in colours)
                    found[text.get_text()] = face, edge
    return found


def test_a_full_tag_is_money_taken_an_empty_one_money_returned_a_grey_one_money_astray() -> None:
    wechat, paper = LIGHT.channels["wechat"].lower(), LIGHT.paper.lower()
    abnormal = _tags_of(load("refund_abnormal_needs_a_person").play().run)
    returned = _tags_of(load("crash_after_refund_call").play().run)

    assert abnormal["captured ¥99.00 · WX0001"] == (wechat, wechat)
    assert returned["returned ¥40.00 · WX0001"] == (paper, wechat)
    assert abnormal["to the merchant's own card: ¥99.00 · WX0001"] == (LIGHT.closed.lower(), wechat)


def test_what_somebody_does_at_a_console_is_a_tag_of_its_own() -> None:
    tags = _tags_of(load("refunded_in_the_console").play().run)
    prices = _tags_of(load("amount_does_not_match").play().run)

    assert tags["at the console: refund HAND-1 of P1-1 ¥99.00"] == (LIGHT.paper.lower(), LIGHT.ink)
    assert prices["at the console: edits the price of P1-1 to ¥9.90"] == (LIGHT.paper.lower(), LIGHT.ink)


def test_a_verdict_of_violated_is_in_the_colour_of_alarms() -> None:
    name = "unionpay_pays_after_paytimeout"
    sound, lying = load(name).play(), load(name).play(merchant=authenticity.BelievesTheBrowser)
    colours = {
        str(text.get_text()).partition(" ")[0]: text.get_color()
        for played in (sound, lying)
        for text in swimlane(played.run, played.scenario.title).axes[0].texts
    }

    assert colours["ok:"] == LIGHT.ink
    assert colours["violated"] == LIGHT.alarm


def test_a_link_that_hangs_says_whose_it_is() -> None:
    spans = [span.text for span in picture(load("three_channels_one_order").play().run).spans]

    assert spans == ["WeChat Pay hangs for 320ms", "Alipay hangs for 160ms", "UnionPay hangs for 80ms"]


def test_a_refund_at_a_console_that_is_refused_says_so() -> None:
    notes = picture(rough("refund_notice_before_the_response", 2)).notes
    deeds = [note.text for note in notes if note.tone is Tone.CONSOLE]

    assert deeds == ["at the console: refund console-P1-1 of P1-1 ¥99.00: INVALID_REQUEST"]
    assert sum(note.tone is Tone.RETURNED for note in notes) == 1, "the customer's own refund"


@pytest.mark.parametrize(
    ("name", "suffered"),
    [
        (
            "refund_without_balance",
            [
                "has ¥0.00 for refunds, refuses more",
                "has ¥0.00 for refunds, the rest waits",
                "is paid ¥99.00 in for refunds",
            ],
        ),
        ("bill_finds_what_nobody_told", ["fails at query for 1d00h"]),
        ("query_answer_is_stale", ["answers queries as of 3s before"]),
    ],
)
def test_what_a_story_makes_of_a_channel_is_told_on_its_lane(name: str, suffered: list[str]) -> None:
    run = load(name).play().run
    notes = [note for note in picture(run).notes if note.tone is Tone.TROUBLE]

    assert [note.text for note in notes] == suffered
    assert {note.lane for note in notes} == {"wechat"}
    assert _tags_of(run)[suffered[0]] == (LIGHT.trouble.lower(), LIGHT.alarm.lower())
