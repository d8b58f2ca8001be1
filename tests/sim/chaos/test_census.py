"""A campaign counts what was played, what broke and what follows, in whatever order it hears of it."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from tests.sim.chaos.made import result

from paytwice.chaos.census import Census
from paytwice.chaos.finding import findings
from paytwice.chaos.result import Broken, result_of
from paytwice.chaos.telling import as_json, percent_up, told, what_follows
from paytwice.story.plot import Plot


def test_violations_are_ranked_by_the_money_and_counted_once_a_run() -> None:
    census = Census()
    small, large = Broken("S8", "P1", 5_00, "twice"), Broken("S4", "P1", 99_00, "stranded")
    census.take("shop", [result(7, outcome="violated", broken=(small, small, large)), result(8)])
    census.take("shop", [result(3, outcome="violated", broken=(small,)), result(4)])

    assert [(one.invariant, one.count, one.first) for one in census.ranked] == [
        ("S4", 1, (7,)),
        ("S8", 2, (3,)),
    ]
    assert census.bound is None


def test_the_bound_is_that_of_the_draws() -> None:
    census = Census()
    census.take("shop", [result(n) for n in range(300)])

    assert census.bound == pytest.approx(0.00994, rel=1e-2)
    text = "\n".join(line for line, _ in told(census, 2.0, ()))
    assert "0 violations in 300 independent draws, 300 of them distinct: below 1.00% of this" in text


def test_a_draw_that_nobody_could_judge_is_no_draw_without_a_violation() -> None:
    census = Census()
    census.take("shop", [result(n) for n in range(300)])
    census.take("shop", [result(300 + n, outcome="unknown") for n in range(30)])
    census.take("shop", [result(999, outcome="failed"), result(7, origin=(7, 1), outcome="unknown")])

    assert (census.drawn, census.not_judged, census.distinct) == (300, 31, 330)
    assert census.bound == pytest.approx(0.00994, rel=1e-2)
    text = "\n".join(line for line, _ in told(census, 2.0, ()))
    assert "0 violations in 300 independent draws, 300 of them distinct: below 1.00% of what can be" in text
    assert "; 31 more were not judged" in text
    assert as_json(census, 2.0)["draws_not_judged"] == 31


def test_where_nothing_was_judged_nothing_follows() -> None:
    census = Census()
    census.take("shop", [result(n, outcome="unknown") for n in range(9)])

    assert census.bound is None
    assert "No draw of 9 was judged" in what_follows(census)


def test_what_never_happened_is_told_by_name() -> None:
    census = Census()
    census.take(
        "shop", [result(1, situations=("an order was paid twice",), vacuous=("S12",), checked=("S4",))]
    )

    assert "an order was paid twice" not in census.unreached
    assert "a close raced with a payment" in census.unreached
    assert census.never_checked == ["S12"]
    assert as_json(census, 1.0)["situations"] == {"an order was paid twice": 1}


def test_runs_that_came_out_the_same_are_not_counted_as_distinct() -> None:
    census = Census()
    census.take("shop", [result(n, digest="same") for n in range(9)])

    assert (census.runs, census.distinct) == (9, 1)


def test_what_broke_before_a_run_ended_early_is_a_violation_all_the_same() -> None:
    census = Census()
    broken = Broken("S1", "P1", 99_00, "two winners")
    census.take("shop", [result(1, outcome="failed", failure="DeadEnd: so", broken=(broken,), deviations=1)])
    census.take("shop", [result(2), result(3)])

    assert [(one.invariant, one.first) for one in census.ranked] == [("S1", (1,))]
    assert (census.violated, census.drawn, census.bound) == (1, 2, None)
    assert next(told(census, 1.0, ()))[0].startswith(
        "3 runs, 2 of them distinct: 1 run with violations, 1 without"
    )
    census.take("shop", [result(4, outcome="violated", broken=(broken,), deviations=9)])
    assert census.ranked[0].simplest[-1] == (4,), "what is shrunk had better come to its end"


ENDS_EARLY = """
from paytwice import Simulation, seconds


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await order.start("alipay")
    await order.confirm("wechat")
    await order.confirm("alipay")
    await sim.sleep(seconds(600))
    raise RuntimeError("oops")
"""


def test_a_finding_that_ended_early_says_so_in_place_of_a_smaller_run(tmp_path: Path) -> None:
    path = tmp_path / "ends_early.py"
    path.write_text(ENDS_EARLY)
    plot = Plot(str(path), {}, "tests.sim.merchants.broken:LastWriterWins")
    stage, census = plot.loaded(), Census()
    census.take(plot.source, [result_of((0,), stage.play(0))])

    [finding] = findings([stage], census)

    assert finding.why_not == (
        "run 0 broke S1 and then ended early, with RuntimeError: oops: it is not shrunk"
    )


def test_a_report_says_the_same_in_whatever_order_results_come() -> None:
    small, large, other = (Broken("S4", "P1", *said) for said in ((1, "a"), (2, "b"), (2, "c")))
    results = [
        result(1, outcome="violated", broken=(small,), schedule="pct", chance={"lost": 1}),
        result(2, outcome="violated", broken=(other,), schedule="pos", chance={"late": 2}),
        result(3, outcome="violated", broken=(large,), schedule="delay", digest="same"),
        result(4, origin=(1, 1), digest="same"),
    ]
    reports = set()
    for order in permutations(results):
        census = Census()
        for one in order:
            census.take("shop", [one])
        reports.add("\n".join([*(line for line, _ in told(census, 1.0, ())), str(as_json(census, 1.0))]))

    [report] = reports
    assert "'distinct': 3, 'draws': 3, 'draws_distinct': 3" in report


def test_a_failure_is_shrunk_for_so_long_and_no_longer() -> None:
    stage = Plot("busy_shop", {"profile": "rough"}, "paytwice.merchant.canary:Canary").loaded()
    census = Census()
    census.take("busy_shop", [result_of((seed,), stage.play(seed)) for seed in range(5)])

    [hasty, *_] = findings([stage], census, seconds=0)

    assert hasty.shrunk is not None
    assert (hasty.shrunk.runs, hasty.shrunk.is_finished) == (1, False), "it fails again, and that is all"


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (2.9957e-5, "0.0030%"),
        (2.9953e-4, "0.030%"),
        (0.00994, "1.00%"),
        (0.0951, "9.6%"),
        (0.632, "64%"),
        (1, "100%"),
    ],
)
def test_a_bound_has_two_digits_that_count_and_is_never_rounded_down(rate: float, told: str) -> None:
    assert percent_up(rate) == told
