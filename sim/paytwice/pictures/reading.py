"""Makes the picture of a run: reads the journal once, and puts together what belongs together.

A message is several entries: its sending, and of each copy that it was held, lost, or arrived. A row of a
kind that nobody here knows leaves no mark and does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def picture(run: Run, title: str = "") -> Picture:
    """Everything there is to see of a run; `title` is its story in a sentence."""
    journal = run.journal
    words = Words(journal, _currency(run), _refunds(run), several=len(run.orders) > 1)
    trouble = tuple(spans(journal, Moment(run.ended_at, len(journal))))
    down = tuple(span for span in trouble if span.fault is Fault.DOWN)
    messages = tuple(_messages(journal, words, down, Moment(run.ended_at, len(journal))))
    said = (*notes(run, words), *broken(run))
    lanes = tuple(_lanes(messages, said))
    names = {"", *(lane.name for lane in lanes)}
    ended = _end(run, messages, said)
    return Picture(
        title=title or run.scenario.replace("_", " "),
        outcome=run.outcome,
        conclusion=conclusion(run),
        lanes=lanes,
        messages=messages,
        notes=tuple(sorted(said, key=lambda note: note.moment)),
        bands=tuple(bands(journal, ended)),
        spans=tuple(span for span in trouble if {span.lane, span.other} <= names),
        ended=ended,
    )


def _end(run: Run, messages: tuple[Message, ...], said: tuple[Note, ...]) -> Moment:
    """Where the picture ends: where all is well, with the last thing that happened."""
    last = [copy.end.at for message in messages for copy in message.copies]
    last += [note.moment.at for note in said]
    return Moment(max(last, default=0) if run.ok else run.ended_at, len(run.journal))


def _currency(run: Run) -> str:
    return run.orders[0].amount.currency if run.orders else "CNY"


def _refunds(run: Run) -> dict[str, Money]:
    """What is known of amounts: what the merchant says, and what desks did."""
    found = {}
    for order in run.orders:
        for refund in (order.view.refunds or ()) if order.view is not None else ():
            found[refund.out_refund_no] = refund.amount
    for entry in run.journal:
        if entry.what is What.REFUND:
            found.setdefault(entry.key, Money(entry.number, _currency(run)))
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
