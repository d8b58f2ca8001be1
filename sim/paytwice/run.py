"""What a run was: the verdict, the money, the orders, and how to play it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs

from paytwice.arguments import one_of
from paytwice.calendar import Calendar
from paytwice.channels.ledger import Ledger
from paytwice.choices import SETTING, Deviation, Row
from paytwice.errors import BrokenPromise
from paytwice.journal import Journal
from paytwice.merchant.port import OrderView, RefundStanding, Standing
from paytwice.network.envelope import Link, Way
from paytwice.oracle import INVARIANTS, Conclusion, Verdict
from paytwice_core import Money, Pair


@attrs.frozen
class OrderResult:
    """One order at the end of a run."""

    id: str
    amount: Money
    view: OrderView | None
    captured: int  # minor units, by all channels
    returned: int

    @property
    def state(self) -> str:
        """The merchant's own word for the order's state, or the port's."""
        if self.view is None:
            return "UNKNOWN"
        return self.view.state or self.view.standing.value

    @property
    def is_paid(self) -> bool:
        """Whether the merchant says it is paid."""
        return self.view is not None and self.view.standing is Standing.PAID

    @property
    def is_closed(self) -> bool:
        """Whether the merchant says it is closed."""
        return self.view is not None and self.view.standing is Standing.CLOSED

    @property
    def paid_by(self) -> str | None:
        """The winner's channel."""
        return None if self.view is None or self.view.winner is None else self.view.winner.channel

    @property
    def kept(self) -> int:
        """What the channels captured for this order and did not return, in minor units."""
        return self.captured - self.returned

    @property
    def refunds(self) -> tuple[str, ...]:
        """Every refund as `REASON STATE` in the merchant's own words, in the order they were made."""
        if self.view is None or self.view.refunds is None:
            return ()
        return tuple(f"{refund.reason} {refund.state}".strip() for refund in self.view.refunds)

    @property
    def refund_standings(self) -> tuple[str, ...]:
        """Every refund in the words that all merchants share: PENDING, DONE, NEEDS_PERSON or VOID."""
        refunds = (() if self.view is None else self.view.refunds) or ()
        return tuple(refund.standing.value for refund in refunds)

    @property
    def waits_for_a_person(self) -> int:
        """What the merchant shows as to be settled by a person, in minor units."""
        refunds = (() if self.view is None else self.view.refunds) or ()
        return sum(
            refund.amount.minor for refund in refunds if refund.standing is RefundStanding.NEEDS_PERSON
        )


