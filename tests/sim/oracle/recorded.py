"""Takes down what is told to the oracle in a run."""

from __future__ import annotations

import inspect
from typing import Any, Final, cast

import attrs
from tests.sim.oracle.history import Call, History, Seen

from paytwice import Run, Simulation, simulate
from paytwice.calendar import HOUR
from paytwice.channels.requests import AskRefund, CloseTrade, QueryTrade
from paytwice.merchant.port import MerchantFactory
from paytwice.oracle import Oracle
from paytwice.story.player import Story

OBSERVED: Final = (
    *("ordered", "declined", "handed", "viewed", "requested", "moved", "refund_changed", "shop_did"),
    *("acked", "told", "wished_refund", "healed"),
)
SIGNATURES: Final = {name: inspect.signature(getattr(Oracle, name)) for name in OBSERVED}


@attrs.define
class Recorder:
    """Stands where the oracle stood, takes down what it is told, and passes it on."""

    oracle: Oracle
    seen: list[Seen] = attrs.field(factory=list)
    calls: list[Call] = attrs.field(factory=list)
    queried: bool = False  # of queries the first is told with the rest, since some merchants never ask

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.oracle, name)
        if name not in OBSERVED:
            return method
        signature = SIGNATURES[name]

        def told(*args: object, **named: object) -> Any:
            bound = signature.bind(self.oracle, *args, **named)
            bound.apply_defaults()
            self.take_down(name, dict(bound.arguments))
            return method(*args, **named)

        return told

    def take_down(self, name: str, told: dict[str, Any]) -> None:
        """Write one observation down."""
        at, request = cast("int", told["at"]), told.get("request")
        if request is not None:
            sent_at = at if told["sent_at"] < 0 else told["sent_at"]
            self.calls.append(Call(len(self.seen), told["channel"], request, told["meaning"], at, sent_at))
        first = isinstance(request, QueryTrade) and not self.queried
        self.queried |= first
        if request is None or first or isinstance(request, (AskRefund, CloseTrade)):
            self.seen.append(Seen(name, at, told))


def recorded_run(story: Story, merchant: MerchantFactory, **options: Any) -> tuple[Run, History]:
    """Play a story, and give the run and all that was seen in it."""
    kept: list[Recorder] = []

    async def watched(sim: Simulation) -> None:
        world = sim._world
        recorder = Recorder(world.oracle)
        kept.append(recorder)
        world.oracle = world.watch.oracle = cast("Oracle", recorder)
        await story(sim)

    run = simulate(watched, merchant=merchant, **options)
    [recorder] = kept
    billed = recorder.oracle._billed
    return run, History(
        tuple(recorder.seen),
        recorder.oracle.rules,
        run.ended_at,
        tuple(recorder.calls),
        billed(run.ended_at - HOUR) if billed is not None else {},
    )
