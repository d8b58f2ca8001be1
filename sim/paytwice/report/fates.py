"""What became of each message of a run: lost, held, late, copied, unheard; how it was answered or acked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.journal import NOBODY, Entry, Journal, What

LATE: Final = 2_000  # milliseconds on the way that are worth a word
REPLY: Final = ".reply"
OF_A_MESSAGE: Final = (What.ARRIVED, What.LOST, What.HELD, What.COPIED, What.UNHEARD)


TOOK: Final = "{took}"  # where a message's time on its way is to stand: those that differ in it are alike
IS_DOWN: Final = "{whom} is down"


@attrs.frozen
class Fate:
    """What became of one message: the entries that tell of it, and the answers by the entry of an arrival."""

    sent: Entry
    entries: tuple[Entry, ...]
    answers: Mapping[int, str]

    @property
    def arrivals(self) -> list[Entry]:
        """The copies that arrived, in order."""
        return [entry for entry in self.entries if entry.what is What.ARRIVED]

    @property
    def is_reply(self) -> bool:
        """Whether it is a response."""
        return self.sent.subject.endswith(REPLY)

    @property
    def is_as_good_twice(self) -> bool:
        """Whether a second copy changes nothing: of a response, where the first one counts; of a query."""
        return self.sent.subject.endswith((REPLY, ".query", ".fetch"))

    def in_words(self) -> tuple[list[str], str]:
        """What is out of the ordinary about it, and the mark for colours; an answer that came at once."""
        kinds = [entry.what for entry in self.entries]
        words, mark = [], "message"
        if What.COPIED in kinds and not self.is_as_good_twice:
            words.append("sent twice by the network")
        journey, mark = self._journey(kinds)
        words += journey
        first = next(iter(self.arrivals), None)
        answer = self.answers.get(first.index) if first is not None else None
        if first is not None and answer is not None and not self.is_late(first):
            words.append(answer)
            if answer == IS_DOWN.format(whom=self.sent.whom):
                mark = "lost"
        return words, mark

    def is_late(self, arrival: Entry) -> bool:
        """Whether a copy was so long on its way that its arrival is worth a line of its own."""
        return arrival.at - self.sent.at >= LATE

    def _journey(self, kinds: list[What]) -> tuple[list[str], str]:
        arrivals = self.arrivals
        if What.LOST in kinds:
            return ["LOST" if not arrivals else "one copy LOST"], "lost"
        if not arrivals:
            return ["held" if What.HELD in kinds else "still on its way at the end"], "lost"
        if What.HELD in kinds:
            return ["held"], "late"
        if self.is_late(arrivals[0]):
            return [f"slow, takes {TOOK}"], "late"
        return [], "message"


def fates(journal: Journal) -> dict[int, Fate]:
    """The fate of every message, by the entry of its sending."""
    answers = _answers(journal)
    found: dict[int, list[Entry]] = {}
    for entry in journal:
        if entry.what is What.SENT:
            found.setdefault(entry.index, [])
        elif entry.what in OF_A_MESSAGE:
            sending = journal[entry.cause].cause if entry.what is What.UNHEARD else entry.cause
            found.setdefault(sending, []).append(entry)
    return {sent: Fate(journal[sent], tuple(entries), answers) for sent, entries in found.items()}


def _answers(journal: Journal) -> dict[int, str]:
    """What came of an arrival that is worth a word, by its entry: what a desk said, an ack, nobody there."""
    found: dict[int, str] = {}
    down: set[str] = set()
    paid = {entry.cause for entry in journal if entry.what is What.MONEY}
    for entry in journal:
        match entry.what:
            case What.CRASHED:
                down.add(entry.who)
            case What.FAULT if entry.subject == "is down":
                down.add(entry.who)
            case What.FAULT if entry.subject == "is up":
                down.discard(entry.who)
            case What.RESTARTED:
                down.discard(entry.who)
            case What.UNHEARD:
                found[entry.cause] = IS_DOWN.format(whom=entry.who)
            case What.ARRIVED if entry.subject.endswith(REPLY) and entry.who in down:
                found[entry.index] = IS_DOWN.format(whom=entry.who)
            case What.ARRIVED if entry.subject == "customer.pay" and entry.index not in paid:
                found[entry.index] = "cannot be paid"
            case What.DESK if entry.whom != "OK" or entry.subject.endswith(".query"):
                found[entry.cause] = f"answer {entry.text or entry.whom}"
            case What.ACKED if entry.cause != NOBODY:
                found[entry.cause] = (
                    "acked" if entry.subject == "positive" else f"refused with {entry.number}"
                )
    return found
