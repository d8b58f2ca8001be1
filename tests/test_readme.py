"""The README shows what the code does now."""

from __future__ import annotations

import runpy

import pytest
from tests.readme_blocks import BLOCKS, README, TESTS, written


def test_generated_blocks_are_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")

    assert written(text) == text, "run: python tests/readme_blocks.py"


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_is_shown(name: str) -> None:
    assert f"<!-- generated: {name} -->" in README.read_text(encoding="utf-8")


def test_a_changed_block_is_noticed() -> None:
    text = README.read_text(encoding="utf-8").replace("CREATED --> PAYING: O2", "CREATED --> PAID: O2")

    assert written(text) != text


def test_the_channel_of_the_readme_holds() -> None:
    runpy.run_path(str(TESTS / "own_channel.py"))
