"""Parts of a swimlane chart: a stretch of time, some orders, nothing folded, the causes of a breach lit."""

from __future__ import annotations

from collections.abc import Iterable
from time import process_time
from typing import Any, cast

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from tests.sim.pictures.drawing import asks_in_vain, rough, seed_story, three_customers

from paytwice import Run, Simulation, minutes, seconds, simulate
from paytwice.charts import swimlane
from paytwice.gallery.winner import LastWriterWins
from paytwice.pictures.brush import pale
from paytwice.pictures.labels import Label
from paytwice.pictures.layout import layout
from paytwice.pictures.model import Ending, Picture
from paytwice.pictures.page import CENTRED
from paytwice.pictures.palette import DARK, LIGHT, THEMES, Palette, colours
from paytwice.pictures.reading import picture
from paytwice.pictures.tags import tag
from paytwice.pictures.view import View
from paytwice.story.scenario import load


def twice_paid() -> Run:
    """The seed story with a merchant that books the last success."""
    return load("late_wechat_after_alipay").play(merchant=LastWriterWins).run


def of(run: Run, **view: Any) -> Picture:
    """A part of a run's picture."""
    return View(**view).of(picture(run), run)


def texts(figure: Figure) -> list[str]:
    """What is written in a chart."""
    return [text.get_text() for text in figure.axes[0].texts]


def inks(figure: Figure) -> set[str]:
    """The colours of the arrows, lanes and folds."""
    lines = [one for one in figure.axes[0].collections if isinstance(one, LineCollection)]
    return {to_hex(colour) for one in lines for colour in cast(Iterable[Any], one.get_color())}


# -- a stretch of time --------------------------------------------------------------------------------------


def test_a_zoom_shows_what_reaches_into_it_and_nothing_else() -> None:
    run = seed_story()
    whole, part = picture(run), of(run, between=(seconds(40), minutes(2)))
    for message in whole.messages:
        last = max(copy.end.at for copy in message.copies)
        assert (message in part.messages) == (message.sent.at <= minutes(2) and last >= seconds(40))
    assert part.notes == tuple(one for one in whole.notes if seconds(40) <= one.moment.at <= minutes(2))
    assert {(one.begin.at, one.end.at) for one in part.spans} == {(seconds(40), minutes(2))}
    assert part.ended.at == minutes(2)


def test_a_zoom_says_what_it_shows() -> None:
    assert any(
        "shown: +40.00s to +2m00.00s" in text
        for text in texts(swimlane(seed_story(), between=(seconds(40), minutes(2))))
    )


def test_a_zoom_leaves_out_the_channels_at_which_nothing_is_to_see() -> None:
    lanes = [lane.name for lane in of(seed_story(), between=(0, 250)).lanes]
    assert lanes == ["customer", "merchant", "wechat"]


def test_a_zoom_into_a_quiet_time_says_that_nothing_happens() -> None:
    run = load("nobody_pays").play().run
    quiet = (seconds(100), seconds(101))
    assert not of(run, between=quiet).messages
    assert any("nothing happens" in text for text in texts(swimlane(run, between=quiet)))


@pytest.mark.parametrize("window", [(5, 5), (9, 3), (-1, 4)])
def test_times_that_are_no_stretch_are_refused(window: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="from one time in ms to a later one"):
        swimlane(seed_story(), between=window)


def test_a_stretch_after_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="after the end of this run"):
        swimlane(seed_story(), between=(10**12, 10**12 + 1))


# -- some orders --------------------------------------------------------------------------------------------


def test_the_orders_of_a_run_share_out_all_that_is_about_one() -> None:
    run = simulate(three_customers)
    ids = [order.id for order in run.orders]
    parts = [of(run, orders=(one,)) for one in ids]
    shares = [{message.sent for message in part.messages} for part in parts]
    bills = {one.sent for one in picture(run).messages if one.kind.startswith("bill.")}
    assert all(shares)
    assert not shares[0] & shares[1] | shares[1] & shares[2]
    assert set.union(*shares) == {message.sent for message in picture(run).messages} - bills
    for name, part in zip(ids, parts, strict=True):
        assert {band.order for band in part.bands} == {name}
        assert any(f"shown: order {name}" in text for text in texts(swimlane(run, orders=name)))


def test_two_orders_together_are_both_of_them() -> None:
    run = rough("busy_shop", 3)
    one, other = (order.id for order in run.orders[:2])
    both = of(run, orders=(one, other))
    assert len(both.messages) == sum(len(of(run, orders=(each,)).messages) for each in (one, other))


def test_an_order_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="no order 'P9': did you mean P1"):
        swimlane(seed_story(), orders="P9")


# -- folding ------------------------------------------------------------------------------------------------


def test_without_folding_every_message_has_its_label_and_no_time_is_left_out() -> None:
    run = simulate(asks_in_vain)
    folded, full = layout(of(run)), layout(of(run, folded=False))
    assert folded.folds
    assert folded.left_out
    assert not full.folds
    assert not full.left_out
    assert full.bottom > folded.bottom
    sent = {message.sent for message in picture(run).messages}
    alone = {one.about.moment for one in full.written if isinstance(one.about, Label) and "×" not in one.text}
    assert len(alone & sent) > 0.8 * len(sent)  # what is sent at once still shares a label


