"""Settings that a run chooses itself: by name, so that replays, shrinking and searches meet the same shop."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest

from paytwice import Deviation, Run, Settings, Simulation, seconds, simulate
from paytwice.chaos.depth_first import DepthFirst
from paytwice.gallery.closing import ClosesOnce
from paytwice.report.again import in_full
from paytwice.report.text import report
from paytwice.shrinking.shrink import shrink
from paytwice.story.scenario import Scenario, from_namespace, load
from paytwice_core import Closing, LateSuccess

VARIES = {"closing": ("CHANNEL_FIRST", "LOCAL_FIRST"), "late": ("REFUND", "REOPEN_IF_STOCK")}
OPEN = Settings(varies=VARIES)
LOCAL = Deviation("choose setting closing", 1, "LOCAL_FIRST")


async def cancels(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    await sim.sleep(seconds(1 + sim.choose("thinks for", 10)))
    await order.cancel()


def world() -> Scenario:
    return from_namespace({"__doc__": "x.", "story": cancels, "VARIES": VARIES}, "mine")


def policy_seen(seed: int | None = None, deviations: Sequence[Deviation] | None = None) -> Settings:
    seen: list[Settings] = []

    async def looks(sim: Simulation) -> None:
        seen.append(sim.settings)
        await cancels(sim)

    run = simulate(looks, seed=seed, deviations=deviations, settings=OPEN)
    assert run.ok, run.explain()
    return seen[0]


def test_seeds_meet_every_policy() -> None:
    met = {(one.closing, one.late) for one in (policy_seen(seed) for seed in range(40))}

    assert met == {(closing, late) for closing in Closing for late in LateSuccess}


def test_what_stands_there_more_often_is_chosen_more_often() -> None:
    often = Settings(varies={"closing": ("CHANNEL_FIRST", "LOCAL_FIRST", "LOCAL_FIRST", "LOCAL_FIRST")})

    runs = [simulate(cancels, seed=seed, settings=often) for seed in range(100)]

    assert 60 < sum(run.chosen == {"closing": "LOCAL_FIRST"} for run in runs) < 90


def test_without_chance_it_is_what_is_set() -> None:
    assert policy_seen() == Settings()


def test_merchant_and_oracle_go_by_what_was_chosen() -> None:
    told: list[str] = []

    async def nobody_hears_of_the_close(sim: Simulation) -> None:
        order = await sim.checkout("99.00 CNY")
        await order.start("wechat")
        sim.network.hold("merchant", "wechat", lasting=seconds(30))
        await order.cancel()
        answer = await order.status()
        told.append("" if answer is None else answer.said.name)

    runs = [simulate(nobody_hears_of_the_close, deviations=some, settings=OPEN) for some in ((), [LOCAL])]

    assert told == ["OPEN", "CLOSED"]
    assert [run.ok for run in runs] == [True, True]


def test_a_run_is_played_again_from_its_deviations() -> None:
    chosen: set[tuple[str, str]] = set()
    for seed in range(20):
        run = world().play(seed=seed).run
        again = world().play(deviations=run.deviations).run
        assert (again.digest, again.chosen, again.settings) == (run.digest, run.chosen, run.settings)
        assert again.unused == ()
        chosen.update(run.chosen.items())

    assert chosen == {("closing", "LOCAL_FIRST"), ("late", "REOPEN_IF_STOCK")}


def test_what_is_set_is_not_chosen() -> None:
    for seed in range(20):
        free = world().play(seed=seed).run
        closing = free.chosen.get("closing", "CHANNEL_FIRST")
        pinned = world().play(seed=seed, changes={"closing": closing}).run

        assert "closing" not in pinned.chosen
        assert pinned.digest == free.digest, "and nothing else is drawn otherwise for that"


def test_a_value_that_is_there_no_more_is_stale() -> None:
    run = simulate(cancels, deviations=[attrs.evolve(LOCAL, value="NEVER")], settings=OPEN)

    assert [one.name for one in run.unused] == [LOCAL.name]
    assert run.chosen == {}


def test_a_report_says_what_was_chosen() -> None:
    first = next(line for line, _ in report(world().play(deviations=[LOCAL]).run))

    assert first == "mine, calm but for 1 deviation, closing=LOCAL_FIRST"
    assert str(LOCAL) == "choose setting closing #1: LOCAL_FIRST"


def test_the_code_that_plays_a_run_again_names_the_setting_once() -> None:
    run = simulate(cancels, deviations=[LOCAL], settings=OPEN)

    _, told = in_full(run).split("To play it again:")
    assert "settings=Settings().changed({'closing': 'LOCAL_FIRST'})" in told
    assert "Deviation('" not in told
    assert simulate(cancels, settings=Settings().changed(run.settings)).digest == run.digest


def test_shrinking_finds_out_whether_it_took_that_policy() -> None:
    lost = load("close_is_lost")
    settings = attrs.evolve(lost.settings, varies=VARIES)

    def replay(deviations: Sequence[Deviation]) -> Run:
        return simulate(lost.story, deviations=deviations, settings=settings, merchant=ClosesOnce)

    both = [LOCAL, Deviation("choose setting late", 1, "REOPEN_IF_STOCK")]
    assert replay(()).ok
    assert shrink(replay, replay(both)).deviations == (LOCAL,)


def test_a_search_tries_every_policy() -> None:
    async def pays(sim: Simulation) -> None:
        await (await sim.checkout("99.00 CNY")).pay("wechat")

    search = DepthFirst(lambda one: simulate(pays, source=one, settings=OPEN), depth=2, options=True)

    assert len({tuple(run.settings.items()) for run in search.runs(1_000)}) == 4


@pytest.mark.parametrize(
    ("varies", "says"),
    [
        ([], "a mapping of settings to their values"),
        ({"closing": ("CHANNEL_FIRST",)}, "a tuple of two texts or more"),
        ({"closing": "CHANNEL_FIRST"}, "a tuple of two texts or more"),
        ({"closing": (Closing.CHANNEL_FIRST, 5)}, "a tuple of two texts or more"),
        ({"closing": ("CHANNEL_FIRST", "LOCAL")}, "setting closing: 'LOCAL': did you mean LOCAL_FIRST"),
        ({"closing": ("LOCAL_FIRST", "CHANNEL_FIRST")}, "closing varies from LOCAL_FIRST on"),
        ({"expires": ("30m", "1800s")}, "expires varies between 30m and 1800s, which is always the same"),
        ({"expire": ("30m", "1h")}, "there is no setting 'expire': did you mean expires?"),
        ({"varies": ("30m", "1h")}, "there is no setting 'varies'"),
        ({"profile": ("calm", "rough")}, "a run cannot choose its own profile: set it"),
        ({5: ("calm", "rough")}, "there is no setting 5"),
    ],
)
def test_what_cannot_vary_is_refused(varies: object, says: str) -> None:
    with pytest.raises(ValueError, match=r"var|setting|own") as refused:
        Settings(varies=varies)  # type: ignore[arg-type]  # that is the point

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_set_in_code_has_to_be_the_calm_one() -> None:
    with pytest.raises(ValueError, match="closing varies from CHANNEL_FIRST on, but it is set to"):
        attrs.evolve(OPEN, closing=Closing.LOCAL_FIRST)
