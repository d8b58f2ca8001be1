"""Whose each journal entry is: the order that it is about, so that a picture can be of one order only."""

from __future__ import annotations

from collections.abc import Mapping

from paytwice.journal import NOBODY, Entry, Journal, What

OWN: tuple[What, ...] = (What.VIEW, What.SHOP)  # whose key is the order's own number


def owners(journal: Journal) -> Mapping[int, str]:
    """The order of each entry, by its index; what is about no order, such as a bill, is not there.

    A trade is known by the credential that the customer was given, a refund by its trade, and anything else
    by what led to it.
    """
    entries = tuple(journal)
    order_of = {one.key: one.key for one in entries if _names_an_order(one)}
    order_of |= {
        one.whom: one.key for one in entries if one.what is What.TOLD and one.subject == "credential"
    }
    found: dict[int, str] = {}
    for one in entries:
        order = order_of.get(one.key) or order_of.get(one.whom)
        if order is None and one.cause != NOBODY:
            order = found.get(one.cause)
        if order is not None:
            found[one.index] = order
            if one.key and one.what not in (What.FAULT, What.STORY, What.ALARM):
                order_of.setdefault(one.key, order)
    return found


def _names_an_order(one: Entry) -> bool:
    return one.what in OWN or (one.what is What.DID and one.subject == "orders")
