"""Makes the picture of a run: reads the journal once, and puts together what belongs together.

A message is several entries: its sending, and of each copy that it was held, lost, or arrived. A row of a
kind that nobody here knows leaves no mark and does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from paytwice.journal import NOBODY, Entry, Journal, What
from paytwice.pictures.conclusion import conclusion
from paytwice.pictures.model import Copy, Ending, Fault, Lane, Message, Moment, Note, Picture, Role, Span
from paytwice.pictures.notes import bands, broken, notes
from paytwice.pictures.spans import spans
from paytwice.pictures.titles import title_of
from paytwice.pictures.words import Words
from paytwice.report.fates import Fate, fates
from paytwice.run import Run
from paytwice_core import Money

CURRENCY: Final = "CNY"


def picture(run: Run | Journal, title: str = "") -> Picture:
    """Everything there is to see of a run; `title` is its story in a sentence.

    A journal that somebody kept tells the same, but for the verdict; its amounts are taken for CNY.
    """
    told = _Told.of_journal(run) if isinstance(run, Journal) else _Told.of_run(run)
    journal = told.journal
    trouble = tuple(spans(journal, told.last))
    down = tuple(span for span in trouble if span.fault is Fault.DOWN)
    messages = tuple(_messages(journal, told.words, down, told.last))
    said = (*notes(journal, told.words), *told.broken)
    lanes = tuple(_lanes(messages, said))
    names = {"", *(lane.name for lane in lanes)}
    ended = _end(told, messages, said)
    return Picture(
        title=title or told.title,
        outcome=told.outcome,
        conclusion=told.conclusion,
        lanes=lanes,
        messages=messages,
        notes=tuple(sorted(said, key=lambda note: note.moment)),
        bands=tuple(bands(journal, ended)),
        spans=tuple(span for span in trouble if {span.lane, span.other} <= names),
        ended=ended,
    )


@attrs.frozen
class _Told:
    """What is known of a run beside what its journal tells by itself."""

    journal: Journal
    title: str
    words: Words
    last: Moment
    outcome: str = ""
    conclusion: str = "a journal, which tells no verdict"
    broken: tuple[Note, ...] = ()
    ends_well: bool = True

    @classmethod
    def of_run(cls, run: Run) -> _Told:
        words = Words(run.journal, run.currency, _refunds(run), several=len(run.orders) > 1)
        return cls(
            run.journal,
            run.scenario.replace("_", " "),
            words,
            Moment(run.ended_at, len(run.journal)),
            run.outcome,
            conclusion(run),
            tuple(broken(run)),
            run.ok,
        )

    @classmethod
    def of_journal(cls, journal: Journal) -> _Told:
        orders = {entry.key for entry in journal if entry.what is What.DID and entry.subject == "orders"}
        last = Moment(journal.rows[-1][0] if journal.rows else 0, len(journal))
        words = Words(journal, CURRENCY, _moved(journal, CURRENCY), several=len(orders) > 1)
        return cls(journal, "a journal", words, last)


def _end(told: _Told, messages: tuple[Message, ...], said: tuple[Note, ...]) -> Moment:
    """Where the picture ends: where all is well, with the last thing that happened."""
    last = [copy.end.at for message in messages for copy in message.copies]
    last += [note.moment.at for note in said]
    return Moment(max(last, default=0) if told.ends_well else told.last.at, told.last.entry)


def _refunds(run: Run) -> dict[str, Money]:
    """What is known of amounts: what the merchant says, and what desks did."""
    found = {}
    for order in run.orders:
        for refund in (order.view.refunds or ()) if order.view is not None else ():
            found[refund.out_refund_no] = refund.amount
    return _moved(run.journal, run.currency) | found


def _moved(journal: Journal, currency: str) -> dict[str, Money]:
    """The amounts of refunds that desks did something about, by their numbers."""
    found: dict[str, Money] = {}
    for entry in journal:
        if entry.what is What.REFUND:
            found.setdefault(entry.key, Money(entry.number, currency))
    return found


def _lanes(messages: Iterable[Message], said: Iterable[Note]) -> Iterator[Lane]:
    """Customer and merchant, then the channels that take part, in the order in which the story meets them."""
    yield Lane("customer", "Customer", Role.CUSTOMER)
    yield Lane("merchant", "Merchant", Role.MERCHANT)
    met = [(message.sent, name) for message in messages for name in (message.sender, message.receiver)]
    met += [(note.moment, note.lane) for note in said]
    for name in dict.fromkeys(name for _, name in sorted(met, key=lambda one: one[0])):
        if name not in ("customer", "merchant"):
            yield Lane(name, title_of(name), Role.CHANNEL)


def _messages(journal: Journal, words: Words, down: tuple[Span, ...], ended: Moment) -> Iterator[Message]:
    for fate in fates(journal).values():
        sent = fate.sent
        if sent.what is not What.SENT:
            continue
        yield Message(
            sent=Moment(sent.at, sent.index),
            sender=sent.who,
            receiver=sent.whom,
            kind=sent.subject,
            key=sent.key,
            label=words.label(sent, next((arrival.index for arrival in fate.arrivals), NOBODY)),
            copies=tuple(_copies(fate, down, ended)),
            send=sent.number,
        )


def _copies(fate: Fate, down: tuple[Span, ...], ended: Moment) -> Iterator[Copy]:
    """One copy for each end; a copy that was held waits for the next end that comes."""
    waiting: list[Moment] = []
    left = 1
    for entry in fate.entries:
        moment = Moment(entry.at, entry.index)
        match entry.what:
            case What.COPIED:
                left += 1
            case What.HELD:
                waiting.append(moment)
            case What.LOST | What.ARRIVED:
                left -= 1
                yield Copy(_ending(entry, moment, down), moment, waiting.pop(0) if waiting else None)
    for _ in range(left):
        yield Copy(Ending.UNDERWAY, ended, waiting.pop(0) if waiting else None)


def _ending(entry: Entry, moment: Moment, down: tuple[Span, ...]) -> Ending:
    """Whether somebody was there to take it: the answer to a process that has died finds nobody."""
    if entry.what is What.LOST:
        return Ending.LOST
    nobody = any(span.lane == entry.who and span.begin < moment < span.end for span in down)
    return Ending.UNHEARD if nobody else Ending.ARRIVED
