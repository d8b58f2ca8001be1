"""The network between the parts: envelopes, links, and everything that can happen to a message on its way.

A request and its response are two messages, so that a response can be lost after the request had its effect.
What happens to a message is one choice with one name, `wechat→merchant payment.notify P1-1 #2`: how many
milliseconds it takes, or `lost`, or the two latencies of a message that arrives twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import attrs

from paytwice.arguments import one_of, span_of, whole
from paytwice.choices import Bits, Choices, Value, is_time
from paytwice.faults import CALM, FaultProfile
from paytwice.journal import NOBODY, Journal, What
from paytwice.kernel.kernel import Kernel
from paytwice.latency import Latency
from paytwice.network.envelope import ANY as ANY
from paytwice.network.envelope import Envelope, Link, Way, link_of
from paytwice.network.weather import Singled, Weather

LOST: Final = "lost"
MOST_COPIES: Final = 16


@attrs.define(eq=False)
class Network:
    """Carries envelopes between endpoints, with the faults that story, profile and choices want."""

    kernel: Kernel
    choices: Choices
    journal: Journal
    profile: FaultProfile = CALM
    weather: Weather = attrs.field(init=False)
    in_flight: int = attrs.field(init=False, default=0)
    healed: bool = attrs.field(init=False, default=False)  # nothing goes wrong any more
    _endpoints: dict[str, Callable[[Envelope, int], None]] = attrs.field(init=False, factory=dict)
    _links: dict[Way, Link] = attrs.field(init=False, factory=dict)
    _routes: dict[Way, Link] = attrs.field(init=False, factory=dict)
    _last_arrival: dict[tuple[str, str], int] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.weather = Weather(self.kernel, self.journal, self._deliver_held)
        self._links[ANY, ANY, ANY] = Link()

    def attach(self, name: str, receive: Callable[[Envelope, int], None]) -> None:
        """Make `name` an endpoint: `receive(envelope, entry)` is called at arrivals, and must not await."""
        self._endpoints[name] = receive

    def link(
        self,
        sender: str = ANY,
        receiver: str = ANY,
        kind: str = ANY,
        *,
        latency: Latency | None = None,
        loss: int | None = None,
        duplication: int | None = None,
        in_order: bool | None = None,
    ) -> None:
        """Change how messages travel; the most specific rule wins, and rates are per million messages."""
        self._check(*(name for name in (sender, receiver) if name != ANY))
        changes = {"latency": latency, "loss": loss, "duplication": duplication, "in_order": in_order}
        self._links[sender, receiver, kind] = attrs.evolve(
            self._find(sender, receiver, kind),
            **{name: value for name, value in changes.items() if value is not None},  # type: ignore[arg-type]  # the fields of Link
        )
        self._routes.clear()

    @property
    def links(self) -> Mapping[Way, Link]:
        """How messages travel now, by sender, receiver and kind, any of which may be `*`."""
        return dict(self._links)

    def fall_silent(self) -> None:
        """Let go of all endpoints: the run is over, and nothing arrives any more."""
        self._endpoints.clear()
        self.weather.fall_silent()

    # -- what a story does to it ----------------------------------------------------------------------------

    def hold(self, one: str, other: str, *, lasting: int | None = None, one_way: bool = False) -> None:
        """Keep every message between two endpoints until the release, or for `lasting` milliseconds.

        `one_way` keeps those from the first to the second only. What has no end ends with the story.
        """
        self._check(one, other)
        self.weather.hold(one, other, lasting=lasting, one_way=one_way)

    def release(self, one: str, other: str) -> None:
        """Let the held messages between two endpoints travel on."""
        self._check(one, other)
        self.weather.release(one, other)

    def partition(self, one: str, other: str, *, lasting: int | None = None, one_way: bool = False) -> None:
        """Lose every message between two endpoints, until the repair or for `lasting` milliseconds.

        `one_way` loses those from the first to the second only.
        """
        self._check(one, other)
        self.weather.partition(one, other, lasting=lasting, one_way=one_way)

    def repair(self, one: str, other: str) -> None:
        """End a partition."""
        self._check(one, other)
        self.weather.repair(one, other)

    def lose(self, sender: str, receiver: str, kind: str, *, times: int = 1, key: str | None = None) -> None:
        """Lose the next messages of a kind: "payment.notify", or the response "payment.notify.reply".

        `key` picks those about one thing: an out_trade_no, a refund number, an order's name, a day.
        """
        self._single_out(Singled(sender, receiver, kind, key, (), whole("times", times, least=1)))

    def delay(
        self, sender: str, receiver: str, kind: str, by: int, *, times: int = 1, key: str | None = None
    ) -> None:
        """Make the next messages of a kind take `by` milliseconds."""
        copies = (span_of("a delay", by),)
        self._single_out(Singled(sender, receiver, kind, key, copies, whole("times", times, least=1)))

    def duplicate(
        self, sender: str, receiver: str, kind: str, after: int, *, times: int = 1, key: str | None = None
    ) -> None:
        """Let the next messages of a kind arrive twice, the second time `after` milliseconds later."""
        first = self._route(sender, receiver, kind).latency.calm
        copies = first, first + span_of("a distance", after)
        self._single_out(Singled(sender, receiver, kind, key, copies, whole("times", times, least=1)))

    def _single_out(self, rule: Singled) -> None:
        self._check(rule.sender, rule.receiver)
        self.weather.single_out(rule)

    def _check(self, *names: str) -> None:
        for name in names:
            one_of("endpoint", name, self._endpoints)

    # -- what the parts use ---------------------------------------------------------------------------------

    def send(
        self,
        sender: str,
        receiver: str,
        kind: str,
        key: str,
        payload: object,
        *,
        cause: int = NOBODY,
        number: int = 0,
        reply: Callable[[object, int], None] | None = None,
    ) -> int:
        """Send a message; returns the journal entry of its sending."""
        sent = self.journal.note(self.kernel.now, cause, What.SENT, sender, receiver, kind, key, number)
        envelope = Envelope(sender, receiver, kind, key, payload, sent, number, reply)
        link = self._routes.get((sender, receiver, kind)) or self._route(sender, receiver, kind)
        copies = None if self.weather.is_fair else self.weather.verdict(envelope)
        if copies is None and self.choices.calm:
            self._travel(envelope, link.latency.calm, link)
        else:
            self._dispatch(envelope, self._choose(envelope, link) if copies is None else copies, link)
        return sent

    def answer(self, envelope: Envelope, payload: object, *, cause: int) -> None:
        """Send the response to a request back to where it came from."""
        self.send(
            envelope.receiver,
            envelope.sender,
            envelope.kind + ".reply",
            envelope.key,
            payload,
            cause=cause,
            reply=envelope.reply,
        )

    def _dispatch(self, envelope: Envelope, copies: tuple[int, ...], link: Link) -> None:
        """Let each copy of a message travel for so many milliseconds; no copy at all is a loss."""
        if not copies:
            self._note(What.LOST, envelope)
        for copy, ms in enumerate(copies):
            if copy:
                self._note(What.COPIED, envelope)
            self._travel(envelope, ms, link)

    def _choose(self, envelope: Envelope, link: Link) -> tuple[int, ...]:
        name = f"{envelope.sender}→{envelope.receiver} {envelope.kind} {envelope.key}"
        # Whatever was recorded: a fault after all is healed would make liars of the promises about the end.
        fits = link.latency.can_be if self.healed and not (link.loss or link.duplication) else _can_be
        match self.choices.draw(name, link.latency.calm, partial(self._fate, link), fits):
            case int() as ms:
                return (ms,)
            case tuple() as copies:
                return copies
            case _:
                return ()

    def _fate(self, link: Link, bits: Bits) -> Value:
        profile = self.profile
        if bits.happens(max(link.loss, profile.loss)):
            return LOST
        ms = link.latency.calm if self.choices.steady else link.latency.sample(bits)
        if profile.late and bits.happens(profile.late):
            ms += profile.lateness.sample(bits)
        if bits.happens(max(link.duplication, profile.duplication)):
            return ms, link.latency.sample(bits) + profile.lateness.sample(bits)
        return ms

    def _travel(self, envelope: Envelope, ms: int, link: Link) -> None:
        at = self.kernel.now + ms
        if link.in_order:
            pair = envelope.sender, envelope.receiver
            at = self._last_arrival[pair] = max(at, self._last_arrival.get(pair, -1) + 1)  # never a tie
        self.in_flight += 1
        place = f"{envelope.receiver} gets {envelope.kind} {envelope.key}"
        self.kernel.call_at(at, place, partial(self._arrive, envelope))

    def _arrive(self, envelope: Envelope) -> None:
        self.in_flight -= 1
        if not self.weather.is_fair:
            if self.weather.keeps(envelope):
                self._note(What.HELD, envelope)
                return
            if self.weather.loses(envelope):
                self._note(What.LOST, envelope)
                return
        entry = self.journal.note(
            self.kernel.now,
            envelope.sent,
            What.ARRIVED,
            envelope.receiver,
            envelope.sender,
            envelope.kind,
            envelope.key,
            envelope.number,
        )
        if envelope.kind.endswith(".reply"):
            if envelope.reply is not None:
                envelope.reply(envelope.payload, entry)
        else:
            self._endpoints[envelope.receiver](envelope, entry)

    def _deliver_held(self, envelope: Envelope) -> None:
        link = self._route(envelope.sender, envelope.receiver, envelope.kind)
        if link.in_order:  # it has travelled already, and what was sent after it must not pass it now
            self.in_flight += 1
            self._arrive(envelope)
        else:
            self._travel(envelope, link.latency.calm, link)

    def _note(self, what: What, envelope: Envelope) -> None:
        self.journal.note(
            self.kernel.now,
            envelope.sent,
            what,
            envelope.sender,
            envelope.receiver,
            envelope.kind,
            envelope.key,
            envelope.number,
        )

    def _route(self, sender: str, receiver: str, kind: str) -> Link:
        link = self._routes.get((sender, receiver, kind))
        if link is None:
            link = self._routes[sender, receiver, kind] = self._find(sender, receiver, kind)
        return link

    def _find(self, sender: str, receiver: str, kind: str) -> Link:
        return link_of(self._links, sender, receiver, kind)


def _can_be(value: Value) -> bool:
    """Whether a message can fare so: it is lost, or it or each of its copies takes some time."""
    if isinstance(value, tuple):
        return 0 < len(value) <= MOST_COPIES and all(map(is_time, value))
    return value == LOST or is_time(value)
