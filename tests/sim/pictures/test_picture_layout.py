"""On the page time goes down, nothing that is written lies on anything else, and long rests are folded."""

from __future__ import annotations

from itertools import combinations, groupby, pairwise

import pytest
from tests.sim.merchants.small import SmallMerchant
from tests.sim.pictures.drawing import asks_in_vain, pictures, seed_story, three_customers

from paytwice import Simulation, hours, seconds, simulate
from paytwice.pictures.arrows import Arrow, arrows
from paytwice.pictures.folding import QUIET, stretches
from paytwice.pictures.labels import Label
from paytwice.pictures.layout import layout
from paytwice.pictures.model import Ending, Moment, Picture, Tone
from paytwice.pictures.page import Mark, Page, Written
from paytwice.pictures.reading import picture

of_every_run = pytest.mark.parametrize(
    "shown", [pytest.param(one, id=f"{number} {one.title[:40]}") for number, one in enumerate(pictures())]
)


def _overlapping(page: Page) -> list[tuple[str, str]]:
    return [
        (one.text, other.text) for one, other in combinations(page.written, 2) if one.box.overlaps(other.box)
    ]


@of_every_run
def test_no_text_lies_on_another(shown: Picture) -> None:
    assert _overlapping(layout(shown)) == []


def test_texts_that_do_lie_on_each_other_are_noticed() -> None:
    page = layout(picture(seed_story()))
    label = next(written for written in page.written if isinstance(written.about, Label))
    page.written.append(Written("on top", label.box.moved(0.05), "left", label.about))

    assert (label.text, "on top") in _overlapping(page)


@of_every_run
def test_time_goes_down_the_page(shown: Picture) -> None:
    page = layout(shown)

    assert list(page.y) == sorted(page.y)
    assert all(above <= below for above, below in pairwise(page.y.values()))
    assert set(page.y) == set(shown.moments)


@of_every_run
def test_all_that_is_written_is_on_the_page(shown: Picture) -> None:
    page = layout(shown)

    for written in page.written:
        assert 0 <= written.box.left < written.box.right <= page.width, written.text
        assert 0 <= written.box.top < written.box.bottom <= page.bottom, written.text


@of_every_run
def test_every_rest_is_folded_and_the_time_is_told_after_it(shown: Picture) -> None:
    page = layout(shown)
    parts = stretches(shown)
    rests = [part for part in parts if part.quiet_before and not part.left_out]
    heaps = [left_out for left_out, _ in groupby(part.left_out for part in parts) if left_out]
    times = {written.about for written in page.written if isinstance(written.about, Moment)}

    assert len(page.folds) == len(rests) + len(heaps)
    assert all(part.begin in times for part in rests if not part.dull)


@of_every_run
def test_every_message_is_an_arrow_unless_it_is_one_of_many_that_are_left_out(shown: Picture) -> None:
    page = layout(shown)
    drawn = {arrow.message.sent for arrow in arrows(shown, page)}

    for message in shown.messages:
        assert message.sent in drawn or message.sent in page.left_out


@of_every_run
def test_in_every_stretch_that_is_drawn_every_arrow_has_its_label(shown: Picture) -> None:
    page = layout(shown)
    home = {moment: part.group for part in stretches(shown) for moment in part.moments}
    told = {
        (home[written.about.moment], written.about.message.matter)
        for written in page.written
        if isinstance(written.about, Label)
    }

    for arrow in arrows(shown, page):
        if arrow.message.sent not in page.left_out:
            assert (home[arrow.message.sent], arrow.message.matter) in told


@of_every_run
def test_every_kind_of_message_has_its_label(shown: Picture) -> None:
    page = layout(shown)
    labelled = {written.about.message.matter for written in page.written if isinstance(written.about, Label)}

    assert {message.matter for message in shown.messages} == labelled


# -- arrows -------------------------------------------------------------------------------------------------


def _arrow(shown: Picture, label: str) -> Arrow:
    return next(one for one in arrows(shown, layout(shown)) if one.message.title.startswith(label))


