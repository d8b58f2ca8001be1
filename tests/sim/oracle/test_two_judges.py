"""Whatever is seen in whatever order: the oracle does not stumble, and quick sums agree with slow ones."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.oracle.told import CLOSED, OPEN, PAID, PRICE, Told, money, refund

from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.merchant.port import RefundStanding, Said
from paytwice.oracle import Conclusion, Doubt, Rules, Violation, recount

PAYMENTS = st.sampled_from([("wechat", "W1", "4200"), ("wechat", "W1", "4201"), ("alipay", "A1", "2026")])
TRADES = st.sampled_from([("wechat", "W1"), ("alipay", "A1"), ("alipay", "W1")])
AMOUNTS = st.sampled_from([PRICE, money("30"), money("1")])
NUMBERS = st.sampled_from(["r1", "r2", "r3"])
REFUNDS = st.lists(
    st.builds(refund, NUMBERS, st.sampled_from(["W1", "A1"]), st.sampled_from(list(RefundStanding)), AMOUNTS),
    max_size=3,
    unique_by=lambda shown: shown.out_refund_no,
).map(tuple)
WINNERS = st.sampled_from([None, ("wechat", "4200"), ("alipay", "2026")])

# What can be seen: the method of `Told`, and what it is called with.
SIGHTS = st.one_of(
    st.tuples(st.just("hand"), TRADES),
    st.tuples(st.just("capture"), st.tuples(PAYMENTS, AMOUNTS).map(lambda got: (*got[0], got[1]))),
    st.tuples(
        st.just("give_back"),
        st.tuples(PAYMENTS, st.none() | NUMBERS, AMOUNTS).map(lambda got: (*got[0], got[1], got[2])),
    ),
    st.tuples(st.just("ask"), st.tuples(TRADES, NUMBERS, AMOUNTS).map(lambda got: (*got[0], got[1], got[2]))),
    st.tuples(
        st.just("desk_says"),
        st.tuples(TRADES, NUMBERS, st.sampled_from(list(RefundStatus)), AMOUNTS).map(
            lambda got: (*got[0], *got[1:])
        ),
    ),
    st.tuples(
        st.just("close"),
        st.tuples(TRADES, st.sampled_from([Meaning.OK, Meaning.ALREADY_PAID, Meaning.NO_SUCH_TRADE])).map(
            lambda got: (*got[0], got[1])
        ),
    ),
    st.tuples(st.just("view"), st.tuples(st.sampled_from([OPEN, PAID, CLOSED]), WINNERS)),
    st.tuples(st.just("show"), st.tuples(REFUNDS)),
    st.tuples(st.just("shop"), st.tuples(st.sampled_from(["reserve", "release", "ship"]))),
    st.tuples(st.just("tell"), st.tuples(st.sampled_from(list(Said)))),
    st.tuples(st.just("ack"), st.tuples(st.booleans())),
    st.tuples(st.just("wish"), st.tuples(st.sampled_from(["q1", "q2", "q3"]), AMOUNTS)),
    st.tuples(st.just("heal"), st.just(())),
)


def tell(told: Told, sight: tuple[str, tuple[Any, ...]]) -> None:
    what, with_what = sight
    if what == "show":
        told.view(told.standing or OPEN, refunds=with_what[0])
    else:
        getattr(told, what)(*with_what)


@settings(max_examples=100, deadline=None)
@given(sights=st.lists(SIGHTS, max_size=20), local_first=st.booleans(), reopens=st.booleans())
def test_the_oracle_takes_whatever_it_sees(sights: list[Any], local_first: bool, reopens: bool) -> None:
    told = Told(Rules(channel_first=not local_first, reopens=reopens))
    for sight in sights:
        tell(told, sight)
        assert told.oracle.settled == (told.oracle.waits_for() == [])
    verdict = told.judge()

    assert told.judge(0) == verdict
    assert verdict.ok == (verdict.outcome is Conclusion.OK)
    assert len({(one.invariant, one.order) for one in verdict.violations}) == len(
        [one for one in verdict.violations if one.order]
    ) + len({one.invariant for one in verdict.violations if not one.order})
    findings: list[Violation | Doubt] = [*verdict.violations, *verdict.unknown]
    for one in findings:
        assert list(one.entries) == sorted(set(one.entries))
        assert all(0 < entry <= told.entry for entry in one.entries)
        assert one.invariant in verdict.checked


def slow_difference(told: Counted, handed: list[tuple[str, str]], asked: list[tuple[str, str, str]]) -> int:
    """What is held beyond what may be kept, from the raw movements alone."""
    held = 0
    foreign = 0
    captured = [
        (channel, movement.out_trade_no, movement.channel_number)
        for channel, ledger in told.ledgers.items()
        for movement in ledger.movements
        if movement.kind is MovementKind.CAPTURED and (channel, movement.out_trade_no) in handed
    ]
    wins = [
        (channel, trade)
        for channel, trade, number in captured
        if told.winner is not None and (channel, number) == (told.winner.channel, told.winner.number)
    ]
    for channel, ledger in told.ledgers.items():
        for movement in ledger.movements:
            if (channel, movement.out_trade_no) not in handed:
                continue
            if movement.kind is MovementKind.CAPTURED:
                held += movement.amount.minor
            elif movement.kind is MovementKind.RETURNED:
                held -= movement.amount.minor
                known = (channel, movement.out_trade_no, movement.out_refund_no or "") in asked
                if (channel, movement.out_trade_no) in wins and not known:
                    foreign += movement.amount.minor
    if told.standing is not PAID:
        return held
    left = PRICE.minor - foreign
    return held - (left - (min(told.oracle_granted, max(left, 0)) if foreign else told.oracle_granted))


class Counted(Told):
    """A told story that counts for itself what was granted."""

    def __init__(self) -> None:
        super().__init__(Rules(channel_first=False))
        self.wishes: dict[str, int] = {}

    @property
    def oracle_granted(self) -> int:
        return sum(self.wishes.values())


@settings(max_examples=100, deadline=None)
@given(sights=st.lists(SIGHTS, max_size=20))
def test_quick_and_slow_sums_of_stranded_money_agree(sights: list[Any]) -> None:
    told = Counted()
    handed: list[tuple[str, str]] = []
    asked: list[tuple[str, str, str]] = []
    for sight in sights:
        tell(told, sight)
        if sight[0] == "hand":
            handed.append(sight[1])
        elif sight[0] == "ask":
            asked.append(sight[1][:3])
        elif sight[0] == "wish":
            told.wishes.setdefault(sight[1][0], sight[1][1].minor)
    verdict = told.judge()
    slow = slow_difference(told, handed, asked)
    findings: list[Violation | Doubt] = [*verdict.violations, *verdict.unknown]
    quick = [
        one for one in findings if (one.invariant, one.order) == ("S4", "o1") and one.at_stake is not None
    ]

    assert [one.at_stake.minor for one in quick if one.at_stake] == ([abs(slow)] if slow else [])
    assert sum(told.oracle.kept("o1").values()) == sum(
        captured - returned
        for channel, ledger in told.ledgers.items()
        for number, (captured, returned) in recount(ledger.movements).items()
        if (channel, number) in handed
    )
    assert not any(one.invariant == "S18" for one in verdict.violations)
