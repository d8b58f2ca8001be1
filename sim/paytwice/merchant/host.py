"""The machine that runs a merchant: takes its messages, runs its handlers, crashes and restarts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain, repeat
from typing import Final, Protocol

import attrs
import trio

from paytwice.calendar import SECOND, Calendar
from paytwice.channels.desk import Desk
from paytwice.channels.messages import Ack, Notification
from paytwice.channels.profile import ChannelProfile
from paytwice.errors import ProcessDead, alone
from paytwice.journal import NOBODY, Journal, What
from paytwice.kernel.kernel import Kernel
from paytwice.merchant.backstage import Backstage, Lasting
from paytwice.merchant.clients import NetworkedChannel, ProcessBell, ProcessClock
from paytwice.merchant.conformity import check_factory, check_merchant, checked
from paytwice.merchant.crew import Crew
from paytwice.merchant.port import Bell, Merchant, MerchantFactory, OrderView, Surroundings
from paytwice.merchant.process import CAUSE, DOING, Faults, Process
from paytwice.merchant.shop import ShopClient, Warehouse
from paytwice.merchant.store import Database, Store
from paytwice.network.envelope import Envelope
from paytwice.network.network import Network
from paytwice_core import Pair, Policy

RAISED: Final = Ack(500, "")
DONE: Final = "done"
# Work that raises is begun again, less and less often.
WORK_PAUSES: Final = tuple(SECOND << n for n in range(12))


@attrs.frozen
class Wish:
    """What the customer asks of the merchant: a method of the port and its arguments."""

    method: str
    order_id: str
    arguments: tuple[object, ...]


class MerchantWatcher(Protocol):
    """What an observer of a merchant is told; `entry` is the journal entry."""

    def acked(self, notification: Notification, ack: Ack, positive: bool, at: int, entry: int) -> int: ...
    def delivered(self, notification: Notification, ack_timeout: int, entry: int) -> None: ...
    def look(self, entry: int) -> None: ...


@attrs.define(eq=False)
class MerchantHost:
    """Runs one merchant in one run, through all its processes."""

    factory: MerchantFactory
    kernel: Kernel
    network: Network
    journal: Journal
    calendar: Calendar
    channels: dict[str, ChannelProfile]
    policy: Policy
    faults: Faults
    database: Database
    warehouse: Warehouse
    watcher: MerchantWatcher
    desks: Mapping[str, Desk]
    app_id: str = "app-1"
    mch_id: str = "mch-1"
    skew: int = 0
    busy: int = 0  # handlers at work
    errors: list[BaseException] = attrs.field(factory=list)
    reached: set[Pair] = attrs.field(factory=set)
    process: Process | None = None
    merchant: Merchant | None = None
    lasting: Lasting = attrs.field(factory=Lasting)
    _crew: Crew | None = None
    _clock: ProcessClock | None = None
    _generation: int = 0
    _run_in: trio.Nursery | None = None
    back_at: int = 0  # when the process that crashed last is up again

    def start(self, nursery: trio.Nursery) -> None:
        """Start the merchant's process for the first time, or again after a crash."""
        self._generation += 1
        process = Process("merchant", self._generation, self.kernel, self.faults, self.crash)
        self.process, self.busy = process, 0
        self._crew = None
        self._run_in = nursery
        nursery.start_soon(self._live, process, name=f"merchant process {self._generation}")

    async def _live(self, process: Process) -> None:
        with process.scope:
            async with trio.open_nursery() as tasks:
                self._crew = Crew(self.kernel, tasks)
                self.merchant = self._made(self._surroundings(process))
                # Nobody has to stay here: a task of the crew, once there, stays as long as the process.
                self._spawn(process, "merchant work", self._work, process)

    def _made(self, around: Surroundings) -> Merchant:
        try:
            merchant = self.factory(around)
        except Exception as error:
            self._raised(error, "factory", NOBODY)
            check_factory(self.factory, error)
            raise
        check_merchant(merchant, self.factory)
        return merchant

    def _surroundings(self, process: Process) -> Surroundings:
        clock = self._clock = ProcessClock(self.kernel, self.calendar, process, self.skew)

        def bell(place: str) -> Bell:
            return ProcessBell(self.kernel.bell(f"merchant {place}"), process, clock)

        def spawn(label: str, async_fn: Callable[..., object], *args: object) -> None:
            self._spawn(process, f"merchant {label}", async_fn, *args)

        return Surroundings(
            store=Store(self.database, process),
            channels={
                name: NetworkedChannel(profile, process, self.network)
                for name, profile in self.channels.items()
            },
            shop=ShopClient(self.warehouse, process),
            clock=clock,
            bell=bell,
            alarm=self._alarm,
            policy=self.policy,
            app_id=self.app_id,
            mch_id=self.mch_id,
            spawn=spawn,
            reached=self.reached.update,
            backstage=self._backstage(process),
        )

    def _backstage(self, process: Process) -> Backstage:
        return Backstage(
            process, self.network, self.journal, self.calendar, self.desks, self.lasting, self._committed
        )

    def _committed(self) -> None:
        self.watcher.look(CAUSE.get())

    def set_clock(self, skew: int) -> None:
        """Set the merchant's clock so many milliseconds ahead of the true time, or behind it: it jumps."""
        if skew == self.skew:
            return
        self.skew = skew
        self.journal.note(self.kernel.now, NOBODY, What.FAULT, "merchant", subject="clock", number=skew)
        if self._clock is not None:
            self._clock.skew = skew

    def _alarm(self, about: str, why: str) -> None:
        self.journal.note(self.kernel.now, CAUSE.get(), What.ALARM, "merchant", key=about, text=why)

    # -- messages -------------------------------------------------------------------------------------------

    def receive(self, envelope: Envelope, entry: int) -> None:
        """Take a message from the network: one handler each, side by side."""
        process = self.process
        if process is None or not process.alive or self._crew is None:
            self.journal.note(
                self.kernel.now, entry, What.UNHEARD, "merchant", envelope.sender, envelope.kind, envelope.key
            )
            return
        if isinstance(envelope.payload, Notification):
            timeout = self.channels[envelope.payload.channel].ack_timeout
            self.watcher.delivered(envelope.payload, timeout, entry)
        name = f"merchant {envelope.kind} {envelope.key}"
        self._spawn(process, name, self._handle, process, envelope, entry)

    def _spawn(self, process: Process, name: str, async_fn: Callable[..., object], *args: object) -> None:
        async def work() -> None:
            DOING.set(name)
            try:
                process.check()
                await async_fn(*args)  # type: ignore[misc]  # callers give async functions
            except* ProcessDead:
                pass  # what the dead still wanted is nobody's any more
            except* Exception as group:
                self._raised(group.exceptions[0], name, CAUSE.get())

        if process.alive and self._crew is not None:
            self._crew.start(name, work)

    async def _handle(self, process: Process, envelope: Envelope, entry: int) -> None:
        CAUSE.set(entry)
        self.busy += 1
        try:
            answer = await self._answer(envelope)
            await process.access("answers")
        finally:
            if process.alive:
                self.busy -= 1
        sent = CAUSE.get()
        if isinstance(envelope.payload, Notification):
            assert isinstance(answer, Ack)
            positive = self.channels[envelope.payload.channel].ack_rule.accepts(answer)
            sent = self.watcher.acked(envelope.payload, answer, positive, self.kernel.now, entry)
        self.network.answer(envelope, answer, cause=sent)
        self.watcher.look(sent)

    async def _answer(self, envelope: Envelope) -> object:
        merchant = self.merchant
        assert merchant is not None
        try:
            match envelope.payload:
                case Notification() as notification:
                    return checked("notified", await merchant.notified(notification))
                case Wish(method, _, arguments):
                    answer = checked(method, await getattr(merchant, method)(*arguments))
                    return DONE if answer is None else answer
        except Exception as error:
            self._raised(error, DOING.get(), CAUSE.get())
        return RAISED if isinstance(envelope.payload, Notification) else None

    async def _work(self, process: Process) -> None:
        assert self.merchant is not None
        for pause in chain(WORK_PAUSES, repeat(WORK_PAUSES[-1])):
            try:
                await self.merchant.work()
                return
            except Exception as error:
                self._raised(error, "merchant work", CAUSE.get())
                await self.kernel.sleep(pause, "merchant work begins again")
                process.check()

    def _raised(self, raised: Exception, where: str, cause: int) -> None:
        error = alone(raised)
        assert isinstance(error, Exception)
        self.errors.append(error)
        self.journal.note(self.kernel.now, cause, What.RAISED, "merchant", "", type(error).__name__, where)

    def view(self, order_id: str) -> OrderView | None:
        """What the merchant says about an order, or None while it is down or knows nothing of it."""
        if self.merchant is None or self.process is None or not self.process.alive:
            return None
        view = self.merchant.view(order_id)
        return view if type(view) is OrderView else checked("view", view)

    def vanish(self) -> None:
        """Let go of the merchant and its process: the run is over."""
        self.process = self.merchant = self._crew = self._run_in = self._clock = None
        self.errors = []  # the run has them, and their tracebacks lead to us
        self.lasting.at_the_end.close()
        self.lasting.things.clear()

    # -- crashes --------------------------------------------------------------------------------------------

    def crash(self, downtime: int, place: str = "") -> None:
        """Kill the process now, and start another one over the same store after `downtime` milliseconds."""
        process = self.process
        if process is None or not process.alive:
            return
        process.alive = False
        if self._crew is not None:
            self._crew.dismiss()
        self.merchant = self._crew = None
        self.busy = 0
        entry = self.journal.note(
            self.kernel.now, CAUSE.get(), What.CRASHED, "merchant", "", "", place, downtime
        )
        self.database.drop(process)
        process.scope.cancel()
        self.back_at = self.kernel.now + downtime
        self.kernel.call_at(self.back_at, "merchant restarts", lambda: self._restart(entry))

    def _restart(self, cause: int) -> None:
        if self._run_in is not None and (self.process is None or not self.process.alive):
            self.journal.note(self.kernel.now, cause, What.RESTARTED, "merchant")
            self.start(self._run_in)