def test_an_arrow_goes_from_its_sending_to_its_arrival() -> None:
    shown = picture(seed_story())
    page = layout(shown)
    arrow = _arrow(shown, "create P1-1")
    (start, *_, end) = arrow.shafts[0]

    assert start == (page.lanes["merchant"] + page.edge("merchant"), page.y[arrow.message.sent])
    assert end == (page.lanes["wechat"], page.y[arrow.message.copies[0].end])
    assert (arrow.head, arrow.cross, arrow.late) == (True, None, False)


def test_what_is_held_waits_on_its_way() -> None:
    shown = picture(seed_story())
    arrow = _arrow(shown, "notify P1-1")

    assert arrow.waiting is not None
    (x, top), (same_x, bottom) = arrow.waiting
    assert x == same_x
    assert bottom - top > 3
    assert arrow.late


def test_two_that_wait_at_the_same_time_wait_side_by_side() -> None:
    shown = picture(seed_story())
    places = [one.waiting[0][0] for one in arrows(shown, layout(shown)) if one.waiting is not None]

    assert len(places) == len(set(places)) == 12


async def _lossy(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.network.lose("wechat", "merchant", "payment.notify")
    sim.network.duplicate("merchant", "wechat", "trade.query", seconds(3))
    await order.pay("wechat")
    await sim.sleep(seconds(20))


def test_what_is_lost_breaks_off_with_a_cross_past_its_label() -> None:
    shown = picture(simulate(_lossy))
    page = layout(shown)
    arrow = _arrow(shown, "notify P1-1")
    label = next(one for one in page.written if one.text == "notify P1-1 paid ¥99.00 · LOST")

    assert arrow.message.copies[0].ending is Ending.LOST
    assert not arrow.head
    assert arrow.cross is not None
    assert page.lanes["merchant"] < arrow.cross[0] < label.box.left


def test_a_copy_that_the_network_made_is_an_arrow_of_its_own() -> None:
    shown = picture(simulate(_lossy))
    copies = [one.again for one in arrows(shown, layout(shown)) if one.message.label == "query P1-1"]

    assert copies == [False, True]


# -- folding ------------------------------------------------------------------------------------------------


async def _down_all_night(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.crash_merchant(downtime=hours(25))
    await order.confirm("wechat")
    await sim.sleep(hours(26))


def test_a_night_of_sixteen_notifications_stays_readable() -> None:
    shown = picture(simulate(_down_all_night))
    page = layout(shown)
    sends = [one for one in arrows(shown, page) if one.message.kind == "payment.notify"]

    assert len(sends) == 16
    assert page.bottom < 6, "it fits a slide"
    assert any(one.text == "notify #2 P1-1 paid ¥99.00 ×15 · process is down" for one in page.written)


def test_of_many_that_are_alike_some_are_left_out_and_counted() -> None:
    shown = picture(simulate(asks_in_vain))
    page = layout(shown)
    drawn = list(arrows(shown, page))
    told = [written.text for written in page.written if isinstance(written.about, Mark)]

    assert sum(int(text.split()[1]) for text in told) == len(shown.messages) - len(drawn)
    assert len(drawn) < len(shown.messages) - 5
    assert drawn[-1].message is shown.messages[-1]


class _CriesForHelp(SmallMerchant):
    """A merchant that tells somebody each time it looks."""

    async def look_up(self, no: str, channel: str) -> bool:
        self.my.alarm(no, "nobody has paid yet")
        return await super().look_up(no, channel)


def test_an_alarm_that_is_told_again_and_again_is_written_with_its_number() -> None:
    shown = picture(simulate(asks_in_vain, merchant=_CriesForHelp))
    alarms = [written for written in layout(shown).written if written.text.startswith("ALARM P1: nobody")]

    cries = sum(note.tone is Tone.ALARM for note in shown.notes)
    assert len(alarms) < cries / 20
    assert "×" in alarms[-1].text


def test_stretches_are_cut_only_where_it_is_quiet() -> None:
    for part in stretches(picture(simulate(three_customers))):
        assert all(later.at - moment.at <= QUIET for moment, later in pairwise(part.moments))
        assert part.quiet_before > QUIET or part.begin.entry <= 1
