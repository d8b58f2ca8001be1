"""What became of messages, in words, and which messages tell the same."""

from __future__ import annotations

from paytwice.pictures.model import Copy, Ending, Message
from paytwice.report.fates import LATE
from paytwice.wording import span

Plot = tuple[str, ...]  # what a message tells, without its number and its time


def is_late(message: Message, copy: Copy) -> bool:
    """Whether a copy arrived so late that its arrival has to say what arrived."""
    arrived = copy.ending in (Ending.ARRIVED, Ending.UNHEARD)
    return arrived and copy.end.at - message.sent.at >= LATE


def ending_words(message: Message) -> str:
    """What became of a message, where that is not simply its arrival."""
    words = list(_endings(message))
    first = message.copies[0]
    if is_late(message, first) and first.held is None:
        words.append(f"takes {span(first.end.at - message.sent.at)}")
    return ", ".join(words)


def core(message: Message) -> Plot:
    """What a message has in common with those that tell the same."""
    return message.sender, message.receiver, message.matter, *_endings(message)


def _endings(message: Message) -> tuple[str, ...]:
    endings = [copy.ending for copy in message.copies]
    held = any(copy.held is not None for copy in message.copies)
    found = {
        "doubled": len(endings) > 1,
        "LOST": endings == [Ending.LOST],
        "one copy LOST": len(endings) > 1 and Ending.LOST in endings,
        "process is down": Ending.UNHEARD in endings,
        "held": held,
        "on its way at the end": Ending.UNDERWAY in endings and not held,
    }
    return tuple(words for words, true in found.items() if true)
