"""What stands behind a merchant's surroundings, for code that puts something else in front of them.

A merchant that speaks HTTP needs the channels' own protocols, and those need the desks; a database of its own
has to outlive its processes. No merchant looks here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.desk import Desk
from paytwice.journal import Journal
from paytwice.merchant.process import Process
from paytwice.network.network import Network


@attrs.define(eq=False)
class Lasting:
    """What lasts as long as a run, whatever crashes; `at_the_end` closes what has to be closed."""

    things: dict[str, Any] = attrs.field(factory=dict)
    at_the_end: ExitStack = attrs.field(factory=ExitStack)


@attrs.frozen(eq=False)
class Backstage:
    """The parts of the run that one process of a merchant can reach."""

    process: Process
    network: Network
    journal: Journal
    calendar: Calendar
    desks: Mapping[str, Desk]  # the channels' own books: for their side of a protocol only
    lasting: Lasting
    committed: Callable[[], None]  # to be told whenever rows of the merchant's own database are committed
