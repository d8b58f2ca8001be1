"""The oracle: told what a customer, a shop and a channel can see, it says whether the money is right.

The problem: a merchant's code must be judged without believing it, while thousands of observations a second
come in. The trick: facts are kept by order and by trade as they come (`facts`), and each kind of observation
meets only the invariants that look at it (`invariants`), with the facts of the one order concerned. Nothing
is scanned. The consequence: whoever tells the oracle must tell it in the order in which things happened, a
desk's money before the answer that announces it, a commit's view before what the merchant does next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from paytwice.channels.ledger import Ledger, Movement, MovementKind
from paytwice.channels.messages import (
    AskRefund,
    CloseTrade,
    Credential,
    Meaning,
    Notification,
    QueryTrade,
    RefundRecord,
    RefundStatus,
    Request,
)
from paytwice.merchant.port import OrderView, RefundStanding, Said, Standing
from paytwice.oracle.debts import debts, owes
from paytwice.oracle.facts import MAY_STILL_COME, Capture, Case, Paper, Refund, Rules, Tally, Trade
from paytwice.oracle.invariants import (
    AT_REST,
    INVARIANTS,
    ON_ACK,
    ON_HANDED,
    ON_MONEY,
    ON_REFUND,
    ON_SHOP,
    ON_TOLD,
    ON_VIEW,
)
from paytwice.oracle.money import books_balance
from paytwice.oracle.progress import is_ours, shows_captures
from paytwice.oracle.scene import Scene
from paytwice.oracle.verdict import Broken, Conclusion, Doubt, Verdict, Violation
from paytwice_core import Money

SHUT: Final = (Meaning.OK, Meaning.ALREADY_CLOSED)  # the answers to a close after which a trade is closed


class Oracle:
    """Watches one run and judges it. All times are integer milliseconds since the run began.

    `entry` is always the index of the journal entry in which something was seen. `payable` may ask a desk
    whether it would still accept a credential; without it the oracle goes by `dead_at` and the closes it saw.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        bill_seen: bool = False,
        payable: Callable[[Credential, int], bool] | None = None,
    ) -> None:
        self.rules = rules
        self.bill_seen = bill_seen
        self._payable = payable
        self._cases: dict[str, Case] = {}
        self._trades: dict[tuple[str, str], Trade] = {}
        self._violations: list[Violation] = []
        self._tally = Tally()
        self._healed_at: int | None = None
        self._queries = False
        self._dirty: list[Case] = []
        self._owing = 0

    # ---- what is seen

    def ordered(self, order_id: str, amount: Money, expires_at: int, at: int, entry: int) -> None:
        """A customer placed an order."""
        if order_id in self._cases:
            raise ValueError(f"order {order_id!r} was placed before: every order has its own id")
        case = Case(order_id, self.rules, amount, expires_at, at, entry, self._payable)
        self._cases[order_id] = case
        self._tally.orders = True
        self._owing += 1

    def declined(self, order_id: str, at: int, entry: int) -> None:
        """The customer was told that the order is not taken: where nothing is kept of it, nothing is owed."""
        case = self._cases[order_id]
        case.declined = True
        self._touch(case)

    def handed(self, order_id: str, credential: Credential, at: int, entry: int) -> None:
        """The customer was given something to pay with: so its trade belongs to this order."""
        case = self._cases[order_id]
        trade = self._trade(credential.channel, credential.out_trade_no)
        if trade.case is None:
            self._adopt(case, trade)
        if trade.paper is None:
            trade.paper = Paper(credential, at, entry, credential.dead_at)
        else:
            trade.paper.dead_at = max(trade.paper.dead_at, credential.dead_at)
        self._touch(case)
        for name, check in ON_HANDED:
            broken = check(case, trade, at)
            if broken is not None:
                self._accuse(name, case, broken, at, entry)

    def viewed(self, order_id: str, view: OrderView, at: int, entry: int) -> None:
        """The merchant's view of an order has changed: a claim, to be judged."""
        case = self._cases[order_id]
        for name, check in ON_VIEW:
            broken = check(case, view, at)
            if broken is not None:
                self._accuse(name, case, broken, at, entry)
        self._note_view(case, view, at, entry)
        self._touch(case)

    def requested(self, channel: str, request: Request, meaning: Meaning, at: int, entry: int) -> None:
        """A request reached a desk, which answered it so (whether or not the answer arrived)."""
        if isinstance(request, AskRefund):
            self._asked_refund(channel, request, meaning, at, entry)
        elif isinstance(request, QueryTrade):
            self._queries = True
        elif isinstance(request, CloseTrade):
            trade = self._trade(channel, request.out_trade_no)
            trade.close_asked = True
            if trade.closed_at is None and meaning in SHUT:
                trade.closed_at = at
            if trade.case is not None:
                self._touch(trade.case)

    def moved(self, channel: str, movement: Movement, at: int, entry: int) -> None:
        """Money moved at a desk; what was only set aside or released again stays with the merchant."""
        kind = movement.kind
        if kind is not MovementKind.CAPTURED and kind is not MovementKind.RETURNED:
            return
        trade = self._trade(channel, movement.out_trade_no)
        if kind is MovementKind.CAPTURED:
            self._captured(trade, movement, at, entry)
        else:
            self._returned(trade, movement, at, entry)
        case = trade.case
        if case is None:
            return
        self._touch(case)
        for name, check in ON_MONEY:
            broken = check(case, trade, movement)
            if broken is not None:
                self._accuse(name, case, broken, at, entry)

    def refund_changed(self, channel: str, record: RefundRecord, at: int, entry: int) -> None:
        """A desk's refund is in another state now."""
        trade = self._trade(channel, record.out_trade_no)
        refund = trade.refunds.get(record.out_refund_no)
        if refund is None:
            refund = trade.refunds[record.out_refund_no] = Refund(
                record.out_refund_no, record.amount.minor, entry=entry
            )
        refund.status = record.state
        if trade.case is not None:
            self._touch(trade.case)

    def shop_did(self, order_id: str, what: str, at: int, entry: int) -> None:
        """The shop did something for an order: "reserve", "release" or "ship". Repeats are not told."""
        case = self._cases[order_id]
        for name, check in ON_SHOP:
            broken = check(case, what)
            if broken is not None:
                self._accuse(name, case, broken, at, entry)
        self._tally.shop = True
        if what == "ship":
            self._tally.ships = True
            case.ships.append(entry)
        elif what in ("reserve", "release"):
            case.stock += 1 if what == "reserve" else -1
            case.stock_entries.append(entry)
        else:
            raise ValueError(f"a shop can 'reserve', 'release' and 'ship', not {what!r}")
        self._touch(case)

    def acked(self, notification: Notification, positive: bool, whole: bool, at: int, entry: int) -> None:
        """A notification was answered; `whole` means delivered undamaged to a process that runs."""
        trade = self._trades.get((notification.channel, notification.trade.out_trade_no))
        if trade is None or trade.case is None:
            return
        case = trade.case
        for name, check in ON_ACK:
            broken = check(case, notification, positive)
            if broken is not None:
                self._accuse(name, case, broken, at, entry)
        if not is_ours(case, notification):
            self._tally.not_ours = True
        elif positive:
            self._tally.whole_after_healing |= whole and self._healed_at is not None
            case.refused.pop(notification.id, None)
        elif whole and self._healed_at is not None:
            self._tally.whole_after_healing = True
            case.refused[notification.id] = (at, entry, notification.channel)

    def told(self, order_id: str, said: Said, at: int, entry: int, *, since: int | None = None) -> None:
        """An answer reached the customer; with `since`, it promises about what they held when they asked."""
        if said is not Said.PAID and said is not Said.PAY_AGAIN:
            return
        case = self._cases[order_id]
        asked = at if since is None else since
        self._tally.promises = True
        for name, check in ON_TOLD:
            broken = check(case, said, asked)
            if broken is not None:
                self._accuse(name, case, broken, at, entry)
        if said is Said.PAY_AGAIN:
            case.pay_again = (asked, at, entry)
        elif case.told_paid is None:
            case.told_paid = entry

    def wished_refund(
        self, order_id: str, amount: Money, request_id: str, at: int, entry: int, *, granted: bool = False
    ) -> None:
        """The customer asks for money back; again with `granted` when the merchant has said ACCEPTED.

        To be told when the wish leaves the customer, so before the merchant can act upon it. The same
        `request_id` is the same wish.
        """
        case = self._cases[order_id]
        if request_id not in case.wishes:
            case.wishes[request_id] = amount.minor
            case.wish_entries.append(entry)
        if granted and request_id not in case.granted:
            case.granted[request_id] = case.wishes[request_id]
        self._touch(case)

    def healed(self, at: int) -> None:
        """From now on there are no faults: what is slow or lost from here is the merchant's doing."""
        self._healed_at = at

    # ---- what is owed

    @property
    def settled(self) -> bool:
        """Whether no order owes anything. Only orders touched since the last look are judged again."""
        if self._dirty:
            for case in self._dirty:
                case.dirty = False
                now = owes(case)
                if now is not case.owes:
                    case.owes = now
                    self._owing += 1 if now else -1
            self._dirty.clear()
        return self._owing == 0

    def waits_for(self) -> list[str]:
        """What is owed, in words, sorted."""
        return sorted(
            f"order {case.order_id}: {debt}" for case in self._cases.values() for debt in debts(case)
        )

    def kept(self, order_id: str) -> Mapping[str, int]:
        """What the channels hold of an order, in minor units by currency, as it was reckoned on the way."""
        return dict(self._cases[order_id].kept)

    # ---- judgement

    def judge(self, at: int, ledgers: Mapping[str, Ledger]) -> Verdict:
        """Pass judgement on the run as it stands now, at rest or at its horizon. May be asked again later."""
        violations, doubts = list(self._violations), []
        for finding in self._at_rest(at, ledgers):
            if isinstance(finding, Violation):
                violations.append(finding)
            else:
                doubts.append(finding)
        accused = {(one.invariant, one.order): True for one in violations}
        doubts = [doubt for doubt in doubts if (doubt.invariant, doubt.order) not in accused]
        checked, vacuous = self._coverage(ledgers, [*violations, *doubts])
        outcome = Conclusion.OK if not doubts else Conclusion.UNKNOWN
        return Verdict(
            Conclusion.VIOLATED if violations else outcome,
            tuple(violations),
            tuple(doubts),
            checked,
            vacuous,
        )

    def _at_rest(self, at: int, ledgers: Mapping[str, Ledger]) -> Iterator[Violation | Doubt]:
        for channel in sorted(ledgers):
            broken = books_balance(channel, ledgers[channel], self._trades)
            if broken is not None:
                yield _found("S18", "", broken, at)
        scene = Scene(at, self._healed_at or 0, self._queries, self.bill_seen)
        for case in self._cases.values():
            for name, check in AT_REST:
                broken = check(case, scene) if name not in case.broken else None
                if broken is not None:
                    yield _found(name, case.order_id, broken, at)
        for trade in self._trades.values():
            if trade.case is None and trade.captured != trade.returned:
                yield _found("S4", "", _unowned(trade), at)

    def _coverage(
        self, ledgers: Mapping[str, Ledger], found: Sequence[Violation | Doubt]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        seen = attrs.evolve(self._tally, ledgers=bool(ledgers))
        for case in self._cases.values():
            captured = bool(next(case.captures(), None))
            seen.captures_visible |= captured and shows_captures(case)
            shows = case.view is not None and case.view.refunds is not None
            seen.losers_with_refunds |= shows and any(True for _ in case.losers())
        spoke = [one.invariant for one in found]
        checked = tuple(
            one.name for one in INVARIANTS.values() if one.name in spoke or one.needs(seen, self.rules)
        )
        return checked, tuple(name for name in INVARIANTS if name not in checked)

    # ---- keeping the facts

    def _trade(self, channel: str, out_trade_no: str) -> Trade:
        key = (channel, out_trade_no)
        trade = self._trades.get(key)
        if trade is None:
            trade = self._trades[key] = Trade(channel, out_trade_no)
        return trade

    def _adopt(self, case: Case, trade: Trade) -> None:
        trade.case = case
        case.trades[trade.channel, trade.out_trade_no] = trade
        case.unshown += trade.captures.values()
        for currency, minor in trade.kept.items():
            _add(case.kept, currency, minor)

    def _note_view(self, case: Case, view: OrderView, at: int, entry: int) -> None:
        seen = self._tally
        if case.view is None or case.view.standing is not view.standing:
            case.standing_entry = entry
            if view.standing is not Standing.OPEN:
                seen.finals = True
                seen.paid |= view.standing is Standing.PAID
                seen.closed |= view.standing is Standing.CLOSED
                if case.final_at is None:
                    case.final_at, case.final_entry = at, entry
        if view.winner is not None:
            seen.winners = True
            if case.winner is None:
                case.winner, case.winner_entry = (view.winner.channel, view.winner.number), entry
        if case.unshown:
            _note_shown(case, view, at, entry)
        if view.refunds is not None:
            seen.refunds_shown |= bool(view.refunds)
            for refund in view.refunds:
                if refund.standing is RefundStanding.DONE:
                    seen.done_shown = True
                    case.done.setdefault((refund.out_trade_no, refund.out_refund_no), entry)
        case.view, case.view_entry = view, entry

    def _asked_refund(self, channel: str, request: AskRefund, meaning: Meaning, at: int, entry: int) -> None:
        trade = self._trade(channel, request.out_trade_no)
        refund = trade.refunds.get(request.out_refund_no)
        self._tally.refund_requests = True
        if refund is None or not refund.is_alive:
            case = trade.case or self._namesake(request.out_trade_no)
            for name, check in ON_REFUND:
                broken = check(trade, request, meaning, at)
                if broken is not None:
                    self._accuse(name, case, broken, at, entry)
        if refund is None:
            refund = trade.refunds[request.out_refund_no] = Refund(request.out_refund_no)
        if refund.asked_at is None:
            refund.asked_at, refund.entry = at, entry
            refund.asked_minor, refund.of = request.amount.minor, request.channel_number
        refund.answer = meaning
        refund.accepted |= meaning is Meaning.OK
        refund.refused = meaning not in MAY_STILL_COME
        if trade.first_asked_at is None:
            trade.first_asked_at = at
        if trade.case is not None:
            self._touch(trade.case)

    def _namesake(self, out_trade_no: str) -> Case | None:
        # A refund sent to the wrong channel: the number tells whose it was.
        for trade in self._trades.values():
            if trade.out_trade_no == out_trade_no and trade.case is not None:
                return trade.case
        return None

    def _captured(self, trade: Trade, movement: Movement, at: int, entry: int) -> None:
        amount = movement.amount
        capture = Capture(trade.channel, trade.out_trade_no, movement.channel_number, amount, at, entry)
        trade.captures[movement.channel_number] = capture
        trade.captured += amount.minor
        self._tally.captures = True
        _add(trade.kept, amount.currency, amount.minor)
        if trade.case is not None:
            _add(trade.case.kept, amount.currency, amount.minor)
            trade.case.unshown.append(capture)

    def _returned(self, trade: Trade, movement: Movement, at: int, entry: int) -> None:
        amount = movement.amount
        number = movement.out_refund_no or ""
        refund = trade.refunds.get(number)
        if refund is None:
            refund = trade.refunds[number] = Refund(number, amount.minor, entry=entry)
        refund.returned += amount.minor
        refund.status = refund.status or RefundStatus.SUCCESS
        trade.returned += amount.minor
        trade.returned_at, trade.returned_entry = at, entry
        capture = trade.captures.get(movement.channel_number)
        if capture is not None:
            capture.returned += amount.minor
        self._tally.returns = True
        _add(trade.kept, amount.currency, -amount.minor)
        if trade.case is not None:
            _add(trade.case.kept, amount.currency, -amount.minor)

    def _touch(self, case: Case) -> None:
        if not case.dirty:
            case.dirty = True
            self._dirty.append(case)

    def _accuse(self, name: str, case: Case | None, broken: Broken, at: int, entry: int) -> None:
        if case is not None:
            if name in case.broken:
                return
            case.broken[name] = True
        entries = tuple(sorted({*broken.entries, entry} - {-1}))
        self._violations.append(
            Violation(
                name, case.order_id if case is not None else "", at, broken.message, broken.at_stake, entries
            )
        )


def _note_shown(case: Case, view: OrderView, at: int, entry: int) -> None:
    captures = view.captures or ()
    named = [attempt.number for attempt in view.attempts or ()]
    if view.winner is not None:
        named.append(view.winner.number)
    for capture in case.unshown:
        if capture.number in captures or capture.number in named:
            capture.shown_at, capture.shown_entry = at, entry
    case.unshown = [capture for capture in case.unshown if capture.shown_at is None]


def _add(sums: dict[str, int], currency: str, minor: int) -> None:
    sums[currency] = sums.get(currency, 0) + minor


def _unowned(trade: Trade) -> Broken:
    left = trade.captured - trade.returned
    capture = next(iter(trade.captures.values()), None)
    return Broken(
        f"{trade.channel} trade {trade.out_trade_no} captured money, and no customer was seen "
        "to get it to pay with: whose money it is cannot be told.",
        Money(left, capture.amount.currency) if capture is not None else None,
        tuple(capture.entry for capture in trade.captures.values()),
        sure=False,
    )


def _found(name: str, order_id: str, broken: Broken, at: int) -> Violation | Doubt:
    kind = Violation if broken.sure else Doubt
    entries = tuple(sorted(set(broken.entries) - {-1}))
    return kind(name, order_id, at, broken.message, broken.at_stake, entries)
