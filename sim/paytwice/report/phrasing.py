"""The words in which a timeline tells one journal entry: (text, mark), the mark being what colours go by."""

from __future__ import annotations

import re
from typing import Final

from paytwice.journal import Entry, What
from paytwice.report.fates import REPLY
from paytwice.wording import off, span
from paytwice_core import Money

MOVES: Final = {
    "CAPTURED": "takes {money} of {key}, payment {whom}",
    "RETURNED": "gives back {money} of {key}, payment {whom}",
    "COUPON_CAPTURED": "has {money} of that by coupon",
    "COUPON_RETURNED": "gives {money} of that back to the coupon",
    "TO_MERCHANT_CARD": "pays {money} of {key} to the merchant's own card, payment {whom}",
    "TOOK_LATE": "is paid {money} for {key} by a bank, too late",
    "GAVE_BACK": "gives {money} of {key} back by itself",
}
DEEDS: Final = {
    "asks for money back": "asks for {money} back, {whom}",
    "uses a coupon at": "uses a coupon of {money} at {whom}",
    "has nothing to pay with": "has nothing to pay with at {whom}",
    "edits the price of": "console: changes the price of {whom} to {money}",
}
CHANNEL_FAULTS: Final = {
    "refuses": "has {money} left for refunds: one that is not covered is refused",
    "lets wait": "has {money} left for refunds: one that is not covered has to wait",
    "is paid in": "gets {money} from the merchant, for refunds",
    "is busy": "is busy{lasting}: every call meets the rate limit",
    "lags": "answers queries as things stood {span} before",
    "is current": "answers queries as things stand",
    "is down": "is down{lasting}: it hears nobody, and tells nobody anything",
    "is up": "is up again, and tells what has waited",
    "clock": "has its clock {off}",
    "fails": "answers {key} with a system error{lasting}",
}
# The access before which a process died, behind what it was doing: `ship P1 shop.ship P1`.
ACCESS: Final = re.compile(r" ((?:store\.|shop\.|\S+ (?:trade|refund|bill|fund-bill)\.|\S+ sign ).*)")

Words = tuple[str, str]


def message(entry: Entry) -> str:
    """A message by its kind and key, which are what a story names it by."""
    kind, key = entry.subject, entry.key
    return f"response to {kind.removesuffix(REPLY)} {key}" if kind.endswith(REPLY) else f"{kind} {key}"


def news(entry: Entry, sent: Entry | None = None) -> str:
    """What a notification tells, unless it is that it was paid, as it stands in the line above."""
    told = (sent or entry).text
    if not entry.subject.endswith(".notify") or not told or told.startswith("paid "):
        return ""
    return f": {told}"


def actor_of(entry: Entry) -> str:
    """Who is at work: the network, where a fault is a link's."""
    return "network" if entry.what is What.FAULT and entry.whom else entry.who


def deed(entry: Entry, currency: str) -> Words | None:
    """What somebody did, said or suffered; None for what a timeline leaves out."""
    money = Money(entry.number, currency).display
    match entry.what:
        case What.MONEY if entry.subject in MOVES:
            return MOVES[entry.subject].format(money=money, key=entry.key, whom=entry.whom), "money"
        case What.REFUND:
            state = f"{entry.subject}, {entry.text}" if entry.text else entry.subject
            return f"refund {entry.key} of {entry.whom}, {money}: {state}", "refund"
        case What.SHOP:
            return f"shop: {entry.subject}s {entry.key}", "shop"
        case What.VIEW:
            by = f" by {entry.whom}" if entry.whom else ""
            return f"order {entry.key} is {entry.subject}{by}", "view"
        case What.CLAIM:
            reason = f" ({entry.text})" if entry.text else ""
            return f"refund {entry.key}{reason} is {entry.subject}", "view"
        case What.TOLD:
            return _told(entry), "told"
        case What.DID:
            return _did(entry, money), "did"
        case _:
            return trouble(entry, money)


def trouble(entry: Entry, money: str) -> Words | None:
    """What went wrong, or was made to go wrong."""
    match entry.what:
        case What.ALARM:
            about = "" if entry.key in entry.text else f" about {entry.key}"
            return f"ALARM{about}: {entry.text}", "alarm"
        case What.FAULT:
            return _fault(entry, money), "fault"
        case What.CRASHED:
            return f"CRASHES{_where(entry)}, down for {span(entry.number)}", "crash"
        case What.RESTARTED:
            return "is up again", "up"
        case What.RAISED:
            return f"RAISES {entry.subject} in {entry.key.removeprefix('merchant ')}", "raised"
        case _:
            return None


def chapter(entry: Entry, heals_too: bool) -> str:
    """Where the story ends and where the faults do."""
    if entry.subject != "ended":
        return f"--- {entry.subject}: from here on nothing goes wrong ---"
    tail = ", and from here on nothing goes wrong" if heals_too else ""
    return f"--- the story has ended{tail} ---"


def _told(entry: Entry) -> str:
    match entry.subject:
        case "credential":
            return f"can pay now: {entry.whom}"
        case "refusal":
            return f"cannot pay: {entry.text}"
        case said:
            return f"is told {said} {entry.whom}".rstrip()


def _did(entry: Entry, money: str) -> str:
    if entry.subject in DEEDS:
        return DEEDS[entry.subject].format(whom=entry.whom, money=money)
    amount = f" {money}" if entry.number else ""
    answer = f"   answer {entry.text}" if entry.text else ""
    return f"{entry.subject} {entry.whom}".rstrip() + amount + answer


def _where(entry: Entry) -> str:
    """Where a process died: in what it was doing, and before what."""
    place = entry.key.removeprefix("merchant ")
    if place.endswith(" answers"):
        return f" in {place.removesuffix(' answers')}, before it answers"
    access = ACCESS.search(place)
    if access is not None:
        return f" in {place[: access.start()]}, before {access[1]}"
    return f" before {place}" if place else ""


def _fault(entry: Entry, money: str) -> str:
    lasting = f" for {span(entry.number)}" if entry.number else ""
    if not entry.whom:
        return CHANNEL_FAULTS[entry.subject].format(
            money=money, lasting=lasting, span=span(abs(entry.number)), key=entry.key, off=off(entry.number)
        )
    between = f"{entry.who} {'→' if entry.key else '—'} {entry.whom}"
    match entry.subject:
        case "hold":
            return f"{between} hangs{lasting}: messages are held"
        case "release":
            return f"{between} works again: held messages travel on"
        case "partition":
            return f"{between} is cut{lasting}: messages are lost"
        case "repair":
            return f"{between} is repaired"
        case other:
            return f"{between}: {other}{lasting}"
