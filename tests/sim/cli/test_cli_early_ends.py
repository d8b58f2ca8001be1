"""A run that cannot go on says where and why, and passes no verdict that it has no grounds for."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from tests.sim.cli.commanding import SEED_STORY, Answer, Commands, in_a_process, write_scenario

from paytwice.oracle import INVARIANTS

HEAD = '"""A story that does not end well."""\n\nimport sys\n\nimport trio\n\n\n'
WRAPPED = """
import attrs
from paytwice.merchant.reference.merchant import reference

class Wrapped:
    def __init__(self, around):
        self.around, self.inner = around, reference(around)

    def __getattr__(self, name):
        return getattr(self.inner, name)

class MyShop(Wrapped):
"""


def _story(*lines: str) -> str:
    return HEAD + "async def story(sim):\n" + "".join(f"    {line}\n" for line in lines)


def _ended_early(answer: Answer, says: str) -> None:
    assert "Traceback" not in answer.out + answer.err
    assert "The run ended early: " in answer.out
    assert says in answer.out
    assert "Verdict:  unknown, because the run ended early" in answer.out
    assert answer.status == 3


@pytest.mark.parametrize(
    ("lines", "says", "at"),
    [
        (["raise RuntimeError('a bug of mine')"], "RuntimeError: a bug of mine", 10),
        (["sim.network.hold('merchant', 'wechta')"], "there is no endpoint 'wechta'", 10),
        (["await trio.Event().wait()"], "nothing can happen any more", 10),
        (["while True:", "    await trio.lowlevel.checkpoint()"], "Livelock", 11),
        (["async def leave(): sys.exit('bye')", "await sim.together(leave())"], "SystemExit: bye", 10),
        (["sys.exit()"], "the story raised SystemExit", 10),
        (["raise KeyboardInterrupt"], "the story raised KeyboardInterrupt", 10),
        (["async with trio.open_nursery() as n:", "    n.start_soon(sim.sleep, 'x')"], "ValueError", 10),
    ],
)
def test_a_story_that_goes_wrong_is_reported_with_file_and_line(
    paytwice: Commands, folder: Path, lines: list[str], says: str, at: int
) -> None:
    path = write_scenario(folder, "mine", _story("await sim.checkout('99.00 CNY')", *lines))

    answer = paytwice("run", "mine")

    _ended_early(answer, says)
    assert f"{path.name}:{at}" in answer.out


def test_what_was_only_unfinished_is_not_held_against_the_merchant(paytwice: Commands, folder: Path) -> None:
    write_scenario(
        folder,
        "mine",
        _story("order = await sim.checkout('99.00 CNY')", "await order.pay('wechat')", "1 / 0"),
    )

    report = paytwice("run", "mine", "--json")

    assert report.status == 3
    assert report.json["verdict"] == "unknown"
    assert report.json["violations"] == []
    assert "L1" in report.json["invariants_not_judged"]
    assert report.json["failure"].startswith("ZeroDivisionError: division by zero (")


def test_a_promise_broken_before_the_end_counts(paytwice: Commands, folder: Path) -> None:
    write_scenario(
        folder,
        "mine",
        _story(
            "order = await sim.checkout('99.00 CNY')",
            "await order.pay('wechat')",
            "await sim.sleep(5_000)",
            "1 / 0",
        ),
    )
    (folder / "early_shop.py").write_text(
        WRAPPED + "    async def notified(self, it):\n"
        "        ack = await self.inner.notified(it)\n"
        "        await self.around.shop.ship('P1', 'a second parcel')\n"
        "        return ack\n"
    )

    answer = paytwice("run", "mine", "--merchant", "early_shop:MyShop", "--json")

    assert answer.status == 1
    assert answer.json["verdict"] == "violated"
    assert [one["invariant"] for one in answer.json["violations"]] == ["S5"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("    async def notified(self, it): raise OSError('in notified')\n", "OSError: in notified ("),
        ("    async def start_attempt(self, *its): raise OSError('in start')\n", "OSError: in start ("),
        ("    async def work(self): raise OSError('in work')\n", "OSError: in work ("),
        ("    def view(self, order_id): raise OSError('in view')\n", "OSError: in view ("),
        ("    async def notified(self, it): return 'ok'\n", "Verdict:  violated"),
    ],
)
def test_what_a_merchant_raises_is_shown_with_file_and_line(
    paytwice: Commands, folder: Path, body: str, says: str
) -> None:
    (folder / "raising_shop.py").write_text(WRAPPED + body)

    answer = paytwice("run", SEED_STORY, "--merchant", "raising_shop:MyShop")

    assert says in answer.out
    assert answer.status in (0, 1, 3)
    assert "Traceback" not in answer.out + answer.err
    if "Error" in says:
        assert "raising_shop.py:" in answer.out


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("def make(around): raise OSError('no shop today')\n", "OSError: no shop today ("),
        ("def make(): ...\n", "make() takes 0 positional arguments"),
    ],
)
def test_a_factory_that_raises_ends_the_run(paytwice: Commands, folder: Path, body: str, says: str) -> None:
    (folder / "no_shop.py").write_text(body)

    _ended_early(paytwice("run", SEED_STORY, "--merchant", "no_shop:make"), says)


def test_a_merchant_that_ends_the_process_is_no_silent_success(folder: Path) -> None:
    (folder / "leaving_shop.py").write_text(
        WRAPPED + "    async def notified(self, it): raise SystemExit(0)\n"
    )

    answer = in_a_process("run", SEED_STORY, "--merchant", "leaving_shop:MyShop", folder=folder)

    assert answer.status == 3
    assert "SystemExit" in answer.out + answer.err
    assert "leaving_shop.py:" in answer.out + answer.err
    assert "Traceback" not in answer.out + answer.err


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        (
            "def expect(run): assert run.order.is_paid, 'not\\npaid'",
            "expect says: not paid: run.order.is_paid does not hold",
        ),
        (
            "def expect(run): assert run.order.is_paid",
            "expect says: run.order.is_paid does not hold (mine.py:",
        ),
        (
            "def expect(run): assert run.kept('wechat') == 5 < run.kept('alipay')",
            "run.kept('wechat') is 0, run.kept('alipay') is 0 (mine.py:",
        ),
        ("def expect(run): run.orders[7]", "expect says: IndexError: tuple index out of range ("),
        ("def expect(run): run.kept('wechta')", "there is no channel 'wechta'"),
        ("def expect(run): raise SystemExit(0)", "expect says: SystemExit: 0"),
    ],
)
def test_an_expectation_that_fails_in_any_way_is_a_disappointment(
    paytwice: Commands, folder: Path, expect: str, says: str
) -> None:
    write_scenario(folder, "mine", _story("await sim.checkout('99.00 CNY')") + expect + "\n")

    answer = paytwice("run", "mine")

    assert answer.status == 1
    assert says in answer.out


def test_no_promise_is_judged_both_on_the_way_and_at_rest() -> None:
    """What counts after an early end is told by the invariant's name alone."""
    for invariant in INVARIANTS.values():
        on_the_way = [name for name in attrs.asdict(invariant, recurse=False) if name.startswith("on_")]
        watched = any(getattr(invariant, name) is not None for name in on_the_way)
        assert watched != (invariant.at_rest is not None) or invariant.of_the_books
