"""The parts of one run, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.calendar import Calendar
from paytwice.channels import Desk
from paytwice.channels.actor import ChannelActor
from paytwice.channels.profile import ChannelProfile
from paytwice.choices import Choices
from paytwice.faults import CALM, PROFILES, FaultProfile
from paytwice.journal import Journal
from paytwice.kernel.kernel import Kernel
from paytwice.merchant.host import MerchantHost
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.process import Faults
from paytwice.merchant.shop import Warehouse
from paytwice.merchant.store import Database
from paytwice.network.network import Network
from paytwice.oracle import Billed, Oracle, Rules
from paytwice.settings import Settings
from paytwice.world.awaiting import Calls
from paytwice.world.customer import Customer
from paytwice.world.stranger import STRANGER, Stranger
from paytwice.world.watch import Watch, no_view
from paytwice_core import Closing, LateSuccess, Mismatch

APP_ID: Final = "app-1"
MCH_ID: Final = "mch-1"


@attrs.define(eq=False)
class World:
    """Everything that exists in one run."""

    kernel: Kernel
    choices: Choices
    settings: Settings
    profile: FaultProfile
    calendar: Calendar
    journal: Journal
    network: Network
    oracle: Oracle
    watch: Watch
    faults: Faults
    actors: dict[str, ChannelActor]
    merchant: MerchantHost
    customers: dict[str, Customer]
    stranger: Stranger
    is_healed: bool = False
    calls: Calls = attrs.field(factory=Calls)  # of the story, as far as it may not have awaited them
    unmet: list[str] = attrs.field(factory=list)  # what the story planned and never happened
    parameters: dict[str, int] = attrs.field(factory=dict)  # the story's, and their defaults

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on its way, nobody is at work, and nobody owes anything."""
        return (
            not self.network.in_flight
            and not self.network.weather.waiting
            and not self.merchant.busy
            and self.oracle.settled
            and not self.desks_owe
        )

    @property
    def desks_owe(self) -> bool:
        """Whether a channel has a notification to send or a refund on its way."""
        return any(actor.desk.owes for actor in self.actors.values())

    def stop_faults(self) -> None:
        """From now on nothing goes wrong by chance, and what the story has broken is mended."""
        self.is_healed = True
        self.unmet = [
            *self.network.weather.unmet,
            *(
                f"{'let the store fail' if fate == 'fail' else 'crash'} before {place!r}"
                for place, fate in self.faults.planned.items()
            ),
        ]
        self.network.profile = self.faults.profile = self.stranger.faults = CALM
        self.network.healed = self.faults.healed = True
        self.merchant.set_clock(self.settings.skew)
        self.faults.planned.clear()
        for name, actor in self.actors.items():
            actor.faults = CALM
            actor.come_back()
            self.unmet += [f"let {name} {what}" for what in actor.arranged.heal()]
        self.network.weather.heal()

    def close(self) -> None:
        """The run is over: nothing more comes to be of what the story planned."""
        self.watch.close()
        for name, actor in self.actors.items():
            self.unmet += [f"let {name} {what}" for what in actor.arranged.left_over()]
        for customer in self.customers.values():
            self.unmet += customer.unmet

    def fall_apart(self) -> None:
        """Cut the parts from each other once the run is told, for nobody looks at the whole any more.

        What refers to itself in a circle stays until Python looks for garbage, and that took a tenth of the
        time of a campaign; without circles a run is gone when it is let go of.
        """
        self.network.fall_silent()
        self.merchant.vanish()
        self.oracle.dismiss()
        self.watch.view = no_view
        self.choices.dismiss()


def build(
    kernel: Kernel,
    choices: Choices,
    settings: Settings,
    merchant: MerchantFactory,
    channels: Mapping[str, ChannelProfile],
    faults_profile: FaultProfile | None = None,
) -> World:
    """Put a world together; nothing moves in it yet."""
    if not channels:
        raise ValueError("a run needs a channel to pay with, and channels is empty")
    for name, one in channels.items():
        if name in ("merchant", "customer", "story", STRANGER):
            raise ValueError(f"a channel cannot be called {name!r}: that is somebody else's name")
        if name != one.name:
            raise ValueError(f"a channel goes by its profile's name: {one.name!r}, not {name!r}")
    profile = PROFILES[settings.profile] if faults_profile is None else faults_profile
    profile = settings.tuning.faults(profile.drawn(choices.toss))
    channels = settings.tuning.channels(channels)
    calendar, journal = Calendar(settings.begins), Journal()
    network = Network(kernel, choices, journal, profile)
    desks = {
        name: Desk(one, calendar=calendar, app_id=APP_ID, mch_id=MCH_ID) for name, one in channels.items()
    }
    oracle = Oracle(
        rules(settings, channels),
        bill_seen=settings.bill,
        payable=lambda credential, at: desks[credential.channel].is_payable(credential, at),
        billed=lambda at: {name: Billed(*desk.newest_funds(at)) for name, desk in desks.items()},
    )
    customers: dict[str, Customer] = {}
    watch, faults = Watch(kernel, journal, oracle, customers), Faults(choices, profile)
    host = MerchantHost(
        merchant,
        kernel,
        network,
        journal,
        calendar,
        dict(channels),
        settings.policy,
        faults,
        Database(kernel, on_commit=watch.committed),
        Warehouse(watch.shop_did, settings.stock),
        watch,
        desks,
        app_id=APP_ID,
        mch_id=MCH_ID,
        skew=settings.skew,
    )
    watch.view = host.view
    actors = {
        name: ChannelActor(desk, kernel, network, journal, choices, profile, watch)
        for name, desk in desks.items()
    }
    network.attach("merchant", host.receive)
    for name in ("customer", STRANGER):
        network.attach(name, lambda _envelope, _entry: None)  # they only ever get responses
    for name, actor in actors.items():
        network.attach(name, actor.receive)
    settings.tuning.links(network)
    return World(
        kernel,
        choices,
        settings,
        profile,
        calendar,
        journal,
        network,
        oracle,
        watch,
        faults,
        actors,
        host,
        customers,
        Stranger(kernel, choices, network, journal, profile, (APP_ID, MCH_ID)),
    )


def rules(settings: Settings, channels: Mapping[str, ChannelProfile]) -> Rules:
    """What the merchant declares of itself: the oracle holds it to its word."""
    return Rules(
        channel_first=settings.closing is Closing.CHANNEL_FIRST,
        reopens=settings.late is LateSuccess.REOPEN_IF_STOCK,
        mismatch_to_person=settings.mismatch is Mismatch.PERSON,
        has_close={name: channel.has_close for name, channel in channels.items()},
        app_id=APP_ID,
        mch_id=MCH_ID,
        fee_rates={name: channel.fee_rate for name, channel in channels.items()},
    )
