"""The README shows what the code does now."""

from __future__ import annotations

import inspect
import runpy
import sys
from pathlib import Path

import pytest
from tests.readme_blocks import BLOCKS, README, TESTS, written
from tests.readme_pictures import COMMANDS, FOLDER, drawn, drawn_by, told

from paytwice import Customer, Simulation
from paytwice.channels.requests import KINDS
from paytwice.journal import What
from paytwice.story.at_channel import AtChannel
from paytwice.story.scenario import load


def test_generated_blocks_are_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")

    assert written(text) == text, "run: python tests/readme_blocks.py"


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_is_shown(name: str) -> None:
    assert f"<!-- generated: {name} -->" in README.read_text(encoding="utf-8")


def test_a_changed_block_is_noticed() -> None:
    text = README.read_text(encoding="utf-8").replace("CREATED --> PAYING: O2", "CREATED --> PAID: O2")

    assert written(text) != text


@pytest.mark.parametrize("kind", [Simulation, Customer, AtChannel])
def test_all_that_a_story_can_do_is_told(kind: type) -> None:
    text = README.read_text(encoding="utf-8")
    methods = [name for name, one in vars(kind).items() if inspect.isfunction(one) and name[0] != "_"]

    assert [name for name in methods if f".{name}(" not in text and name != "place"] == []


def test_all_kinds_of_messages_are_told() -> None:
    text = README.read_text(encoding="utf-8")
    run = load("customer_refund_meets_duplicate_refund").play().run
    sent = {entry.subject for entry in run.journal if entry.what is What.SENT}

    assert [
        kind for kind in [*sorted(sent), *KINDS.values()] if f"`{kind.removesuffix('.reply')}`" not in text
    ] == []
    assert "payment.notify" in sent


def test_the_channel_of_the_readme_holds() -> None:
    runpy.run_path(str(TESTS / "own_channel.py"))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_pictures_are_shown_and_up_to_date(name: str, tmp_path: Path) -> None:
    assert f"](.github/{name})" in README.read_text(encoding="utf-8")
    shown, now = (FOLDER / name).read_text(encoding="utf-8"), drawn(name, tmp_path)

    assert told(shown) == told(now), "run: python tests/readme_pictures.py"
    if sys.platform == "linux" and drawn_by(shown) == drawn_by(now):
        assert shown == now, "run: python tests/readme_pictures.py"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "late_wechat_after_alipay.svg"])
def test_the_command_of_a_picture_stands_beside_it(name: str) -> None:
    assert f"`paytwice {COMMANDS[name]} {name}`" in README.read_text(encoding="utf-8")


def test_a_changed_picture_is_noticed() -> None:
    picture = (FOLDER / "late_wechat_after_alipay.svg").read_text(encoding="utf-8")

    assert told(picture.replace("refund P1-R1 is DONE", "refund P1-R1 is PENDING")) != told(picture)