@attrs.frozen(repr=False)
class Run:
    """One run, judged. Money is in minor units, times are milliseconds since the run began."""

    scenario: str
    seed: int | None
    profile: str
    _verdict: Verdict
    orders: tuple[OrderResult, ...]
    ledgers: Mapping[str, Ledger]
    refunds_asked: Mapping[str, tuple[str, ...]]  # the merchant's refund numbers at each channel, in order
    trades_asked: Mapping[str, tuple[str, ...]]  # the out_trade_nos that each channel knows, in order
    unmet: tuple[str, ...]  # what the story planned and never happened, as with a misspelt kind
    shop: Mapping[str, int]  # how often the shop did what: reserve, release, ship
    journal: Journal
    taken: tuple[Row, ...]  # the choices that were not calm: name, n, value, milliseconds
    unused: tuple[Deviation, ...]  # recorded deviations that named something which did not happen
    ended_at: int
    steps: int
    errors: tuple[BaseException, ...]  # what handlers of the merchant raised
    failure: BaseException | None = None  # what ended the run early: a story that raised, a dead end
    waits_for: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()  # of simulate(), as far as they are not values: for the replay
    settings: Mapping[str, str] = attrs.field(factory=dict)
    command: tuple[str, ...] = ()  # what plays this run again, where a scenario was played
    begins: datetime = attrs.field(factory=lambda: Calendar().begins)
    schedule: str = ""  # with a seed: what drew who goes first of those that are ready at once
    stood_at: str = ""  # where the story stood when a failure from outside ended it: file:line
    story: str = "story"  # what code calls the story that was played
    links: Mapping[Way, Link] = attrs.field(factory=dict)  # how messages travel, as the story left it
    reached: tuple[Pair, ...] = ()  # what the merchant says came up: machine, state, evidence; sorted

    @cached_property
    def deviations(self) -> tuple[Deviation, ...]:
        """The choices that did not take their calm value, in the order in which they were made."""
        return tuple(Deviation(*row) for row in self.taken)

    @property
    def chosen(self) -> Mapping[str, str]:
        """What the run chose of its own settings, as far as it is not what they are where all is calm."""
        return {
            name.removeprefix(SETTING): str(value)
            for name, _, value, _ in self.taken
            if name.startswith(SETTING)
        }

    @property
    def verdict(self) -> Verdict:
        """The judgement; of a run that ended early it has what was seen to be broken on the way, no more.

        An order that is not shipped yet, say, is no broken promise where the run had no chance to go on.
        """
        return self._verdict if self.failure is None else _on_the_way(self._verdict)

    @property
    def not_judged(self) -> tuple[str, ...]:
        """The invariants that ask for a run at rest, where it never came to rest."""
        return () if self.failure is None else tuple(name for name in INVARIANTS if not _is_safety(name))

    @property
    def order(self) -> OrderResult:
        """The only order; with several, ask `orders`."""
        if len(self.orders) != 1:
            raise ValueError(f"this run has {len(self.orders)} orders: say which one, with run.orders[i]")
        return self.orders[0]

    @property
    def currency(self) -> str:
        """The currency of the first order, in which a report shows amounts that say none."""
        return self.orders[0].amount.currency if self.orders else "CNY"

    @property
    def ok(self) -> bool:
        """Whether the verdict is ok and nothing ended the run early."""
        return self.failure is None and self.verdict.outcome is Conclusion.OK

    @property
    def outcome(self) -> str:
        """`ok`, `violated` or `unknown`."""
        return self.verdict.outcome.value

    def captured(self, channel: str) -> int:
        """What a channel captured."""
        return self._ledger(channel).total_captured

    def returned(self, channel: str) -> int:
        """What a channel returned to customers."""
        return self._ledger(channel).total_returned

    def kept(self, channel: str) -> int:
        """What a channel captured and did not return."""
        return self._ledger(channel).total_kept

    def refund_numbers(self, channel: str) -> tuple[str, ...]:
        """The refund numbers that the merchant sent to a channel, each once: one wish, one number."""
        self._ledger(channel)
        return self.refunds_asked[channel]

    def trade_numbers(self, channel: str) -> tuple[str, ...]:
        """The out_trade_nos that a channel was asked to be paid under: one for each attempt."""
        self._ledger(channel)
        return self.trades_asked[channel]

    def coupons_kept(self, channel: str) -> int:
        """What of `kept` coupons paid; the rest is the customers' cash."""
        return self._ledger(channel).total_coupons_kept

    def cash_kept(self, channel: str) -> int:
        """What customers paid out of their own pockets at a channel and did not get back."""
        return self._ledger(channel).total_cash_kept

    def _ledger(self, channel: str) -> Ledger:
        return self.ledgers[one_of("channel", channel, self.ledgers)]

    @property
    def digest(self) -> str:
        """SHA-256 over the journal: equal digests are equal runs."""
        return self.journal.digest()

    def check(self) -> None:
        """Raise BrokenPromise if a promise is broken; it says which, and how to play this run again.

        What ended the run early is raised so too. A refund of which nobody can know what came of it breaks
        no promise: where that is not good enough, assert `run.ok`.
        """
        from paytwice.report.again import in_full

        if self.failure is not None or self.verdict.violations:
            raise BrokenPromise(in_full(self)) from self.failure

    def __repr__(self) -> str:
        """One line: a whole journal in a failing test's report helps nobody."""
        how = "calm" if self.seed is None and not self.deviations else f"{len(self.deviations)} deviations"
        broken = "".join(f" {one.invariant}" for one in self.verdict.violations)
        said = self.outcome if self.failure is None else f"ended by {type(self.failure).__name__}"
        return f"<Run of {self.scenario}, {how}: {said}{broken}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # for IPython and Hypothesis, which would print every field

    def _repr_html_(self) -> str:
        from paytwice.page.card import card

        return card(self)  # for notebooks

    def explain(self) -> str:
        """The verdict and how it came about, for an assertion's message."""
        from paytwice.report.text import explain

        return explain(self)


def _is_safety(name: str) -> bool:
    """Whether an invariant is watched as things happen, so that a breach of it counts whatever follows."""
    one = INVARIANTS.get(name)
    return one is not None and one.at_rest is None and not one.of_the_books


def _on_the_way(verdict: Verdict) -> Verdict:
    violations = tuple(one for one in verdict.violations if _is_safety(one.invariant))
    return Verdict(
        Conclusion.VIOLATED if violations else Conclusion.UNKNOWN,
        violations,
        checked=tuple(name for name in verdict.checked if _is_safety(name)),
        vacuous=tuple(name for name in verdict.vacuous if _is_safety(name)),
    )
