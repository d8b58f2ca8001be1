"""The oracle: told what a customer, a shop and a channel can see, it says whether the money is right.

The problem: a merchant's code must be judged without believing it, while thousands of observations a second
come in. The trick: facts are kept by order and by trade as they come (`facts`), and each kind of observation
meets only the invariants that look at it (`invariants`), with the facts of the one order concerned. Nothing
is scanned. The consequence: whoever tells the oracle must tell it in the order in which things happened, a
desk's money before the answer that announces it, a commit's view before what the merchant does next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from paytwice.calendar import HOUR
from paytwice.channels.ledger import Ledger, Movement, MovementKind
from paytwice.channels.messages import Credential, Meaning, Notification, RefundRecord
from paytwice.channels.requests import AskRefund, CloseTrade, QueryTrade, Request
from paytwice.merchant.port import OrderView, Said
from paytwice.oracle.debts import debts, owes
from paytwice.oracle.docket import Docket
from paytwice.oracle.facts import Case, Paper, Rules
from paytwice.oracle.invariants import (
    ON_ACK,
    ON_HANDED,
    ON_MONEY,
    ON_REFUND,
    ON_REQUEST,
    ON_SHOP,
    ON_TOLD,
    ON_VIEW,
)
from paytwice.oracle.judgement import pass_judgement
from paytwice.oracle.progress import is_ours
from paytwice.oracle.record import Record
from paytwice.oracle.scene import Billed, Scene
from paytwice.oracle.verdict import Verdict
from paytwice_core import Money


class Oracle:
    """Watches one run and judges it. All times are integer milliseconds since the run began.

    `entry` is always the index of the journal entry in which something was seen. `payable` may ask a desk
    whether it would still accept a credential; without it the oracle goes by `dead_at` and the closes it saw.
    `billed` tells which bills could be had at a moment; without it no bill is looked for.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        bill_seen: bool = False,
        payable: Callable[[Credential, int], bool] | None = None,
        billed: Callable[[int], Mapping[str, Billed]] | None = None,
    ) -> None:
        self.rules = rules
        self.bill_seen = bill_seen
        self._payable = payable
        self._billed = billed
        self._record = Record()
        self._docket = Docket()
        self._check = self._docket.check
        self._dirty: list[Case] = []
        self._owing = 0

    # ---- what is seen

    def ordered(self, order_id: str, amount: Money, expires_at: int, at: int, entry: int) -> None:
        """A customer placed an order."""
        if order_id in self._record.cases:
            raise ValueError(f"order {order_id!r} was placed before: every order has its own id")
        case = Case(order_id, self.rules, amount, expires_at, at, entry, self._payable)
        self._record.cases[order_id] = case
        self._record.tally.orders = True
        self._owing += 1

    def declined(self, order_id: str, at: int, entry: int) -> None:
        """The customer was told that the order is not taken: where nothing is kept of it, nothing is owed."""
        case = self._record.cases[order_id]
        case.declined = True
        self._touch(case)

    def handed(self, order_id: str, credential: Credential, at: int, entry: int) -> None:
        """The customer was given something to pay with: so its trade belongs to this order."""
        case = self._record.cases[order_id]
        trade = self._record.trade(credential.channel, credential.out_trade_no)
        if trade.case is None:
            self._record.adopt(case, trade)
        if trade.paper is None:
            trade.paper = Paper(credential, at, entry, credential.dead_at)
        elif credential.dead_at > trade.paper.dead_at:  # issued again: what lives longest counts
            trade.paper.credential, trade.paper.dead_at = credential, credential.dead_at
        self._record.tally.handed = True
        self._touch(case)
        self._check(ON_HANDED, case, at, entry, case, trade, credential, at)

    def viewed(self, order_id: str, view: OrderView, at: int, entry: int) -> None:
        """The merchant's view of an order has changed: a claim, to be judged."""
        case = self._record.cases[order_id]
        self._check(ON_VIEW, case, at, entry, case, view, at)
        self._record.note_view(case, view, at, entry)
        self._touch(case)

    def requested(
        self, channel: str, request: Request, meaning: Meaning, at: int, entry: int, sent_at: int = -1
    ) -> None:
        """A request reached a desk, which answered it so; its signature tells when it was sent."""
        sent_at = at if sent_at < 0 else sent_at
        if isinstance(request, AskRefund):
            self._asked_refund(channel, request, meaning, at, entry, sent_at)
        elif isinstance(request, QueryTrade):
            self._record.queries = True
        elif isinstance(request, CloseTrade):
            trade = self._record.trade(channel, request.out_trade_no)
            self._record.note_close(trade, meaning, at)
            if trade.case is not None:
                self._touch(trade.case)
        known = self._record.trades.get((channel, getattr(request, "out_trade_no", "")))
        if known is not None and known.case is not None:
            self._record.tally.calls = True
            self._check(ON_REQUEST, known.case, at, entry, known, request, meaning, at, sent_at)

    def moved(self, channel: str, movement: Movement, at: int, entry: int) -> None:
        """Money moved at a desk; what was only set aside or released again stays with the merchant."""
        kind = movement.kind
        if kind is not MovementKind.CAPTURED and kind is not MovementKind.RETURNED:
            return
        trade = self._record.trade(channel, movement.out_trade_no)
        if kind is MovementKind.CAPTURED:
            self._record.note_captured(trade, movement, at, entry)
        else:
            self._record.note_returned(trade, movement, at, entry)
        case = trade.case
        if case is None:
            return
        self._touch(case)
        self._check(ON_MONEY, case, at, entry, case, trade, movement)

    def refund_changed(self, channel: str, record: RefundRecord, at: int, entry: int) -> None:
        """A desk's refund is in another state now."""
        trade = self._record.trade(channel, record.out_trade_no)
        self._record.note_refund(record, trade, at, entry)
        if trade.case is not None:
            self._touch(trade.case)

    def shop_did(self, order_id: str, what: str, at: int, entry: int) -> None:
        """The shop did something for an order: "reserve", "release" or "ship". Repeats are not told."""
        case = self._record.cases[order_id]
        self._check(ON_SHOP, case, at, entry, case, what)
        self._record.tally.shop = True
        if what == "ship":
            self._record.tally.ships = True
            case.ships.append(entry)
        elif what in ("reserve", "release"):
            case.stock += 1 if what == "reserve" else -1
            case.stock_entries.append(entry)
        else:
            raise ValueError(f"a shop can 'reserve', 'release' and 'ship', not {what!r}")
        self._touch(case)

    def acked(self, notification: Notification, positive: bool, whole: bool, at: int, entry: int) -> None:
        """A notification was answered; `whole` means delivered undamaged to a process that runs."""
        trade = self._record.trades.get((notification.channel, notification.trade.out_trade_no))
        if trade is None or trade.case is None:
            return
        case = trade.case
        trade.calls.prompted()
        self._check(ON_ACK, case, at, entry, case, notification, positive)
        if not is_ours(case, notification):
            self._record.tally.not_ours = True
        elif positive:
            self._record.tally.whole_after_healing |= whole and self._record.healed_at is not None
            case.refused.pop(notification.id, None)
            capture = trade.captures.get(notification.trade.channel_number or "")
            if capture is not None and capture.acked_entry < 0:
                capture.acked_entry = entry
            self._record.note_news(trade, notification, at)
        elif whole and self._record.healed_at is not None:
            self._record.tally.whole_after_healing = True
            case.refused[notification.id] = (at, entry, notification.channel)

    def told(self, order_id: str, said: Said, at: int, entry: int, *, since: int | None = None) -> None:
        """An answer reached the customer; with `since`, it promises about what they held when they asked."""
        if said is not Said.PAID and said is not Said.PAY_AGAIN:
            return
        case = self._record.cases[order_id]
        asked = at if since is None else since
        self._record.tally.promises = True
        self._check(ON_TOLD, case, at, entry, case, said, asked, at)
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
        case = self._record.cases[order_id]
        if request_id not in case.wishes:
            case.wishes[request_id] = amount.minor
            case.wish_entries.append(entry)
        if granted and request_id not in case.granted:
            case.granted[request_id] = case.wishes[request_id]
            self._record.tally.granted = True
        self._touch(case)

    def healed(self, at: int) -> None:
        """From now on there are no faults: what is slow or lost from here is the merchant's doing."""
        self._record.healed_at = at

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
            f"order {case.order_id}: {debt}" for case in self._record.cases.values() for debt in debts(case)
        )

    def kept(self, order_id: str) -> Mapping[str, int]:
        """What the channels hold of an order, in minor units by currency, as it was reckoned on the way."""
        return dict(self._record.cases[order_id].kept)

    # ---- judgement

    def judge(self, at: int, ledgers: Mapping[str, Ledger]) -> Verdict:
        """Pass judgement on the run as it stands now, at rest or at its horizon. May be asked again later."""
        record = self._record
        billed = {} if self._billed is None else self._billed(at - HOUR)
        scene = Scene(at, record.healed_at or 0, record.queries, self.bill_seen, billed)
        return pass_judgement(record, self.rules, self._docket.violations, scene, ledgers)

    def dismiss(self) -> None:
        """Close the case files: the run is judged for good, and nothing more can be asked."""
        for trade in self._record.trades.values():
            trade.case = None  # which knows its trades
        self._record = Record()
        self._dirty.clear()

    # ---- keeping the facts

    def _asked_refund(
        self, channel: str, request: AskRefund, meaning: Meaning, at: int, entry: int, sent_at: int
    ) -> None:
        record = self._record
        trade = record.trade(channel, request.out_trade_no)
        refund = trade.refunds.get(request.out_refund_no)
        record.tally.refund_requests = True
        # What the network delivers twice was asked once, however long after its refusal the copy arrives.
        is_copy = refund is not None and sent_at in refund.sent_at
        if not is_copy and (refund is None or not refund.is_alive):
            case = trade.case or record.namesake(request.out_trade_no)
            self._check(ON_REFUND, case, at, entry, trade, request, meaning, sent_at)
        record.note_asked(trade, request, meaning, at, entry, sent_at)
        if trade.case is not None:
            self._touch(trade.case)

    def _touch(self, case: Case) -> None:
        if not case.dirty:
            case.dirty = True
            self._dirty.append(case)
