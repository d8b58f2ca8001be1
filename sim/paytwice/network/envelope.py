"""A message on its way, and how messages travel on a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from paytwice.latency import Latency

Way = tuple[str, str, str]  # from a sender to a receiver, for one kind of messages
ANY: Final = "*"
_USUAL: Final = Latency.lognormal(40, 400)


def _is_rate(_link: object, field: attrs.Attribute[int], rate: int) -> None:
    if type(rate) is not int or not 0 <= rate <= 1_000_000:
        raise ValueError(f"{field.name} is a rate per million messages, from 0 to 1000000, not {rate!r}")


def _is_latency(_link: object, _field: object, latency: object) -> None:
    if not isinstance(latency, Latency):
        raise ValueError(f"latency is a Latency, such as Latency.constant(40), not {latency!r}")


@attrs.frozen
class Link:
    """How messages of one kind travel from one endpoint to another. Rates are per million messages."""

    latency: Latency = attrs.field(default=_USUAL, validator=_is_latency)
    loss: int = attrs.field(default=0, validator=_is_rate)
    duplication: int = attrs.field(default=0, validator=_is_rate)
    in_order: bool = False


def link_of(links: Mapping[Way, Link], sender: str, receiver: str, kind: str) -> Link:
    """How a message travels: the most specific rule wins."""
    if len(links) > 1:
        for pattern in (
            (sender, receiver, kind),
            (sender, receiver, ANY),
            (sender, ANY, kind),
            (ANY, receiver, kind),
            (ANY, ANY, kind),
            (sender, ANY, ANY),
            (ANY, receiver, ANY),
        ):
            if pattern in links:
                return links[pattern]
    return links[ANY, ANY, ANY]


@attrs.define(eq=False)
class Envelope:
    """A message on its way. `reply` is called with the answer and its journal entry, if an answer arrives."""

    sender: str
    receiver: str
    kind: str
    key: str
    payload: object
    sent: int  # the journal entry of its sending
    number: int = 0
    reply: Callable[[object, int], None] | None = None
