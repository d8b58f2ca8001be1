"""Every invariant is shown a merchant that breaks it, in the real simulator; and sound ones that do not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import attrs
import pytest
from tests.sim.merchants import broken, plots
from tests.sim.merchants import broken_alone as alone
from tests.sim.merchants.textbook import Textbook

from paytwice import Run, Settings, hours, simulate
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.oracle import INVARIANTS, Conclusion, Violation
from paytwice.story.player import Story
from paytwice_core import Money

SEEDS = (None, 1, 2, 3)
BILL = Settings(bill=True)
MANY = (None, *range(1, 25))  # where it takes an interleaving


@attrs.frozen
class Caught:
    """A merchant that breaks an invariant in a story, and what else it breaks on the way."""

    invariant: str
    merchant: MerchantFactory
    story: Story
    also: str = ""
    seeds: tuple[int | None, ...] = SEEDS
    settings: Settings = Settings()  # noqa: RUF009  # frozen
    about_money: bool = True

    @property
    def expected(self) -> set[str]:
        """All invariants that break."""
        return {self.invariant, *self.also.split()}


TABLE = (
    Caught("S1", broken.LastWriterWins, plots.late_wechat, "S4 L3"),
    Caught("S1", broken.ChecksThenActs, plots.both_at_once, seeds=MANY),
    Caught("S2", broken.CloseOverwritesPaid, plots.paid_and_waits, "S4 S15 L3"),
    Caught("S2", broken.ReopensWithoutStock, plots.late_after_cancel, "S14"),
    Caught("S3", broken.DoesNotCompareAmounts, plots.paid_once, "S4 S20"),
    Caught("S3", broken.TrustsTheBrowser, plots.looks_and_leaves, "S4"),
    Caught("S3", broken.ForgetsTheNumber, plots.paid_once),
    Caught("S4", broken.SwallowsTheSecond, plots.late_wechat, "L3"),
    Caught("S4", broken.ComparesTheChannelOnly, plots.two_at_wechat, "L3"),
    Caught("S4", broken.IgnoresLateSuccess, plots.late_after_cancel, "L3"),
    Caught("S4", broken.ThrowsAtTheSecond, plots.late_wechat, "L2 L3 L8"),
    Caught("S5", broken.ShipsForEachNotice, plots.ack_lost),
    Caught("S6", broken.RefundsTheWinner, plots.late_wechat),
    Caught("S7", broken.OverRefunds, plots.sixty_back_twice, "C3 S4 L4", MANY, Settings(horizon=hours(1))),
    Caught("S8", broken.NewNumberForEachTry, plots.forty_back_unanswered, "C3 S4 S6 S7"),
    Caught("S8", broken.NumbersInMemory, plots.forty_back_and_dies, "C3 S4 S6"),
    Caught("S9", broken.AcceptedIsRefunded, plots.forty_back),
    Caught("S12", broken.AcksAnything, plots.another_apps_notice),
    Caught("S12", broken.AcksAnything, plots.forged_success, "S3 S4"),
    Caught("S14", broken.ReleasesAtCancel, plots.cancelled),
    Caught("S14", broken.ReleasesTwice, plots.cancelled),
    Caught("S15", broken.ClosesLocally, plots.cancelled),
    Caught("S15", broken.NotFoundIsClosed, plots.cancelled_unscanned),
    Caught("S18", Textbook, plots.embezzled, about_money=False),
    Caught("S18", Textbook, plots.coupon_leaks, about_money=False),
    Caught("S20", broken.DoesNotCompareAmounts, plots.looks_and_leaves),
    Caught("C3", broken.GrantsAndForgets, plots.forty_back, "S4"),
    Caught("C3", broken.RefundsWholeYuan, plots.odd_part_back, "S4"),
    Caught("C3", broken.OneWishForEachSum, plots.twenty_back_twice, "S4"),
    Caught("C5", Textbook, plots.fee_taken_twice, settings=BILL, about_money=False),
    Caught("C6", broken.ComparesTheCash, plots.paid_with_coupon, "L3 S4"),
    Caught("S25", broken.TellsPaidTooEarly, plots.looks_while_paying),
    Caught("S25", broken.TellsToPayAgain, plots.looks_while_paying),
    Caught("C4", broken.DeafToTheConsole, plots.sent_back_by_hand, "L4 L8"),
    Caught("L1", broken.DoesNothing, plots.paid_once),
    Caught("L2", broken.NeverAsks, plots.all_news_lost, "S4 L1 L8"),
    Caught("L2", broken.AcksBeforeItKnows, plots.dies_after_the_ack, "S4 L1 L8"),
    Caught("L2", broken.AcksTheUnknown, plots.two_at_wechat, "S4 L3 L8"),
    Caught("L3", broken.LeavesItToAPerson, plots.late_wechat),
    Caught("L4", broken.DropsRefundNews, plots.late_wechat, settings=Settings(horizon=hours(1))),
    Caught("L5", broken.FailsOnRepeats, plots.ack_lost, about_money=False),
    Caught("L5", broken.ForgetsTheOldAttempt, plots.two_at_wechat, "S4 L2 L3 L8", about_money=False),
    Caught("L6", broken.ShipsFromMemory, plots.dies_after_the_ack),
    Caught("L7", broken.NeverReleases, plots.cancelled),
    Caught("L8", broken.NeverAsks, plots.all_news_lost, "L1 L2 S4", settings=BILL),
    Caught("L10", broken.AbnormalIsOver, plots.sent_back_to_no_account, "S4"),
    Caught("L11", broken.RetriesAtOnce, plots.sent_back_in_a_rush, about_money=False),
    Caught("L11", broken.PollsForEver, plots.paid_and_long_over, about_money=False),
    # mistakes that one promise notices alone
    Caught("S2", alone.ArchivesRefunds, alone.forty_back_long_ago, about_money=False),
    Caught("S4", alone.KeepsTheFee, plots.sent_back_to_no_account),
    Caught("S7", alone.LetsTheChannelDecide, alone.sixty_back_and_sixty_more),
    Caught("C4", alone.SendsAllTheSame, plots.sent_back_by_hand),
    Caught("L2", alone.AsksRarely, plots.all_news_lost),
    Caught("L8", broken.DeafToTheConsole, alone.part_back_by_hand, settings=BILL),
)
# A second number for one wish asks for more than was wished (S6); of the others each is stranded money (S4).
NEVER_ALONE = {"S8", "C3", "C6", "L10"}
SOUND_STORIES = tuple(
    {caught.story: None for caught in TABLE if not INVARIANTS[caught.invariant].of_the_books}
)


def _named(caught: Caught) -> str:
    maker = getattr(caught.merchant, "__name__", "?")
    return f"{caught.invariant}-{maker}-{_title(caught.story)}"


def _title(story: Callable[..., object]) -> str:
    return getattr(story, "__name__", "story")


@cache
def played(merchant: MerchantFactory, story: Story, seed: int | None, settings: Settings) -> Run:
    """One run; many tests look at the same."""
    return simulate(story, seed=seed, settings=settings, merchant=merchant)


def names(run: Run) -> set[str]:
    """Which invariants a run violates."""
    return {violation.invariant for violation in run.verdict.violations}


def caught_runs(caught: Caught) -> list[Run]:
    """The runs of a case in which its invariant broke."""
    runs = [played(caught.merchant, caught.story, seed, caught.settings) for seed in caught.seeds]
    return [run for run in runs if caught.invariant in names(run)]


def test_the_table_shows_every_invariant_a_merchant_that_breaks_it() -> None:
    assert {caught.invariant for caught in TABLE} == set(INVARIANTS)
    assert {caught.invariant for caught in TABLE if not caught.also} == set(INVARIANTS) - NEVER_ALONE


@pytest.mark.parametrize("caught", TABLE, ids=_named)
def test_a_broken_merchant_breaks_just_the_promises_that_its_mistake_is_about(caught: Caught) -> None:
    runs = caught_runs(caught)

    if caught.seeds is SEEDS:
        assert len(runs) == len(caught.seeds), "this mistake does not depend on luck"
    assert runs, f"no seed of {caught.seeds} shows it"
    for run in runs:
        assert run.verdict.outcome is Conclusion.VIOLATED
        assert run.failure is None
        assert names(run) == caught.expected


@pytest.mark.parametrize("caught", TABLE, ids=_named)
def test_a_violation_says_whose_when_how_much_and_how_it_came(caught: Caught) -> None:
    for run in caught_runs(caught):
        [violation] = [one for one in run.verdict.violations if one.invariant == caught.invariant]

        assert caught.invariant in run.verdict.checked
        assert 0 <= violation.at <= run.ended_at
        assert violation.message
        if INVARIANTS[caught.invariant].of_the_books:  # about the channel's books, not about an order
            assert violation.order == ""
            continue
        assert violation.order == run.orders[0].id
        assert violation.order in violation.message
        assert _says_how_much(violation, run) or not caught.about_money
        _check_journal(violation, run)


def _says_how_much(violation: Violation, run: Run) -> bool:
    stake = violation.at_stake
    return stake is not None and Money(0, "CNY") < stake <= run.orders[0].amount


def _check_journal(violation: Violation, run: Run) -> None:
    assert violation.entries, "a violation shows the facts that led to it"
    for index in violation.entries:
        entry = run.journal[index]
        assert entry.at <= violation.at


@pytest.mark.parametrize("merchant", [reference, Textbook])
@pytest.mark.parametrize("story", SOUND_STORIES, ids=_title)
def test_a_sound_merchant_breaks_nothing_in_the_same_stories(story: Story, merchant: MerchantFactory) -> None:
    for seed in SEEDS:
        run = played(merchant, story, seed, Settings())

        needs_a_person = story is plots.sent_back_to_no_account and merchant is Textbook
        assert run.ok or (needs_a_person and run.outcome == "unknown"), (
            seed,
            run.failure,
            run.verdict.violations,
            run.verdict.unknown,
        )


def test_a_race_is_seen_by_some_seeds_and_not_by_others() -> None:
    """Else the seeds would not choose interleavings, and the two racing cases would prove nothing."""
    for caught in TABLE:
        if caught.seeds is MANY:
            assert 0 < len(caught_runs(caught)) < len(MANY), _named(caught)
