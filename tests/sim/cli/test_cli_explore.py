"""`paytwice explore`, as it is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sim.cli.commanding import in_a_process

SMALL = '''
"""A customer pays twice at once."""

from paytwice import Simulation


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await sim.together(order.pay("wechat"), order.pay("alipay"))
'''


@pytest.fixture
def small(tmp_path: Path) -> str:
    path = tmp_path / "small.py"
    path.write_text(SMALL)
    return str(path)


def test_all_orders_within_the_bounds_are_played_and_that_is_said(small: str) -> None:
    done = in_a_process("explore", small, "--depth", "2")

    assert done.status == 0, done.err
    assert ": no violation" in done.out
    assert "schedules of this story that differ within their first 2 decisions were played" in done.out
    assert "draws" not in done.out, "it is a search, and says nothing of chance"
    some = in_a_process("explore", small, "--runs", "3", "--json").json
    assert (some["runs"], some["draws"], some["is_complete"]) == (3, 0, False)
    assert some["schedules"] == {"depth-first": 3}
    assert some["says"] == "3 schedules of this story were played, and there are more"


def test_a_merchant_that_loses_money_is_caught_and_its_folder_written(small: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    canary = "paytwice.merchant.canary:Canary"
    done = in_a_process("explore", small, "--runs", "5", "--merchant", canary, "--out", str(out))

    assert done.status == 1, done.err
    assert "S4 no stranded money" in done.out
    assert [*out.glob("*-S4-1/replay.json")], "the first order will do"


def test_what_cannot_be_meant_is_refused() -> None:
    assert "did you mean nobody_pays" in in_a_process("explore", "nobody_pay").err
    assert in_a_process("explore", "nobody_pays", "--delays", "-1").status == 2
    idle = in_a_process("explore", "nobody_pays", "--set", "profile=rough")
    assert (idle.status, idle.err) == (
        2,
        "paytwice: --set profile means nothing here: explore leaves nothing but the order to chance\n",
    )
