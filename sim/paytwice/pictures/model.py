"""What there is to see in a run, before anybody decides how to draw it.

The values say what happened and in which order, and know nothing of places, colours or fonts. A `Moment` is
a place in the story: its time, and its journal entry, since much happens within one millisecond.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import attrs


class Moment(NamedTuple):
    """When something happened, in milliseconds since the run began, and the journal entry that says so."""

    at: int
    entry: int


class Role(Enum):
    """Who has a lane."""

    CUSTOMER = "customer"
    MERCHANT = "merchant"
    CHANNEL = "channel"


class Ending(Enum):
    """What became of one copy of a message."""

    ARRIVED = "arrived"
    LOST = "lost"
    UNHEARD = "unheard"  # it reached a process that is down
    UNDERWAY = "underway"  # at the end of the run


class Tone(Enum):
    """What a note is about, for its mark."""

    STATE = "state"  # an order is in another state
    CAPTURED = "captured"
    RETURNED = "returned"
    STRAYED = "strayed"  # money left the channel, and not for the customer
    REFUND = "refund"
    SHOP = "shop"
    DEED = "deed"  # somebody did something that sent no message
    CONSOLE = "console"  # somebody did it at the channel's own console
    TROUBLE = "trouble"  # what a channel as a whole suffers: its account is empty, it answers late or not
    ALARM = "alarm"
    RAISED = "raised"
    BROKEN = "broken"  # the oracle saw a promise break


class Fault(Enum):
    """What a span of trouble is."""

    DOWN = "down"  # a process
    HANGS = "hangs"  # a link holds its messages
    CUT = "cut"  # a link loses them


@attrs.frozen
class Lane:
    """Somebody who takes part. `name` is the endpoint's, `title` what to call it."""

    name: str
    title: str
    role: Role


@attrs.frozen
class Copy:
    """One copy of a message on its way: where the network held it, if it did, and where it ended."""

    ending: Ending
    end: Moment
    held: Moment | None = None


@attrs.frozen
class Message:
    """A message and its copies; the network may have made more than one.

    `label` is what it says, `send` which send of a notification it is, or 0.
    """

    sent: Moment
    sender: str
    receiver: str
    kind: str
    key: str
    label: str
    copies: tuple[Copy, ...]
    send: int = 0

    @property
    def is_reply(self) -> bool:
        """Whether it answers another message."""
        return self.kind.endswith(".reply")

    @property
    def matter(self) -> str:
        """What it is about: the label, but one day's bill is asked for as the other's is."""
        return self.kind if self.kind == "bill.fetch" else self.label

    @property
    def title(self) -> str:
        """The label with the number of the send, where it is not the first."""
        return self.label.replace(" ", f" #{self.send} ", 1) if self.send > 1 else self.label


@attrs.frozen
class Note:
    """Something that happened at one lane: a state, money, goods, an alarm.

    `state` is the order's where the note is about one, and `channel` the winner's.
    """

    moment: Moment
    lane: str
    tone: Tone
    text: str
    state: str = ""
    channel: str = ""
    orders: tuple[str, ...] = ()  # of a broken promise: whose it is


@attrs.frozen
class Band:
    """An order's state from one moment to another; `channel` is the winner's, where it is paid."""

    order: str
    state: str
    channel: str
    begin: Moment
    end: Moment


@attrs.frozen
class Span:
    """Trouble from one moment to another, at a lane or between two."""

    fault: Fault
    lane: str
    other: str
    text: str
    begin: Moment
    end: Moment


@attrs.frozen
class Picture:
    """A run as there is to see of it: everything in the order of the story.

    `lit` are the journal entries that are to stand out, and `lit_order` the order whose band does; without
    them nothing does. What is over before `lit_from` does not stand out either. `folded` says whether what is
    quiet, or tried again and again, is drawn short.
    """

    title: str
    outcome: str
    conclusion: str
    lanes: tuple[Lane, ...]
    messages: tuple[Message, ...]
    notes: tuple[Note, ...]
    bands: tuple[Band, ...]
    spans: tuple[Span, ...]
    ended: Moment
    lit: frozenset[int] | None = None
    lit_order: str = ""
    lit_from: int = 0
    folded: bool = True
    language: str = "en"

    def is_lit(self, about: Message | Note | Band | Span) -> bool:
        """Whether something stands out; all of it does where nothing is to."""
        match about:
            case Message(sent=sent, copies=copies):
                moments = (sent, *(copy.end for copy in copies))
            case Note(moment=moment):
                moments = (moment,)
            case _:
                moments = (about.begin, about.end)
        if max(moments).at < self.lit_from:
            return False
        if self.lit is None or (isinstance(about, Note) and about.tone is Tone.BROKEN):
            return True
        if isinstance(about, Band):
            return self.lit_order in ("", about.order)
        return not self.lit.isdisjoint(moment.entry for moment in moments)

    @property
    def lasting(self) -> tuple[Band | Span, ...]:
        """All that goes from one moment to another."""
        return (*self.bands, *self.spans)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Every moment at which there is something to see, in order."""
        found = {self.ended}
        for message in self.messages:
            found.add(message.sent)
            for copy in message.copies:
                found.add(copy.end)
                if copy.held is not None:
                    found.add(copy.held)
        found.update(note.moment for note in self.notes)
        for lasting in self.lasting:
            found.update((lasting.begin, lasting.end))
        return tuple(sorted(found))
