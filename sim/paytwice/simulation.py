"""One run: puts the parts together, plays a story, heals, waits until nothing is owed, and judges."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar

import trio

from paytwice.calendar import DAY, HOUR, Calendar
from paytwice.channels import CHANNELS, Desk
from paytwice.channels.actor import ChannelActor
from paytwice.channels.ledger import Movement
from paytwice.channels.messages import Ack, Meaning, Notification, RefundRecord, Request
from paytwice.channels.profile import ChannelProfile
from paytwice.choices import Bits, Choices, Deviation, Value
from paytwice.customer import Customer
from paytwice.errors import NestedRun, ProcessDead
from paytwice.faults import CALM, PROFILES
from paytwice.journal import NOBODY, Journal, What
from paytwice.kernel import Kernel
from paytwice.merchant.host import MerchantHost
from paytwice.merchant.port import MerchantFactory, OrderView
from paytwice.merchant.process import CAUSE, Faults
from paytwice.merchant.reference.merchant import reference
from paytwice.merchant.shop import Warehouse
from paytwice.merchant.store import Database
from paytwice.network import Network
from paytwice.oracle import Oracle, Rules
from paytwice.run import OrderResult, Run
from paytwice.settings import Settings
from paytwice.trio_pins import BatchOrder, deterministic_batches, inside_trio
from paytwice_core import Closing, LateSuccess, Mismatch, Money

T = TypeVar("T")
Story = Callable[["Simulation"], Awaitable[None]]

OUTAGES: Final = ("hold", "partition", "partition to merchant", "partition to channel")
LONGEST: Final = 40 * DAY  # of virtual time that a story, and what comes after it, may take


class Simulation:
    """What a story acts through: customers, the network, the merchant's process, the channels, time."""

    def __init__(
        self,
        kernel: Kernel,
        choices: Choices,
        settings: Settings,
        merchant: MerchantFactory,
        channels: Mapping[str, ChannelProfile],
    ) -> None:
        profile = PROFILES[settings.profile]
        self.settings = settings
        self.kernel = kernel
        self.choices = choices
        self.calendar = Calendar(settings.begins)
        self.journal = Journal()
        self.network = Network(kernel, choices, self.journal, profile)
        self.customers: dict[str, Customer] = {}
        self._profile = profile
        self._views: dict[str, OrderView] = {}
        self._faults = Faults(choices, profile)
        self._effects: dict[str, int] = {}
        self._is_healed = False
        self.actors = {
            name: ChannelActor(
                Desk(channel, calendar=self.calendar),
                kernel,
                self.network,
                self.journal,
                choices,
                profile,
                self,
            )
            for name, channel in channels.items()
        }
        self.oracle = Oracle(
            Rules(
                channel_first=settings.closing is Closing.CHANNEL_FIRST,
                reopens=settings.late is LateSuccess.REOPEN_IF_STOCK,
                mismatch_to_person=settings.mismatch is Mismatch.PERSON,
                has_close={name: channel.has_close for name, channel in channels.items()},
                app_id="app-1",
                mch_id="mch-1",
            ),
            bill_seen=settings.bill,
            payable=lambda credential, at: self.actors[credential.channel].desk.is_payable(credential, at),
        )
        self.merchant = MerchantHost(
            merchant,
            kernel,
            self.network,
            self.journal,
            self.calendar,
            dict(channels),
            settings.policy,
            self._faults,
            Database(kernel, on_commit=self._committed),
            Warehouse(self._shop_did, settings.stock),
            self,
            skew=settings.skew,
        )
        self.network.attach("merchant", self.merchant.receive)
        self.network.attach("customer", lambda envelope, entry: None)
        for name, actor in self.actors.items():
            self.network.attach(name, actor.receive)

    # -- what a story uses ----------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Milliseconds since the run began."""
        return self.kernel.now

    async def sleep(self, ms: int) -> None:
        """Let virtual time pass."""
        await self.kernel.sleep(ms, "story sleeps")

    async def checkout(self, amount: str | Money, *, expires: int | None = None) -> Customer:
        """Let a new customer place an order over "99.00 CNY", say; `expires` is in milliseconds from now."""
        money = Money.parse(amount) if isinstance(amount, str) else amount
        order_id = f"P{len(self.customers) + 1}"
        expires_at = self.now + (self.settings.expires if expires is None else expires)
        customer = Customer(order_id, money, expires_at, self.kernel, self.network, self.journal, self.oracle)
        self.customers[order_id] = customer
        await customer.place()
        return customer

    def desk(self, channel: str) -> Desk:
        """A channel's desk, to look at or to meddle with."""
        return self.actors[channel].desk

    def crash_merchant(self, *, downtime: int) -> None:
        """Kill the merchant's process now, and start it again after `downtime` milliseconds."""
        self.merchant.crash(downtime)

    def crash_merchant_before(self, place: str, *, downtime: int) -> None:
        """Kill the merchant's process when it is about to do something, and start it again `downtime` later.

        Places are named as in deviations: `merchant payment.notify P1-1 answers` is the ack on its way out
        of the handler, `merchant refund P1-R1 wechat refund.ask P1-R1` the call of a refund.
        """
        self._faults.planned[place] = f"crash {downtime}"

    async def together(self, *doings: Coroutine[Any, Any, object]) -> None:
        """Let several things be done side by side, and wait until all are done."""

        async def do(doing: Coroutine[Any, Any, object]) -> None:
            await doing

        async with trio.open_nursery() as nursery:
            for number, doing in enumerate(doings):
                self.kernel.spawn(nursery, f"story side {number}", do, doing)

    def choose(self, name: str, options: int) -> int:
        """Let the run choose one of so many options; calm is 0."""
        return self.choices.option(name, options)

    # -- what is observed -----------------------------------------------------------------------------------

    def _committed(self) -> None:
        self.look(CAUSE.get())

    def look(self, entry: int) -> None:
        """See what the merchant says about its orders, and tell the oracle what has changed."""
        for order_id in self.customers:
            view = self.merchant.view(order_id)
            if view is not None and view != self._views.get(order_id):
                self._note_view(order_id, view, entry)

    def _note_view(self, order_id: str, view: OrderView, cause: int) -> None:
        before = self._views.get(order_id)
        self._views[order_id] = view
        entry = cause
        if before is None or (before.standing, before.winner) != (view.standing, view.winner):
            winner = "" if view.winner is None else f"{view.winner.channel} {view.winner.number}"
            entry = self._note_claim(What.VIEW, winner, view.standing.value, order_id, cause)
        for attempt in _new(view.attempts, None if before is None else before.attempts):
            self._note_claim(What.ATTEMPT, attempt.channel, attempt.state, attempt.out_trade_no, cause)
        for refund in _new(view.refunds, None if before is None else before.refunds):
            entry = self._note_claim(
                What.CLAIM, refund.reason, refund.standing.value, refund.out_refund_no, cause
            )
        self.oracle.viewed(order_id, view, self.now, entry)

    def _note_claim(self, what: What, whom: str, subject: str, key: str, cause: int) -> int:
        return self.journal.note(self.now, cause, what, "merchant", whom, subject, key)

    def _shop_did(self, order_id: str, effect: str) -> None:
        self._effects[effect] = self._effects.get(effect, 0) + 1
        entry = self.journal.note(self.now, CAUSE.get(), What.SHOP, "merchant", "", effect, order_id)
        self.oracle.shop_did(order_id, effect, self.now, entry)
        self.look(entry)

    def acked(self, notification: Notification, ack: Ack, at: int, entry: int) -> None:
        """An answer to a notification leaves the merchant's process."""
        positive = self.actors[notification.channel].desk.profile.ack_rule.accepts(ack)
        self.oracle.acked(notification, positive, True, at, entry)

    def requested(self, channel: str, request: Request, meaning: Meaning, at: int, entry: int) -> None:
        """A request reached a desk."""
        self.oracle.requested(channel, request, meaning, at, entry)

    def moved(self, channel: str, movement: Movement, at: int, entry: int) -> None:
        """Money moved at a desk."""
        self.oracle.moved(channel, movement, at, entry)
        self.look(entry)

    def refund_changed(self, channel: str, record: RefundRecord, at: int, entry: int) -> None:
        """A desk's refund is in another state."""
        self.oracle.refund_changed(channel, record, at, entry)

    # -- the run --------------------------------------------------------------------------------------------

    async def play(self, story: Story, nursery: trio.Nursery) -> None:
        """Play the story to its end, heal, and go on until nothing is owed or the horizon is reached."""
        self.merchant.start(nursery)
        self._plan_outages()
        limit = self.kernel.call_at(LONGEST, "the story's limit", self._too_long)
        await story(self)
        limit.kill()
        self.journal.note(self.now, NOBODY, What.STORY, "story", "", "ended")
        await self._linger()
        self._heal()
        await self._settle()

    def _plan_outages(self) -> None:
        """Choose for each channel's link to the merchant whether it has an outage, of what kind and when."""
        profile = self._profile
        if self.choices.calm or not profile.outage:
            return

        def sample(bits: Bits) -> Value:
            if not bits.happens(profile.outage):
                return None
            kind = bits.below(len(OUTAGES))
            return kind, profile.outage_begins.sample(bits), profile.outage_lasts.sample(bits)

        for channel in self.actors:
            match self.choices.draw(f"merchant—{channel} outage", None, sample):
                case (int() as kind, int() as begins, int() as lasting):
                    self._plan_outage(channel, OUTAGES[kind % len(OUTAGES)], begins, lasting)
                case _:
                    pass

    def _plan_outage(self, channel: str, kind: str, begins: int, lasting: int) -> None:
        ends = ("merchant", channel) if kind != "partition to merchant" else (channel, "merchant")
        begin = self.network.hold if kind == "hold" else self.network.partition
        one_way = kind.startswith("partition to")
        self.kernel.call_at(
            begins,
            f"outage {channel}",
            lambda: None if self._is_healed else begin(*ends, lasting=lasting, one_way=one_way),
        )

    def _too_long(self) -> None:
        raise TimeoutError(f"the story has not ended after {LONGEST // DAY} days of virtual time")

    async def _linger(self) -> None:
        """Let faults go on for a while after the story; those with an end of their own reach it."""
        until = self.network.weather.clears_at
        if self._profile.lingers.points and not self.choices.calm:
            lingers = self.choices.draw("faults linger", 0, self._profile.lingers.sample)
            until = max(until, self.now + (lingers if isinstance(lingers, int) else 0))
        while (until := max(until, self.merchant.back_at)) > self.now:
            await self.kernel.sleep_until(until, "story healing")

    def _heal(self) -> None:
        self._is_healed = True
        self.network.profile = self._faults.profile = CALM
        for actor in self.actors.values():
            actor.faults = CALM
        self.network.weather.heal()
        self.journal.note(self.now, NOBODY, What.STORY, "story", "", "healed")
        self.oracle.healed(self.now)

    async def _settle(self) -> None:
        """Wait until nothing is owed, or the horizon comes; a refund on its way moves that out."""
        earliest = self._bill_read() if self.settings.bill else self.now
        horizon = max(self.now, earliest) + self.settings.horizon
        while not (self._is_quiet() and self.now >= earliest):
            if self.now >= horizon:
                if self.now >= LONGEST or not any(actor.desk.owes for actor in self.actors.values()):
                    return
                horizon = self.now + self.settings.horizon
            self.kernel.on_advance = lambda: self.now >= earliest and self._is_quiet()
            await self.kernel.sleep_until_advanced(horizon, "story settling")
            self.kernel.on_advance = None

    def _bill_read(self) -> int:
        tomorrow = self.calendar.day_of(self.now) + timedelta(days=1)
        return self.calendar.ms_at(tomorrow, hour=10) + HOUR

    def _is_quiet(self) -> bool:
        return (
            not self.network.in_flight
            and not self.network.weather.waiting
            and not self.merchant.busy
            and self.oracle.settled
            and not any(actor.desk.owes for actor in self.actors.values())
        )

    def result(self, name: str, seed: int | None, failure: BaseException | None) -> Run:
        """Judge what happened."""
        ledgers = {channel: actor.desk.ledger for channel, actor in self.actors.items()}
        return Run(
            scenario=name,
            seed=seed,
            profile=self.settings.profile,
            verdict=self.oracle.judge(self.now, ledgers),
            orders=tuple(self._order(customer) for customer in self.customers.values()),
            ledgers=ledgers,
            shop=dict(self._effects),
            journal=self.journal,
            deviations=tuple(self.choices.taken),
            unused=self.choices.unused,
            ended_at=self.now,
            steps=self.kernel.steps,
            errors=tuple(self.merchant.errors),
            failure=failure,
            waits_for=tuple(self.oracle.waits_for()),
            settings=self.settings.as_text(),
        )

    def _order(self, customer: Customer) -> OrderResult:
        trades = [
            (actor.desk.ledger, credential.out_trade_no)
            for channel, actor in self.actors.items()
            for credential in {c.out_trade_no: c for c in customer.credentials.get(channel, [])}.values()
        ]
        return OrderResult(
            customer.order_id,
            customer.amount,
            self._views.get(customer.order_id),
            sum(ledger.captured(number) for ledger, number in trades),
            sum(ledger.returned(number) for ledger, number in trades),
        )


