"""Two merchants differ where the outside sees a difference, and nowhere else; and it is told in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.comparing.rivals import (
    AnswersNobody,
    AsksLater,
    NeverShips,
    OtherNumbers,
    RefusesFirst,
    SaysOpen,
    SaysOpenAndShipsLate,
    TakesNoOrder,
)
from tests.sim.merchants.small import SmallMerchant

from paytwice import Deviation
from paytwice.comparing.outside import Comparison, Kind, compare, compare_runs
from paytwice.comparing.outside.ends import End, Purse
from paytwice.comparing.outside.facts import facts
from paytwice.comparing.outside.playing import Named, Rivals
from paytwice.comparing.outside.saying import how_they_end, money
from paytwice.gallery.acks import ShipsForEachNotice
from paytwice.gallery.refund_news import AbnormalIsFailed
from paytwice.merchant.canary import Canary
from paytwice.story.loading import LoadingError, available

SEED_STORY = "late_wechat_after_alipay"
PAGE = "page_says_paid_backend_does_not_know"
ROUGH = {"profile": "rough"}


def against_ours(merchant: Named, world: str = SEED_STORY, seed: int | None = None) -> Comparison:
    return compare("reference", merchant, world, seed=seed, changes={} if seed is None else ROUGH)


@pytest.mark.parametrize("world", sorted(available()))
def test_a_merchant_is_the_same_as_itself_in_every_world(world: str) -> None:
    compared = compare("reference", "reference", world, seed=3, changes=ROUGH)

    assert compared.same
    assert compared.same_in_the_end
    assert compared.chance.is_same
    assert compared.a.facts, "they had something to compare"


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_merchant_is_the_same_as_itself_with_every_seed(seed: int) -> None:
    assert against_ours("reference", "busy_shop", seed).same


def test_the_canary_keeps_what_ours_returns_and_the_first_sentence_says_so() -> None:
    compared = against_ours(Canary)

    assert compared.in_the_end[0] == "B keeps ¥99.00 of order P1 that A returned"
    assert compared.in_the_end[-1].startswith("A is ok, and B breaks S4 ")
    first = compared.first
    assert first is not None
    assert (first.kind, first.order) == (Kind.VIEW, "P1")
    assert first.b is None
    assert first.a is not None
    assert first.a.text == "merchant says: refund P1-R1 (DUPLICATE) is PENDING"
    kinds = {one.kind for one in compared.differences}
    assert kinds == {Kind.VIEW, Kind.REFUND, Kind.MONEY, Kind.ACK, Kind.VERDICT}


def test_whose_side_it_is_on_makes_no_difference_but_for_the_letter() -> None:
    one, other = against_ours(Canary), compare(Canary, "reference", SEED_STORY)

    assert other.in_the_end[0] == "A keeps ¥99.00 of order P1 that B returned"
    assert [(each.thread, each.a, each.b) for each in one.differences] == [
        (each.thread, each.b, each.a) for each in other.differences
    ]


def test_the_two_can_be_called_by_any_name() -> None:
    for merchant, world in ((Canary, SEED_STORY), (NeverShips, SEED_STORY), (TakesNoOrder, SEED_STORY)):
        compared = against_ours(merchant, world)
        told = [*how_they_end(compared, a="Ours", b="Theirs")]

        assert [re.sub("Ours", "A", re.sub("Theirs", "B", one)) for one in told] == [*compared.in_the_end]
        assert all("Ours" in one and "Theirs" in one for one in told)


@pytest.mark.parametrize(
    ("merchant", "world", "kind", "lasting"),
    [
        (RefusesFirst, SEED_STORY, Kind.ACK, ()),
        (AnswersNobody, SEED_STORY, Kind.ACK, ("A is ok, and B breaks L5",)),
        (SaysOpen, PAGE, Kind.ANSWER, ()),
        (
            NeverShips,
            SEED_STORY,
            Kind.SHIPPING,
            ("A ships order P1, and B does not", "A is ok, and B breaks L6, ¥99.00 at stake"),
        ),
    ],
)
def test_what_is_first_seen_is_named(
    merchant: Named, world: str, kind: Kind, lasting: tuple[str, ...]
) -> None:
    compared = against_ours(merchant, world)

    assert compared.first is not None
    assert compared.first.kind is kind
    assert compared.in_the_end == lasting
    assert compared.same_in_the_end is (lasting == ())


def test_goods_that_are_shipped_twice_are_counted() -> None:
    compared = against_ours(ShipsForEachNotice, "same_notification_twice")

    assert "B ships order P1 twice, and A once" in compared.in_the_end
    assert "B  +0.32s  shop: ships P1, once more" in str(compared)


@pytest.mark.parametrize("seed", [None, *range(6)])
def test_when_a_merchant_asks_is_no_difference(seed: int | None) -> None:
    compared = against_ours(AsksLater, "busy_shop", seed)

    assert compared.same_in_the_end
    assert seed is None or compared.a.run.digest != compared.b.run.digest, "it is another run all the same"


@pytest.mark.parametrize(
    "world", [SEED_STORY, "three_channels_one_order", "partial_refunds_with_coupon", "forged_success"]
)
def test_what_a_merchant_calls_its_attempts_and_refunds_is_no_difference(world: str) -> None:
    compared = against_ours(OtherNumbers, world)

    assert compared.same, str(compared)
    ours, theirs = ({*run.trades_asked["wechat"]} for run in (compared.a.run, compared.b.run))
    assert ours
    assert ours.isdisjoint(theirs)


@pytest.mark.parametrize("world", [SEED_STORY, "success_after_close", "both_notifications_at_once"])
def test_a_merchant_that_shows_no_refunds_is_compared_in_all_the_rest(world: str) -> None:
    compared = against_ours(SmallMerchant, world)

    assert compared.same, str(compared)
    assert not any(fact.where.startswith("refund") for fact in compared.a.facts if fact.kind is Kind.VIEW)
    assert any(fact.where.startswith("refund") for fact in facts(compared.a.run) if fact.kind is Kind.VIEW)


def test_a_merchant_that_ends_its_run_early_is_compared_as_far_as_it_came() -> None:
    compared = against_ours(TakesNoOrder)

    assert compared.in_the_end[-1] == "A is ok, and B ended early, by SystemExit"
    assert "A says that order P1 is PAID by alipay, and B nothing of it" in compared.in_the_end
    assert "A takes ¥198.00 for order P1 and keeps ¥99.00, B takes ¥0.00 for order P1 and keeps ¥0.00" in (
        compared.in_the_end
    )


def test_money_that_goes_to_the_merchants_own_card_is_told() -> None:
    compared = against_ours(AbnormalIsFailed, "refund_abnormal_needs_a_person")

    assert compared.in_the_end[0] == "A pays ¥99.00 of order P1 to the merchant's own card"


def ended(**purses: Purse) -> End:
    return End("P1", "PAID", "", purses, {}, {})


def test_whose_money_it_is_makes_a_difference_where_the_sum_is_the_same() -> None:
    both, none = Purse(99_00, 99_00), Purse(99_00, 0)
    kept = money(ended(wechat=both, alipay=none), ended(wechat=none, alipay=both), "order P1", "CNY")
    gone = money(ended(wechat=both), ended(alipay=both), "order P1", "CNY")

    assert [*kept] == ["of order P1, A keeps ¥99.00 by alipay, and B ¥99.00 by wechat"]
    assert [*gone] == ["of order P1, A returned ¥99.00 by wechat, and B ¥99.00 by alipay"]
    assert [*money(ended(wechat=both), ended(wechat=both), "order P1", "CNY")] == []


def test_a_merchant_that_returns_more_than_was_paid_is_told_so() -> None:
    told = money(ended(wechat=Purse(99_00, 99_00)), ended(wechat=Purse(99_00, 198_00)), "order P1", "CNY")

    assert [*told] == ["A keeps ¥99.00 of order P1 that B returned, which is more than was paid: ¥99.00"]


def test_another_winner_is_told_with_whose_payment_is_kept() -> None:
    """Two notifications race, and 200 ms decide: both are right, and not the same."""
    compared = compare("reference", AsksLater, "busy_shop", seed=34)

    assert compared.a.run.ok
    assert compared.b.run.ok
    assert compared.in_the_end[:2] == (
        "of order P1, A keeps ¥11.00 by unionpay, and B ¥11.00 by alipay",
        "A says that order P1 is PAID by unionpay, and B that it is PAID by alipay",
    )


def test_the_same_seed_is_the_same_luck_where_both_do_the_same() -> None:
    compared = against_ours(Canary, "busy_shop", 17)

    assert 0 < compared.shared < len(compared.b.run.deviations)
    assert compared.shared + len(compared.chance.only_a) + len(compared.chance.changed) == len(
        compared.a.run.deviations
    )


def test_as_recorded_chance_does_to_the_other_what_it_did_to_one_and_nothing_else() -> None:
    compared = compare("reference", Canary, "busy_shop", seed=17, changes=ROUGH, as_recorded=True)
    mine = {(one.key, one.value) for one in compared.a.run.deviations}

    assert {(one.key, one.value) for one in compared.b.run.deviations} <= mine
    assert compared.b.run.unused
    assert f"about what did not happen: {len(compared.b.run.unused)} in B" in str(compared)
    assert compared.in_the_end[0] == "B keeps ¥13.00 of order P3 that A returned"


def test_recorded_deviations_are_played_on_both() -> None:
    lost = [Deviation("alipay→merchant payment.notify P1-2", 1, "lost"), Deviation("no such thing", 1, 1)]
    compared = compare("reference", Canary, SEED_STORY, deviations=lost)

    for one in (compared.a, compared.b):
        assert [each.name for each in one.run.deviations] == [lost[0].name]
        assert one.run.unused == (lost[1],)


def test_finished_runs_can_be_compared() -> None:
    compared = against_ours(Canary)
    again = compare_runs(compared.a.run, compared.b.run, names=("ours", "theirs"))

    assert again.differences == compared.differences
    assert str(again).splitlines()[:2] == ["A  ours", "B  theirs"]


def test_many_seeds_are_compared_as_one_by_one() -> None:
    rivals = Rivals.of("reference", Canary, "busy_shop", ROUGH)
    seeds = range(14, 20)

    for seed, compared in zip(seeds, rivals.compare_seeds(seeds), strict=True):
        alone = rivals.compare(seed)
        assert compared.a.run.seed == seed
        assert [one.run.digest for one in (compared.a, compared.b)] == [
            one.run.digest for one in (alone.a, alone.b)
        ]
        assert compared.differences == alone.differences


def test_the_story_begins_where_they_differ_and_leaves_out_what_is_over() -> None:
    told = str(against_ours(Canary))

    assert "They first differ at +3m00.28s, in the view of order P1:" in told
    assert "B  nothing of the kind" in told
    assert "+40.56s  merchant says" not in told, "both had said so before"
    assert "wechat gives back ¥99.00 of P1-1" in told
    assert "took ¥99.00, returned ¥99.00" in told
    assert "took ¥99.00, returned ¥0.00" in told


def test_who_says_nothing_new_is_quoted_with_what_was_said_last() -> None:
    told = str(compare(SaysOpen, "reference", PAGE))

    assert "A  nothing new since +20.40s: customer is told OPEN" in told
    assert "B  +7m00.64s  customer is told PAID" in told


def test_what_one_did_before_and_the_other_does_later_is_not_told_of_one_alone() -> None:
    compared = compare(SaysOpenAndShipsLate, "reference", PAGE)
    shipped = [next(one.at for one in side.facts if one.where == "ship") for side in (compared.a, compared.b)]

    assert compared.first is not None
    assert shipped[1] < compared.first.at < shipped[0]
    assert "ships P1" not in str(compared)


def test_no_more_of_the_story_is_told_than_was_asked_for() -> None:
    few = [line for line, _ in against_ours(Canary).lines(3)]

    assert sum(line.startswith("  +") for line in few) == 3
    assert any(line.endswith("more, with --lines") for line in few)


def test_what_is_the_same_is_told_once() -> None:
    told = str(against_ours("reference"))

    assert "Nobody outside can tell A from B: all 21 facts are the same" in told
    assert "│" not in told


@pytest.mark.parametrize("wrong", [("nowhere:at_all", SEED_STORY), ("reference", "no_such_story")])
def test_what_is_not_there_is_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(LoadingError):
        compare("reference", *wrong)
