"""What a trial is made of: variants that can be seen again, honest counts, reasons for vacuity."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations as all_orders
from pathlib import Path
from typing import Final

import pytest
from tests.library import SCENARIOS
from tests.sim.merchants import plots
from tests.sim.merchants.broken import DoesNothing, ReopensWithoutStock
from tests.sim.merchants.small import SmallMerchant

from paytwice import Run, Settings, Simulation, minutes, seconds
from paytwice.oracle import Conclusion
from paytwice.story.player import Story
from paytwice.story.scenario import Scenario, load
from paytwice.trials import TRIALS, Mode, Subject, try_all, try_one, variant_of
from paytwice.trials.outcome import Difference, differences, outcomes
from paytwice.trials.permutations import EXHAUSTIVE, SAMPLE, orders_of
from paytwice.trials.subject import as_written
from paytwice.trials.trial import Variant, conduct

SAMPLED: Final = ("late_wechat_after_alipay", "both_notifications_at_once")


def subject_of(scenario: Scenario) -> Subject:
    return Subject(scenario.story, scenario.name, scenario.settings, channels=scenario.channels)


@pytest.mark.parametrize("name", SAMPLED)
def test_the_reference_merchant_passes_every_trial(name: str) -> None:
    for trial in try_all(subject_of(load(name))):
        assert trial.ok, (trial.verdict.violations, trial.verdict.unknown)
        assert trial.played > 0, trial.why_vacuous
        assert trial.distinct > trial.played / 2, "most variants are runs of their own"


@pytest.mark.slow
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_reference_merchant_passes_every_trial_of_every_scenario(path: Path) -> None:
    for trial in try_all(subject_of(load(str(path)))):
        assert trial.ok, (trial.verdict.violations, trial.verdict.unknown)


@pytest.mark.parametrize("name", TRIALS)
def test_a_variant_played_again_is_the_same_run(name: str) -> None:
    subject = Subject(plots.late_wechat)
    title, run = variant_of(TRIALS[name], subject, 2)
    same_title, again = variant_of(TRIALS[name], subject, 2)

    assert (title, run.digest) == (same_title, again.digest)


async def _ends_early(sim: Simulation) -> None:
    raise RuntimeError("no more")


async def _nobody_comes(sim: Simulation) -> None:
    await sim.sleep(seconds(1))


def _vacuous(name: str, subject: Subject) -> str:
    trial = try_one(name, subject)
    assert trial.ok
    assert trial.verdict.checked == ()
    assert trial.verdict.vacuous == (name,)
    return trial.why_vacuous


def test_a_trial_says_why_there_is_nothing_to_try() -> None:
    small = Subject(plots.paid_once, merchant=SmallMerchant)

    assert _vacuous("S11", Subject(plots.cancelled)) == "no payment or refund was acked"
    assert _vacuous("S11", Subject(plots.paid_once, merchant=DoesNothing)) == "no payment or refund was acked"
    assert "the news of 1 payment waited" in _vacuous("S17", small)
    assert _vacuous("S22", small) == "the merchant reads no bill"


@pytest.mark.parametrize(
    ("story", "why"), [(_ends_early, "RuntimeError: no more"), (_nobody_comes, "the story placed no order")]
)
@pytest.mark.parametrize("name", TRIALS)
def test_a_story_that_ends_early_passes_no_trial(name: str, story: Story, why: str) -> None:
    trial = try_one(name, Subject(story))

    assert not trial.ok
    assert trial.verdict.outcome is Conclusion.UNKNOWN
    assert why in trial.verdict.unknown[0].message


def _mode(*variants: Variant) -> Mode:
    def all_of_them(subject: Subject) -> Iterator[Variant]:
        yield from variants

    return Mode("S16", "a mode", "nobody, from nothing", all_of_them)


def _says(message: str) -> Variant:
    subject = Subject(plots.paid_once)
    return Variant(message, lambda: subject.play(as_written), lambda run: [Difference("P1", message, None)])


def test_findings_of_one_order_are_one_violation_that_counts_the_others() -> None:
    trial = conduct(_mode(_says("first"), _says("second")), Subject(plots.paid_once))
    [violation] = trial.verdict.violations

    assert violation.message.startswith("first: first")
    assert violation.message.endswith("(and 1 other variant)")
    assert (trial.played, trial.distinct) == (2, 1), "the same run twice is one run"


def test_a_variant_that_ends_early_leaves_the_verdict_open() -> None:
    early = Variant("early", lambda: Subject(_ends_early).play(as_written), lambda run: [])
    trial = conduct(_mode(early), Subject(plots.paid_once))

    assert trial.verdict.outcome is Conclusion.UNKNOWN
    assert "the run ended early: RuntimeError: no more" in trial.verdict.unknown[0].message


def test_a_trial_or_variant_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no trial 'S61': did you mean S"):
        try_one("S61", Subject(plots.paid_once))
    with pytest.raises(ValueError, match="S17 has 2 variants in story, so there is no variant 3"):
        variant_of(TRIALS["S17"], Subject(plots.late_wechat), 3)


def test_few_messages_come_in_all_orders_and_many_in_a_sample_that_is_always_the_same() -> None:
    few, many = list(orders_of(EXHAUSTIVE)), list(orders_of(EXHAUSTIVE + 2))

    assert few == list(all_orders(range(EXHAUSTIVE)))
    assert len(set(many)) == len(many) == SAMPLE
    assert all(sorted(order) == list(range(EXHAUSTIVE + 2)) for order in many)
    assert many == list(orders_of(EXHAUSTIVE + 2))


def _run(story: object = plots.paid_once) -> Run:
    return Subject(plots.paid_once if story is None else story).play(as_written)  # type: ignore[arg-type]  # a story


def test_what_differs_between_two_runs_is_told_in_words() -> None:
    [one] = differences(outcomes(_run(plots.paid_once)), outcomes(_run(plots.cancelled)))

    assert one.order == "P1"
    assert one.at_stake is not None
    assert one.at_stake.minor == 99_00
    for words in (
        "standing CLOSED and not PAID",
        "winner nothing and not wechat P1-1",
        "¥0.00 captured and not ¥99.00",
        "release done once and not never",
        "ship done never and not once",
    ):
        assert words in one.message


def test_a_run_does_not_differ_from_itself() -> None:
    assert list(differences(outcomes(_run()), outcomes(_run()))) == []


async def _three_channels(sim: Simulation) -> None:
    order = await sim.checkout("99.00 CNY")
    for channel in ("wechat", "alipay", "unionpay"):
        await order.start(channel)
    for channel in ("wechat", "alipay", "unionpay"):
        await order.confirm(channel)


def test_three_payments_come_in_six_orders_and_one_of_them_wins() -> None:
    trial = try_one("S17", Subject(_three_channels))

    assert trial.ok, trial.verdict.violations
    assert (trial.played, trial.distinct) == (6, 6)


async def _pays_after_the_end(sim: Simulation) -> None:
    """Both forms of UnionPay, which nobody can close, are paid when the order is CLOSED."""
    order = await sim.checkout("99.00 CNY")
    await order.start("unionpay")
    await order.start("unionpay")
    await order.cancel()
    await sim.sleep(minutes(3))
    await order.confirm("unionpay", which=0)
    await order.confirm("unionpay", which=1)


@pytest.mark.parametrize(("late", "kept"), [("REFUND", 0), ("REOPEN_IF_STOCK", 99_00)])
def test_of_payments_after_the_close_all_go_back_or_one_reopens(late: str, kept: int) -> None:
    settings = Settings().changed({"closing": "LOCAL_FIRST", "late": late})
    subject = Subject(_pays_after_the_end, settings=settings)
    trial = try_one("S17", subject)

    assert trial.ok, trial.verdict.violations
    assert trial.played == 2
    assert {variant_of(TRIALS["S17"], subject, n)[1].order.kept for n in (1, 2)} == {kept}


def test_a_merchant_that_reopens_against_its_policy_breaks_the_rule_in_every_order() -> None:
    settings = Settings().changed({"closing": "LOCAL_FIRST"})
    trial = try_one("S17", Subject(_pays_after_the_end, settings=settings, merchant=ReopensWithoutStock))
    [violation] = trial.verdict.violations

    assert "order P1 was CLOSED before the first of its 2 payments, and has 1 winner" in violation.message
    assert violation.message.endswith("(and 1 other variant)")
