"""What became of each message of a run: lost, held, late, copied, unheard; how it was answered or acked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from paytwice.journal import NOBODY, Entry, Journal, What
from paytwice.wording import span

LATE: Final = 2_000  # milliseconds on the way that are worth a word
OF_A_MESSAGE: Final = (What.ARRIVED, What.LOST, What.HELD, What.COPIED, What.UNHEARD)


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

    def in_words(self) -> tuple[list[str], str]:
        """What is out of the ordinary about it, and the mark for colours; an answer that came at once."""
        kinds = [entry.what for entry in self.entries]
        words, mark = [], "message"
        if What.COPIED in kinds:
            words.append("sent twice by the network")
        journey, mark = self._journey(kinds)
        words += journey
        if What.UNHEARD in kinds:
            words.append(f"{self.sent.whom} is down")
            mark = "lost"
        first = next(iter(self.arrivals), None)
        answer = self.answers.get(first.index) if first is not None else None
        if first is not None and answer is not None and not self.is_late(first):
            words.append(answer)
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
            return [f"slow, takes {span(arrivals[0].at - self.sent.at)}"], "late"
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
    """What came of an arrival that is worth a word: a desk's refusal, an ack, by the entry of the arrival."""
    found = {}
    for entry in journal:
        if entry.cause == NOBODY:
            continue
        if entry.what is What.DESK and entry.whom != "OK":
            found[entry.cause] = f"answer {entry.whom}"
        elif entry.what is What.ACKED:
            found[entry.cause] = "acked" if entry.subject == "positive" else f"refused with {entry.number}"
    return found
