"""paytwice finds the sequence of events that makes your customer pay twice.

The names below are the public face. They are imported when they are first used, so that `paytwice --help`
is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paytwice.calendar import Calendar as Calendar
    from paytwice.channels import CHANNELS as CHANNELS
    from paytwice.channels import ChannelProfile as ChannelProfile
    from paytwice.choices import Deviation as Deviation
    from paytwice.cli.script import play as play
    from paytwice.errors import PaytwiceError as PaytwiceError
    from paytwice.faults import FaultProfile as FaultProfile
    from paytwice.latency import Latency as Latency
    from paytwice.merchant.port import Merchant as Merchant
    from paytwice.merchant.port import MerchantFactory as MerchantFactory
    from paytwice.merchant.port import Surroundings as Surroundings
    from paytwice.run import Run as Run
    from paytwice.settings import Settings as Settings
    from paytwice.story.player import simulate as simulate
    from paytwice.story.simulation import Simulation as Simulation
    from paytwice.units import days as days
    from paytwice.units import hours as hours
    from paytwice.units import milliseconds as milliseconds
    from paytwice.units import minutes as minutes
    from paytwice.units import seconds as seconds
    from paytwice.world.customer import Customer as Customer
    from paytwice_core import Money as Money

_HOMES = {
    "CHANNELS": "paytwice.channels",
    "Calendar": "paytwice.calendar",
    "ChannelProfile": "paytwice.channels",
    "Customer": "paytwice.world.customer",
    "Deviation": "paytwice.choices",
    "FaultProfile": "paytwice.faults",
    "Latency": "paytwice.latency",
    "Merchant": "paytwice.merchant.port",
    "MerchantFactory": "paytwice.merchant.port",
    "Money": "paytwice_core",
    "PaytwiceError": "paytwice.errors",
    "Run": "paytwice.run",
    "Settings": "paytwice.settings",
    "Simulation": "paytwice.story.simulation",
    "Surroundings": "paytwice.merchant.port",
    "days": "paytwice.units",
    "hours": "paytwice.units",
    "milliseconds": "paytwice.units",
    "minutes": "paytwice.units",
    "play": "paytwice.cli.script",
    "seconds": "paytwice.units",
    "simulate": "paytwice.story.player",
}

__all__ = sorted(_HOMES)  # the keys are the public names


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'paytwice' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
