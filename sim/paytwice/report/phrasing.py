"""The words in which a timeline tells one journal entry: (text, mark), the mark being what colours go by."""

from __future__ import annotations

from typing import Final

from paytwice.journal import Entry, What
from paytwice.wording import span
from paytwice_core import Money

REPLY: Final = ".reply"
MOVES: Final = {
    "CAPTURED": "takes {money} of {key}, payment {whom}",
    "RETURNED": "gives back {money} of {key}, payment {whom}",
    "COUPON_CAPTURED": "has {money} of that by coupon",
    "COUPON_RETURNED": "gives {money} of that back to the coupon",
    "TO_MERCHANT_CARD": "pays {money} of {key} to the merchant's own card, payment {whom}",
    "TOOK_LATE": "is paid {money} too late by a bank, for {key}",
    "GAVE_BACK": "gives back by itself {money} of {key}",
}

Words = tuple[str, str]


def message(entry: Entry) -> str:
    """A message by its kind and key, which are what a story names it by."""
    kind, key = entry.subject, entry.key
    return f"response to {kind.removesuffix(REPLY)} {key}" if kind.endswith(REPLY) else f"{kind} {key}"


def deed(entry: Entry, currency: str) -> Words | None:
    """What somebody did, said or suffered; None for what a timeline leaves out."""
    money = Money(entry.number, currency).display
    match entry.what:
        case What.MONEY if entry.subject in MOVES:
            return MOVES[entry.subject].format(money=money, key=entry.key, whom=entry.whom), "money"
        case What.REFUND:
            return f"refund {entry.key} of {entry.whom}, {money}: {entry.subject}", "refund"
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
            amount = f" {money}" if entry.number else ""
            return f"{entry.subject} {entry.whom}".rstrip() + amount, "did"
        case _:
            return trouble(entry)


def trouble(entry: Entry) -> Words | None:
    """What went wrong, or was made to go wrong."""
    match entry.what:
        case What.ALARM:
            return f"ALARM about {entry.key}: {entry.text}", "alarm"
        case What.FAULT:
            return _fault(entry), "fault"
        case What.CRASHED:
            before = f" before {entry.key.removeprefix('merchant ')}" if entry.key else ""
            return f"CRASHES{before}, down for {span(entry.number)}", "crash"
        case What.RESTARTED:
            return "is up again", "crash"
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


def _fault(entry: Entry) -> str:
    between = f"{entry.who} — {entry.whom}"
    lasting = f" for {span(entry.number)}" if entry.number else ""
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
