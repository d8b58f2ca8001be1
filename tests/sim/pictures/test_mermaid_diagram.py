"""The sequence diagram is well-formed, and has in it what happened."""

from __future__ import annotations

import re

import attrs
import pytest
from tests.sim.pictures.drawing import pictures, seed_story

from paytwice import CHANNELS, Simulation, seconds, simulate
from paytwice.pictures.mermaid import mermaid
from paytwice.pictures.model import Picture
from paytwice.pictures.reading import picture

PARTICIPANT = re.compile(r"    (?:actor|participant) (\w+) as (.+)")
ARROW = re.compile(r"    (\w+)(->>|-->>|-x|--x)(\w+): (.+)")
NOTE = re.compile(r"    Note over (\w+)(?:,(\w+))?: (.+)")


@pytest.mark.parametrize(
    "shown", [pytest.param(one, id=f"{number} {one.title[:40]}") for number, one in enumerate(pictures())]
)
def test_a_diagram_has_known_statements_about_declared_participants_only(shown: Picture) -> None:
    head, title, foot, kind, *lines = mermaid(shown).splitlines()
    declared, arrows = [], 0

    assert (head, foot, kind) == ("---", "---", "sequenceDiagram")
    assert title.startswith('title: "')
    for line in lines:
        if found := PARTICIPANT.fullmatch(line):
            assert arrows == 0
            declared.append(found[1])
        elif found := ARROW.fullmatch(line):
            assert {found[1], found[3]} <= set(declared)
            assert ";" not in re.sub(r"#\d+;", "", found[4])
            arrows += 1
        else:
            found = NOTE.fullmatch(line)
            assert found, line
            assert {found[1], found[2] or found[1]} <= set(declared)
    assert declared == [lane.name for lane in shown.lanes]
    assert arrows == sum(len(message.copies) for message in shown.messages)


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


async def _pays_at_the_end(sim: Simulation) -> None:
    await (await sim.checkout("99.00 CNY")).pay("end")


def test_a_channel_may_be_called_what_it_likes() -> None:
    channels = {"end": attrs.evolve(CHANNELS["wechat"], name="end")}
    text = mermaid(picture(simulate(_pays_at_the_end, channels=channels)))

    assert "    participant lane2 as end\n" in text
    assert "    lane2->>merchant: notify P1-1 paid ¥99.00" in text
