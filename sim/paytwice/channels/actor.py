"""The shell around a desk: feeds it from the network, and sends what it says.

A channel has no task of its own. It acts when a message arrives or when its desk wants to, and both are
callbacks of the kernel, so a channel costs nothing while nothing happens.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import attrs

from paytwice.channels import happening
from paytwice.channels.arrangements import Arrangements
from paytwice.channels.circumstances import CALM_FATE, Circumstances, Mishap
from paytwice.channels.desk import Desk
from paytwice.channels.ledger import MovementKind
from paytwice.channels.messages import (
    Ack,
    Answer,
    Credential,
    Meaning,
    Notification,
    RefundStatus,
)
from paytwice.channels.people import book_again, edit_price, given_coupon, tempt
from paytwice.channels.requests import Request
from paytwice.channels.telling import deed_of, news_of, status_of
from paytwice.channels.watching import DeskWatcher
from paytwice.channels.wired import Wired
from paytwice.choices import Choices
from paytwice.faults import FaultProfile
from paytwice.journal import NOBODY, Journal, What
from paytwice.kernel.kernel import Kernel, Wake
from paytwice.network.envelope import Envelope
from paytwice.network.network import Network
from paytwice_core import Money

SEEN: Final = (MovementKind.CAPTURED, MovementKind.RETURNED)  # what customers and oracles get to see
FEES: Final = (MovementKind.FEE, MovementKind.FEE_RETURNED)


@attrs.frozen
class Pay:
    """The customer confirms at the channel's own cashier, perhaps with a coupon."""

    credential: Credential
    coupon: Money | None = None


@attrs.frozen
class Open:
    """The customer scans the code or opens the cashier."""

    credential: Credential


