"""Plays runs: a story in a world of its own, under a trio program of its own, judged at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import trio

from paytwice.calendar import LONGEST
from paytwice.channels import CHANNELS, AskRefund, CreateTrade, Desk
from paytwice.channels.profile import ChannelProfile
from paytwice.choices import Choices, Deviation, Source
from paytwice.errors import EmptyStory, NestedRun, ProcessDead
from paytwice.faults import FaultProfile
from paytwice.kernel.collecting import seldom_collected
from paytwice.kernel.kernel import Kernel
from paytwice.kernel.trio_pins import BatchOrder, deterministic_batches, inside_trio
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.process import DOING
from paytwice.merchant.reference.merchant import reference
from paytwice.run import OrderResult, Run
from paytwice.settings import Settings
from paytwice.story.simulation import Simulation
from paytwice.world.awaiting import check_awaited
from paytwice.world.customer import Customer
from paytwice.world.ending import end
from paytwice.world.outages import plan_clock, plan_outages
from paytwice.world.overhearing import STORY, Thrown, overheard
from paytwice.world.world import World, build

Story = Callable[[Simulation], Awaitable[None]]

DEFAULTS: Final = Settings()
ENDS_A_RUN: Final = (Exception, ProcessDead, SystemExit, BaseExceptionGroup)  # and is the run's failure


def simulate(
    story: Story,
    *,
    name: str = "story",
    seed: int | None = None,
    deviations: Iterable[Deviation] | None = None,
    source: Source | None = None,
    settings: Settings = DEFAULTS,
    merchant: MerchantFactory = reference,
    channels: Mapping[str, ChannelProfile] = CHANNELS,
    faults: FaultProfile | None = None,
    elide: bool = True,
) -> Run:
    """Play a story once and judge it.

    Without a seed the run is calm: constant latencies, first come first served. A seed draws latencies,
    ties and what the fault profile allows; `deviations` of an earlier run play that run again; a `source`
    answers the choices in a way of its own. Raises nothing that the story or the merchant raise: the run's
    `failure` has it. `faults` is a profile of your own in place of the one that the settings name.
    `elide=False` switches off a short cut of the kernel, which changes nothing but speed.
    """
    _refuse_nesting("simulate")
    _check_story(story)
    kernel = Kernel(elide=elide)
    choices = Choices(
        seed=seed, script=deviations, source=source, schedule=settings.schedule, now=lambda: kernel.now
    )
    world = build(kernel, choices, settings.chosen(choices.setting), merchant, channels, faults)
    failure: BaseException | None = None
    with seldom_collected(), deterministic_batches() as batches:
        try:
            trio.run(_play, story, world, batches, clock=kernel)
        except ENDS_A_RUN as error:
            failure = error
    arguments = _arguments(merchant, channels, faults, deviations is not None or source is not None)
    return _result(world, name, seed, failure, arguments)


def simulate_seeds(
    story: Story,
    seeds: Iterable[int | Source | None],
    each: Callable[[Run], object],
    *,
    name: str = "story",
    settings: Settings = DEFAULTS,
    merchant: MerchantFactory = reference,
    channels: Mapping[str, ChannelProfile] = CHANNELS,
    faults: FaultProfile | None = None,
) -> None:
    """Play a story with one seed after the other, and hand every run to `each` when it is over.

    A source in place of a seed answers the choices in a way of its own, and None is the calm run. The runs
    are those of `simulate`, whatever was played before them; they share a trio program, whose start costs as
    much as fifty messages. What `each` raises ends it all; it must not play runs itself, and neither must
    what yields the seeds.
    """
    _refuse_nesting("simulate_seeds")
    _check_story(story)
    kernel = Kernel()

    async def play_all(batches: BatchOrder) -> None:
        for one in seeds:
            seed, source = (one, None) if one is None or isinstance(one, int) else (None, one)
            arguments = _arguments(merchant, channels, faults, source is not None)
            choices = Choices(seed=seed, source=source, schedule=settings.schedule, now=lambda: kernel.now)
            world = build(kernel, choices, settings.chosen(choices.setting), merchant, channels, faults)
            failure: BaseException | None = None
            try:
                await _play(story, world, batches)
            except ENDS_A_RUN as error:
                failure = error
            each(_result(world, name, seed, failure, arguments))

    with seldom_collected(), deterministic_batches() as batches:
        trio.run(play_all, batches, clock=kernel)


def _refuse_nesting(name: str) -> None:
    if inside_trio():
        raise NestedRun(
            f"{name}() starts a trio program of its own, so it cannot be called from inside one. "
            "Call it from plain code; in a test, write a plain `def test_…`."
        )


def _check_story(story: Story) -> None:
    """Refuse the name of a scenario, and a story that was called already."""
    if not callable(story):
        raise ValueError(
            f"a story is an `async def` of a Simulation, given without calling it, not {story!r}"
        )


async def _play(story: Story, world: World, batches: BatchOrder) -> None:
    async def main(nursery: trio.Nursery) -> None:
        world.merchant.start(nursery)
        plan_outages(world)
        plan_clock(world)
        world.kernel.time_limit = LONGEST
        await _tell(story, world, thrown)
        world.kernel.time_limit = None
        await end(world)

    with overheard(world.merchant.errors) as thrown:
        await world.kernel.run(main, scheduling=world.choices, batches=batches)


async def _tell(story: Story, world: World, thrown: list[Thrown]) -> None:
    """Let the story happen, and refuse one that cannot have happened as it was meant."""
    merchants = DOING.set(STORY)
    try:
        await story(Simulation(world))
    except Exception as error:
        check_awaited([*world.calls.forget(), *thrown], error)
        raise
    finally:
        DOING.reset(merchants)
        left = world.calls.forget()
    check_awaited([*left, *thrown])
    if not world.customers:
        raise EmptyStory(
            "the story placed no order, so there is nothing to judge: "
            'begin it with `order = await sim.checkout("99.00 CNY")`'
        )


def _arguments(
    merchant: MerchantFactory,
    channels: Mapping[str, ChannelProfile],
    faults: FaultProfile | None,
    scripted: bool,
) -> tuple[str, ...]:
    """The arguments of simulate() that a replay has to be given again."""
    found = []
    if scripted:
        found.append("deviations=run.deviations")
    if merchant is not reference:
        found.append(f"merchant={getattr(merchant, '__name__', merchant)}")
    if channels is not CHANNELS:
        found.append("channels=channels")
    if faults is not None:
        found.append("faults=faults")
    return tuple(found)


def _result(
    world: World, name: str, seed: int | None, failure: BaseException | None, arguments: tuple[str, ...]
) -> Run:
    ledgers = {channel: actor.desk.ledger for channel, actor in world.actors.items()}
    run = Run(
        scenario=name,
        seed=seed,
        profile=world.profile.name,
        verdict=world.oracle.judge(world.kernel.now, ledgers),
        orders=tuple(_order(world, customer) for customer in world.customers.values()),
        ledgers=ledgers,
        refunds_asked={name: _refund_numbers(actor.desk) for name, actor in world.actors.items()},
        trades_asked={name: _trade_numbers(actor.desk) for name, actor in world.actors.items()},
        unmet=tuple(world.unmet),
        shop=dict(world.watch.effects),
        journal=world.journal,
        taken=world.choices.rows,
        unused=world.choices.unused,
        ended_at=world.kernel.now,
        steps=world.kernel.steps,
        errors=tuple(world.merchant.errors),
        failure=failure,
        waits_for=tuple(world.oracle.waits_for()),
        arguments=arguments,
        settings=world.settings.as_text(),
        begins=world.calendar.begins,
        links=world.network.links,
        reached=tuple(sorted(world.merchant.reached)),
        schedule=world.choices.schedule,
    )
    world.fall_apart()
    return run


def _refund_numbers(desk: Desk) -> tuple[str, ...]:
    asked = [
        one.request.out_refund_no
        for one in desk.requests
        if isinstance(one.request, AskRefund) and not one.at_the_console
    ]
    return tuple(dict.fromkeys(asked))


def _trade_numbers(desk: Desk) -> tuple[str, ...]:
    asked = [one.request.out_trade_no for one in desk.requests if isinstance(one.request, CreateTrade)]
    return tuple(dict.fromkeys([*asked, *desk.trades]))


def _order(world: World, customer: Customer) -> OrderResult:
    """Add up what the channels took and returned under the numbers that this customer was given."""
    captured = returned = 0
    for channel, credentials in customer.credentials.items():
        ledger = world.actors[channel].desk.ledger
        for number in dict.fromkeys(credential.out_trade_no for credential in credentials):
            captured += ledger.captured(number)
            returned += ledger.returned(number)
    view = world.watch.views.get(customer.order_id)
    return OrderResult(customer.order_id, customer.amount, view, captured, returned)
