"""A fault profile of one's own, in place of those that ship."""

from __future__ import annotations

from paytwice import FaultProfile, Latency, Simulation, minutes, simulate
from paytwice.journal import What

NOTHING_BUT_CRASHES = FaultProfile("crashes", crash=100_000, downtime=Latency.constant(minutes(1)))


async def story(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.pay("wechat")
    await sim.sleep(minutes(5))


def test_only_what_the_profile_names_goes_wrong() -> None:
    runs = [simulate(story, seed=seed, faults=NOTHING_BUT_CRASHES) for seed in range(30)]
    seen = [entry.what for run in runs for entry in run.journal]

    assert all(run.ok for run in runs)
    assert {run.profile for run in runs} == {"crashes"}
    assert seen.count(What.CRASHED) > 30
    assert seen.count(What.LOST) == seen.count(What.COPIED) == 0
    assert runs[0].explain().count("faults=faults")
