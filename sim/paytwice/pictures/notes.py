"""What happens at one lane: states, money, goods, alarms, and how long an order is in a state."""

from __future__ import annotations

import textwrap
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from paytwice.journal import Entry, Journal, What
from paytwice.oracle import INVARIANTS
from paytwice.pictures.model import Band, Moment, Note, Tone
from paytwice.pictures.spans import IS_DOWN, IS_UP
from paytwice.pictures.words import OWN_WORDS, REQUESTS, Words
from paytwice.run import Run
from paytwice.wording import off, span

MONEY: Final = {
    "CAPTURED": Tone.CAPTURED,
    "RETURNED": Tone.RETURNED,
    "TOOK_LATE": Tone.CAPTURED,
    "GAVE_BACK": Tone.RETURNED,
    "TO_MERCHANT_CARD": Tone.STRAYED,
}
UNSEEN_MONEY: Final = ("SET_ASIDE", "RELEASED", "FEE", "FEE_RETURNED")  # moves between a merchant's accounts
STRAYED: Final = "to the merchant's own card:"
SUFFERED: Final = {
    "refuses": "has {money} for refunds, refuses more",
    "lets wait": "has {money} for refunds, the rest waits",
    "is paid in": "is paid {money} in for refunds",
    "is busy": "is busy{lasting}",
    "lags": "answers queries as of {span} before",
    "is current": "answers queries up to date again",
    "clock": "clock {off}",
    "fails": "fails at {calls}{lasting}",
}
ALARM_LINES: Final = 3
QUIET_REFUNDS: Final = ("PROCESSING", "SUCCESS")  # the answer says the one, the money coming back the other


def notes(journal: Journal, words: Words) -> Iterator[Note]:
    """Every note that a journal tells, in order."""
    speaking = {entry.cause for entry in journal if entry.what is What.SENT}
    claims: dict[str, str] = {}
    for entry in journal:
        if entry.what is What.CLAIM:
            if claims.get(entry.key) == entry.subject:
                continue
            claims[entry.key] = entry.subject
        if entry.what is What.DID and entry.who == "customer" and entry.index in speaking:
            continue
        said = _said(entry, words)
        if said is not None:
            is_state = entry.what is What.VIEW
            state, channel = (entry.subject, _winner(entry)) if is_state else ("", "")
            yield Note(Moment(entry.at, entry.index), entry.who, *said, state, channel)


def _said(entry: Entry, words: Words) -> tuple[Tone, str] | None:
    match entry.what:
        case What.VIEW:
            return Tone.STATE, _state(entry, words)
        case What.MONEY if entry.subject not in UNSEEN_MONEY:
            return MONEY.get(entry.subject, Tone.REFUND), _money(entry, words)
        case What.REFUND if entry.subject not in QUIET_REFUNDS:
            return Tone.REFUND, f"refund {entry.key} {entry.subject} {words.money(entry.number)}"
        case What.CLAIM:
            return Tone.REFUND, f"refund {entry.key} is {entry.subject}"
        case What.SHOP:
            return Tone.SHOP, f"{words.whose(entry.key)}{entry.subject}s goods"
        case What.ALARM:
            return Tone.ALARM, _alarm(entry)
        case What.RAISED:
            return Tone.RAISED, f"raises {entry.subject}"
        case What.FAULT if not entry.whom and entry.subject not in (IS_DOWN, IS_UP):
            return Tone.TROUBLE, _suffered(entry, words)
        case What.DID if entry.who != "customer":
            return Tone.CONSOLE, _at_console(entry, words)
        case What.DID:
            return Tone.DEED, f"{words.whose(entry.key)}{entry.subject} {entry.whom}".rstrip()
        case _:
            return None


def _money(entry: Entry, words: Words) -> str:
    """Money that moved: `captured ¥99.00 · WX0001`, with the channel's own number where it has one."""
    verb = STRAYED if entry.subject == "TO_MERCHANT_CARD" else entry.subject.lower().replace("_", " ")
    number = f" · {entry.whom}" if entry.whom else ""
    return f"{words.whose(entry.key)}{verb} {words.money(entry.number)}{number}"


def _alarm(entry: Entry) -> str:
    """A merchant's cry for help, in its own words, a few lines at most."""
    about = "" if entry.key in entry.text else f" {entry.key}"
    lines = textwrap.wrap(f"ALARM{about}: {entry.text}", OWN_WORDS, max_lines=ALARM_LINES, placeholder=" …")
    return "\n".join(lines)


def _at_console(entry: Entry, words: Words) -> str:
    """What somebody did at a channel's own console, and how it was refused if it was."""
    deed = entry.whom if entry.subject == "console:" else f"{entry.subject} {entry.whom} to"
    money = f" {words.money(entry.number)}" if entry.number else ""
    answer = f": {entry.text}" if entry.text else ""
    return f"at the console: {deed}{money}{answer}"


def _suffered(entry: Entry, words: Words) -> str:
    """What a story made of a channel as a whole; a word that nobody here knows stands for itself."""
    told = SUFFERED.get(entry.subject, entry.subject)
    lasting = f" for {span(entry.number)}" if entry.number else ""
    return told.format(
        money=words.money(entry.number),
        lasting=lasting,
        span=span(abs(entry.number)),
        off=off(entry.number),
        calls=REQUESTS.get(entry.key, entry.key),
    )


def _state(entry: Entry, words: Words) -> str:
    by = f" by {entry.whom}" if entry.whom else ""
    return f"{words.whose(entry.key)}{entry.subject}{by}"


def broken(run: Run) -> Iterator[Note]:
    """Where the oracle saw promises break; what is asked of a run at rest breaks at its end."""
    times = [row[0] for row in run.journal.rows]
    whose: dict[tuple[int, str], list[str]] = {}
    for one in run.verdict.violations:
        whose.setdefault((one.at, one.invariant), []).append(one.order)
    for (at, name), orders in whose.items():
        title = f"{name} {INVARIANTS[name].title}" if name in INVARIANTS else name
        moment = Moment(at, max(bisect_right(times, at) - 1, 0))
        yield Note(moment, "merchant", Tone.BROKEN, f"BROKEN: {title}", orders=tuple(orders))


def bands(journal: Journal, ended: Moment) -> Iterator[Band]:
    """How long each order was in which state, as the merchant says."""
    current: dict[str, Entry] = {}
    for entry in journal:
        if entry.what is What.VIEW:
            if entry.key in current:
                yield _band(current[entry.key], Moment(entry.at, entry.index))
            current[entry.key] = entry
    for entry in current.values():
        yield _band(entry, ended)


def _band(entry: Entry, end: Moment) -> Band:
    return Band(entry.key, entry.subject, _winner(entry), Moment(entry.at, entry.index), end)


def _winner(entry: Entry) -> str:
    """The channel that an order was paid by: `wechat` of `wechat WX0001`."""
    return entry.whom.partition(" ")[0]
