"""What is written beside arrows: each label once for all messages of one stretch that say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from paytwice.pictures.endings import Plot, core, ending_words, is_late
from paytwice.pictures.folding import Stretch
from paytwice.pictures.model import Message, Moment, Note, Picture
from paytwice.wording import span

AT_ONCE: Final = 20  # milliseconds


@attrs.frozen
class Label:
    """A text that stands where a message leaves a lane or reaches one.

    `toward` is the lane at the other end.
    """

    moment: Moment
    lane: str
    toward: str
    text: str
    message: Message


def labels(picture: Picture, parts: Iterable[Stretch]) -> tuple[Label, ...]:
    """Every label in the order of the story."""
    home = {moment: part for part in parts for moment in part.moments}
    found = [
        *(_sending(group) for group in _alike(_sendings(picture), home, picture)),
        *(_arrival(group) for group in _alike(_arrivals(picture), home, picture)),
    ]
    return tuple(sorted(found, key=lambda label: label.moment))


def _sendings(picture: Picture) -> Iterator[Label]:
    for message in picture.messages:
        yield Label(message.sent, message.sender, message.receiver, message.title, message)


def _arrivals(picture: Picture) -> Iterator[Label]:
    for message in picture.messages:
        for copy in message.copies:
            if is_late(message, copy):
                yield Label(copy.end, message.receiver, message.sender, message.label, message)


def _alike(found: Iterable[Label], home: Mapping[Moment, Stretch], picture: Picture) -> Iterator[list[Label]]:
    """Those together that tell the same at once, or in dull stretches that follow each other.

    The first of them is one that is drawn, if any is. One that stands out is not put with one that does not.
    """
    alike: dict[tuple[int, bool, Plot], list[list[Label]]] = {}
    for label in found:
        part = home[label.moment]
        key = part.group, picture.is_lit(label.message), core(label.message)
        groups = alike.setdefault(key, [])
        if groups and (part.dull or label.moment.at - groups[-1][-1].moment.at <= AT_ONCE):
            groups[-1].append(label)
        else:
            groups.append([label])
    for group in (group for groups in alike.values() for group in groups):
        yield sorted(group, key=lambda label: home[label.moment].left_out)


def _sending(group: list[Label]) -> Label:
    """One label for messages that are alike: the words of the first, what became of it, and their number."""
    first = group[0]
    ending = ending_words(first.message)
    words = [_times(group), f"· {ending}" if ending else ""]
    return attrs.evolve(first, text=" ".join(word for word in words if word))


def _arrival(group: list[Label]) -> Label:
    late = max(label.moment.at - label.message.sent.at for label in group)
    up_to = "up to " if len(group) > 1 else ""
    return attrs.evolve(group[0], text=f"{_times(group)} · {up_to}{span(late)} late")


def _times(group: list[Label]) -> str:
    first, last = group[0], max(group, key=lambda label: label.moment)
    if len(group) == 1:
        return first.text
    text, key = first.text, first.message.key
    if last.message.key != key:
        text = text.replace(key, f"{key} … {last.message.key}")
    return f"{text} ×{len(group)}"


def repeated(picture: Picture, parts: Iterable[Stretch]) -> Iterator[Note]:
    """The notes; where the same is told again and again, one of them with their number."""
    home = {moment: part for part in parts for moment in part.moments}
    alike: dict[tuple[int, str, str], list[Note]] = {}
    for note in picture.notes:
        part = home[note.moment]
        key = part.group if part.dull else -note.moment.entry - 1, note.lane, note.text
        alike.setdefault(key, []).append(note)
    for group in alike.values():
        shown = next((note for note in group if not home[note.moment].left_out), group[0])
        times = f" ×{len(group)}" if len(group) > 1 else ""
        yield attrs.evolve(shown, text=shown.text + times)
