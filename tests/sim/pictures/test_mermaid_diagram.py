"""The sequence diagram is well-formed, and has in it what happened."""

from __future__ import annotations

import re

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.pictures.drawing import pictures, seed_story
from tests.sim.pictures.mermaid_grammar import NotADiagram, Statement, read

from paytwice import CHANNELS, Simulation, seconds, simulate
from paytwice.pictures.layout import layout
from paytwice.pictures.mermaid import mermaid
from paytwice.pictures.model import Lane, Moment, Note, Picture, Role, Tone
from paytwice.pictures.reading import picture
from paytwice.story.scenario import load

ARROWS = ("->>", "-->>", "-x", "--x")
of_every_run = pytest.mark.parametrize(
    "shown", [pytest.param(one, id=f"{number} {one.title[:40]}") for number, one in enumerate(pictures())]
)


@of_every_run
def test_mermaid_can_read_every_diagram(shown: Picture) -> None:
    title, statements = read(mermaid(shown))
    page = layout(shown)
    names = [said.names[0] for said in statements if said.kind in ("participant", "actor")]
    arrows = [said for said in statements if said.kind in ARROWS]

    assert title == shown.title
    assert names == [lane.name for lane in shown.lanes]
    assert len(arrows) == sum(
        not page.left_out.issuperset((message.sent, copy.end))
        for message in shown.messages
        for copy in message.copies
    )
    assert statements[-1].text == shown.conclusion


WELL_FORMED = """---
title: "A title"
---
sequenceDiagram
    actor customer as Customer
    participant shop as Merchant
    customer->>shop: orders #35;1
    shop--xcustomer: ok (LOST)
    Note over customer,shop: nothing was captured
"""


def test_the_reader_takes_what_mermaid_takes() -> None:
    title, statements = read(WELL_FORMED)

    assert title == "A title"
    assert statements[2] == Statement("->>", ("customer", "shop"), "orders #1")
    assert statements[3].kind == "--x"
    assert statements[4] == Statement("note", ("customer", "shop"), "nothing was captured")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("orders #35;1", "orders #1"),
        ("orders #35;1", "orders; pays"),
        ("orders #35;1", "a %% b"),
        ("orders #35;1", "#nosuchentity;"),
        ("orders #35;1", "wrap: a"),
        ("orders #35;1", "a\n    b"),
        ("orders #35;1", ""),
        ("->>shop: orders", "->>shop orders"),
        ("->>shop", "->>bank"),
        ("->>shop", "=>shop"),
        ("Note over customer,shop", "Note over customer,bank"),
        ("Note over customer,shop", "Note on customer"),
        ("participant shop", "participant customer"),
        ("shop", "link"),
        ("shop", "Alt"),
        ("shop", "the-shop"),
        ('"A title"', "A title"),
        ("nothing", "nothing" * 8_000),
    ],
)
def test_the_reader_refuses_what_mermaid_refuses(before: str, after: str) -> None:
    with pytest.raises(NotADiagram):
        read(WELL_FORMED.replace(before, after))


@settings(deadline=None)
@given(said=st.text(), title=st.text(), channel=st.text(min_size=1))
def test_whatever_somebody_says_the_diagram_is_still_one(said: str, title: str, channel: str) -> None:
    shown = Picture(
        title=title,
        outcome="ok",
        conclusion="",
        lanes=(Lane("customer", "Customer", Role.CUSTOMER), Lane(channel, channel, Role.CHANNEL)),
        messages=(),
        notes=(Note(Moment(0, 0), "customer", Tone.ALARM, said),),
        bands=(),
        spans=(),
        ended=Moment(1, 1),
    )
    _, statements = read(mermaid(shown))

    assert len(statements) == 5
    assert statements[3].text == (
        "".join(c for c in " ".join(said.split()) if c.isprintable()).strip() or "…"
    )


def test_a_day_of_asking_is_a_diagram_that_mermaid_does_not_refuse_for_its_length() -> None:
    shown = picture(load("bill_finds_what_nobody_told").play().run)
    _, statements = read(mermaid(shown))
    drawn = sum(said.kind in ARROWS for said in statements)
    hidden = [re.search(r"and (\d+) more like these", said.text) for said in statements]

    assert len(shown.messages) > 1_500
    assert len(statements) < 200
    assert drawn + sum(int(found[1]) for found in hidden if found) == len(shown.messages)


def test_a_late_message_stands_where_it_arrived() -> None:
    lines = mermaid(picture(seed_story())).splitlines()
    sent = lines.index("    Note over wechat: sends notify P1-1 paid ¥99.00 (held)")
    arrived = lines.index("    wechat->>merchant: notify P1-1 paid ¥99.00 (sent 3m00s before)")

    assert lines.index("    Note over customer,alipay: +0.00s") < sent < arrived
    assert lines.index("    Note over merchant: PAID by alipay AL0001") < arrived


async def _lossy(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    sim.network.lose("wechat", "merchant", "payment.notify")
    await order.pay("wechat")
    await sim.sleep(seconds(1))


def test_a_lost_message_ends_in_a_cross() -> None:
    assert "    wechat-xmerchant: notify P1-1 paid ¥99.00 (LOST)" in mermaid(picture(simulate(_lossy)))


def test_what_mermaid_would_take_for_its_own_is_escaped() -> None:
    text = mermaid(picture(seed_story(), title='Say "50 % off"; #1'))

    assert 'title: "Say \\"50 % off\\"; #1"' in text
    assert "notify #35;5 P1-1" in text


@pytest.mark.parametrize("name", ["end", "link", "Link", "over", "title", "pay-pal", "银联"])
def test_a_channel_may_be_called_what_it_likes(name: str) -> None:
    async def pays(sim: Simulation) -> None:
        await (await sim.checkout("99.00 CNY")).pay(name)

    channels = {name: attrs.evolve(CHANNELS["wechat"], name=name)}
    text = mermaid(picture(simulate(pays, channels=channels)))

    read(text)
    assert f"    participant lane2 as {name}\n" in text
    assert "    lane2->>merchant: notify P1-1 paid ¥99.00" in text