def test_without_folding_the_chart_has_one_arrow_for_every_copy_of_a_message() -> None:
    run = seed_story()
    copies = [copy for message in picture(run).messages for copy in message.copies]
    shafts = sum(2 if copy.held is not None else 1 for copy in copies)
    waits = sum(copy.held is not None for copy in copies)
    assert all(copy.ending is Ending.ARRIVED for copy in copies)
    figure = swimlane(run, fold=False)
    lines = [one for one in figure.axes[0].collections if isinstance(one, LineCollection)]
    arrows = [line for one in lines if 3 < one.get_zorder() < 5 for line in one.get_segments()]
    signs = 3  # request, answer, held: the samples in the legend
    assert len(arrows) == shafts + waits + signs


# -- causes -------------------------------------------------------------------------------------------------


def test_the_causes_of_a_breach_stand_out_and_all_else_is_pale() -> None:
    run = twice_paid()
    part = of(run, causes_of="S1")
    chain = {
        index
        for one in run.verdict.violations
        if one.invariant == "S1"
        for entry in one.entries
        for index in run.journal.chain(entry)
    }
    assert set(part.lit or ()) == chain
    lit = [one.label for one in part.messages if part.is_lit(one)]
    assert lit.count("notify P1-1 paid ¥99.00") == 1
    assert "notify P1-2 paid ¥99.00" in lit
    assert "query P1-1" not in lit
    drawn, plain = inks(swimlane(run, causes_of="S1")), inks(swimlane(run))
    wechat = LIGHT.channels["wechat"]
    assert {wechat.lower(), pale(wechat, LIGHT.paper)} <= drawn
    assert pale(wechat, LIGHT.paper) not in plain


def test_the_first_breach_is_asked_for_by_that_word() -> None:
    run = twice_paid()
    assert of(run, causes_of="first").lit == of(run, causes_of="S1").lit


def test_a_breach_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no promise is broken in this run"):
        swimlane(seed_story(), causes_of="S1")
    with pytest.raises(ValueError, match="no broken promise 'S2': did you mean S"):
        swimlane(twice_paid(), causes_of="S2")


def test_a_journal_alone_is_drawn_without_a_verdict() -> None:
    run = seed_story()
    kept = picture(run.journal)
    assert kept.messages == picture(run).messages
    assert kept.bands == picture(run).bands
    assert any("no verdict" in text for text in texts(swimlane(run.journal)))
    with pytest.raises(ValueError, match="a journal tells no verdict"):
        swimlane(run.journal, causes_of="S1")


# -- on dark paper, and thousands ---------------------------------------------------------------------------


def test_dark_paper_has_the_same_story_in_its_own_colours() -> None:
    run = seed_story()
    light, dark = swimlane(run), swimlane(run, theme="dark")
    assert texts(light) == texts(dark)
    assert to_hex(cast(Any, dark.get_facecolor())) == DARK.paper.lower()
    assert DARK.channels["wechat"].lower() in inks(dark)
    assert LIGHT.channels["wechat"].lower() not in inks(dark)


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_every_tag_can_be_read_on_its_ground(palette: Palette) -> None:
    def light(colour: str) -> float:
        linear = [
            part / 12.92 if part <= 0.04 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)
        ]
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for run in (seed_story(), twice_paid(), load("nobody_pays").play().run):
        part = picture(run)
        own = colours(part.lanes, palette)
        for note in part.notes:
            if note.tone in CENTRED:
                face, _, ink = tag(note, own, palette)
                bright, dark = sorted((light(face), light(ink)), reverse=True)
                assert (bright + 0.05) / (dark + 0.05) > 3, (note.text, face, ink)


def test_no_such_theme_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no theme 'sepia'"):
        swimlane(seed_story(), theme="sepia")


async def three_hundred(sim: Simulation) -> None:
    """A customer every second."""

    async def visit(number: int) -> None:
        await sim.sleep(seconds(number))
        order = await sim.checkout("99.00 CNY")
        await order.pay(("wechat", "alipay", "unionpay")[number % 3])
        if number % 5 == 0:
            await order.pay("alipay")

    await sim.together(*(visit(number) for number in range(310)))


def test_three_thousand_messages_are_drawn_within_seconds() -> None:
    run = simulate(three_hundred)
    begun = process_time()
    swimlane(run)
    took = process_time() - begun
    assert len(picture(run).messages) > 3_000
    assert took < 8  # about 2 where nothing else is done


def test_texts_that_are_written_letter_by_letter_stand_where_matplotlib_would_put_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = seed_story()
    pages = []
    for most in (0, 10**6):
        monkeypatch.setattr("paytwice.pictures.swimlane.MANY", most)
        canvas: Any = FigureCanvasAgg(swimlane(run))
        canvas.draw()
        ink = 255 - np.asarray(canvas.buffer_rgba())[..., :3].astype(int).mean(axis=2)
        high, wide = (size // 30 * 30 for size in ink.shape)
        pages.append(ink[:high, :wide].reshape(high // 30, 30, wide // 30, 30).mean(axis=(1, 3)))
    letters, words = pages
    assert abs(letters.sum() / words.sum() - 1) < 0.02
    assert abs(letters - words).max() < 0.3 * words.max()  # of the ink in a fifth of an inch square