@attrs.define(eq=False)
class ChannelActor:
    """One channel at work in a run."""

    desk: Desk
    kernel: Kernel
    network: Network
    journal: Journal
    choices: Choices
    faults: FaultProfile
    watcher: DeskWatcher
    arranged: Arrangements = attrs.field(factory=Arrangements)
    name: str = attrs.field(init=False)  # the channel's, which is its endpoint's too
    _alarm: Wake | None = None
    _alarm_at: int = -1
    _down_until: int = 0  # 0 while it serves
    _booked: int = 0
    _changed: int = 0
    _news: dict[str, int] = attrs.field(
        factory=dict
    )  # the last entry about a trade, the cause of what is sent of it
    _unanswered: dict[tuple[str, int], Wake] = attrs.field(factory=dict)

    @name.default
    def _name_of_the_channel(self) -> str:
        return self.desk.profile.name

    def receive(self, envelope: Envelope, entry: int) -> None:
        """Take a message from the network; while the channel is down, nobody does."""
        if self._down_until:
            self._does_not_hear(envelope.kind, envelope.key, entry, envelope.sender)
            return
        match envelope.payload:
            case Pay(credential, coupon):
                edit_price(self, credential)
                coupon = coupon or given_coupon(self, credential)
                payment = self.desk.pay(credential, self.kernel.now, coupon)
                if payment.accepted:
                    book_again(self, credential.out_trade_no)
                self._book(entry)
                self.network.answer(envelope, payment, cause=entry)
            case Open(credential):
                self.desk.open(credential, self.kernel.now)
                self.network.answer(envelope, None, cause=entry)
            case Wired(serve):
                last = entry

                def ask(request: Request) -> Answer:
                    nonlocal last
                    answer, last = self._asked(envelope, request, entry)
                    return answer

                self.network.answer(envelope, serve(ask, self.kernel.now), cause=last)
            case request:
                answer, said = self._asked(envelope, request, entry)  # type: ignore[arg-type]  # the rest are requests
                self.network.answer(envelope, answer, cause=said)
        self._set_alarm()

    def top_up(self, minor: int) -> None:
        """The merchant pays money in for refunds."""
        self.suffers("is paid in", number=minor)
        self.desk.top_up(minor, self.kernel.now)
        self._book(NOBODY)
        self._set_alarm()

    def suffers(self, subject: str, key: str = "", number: int = 0) -> None:
        """Put on record what a story has made of the channel as a whole, for those who read the run."""
        self.journal.note(self.kernel.now, NOBODY, What.FAULT, self.name, "", subject, key, number)

    # -- when all of it is down -----------------------------------------------------------------------------

    @property
    def back_at(self) -> int:
        """When a channel that is down serves again; 0 for one that does."""
        return self._down_until

    def go_down(self, lasting: int) -> None:
        """Serve nobody for so many milliseconds: no request is heard, and what there is to tell waits."""
        until = self.kernel.now + lasting
        if until > self._down_until:
            self._down_until = until
            self.suffers("is down", number=lasting)
            self.kernel.call_at(until, f"{self.name} is up", lambda: self.come_back(until))

    def come_back(self, at: int | None = None) -> None:
        """Serve again, and tell what has waited; `at` is the end of one outage, which another may outlast."""
        if self._down_until and at in (None, self._down_until):
            self._down_until = 0
            self.suffers("is up")
            self._set_alarm()

    def _does_not_hear(self, kind: str, key: str, entry: int, sender: str) -> None:
        self.journal.note(self.kernel.now, entry, What.UNHEARD, self.name, sender, kind, key)

    def at_the_console(self, request: Request) -> Answer:
        """Somebody works at the channel's own console: the merchant did not ask, and hears of it as usual."""
        fate = self.arranged.fate(request) or CALM_FATE
        around = Circumstances(refund=fate, read_lag=self.arranged.lag(request), at_the_console=True)
        answer = self.desk.handle(request, self.kernel.now, around)
        amount = getattr(request, "amount", None)
        minor = amount.minor if isinstance(amount, Money) else 0
        entry = self.journal.note(
            self.kernel.now, NOBODY, What.DID, self.name, deed_of(request), "console:", number=minor
        )
        if answer.meaning is not Meaning.OK:
            self.journal.texts[entry] = status_of(answer)
        self._book(entry)
        self._set_alarm()
        return answer

    def edit_price(self, out_trade_no: str, amount: Money) -> None:
        """Somebody edits the price of an unpaid trade at the channel's own console."""
        self.desk.edit_price(out_trade_no, amount, self.kernel.now)
        self.journal.note(
            self.kernel.now, NOBODY, What.DID, self.name, out_trade_no, "edits the price of", "", amount.minor
        )

    def _asked(self, envelope: Envelope, request: Request, entry: int) -> tuple[Answer, int]:
        """The desk's answer to a request, and the entry that tells of it."""
        around = happening.around(self, request, envelope.key)
        if self.arranged.fails(envelope.kind, self.kernel.now):
            around = attrs.evolve(around, mishap=Mishap.BEFORE)
        answer = self.desk.handle(request, self.kernel.now, around)
        asked = self.desk.requests[-1]
        said = self.journal.note(
            self.kernel.now, entry, What.DESK, self.name, asked.meaning.value, envelope.kind, envelope.key
        )
        self.journal.texts[said] = partial(status_of, answer)
        sent_at = self.journal.rows[envelope.sent][0]
        self.watcher.requested(self.name, request, asked.meaning, self.kernel.now, said, sent_at)
        self._book(said)
        return answer.said_at(self.kernel.now), said

    # -- what the desk does by itself -----------------------------------------------------------------------

    def _set_alarm(self) -> None:
        due = self.desk.due()
        if (
            self._down_until
            or due is None
            or (self._alarm is not None and self._alarm.alive and self._alarm_at <= due)
        ):
            return
        if self._alarm is not None:
            self._alarm.kill()
        self._alarm_at = due
        self._alarm = self.kernel.call_at(due, f"{self.name} acts", self._act)

    def _act(self) -> None:
        if self._down_until:
            return
        now = self.kernel.now
        sends = self.desk.act(now)
        self._book(NOBODY)
        for notification in sends:
            self._send(notification)
        self._set_alarm()

    def _send(self, notification: Notification) -> None:
        key = notification.trade.out_trade_no
        about = notification.about.value
        wait = self.kernel.now + self.desk.profile.ack_timeout
        number = notification.id, notification.send
        self._unanswered[number] = self.kernel.call_at(
            wait, f"{self.name} {about} {key} ack time-out", partial(self._answered, notification, None, -1)
        )
        sent = self.network.send(
            self.name,
            "merchant",
            about,
            key,
            notification,
            number=notification.send,
            cause=self._news.get(key, NOBODY),
            reply=partial(self._answered, notification),
        )
        self.journal.texts[sent] = partial(news_of, notification)

    def _answered(self, notification: Notification, ack: object, entry: int) -> None:
        if self._down_until and entry >= 0:
            self._does_not_hear(
                f"{notification.about.value}.reply", notification.trade.out_trade_no, entry, "merchant"
            )
            return
        timer = self._unanswered.pop((notification.id, notification.send), None)
        if timer is None:
            return  # it came after the time-out: the channel has counted the send as not acked
        timer.kill()
        self.desk.answered(
            notification.id, notification.send, ack if isinstance(ack, Ack) else None, self.kernel.now
        )
        self._set_alarm()

    def _book(self, cause: int) -> None:
        movements, now = self.desk.ledger.movements, self.kernel.now
        for movement in movements[self._booked :]:
            if movement.kind in FEES:
                continue  # they follow from the rate, and nobody acts on them
            no, number = movement.out_trade_no, movement.channel_number
            entry = self.journal.note(
                now, cause, What.MONEY, self.name, number, movement.kind.value, no, movement.amount.minor
            )
            self._news[no] = entry
            if movement.coupon and movement.kind in SEEN:
                kind = f"COUPON_{movement.kind.value}"
                self.journal.note(now, entry, What.MONEY, self.name, number, kind, no, movement.coupon)
            if movement.kind in SEEN:
                self.watcher.moved(self.name, movement, now, entry)
            if movement.kind is MovementKind.CAPTURED:
                tempt(self, movement)
        self._booked = len(movements)
        changes = self.desk.refund_changes
        for record in changes[self._changed :]:
            entry = self.journal.note(
                self.kernel.now,
                cause,
                What.REFUND,
                self.name,
                record.out_trade_no,
                record.state.value,
                record.out_refund_no,
                record.amount.minor,
            )
            if record.to_merchant_card and record.state is RefundStatus.SUCCESS:
                self.journal.texts[entry] = "to the merchant's own card"
            self._news[record.out_trade_no] = entry
            self.watcher.refund_changed(self.name, record, self.kernel.now, entry)
        self._changed = len(changes)
