"""What the merchant does about an ABNORMAL refund: the customer's own card first, and then a person.

The merchant's card is never chosen here. The money would be back with the merchant and the customer unpaid,
so a person who knows how to pay them has to want that.
"""

from __future__ import annotations

from typing import Final

from paytwice.channels.messages import Answer, Meaning, Outcome, RefundStatus
from paytwice.channels.requests import AbnormalRoute
from paytwice.merchant.port import ChannelClient, Surroundings
from paytwice.merchant.reference import translate
from paytwice.merchant.reference.books import Books
from paytwice.merchant.reference.jobs import Job
from paytwice_core import (
    AbnormalRouteAccepted,
    Attempt,
    Order,
    Refund,
    RefundEvidence,
    RefundGivenUp,
    RefundRoute,
)
from paytwice_core.states import RefundState

GIVE_UP_TRIES: Final = 20  # a channel that answers nothing for most of a day
NEVER: Final = frozenset({Meaning.NOT_SUPPORTED, Meaning.NO_SUCH_REFUND})


async def reroute(around: Surroundings, books: Books, job: Job) -> Job | None:
    """Apply for the other route, once; say what becomes of the job."""
    found = _abnormal(books, job)
    if found is None:
        return None
    order, refund, attempt = found
    channel = around.channels[attempt.channel]
    evidence = await _next_step(channel, refund, attempt)
    if evidence is None and job.tries >= GIVE_UP_TRIES:
        evidence = RefundGivenUp(refund.id)
    if evidence is not None:
        await books.learn(order.id, evidence, job=job)
    return None if _abnormal(books, job) is None else job.again(around.clock.now())


async def _next_step(channel: ChannelClient, refund: Refund, attempt: Attempt) -> RefundEvidence | None:
    # What we heard may be older than a route that was tried since, by us or at the console: ask first.
    now = await channel.query_refund(attempt.out_trade_no, refund.id)
    if now.refund is None:
        return None
    if now.refund.state is not RefundStatus.ABNORMAL:
        return _heard(refund, now, refund.route)
    if refund.route is not RefundRoute.ORIGINAL or AbnormalRoute.CUSTOMER_CARD not in channel.abnormal_routes:
        return RefundGivenUp(refund.id)
    answer = await channel.reroute_refund(attempt.out_trade_no, refund.id, AbnormalRoute.CUSTOMER_CARD)
    if answer.outcome is Outcome.REFUSED and answer.meaning in NEVER:
        return RefundGivenUp(refund.id)
    return _heard(refund, answer, RefundRoute.CUSTOMER_CARD)


def _heard(refund: Refund, answer: Answer, route: RefundRoute) -> RefundEvidence | None:
    if answer.refund is None:
        return None
    if answer.refund.state in (RefundStatus.PROCESSING, RefundStatus.ABNORMAL):
        return AbnormalRouteAccepted(refund.id, route)  # if it has failed already, the next query tells
    return translate.of_refund(refund.id, answer.refund)


def _abnormal(books: Books, job: Job) -> tuple[Order, Refund, Attempt] | None:
    """The refund a job is about, while it is ABNORMAL."""
    order = books.order(job.order_id)
    refund = None if order is None else order.refund(job.target)
    if order is None or refund is None or refund.state is not RefundState.ABNORMAL:
        return None
    attempt = order.attempt(refund.attempt_id)
    return None if attempt is None else (order, refund, attempt)