def _new(now: tuple[T, ...] | None, before: tuple[T, ...] | None) -> list[T]:
    """What has come or changed between two views."""
    return [one for one in now or () if one not in (before or ())]


def simulate(
    story: Story,
    *,
    name: str = "story",
    seed: int | None = None,
    deviations: Iterable[Deviation] | None = None,
    settings: Settings = Settings(),  # noqa: B008  # frozen
    merchant: MerchantFactory = reference,
    channels: Mapping[str, ChannelProfile] = CHANNELS,
    elide: bool = True,
) -> Run:
    """Play a story once and judge it.

    Without a seed the run is calm: constant latencies, first come first served. A seed draws latencies,
    ties and what the fault profile allows; `deviations` of an earlier run play that run again. Raises
    nothing that the story or the merchant raise: the run's `failure` has it.
    """
    with Player(elide=elide) as player:
        return player.play(
            story,
            name=name,
            seed=seed,
            deviations=deviations,
            settings=settings,
            merchant=merchant,
            channels=channels,
        )


class Player:
    """Plays runs one after the other. Use it as a context manager where many are to be played."""

    def __init__(self, *, elide: bool = True) -> None:
        self._elide = elide

    def __enter__(self) -> Player:
        if inside_trio():
            raise NestedRun(
                "simulate() starts a trio program of its own, so it cannot be called from inside one. "
                "Call it from plain code; in a test, write a plain `def test_…`."
            )
        self._pin = deterministic_batches()
        self._batches: BatchOrder = self._pin.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._pin.__exit__(None, None, None)

    def play(
        self,
        story: Story,
        *,
        name: str,
        seed: int | None,
        deviations: Iterable[Deviation] | None,
        settings: Settings,
        merchant: MerchantFactory,
        channels: Mapping[str, ChannelProfile],
    ) -> Run:
        """Play one run."""
        kernel = Kernel(elide=self._elide)
        choices = Choices(seed=seed, script=deviations, now=lambda: kernel.now)
        simulation = Simulation(kernel, choices, settings, merchant, channels)

        async def main() -> None:
            await kernel.run(
                lambda nursery: simulation.play(story, nursery), scheduling=choices, batches=self._batches
            )

        failure: BaseException | None = None
        try:
            trio.run(main, clock=kernel)
        except (Exception, ProcessDead, BaseExceptionGroup) as error:
            failure = error
        return simulation.result(name, seed, failure)
