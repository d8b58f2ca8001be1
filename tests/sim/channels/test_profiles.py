"""Profiles: a channel is data, complete in its words and honest about its sources."""

from __future__ import annotations

import pickle

import attrs
import pytest
from tests.sim.channels.driving import credential, new_desk, query, refund, run_out

from paytwice.calendar import MINUTE
from paytwice.channels import (
    CHANNELS,
    WECHAT,
    Ack,
    AckRule,
    ChannelProfile,
    Code,
    Creation,
    Desk,
    Meaning,
    Outcome,
    RefundStatus,
    TradeState,
)
from paytwice.channels.phrases import CALLS

everywhere = pytest.mark.parametrize("profile", CHANNELS.values(), ids=list(CHANNELS))


@everywhere
@pytest.mark.parametrize("meaning", [meaning for meaning in Meaning if meaning is not Meaning.NO_ANSWER])
def test_a_channel_has_a_word_for_everything_it_can_mean(profile: ChannelProfile, meaning: Meaning) -> None:
    for call in CALLS:
        code = profile.code(meaning, call)
        assert code.word
        assert code.word != meaning.value or profile is WECHAT, "a word of its own"
        assert (code.outcome is Outcome.DONE) is (meaning is Meaning.OK)


@everywhere
@pytest.mark.parametrize(
    "meaning",
    [Meaning.SYSTEM_ERROR, Meaning.BUSY, Meaning.NO_BALANCE, Meaning.OTHER_AMOUNT, Meaning.TOO_SOON],
)
def test_what_leaves_the_outcome_open_says_so(profile: ChannelProfile, meaning: Meaning) -> None:
    assert profile.code(meaning).outcome is Outcome.UNKNOWN


@everywhere
def test_a_channel_has_a_word_for_every_state(profile: ChannelProfile) -> None:
    assert list(profile.trade_words) == list(TradeState)
    assert list(profile.refund_words) == list(RefundStatus)
    assert all(profile.trade_words.values())


@everywhere
def test_every_behaviour_has_a_source(profile: ChannelProfile) -> None:
    behaviours = {
        *("gaps", "ack_rule", "ack_timeout", "refund_news", "credential_lifetime", "closes_at_expiry"),
        *("refund_window", "refund_spacing", "refund_parts", "refund_takes", "refund_same_amount"),
        *("refund_number_scope", "bill_hour", "read_lag", "call_timeout", "codes"),
    }
    plain = ChannelProfile(name=profile.name)
    behaviours |= {
        field.name
        for field in attrs.fields(ChannelProfile)
        if isinstance(getattr(profile, field.name), int | tuple)
        and getattr(profile, field.name) != getattr(plain, field.name)
    }

    assert sorted(behaviours - profile.sources.keys()) == []
    assert sorted(profile.sources.keys() - attrs.fields_dict(ChannelProfile).keys()) == []
    assert all(source.startswith(("[O] ", "[S] ", "[O/S] ", "[-] ")) for source in profile.sources.values())


def test_a_channel_nobody_foresaw_is_a_few_lines() -> None:
    paypal = ChannelProfile(
        name="paypal",
        gaps=(MINUTE, 3 * MINUTE),
        ack_rule=AckRule(statuses=(200, 201, 202)),
        codes={Meaning.OK: Code("COMPLETED", Outcome.DONE)},
    )
    desk = new_desk(paypal)
    payment = desk.pay(credential(desk), 0)

    assert (payment.channel_number, payment.code) == ("PA0001", "COMPLETED")
    assert [at for at, _ in run_out(desk)] == [0, MINUTE, 4 * MINUTE]
    assert refund(desk, MINUTE).outcome is Outcome.DONE
    assert query(desk, 0, "T9").code == "NO_SUCH_TRADE"
    assert (paypal.display_name, paypal.sends) == ("Paypal", 3)


def test_a_channel_can_be_another_one_with_a_difference() -> None:
    lookalike = attrs.evolve(WECHAT, name="lookalike", creation=Creation.SCAN, prefix="LL")
    desk = new_desk(lookalike)
    held = credential(desk)

    assert held.channel == "lookalike"
    assert query(desk, 0).code == "ORDER_NOT_EXIST"
    assert desk.pay(held, 0).channel_number == "LL0001"


def test_an_ack_rule_is_statuses_and_perhaps_a_body() -> None:
    assert AckRule(statuses=(200, 204)).accepts(Ack(204, "anything"))
    assert not AckRule(statuses=(200,), body="[accepted]").accepts(Ack(200, "accepted"))


def test_impossible_profiles_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a name"):
        ChannelProfile(name="")
    with pytest.raises(ValueError, match=r"\[-5\]"):
        ChannelProfile(name="paypal", gaps=(MINUTE, -5))


@everywhere
def test_a_profile_travels_between_processes_and_can_be_a_key(profile: ChannelProfile) -> None:
    copy = pickle.loads(pickle.dumps(profile))

    assert copy == profile
    assert {profile: "yes"}[copy] == "yes"


def test_a_desk_can_be_copied_and_both_go_on_alone() -> None:
    import copy

    desk = new_desk(WECHAT)
    held = credential(desk)
    twin: Desk = copy.deepcopy(desk)

    assert twin.pay(held, 0).accepted
    assert twin.act(0)
    assert desk.ledger.total_captured == 0
    assert desk.is_payable(held, 0)
