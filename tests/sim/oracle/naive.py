"""The second judge: slow, simple, written from the catalogue of promises, sharing nothing with the first.

Each promise is one function that goes through the whole history and yields the orders to which it was broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations
from typing import Any, Final

from tests.sim.oracle.recorded import History, Key, Naive

from paytwice.channels.ledger import Account, Ledger, MovementKind
from paytwice.channels.messages import Meaning, RefundStatus
from paytwice.merchant.port import OrderView, RefundStanding, Said, Standing

UNSURE: Final = ("OK", "SYSTEM_ERROR", "NO_ANSWER", "BUSY", "TOO_SOON", "NO_BALANCE")  # it may still be done


def s1_one_winner(h: History) -> Iterator[str]:
    for order in h.orders:
        winners = [view.winner for view, _ in h.views(order)]
        named = [(one.channel, one.number) if one is not None else None for one in winners]
        first = next((n for n, one in enumerate(named) if one is not None), len(named))
        if len(set(named[first:])) > 1:
            yield order


def s2_final_is_final(h: History) -> Iterator[str]:
    for one, before in h.each("viewed"):
        order, now = one["order_id"], one["view"]
        was = before.view(order)
        if was is None:
            continue
        reopened = (was.standing, now.standing) == (Standing.CLOSED, Standing.PAID) and h.rules.reopens
        if was.standing not in (Standing.OPEN, now.standing) and not reopened:
            yield order
        if now.refunds is None:
            continue
        shown = [(r.out_trade_no, r.out_refund_no) for r in now.refunds if r.standing is RefundStanding.DONE]
        for trade_no, number in _done(before, order):
            states = [before.status(key, number) for key in before.trades(order) if key[1] == trade_no]
            if (trade_no, number) not in shown and not {*states} - {None, RefundStatus.SUCCESS}:
                yield order


def _done(h: History, order: str) -> list[tuple[str, str]]:
    """Every refund that was ever shown as DONE."""
    return [
        (one.out_trade_no, one.out_refund_no)
        for view, _ in h.views(order)
        for one in view.refunds or ()
        if one.standing is RefundStanding.DONE
    ]


def s3_no_false_paid(h: History) -> Iterator[str]:
    for one, before in h.each("viewed"):
        order, now = one["order_id"], one["view"]
        becomes_paid = now.standing is Standing.PAID and before.standing(order) is not Standing.PAID
        if becomes_paid and not _is_paid_in_full(before, order, now):
            yield order
    for one, before in h.each("shop_did"):
        view = before.view(one["order_id"])
        if one["what"] == "ship" and view is not None and not _is_paid_in_full(before, one["order_id"], view):
            yield one["order_id"]


def _is_paid_in_full(h: History, order: str, view: OrderView) -> bool:
    return view.winner is not None and any(
        movement.channel_number == view.winner.number and movement.amount == h.amount(order)
        for key in h.trades(order)
        if key[0] == view.winner.channel
        for movement, _ in h.captures(key)
    )


def s4_no_stranded_money(h: History) -> Iterator[str]:
    for order in h.orders:
        readings = _readings(h, order)
        if not any(_left_over(h, order, unheard) == {} for unheard in readings) and not any(
            _is_explained(h, order, unheard) for unheard in readings
        ):
            yield order


def _readings(h: History, order: str) -> list[int]:
    """Every sum of wishes without an answer that may have been granted."""
    if h.standing(order) is not Standing.PAID:
        return [0]
    wishes = h.unanswered(order)
    some = chain.from_iterable(combinations(wishes, n) for n in range(len(wishes) + 1))
    return [sum(one) for one in some]


def _may_keep(h: History, order: str, unheard: int) -> int:
    if h.standing(order) is not Standing.PAID:
        return 0
    winner = h.winning_trade(order)
    foreign = h.foreign(winner) if winner is not None else 0
    return h.amount(order).minor - h.granted(order) - unheard - foreign


def _left_over(h: History, order: str, unheard: int) -> dict[str, int]:
    left = h.kept(order)
    own = h.amount(order).currency
    left[own] = left.get(own, 0) - _may_keep(h, order, unheard)
    return {currency: minor for currency, minor in left.items() if minor}


def _is_explained(h: History, order: str, unheard: int) -> bool:
    if any(minor < 0 for minor in _left_over(h, order, unheard).values()):
        return False
    for key in h.trades(order):
        extra = h.captured(key) - h.returned(key)
        if key == h.winning_trade(order):
            extra -= _may_keep(h, order, unheard)
        shown = h.with_a_person(order, key[1])
        if extra and not (extra > 0 and (h.is_processing(key) or shown == extra)):
            return False
    return True


def s5_ship_at_most_once(h: History) -> Iterator[str]:
    for one, before in h.each("shop_did"):
        order = one["order_id"]
        if one["what"] != "ship":
            continue
        paid = before.standing(order) is Standing.PAID
        if "ship" in before.effects(order) or not paid or _shown_refunded(before, order):
            yield order


def _shown_refunded(h: History, order: str) -> bool:
    view, key = h.view(order), h.winning_trade(order)
    if view is None or view.winner is None or key is None:
        return False
    done = [
        one.amount.minor
        for one in view.refunds or ()
        if one.standing is RefundStanding.DONE
        and one.out_trade_no == key[1]
        and one.number in (None, view.winner.number)
    ]
    return sum(done) >= h.amount(order).minor


def _is_alive(h: History, key: Key, number: str) -> bool:
    """Whether a refund number was asked for, and has moved money or still may."""
    asks, status = h.asks(key, number), h.status(key, number)
    if not asks or status is RefundStatus.CLOSED:
        return False
    accepted = any(meaning is Meaning.OK for _, meaning, _ in asks)
    return accepted or status is not None or asks[-1][1].value in UNSURE


def _asked_back(h: History, key: Key, but: str, of: str | None = None) -> int:
    """The sum of all living refunds of a trade, or of one payment of it, save one number."""
    total = 0
    for number in h.asked_numbers(key):
        first = h.asks(key, number)[0][0]
        if number != but and _is_alive(h, key, number) and of in (None, first.channel_number):
            total += first.amount.minor
    return total


def _new_asks(h: History) -> Iterator[tuple[Any, Meaning, Key, str, History]]:
    """Refund requests that are no repeat of a living one: request, answer, trade, order, what was before."""
    for one, before in h.each("requested"):
        request = one["request"]
        if type(request).__name__ != "AskRefund":
            continue
        key = one["channel"], request.out_trade_no
        if not _is_alive(before, key, request.out_refund_no):
            yield request, one["meaning"], key, _whose(before, key), before


def _whose(h: History, key: Key) -> str:
    """The order of a trade, or of its namesake at another channel."""
    owner = h.owner(key)
    if owner is not None:
        return owner
    return next((o for o in h.orders for _, no in h.trades(o) if no == key[1]), "")


def _refundable(h: History, order: str, key: Key, of: str | None) -> int:
    """What may be asked back: of the winner what was wished for, of the rest all."""
    wished = sum(h.wishes(order).values())
    return sum(
        wished if h.is_winner(order, key, movement.channel_number) else movement.amount.minor
        for movement, _ in h.captures(key)
        if of in (None, movement.channel_number)
    )


def s6_refund_the_right_one(h: History) -> Iterator[str]:
    for request, _, key, order, before in _new_asks(h):
        numbers = [movement.channel_number for movement, _ in before.captures(key)]
        if not numbers or (request.channel_number is not None and request.channel_number not in numbers):
            yield order
            continue
        if before.owner(key) is None:
            continue
        for of in dict.fromkeys((None, request.channel_number)):
            asked = _asked_back(before, key, request.out_refund_no, of) + request.amount.minor
            if asked > _refundable(before, order, key, of):
                yield order
    for one, before in h.each("viewed"):
        order, now = one["order_id"], one["view"]
        if now.standing is Standing.PAID and now.winner and before.standing(order) is not Standing.PAID:
            for key in before.trades(order):
                sums = [
                    m.amount.minor for m, _ in before.captures(key) if m.channel_number != now.winner.number
                ]
                wins = len(sums) < len(before.captures(key)) and key[0] == now.winner.channel
                wished = sum(before.wishes(order).values())
                if wins and _asked_back(before, key, "") > wished + sum(sums):
                    yield order


def s7_no_over_refund(h: History) -> Iterator[str]:
    for request, meaning, key, order, before in _new_asks(h):
        if meaning is not Meaning.OVER_BUDGET:
            continue
        own = _asked_back(before, key, request.out_refund_no) + request.amount.minor
        foreign = [n for n in before.refund_numbers(key) if n not in before.asked_numbers(key)]
        latest = [at for _, at in before.moves(key, MovementKind.RETURNED)][-1:]
        grace = h.rules.capture_deadline_ms if before.owner(key) is not None else 0
        lately = foreign and (not latest or before.end <= latest[0] + grace)
        if not (own <= before.captured(key) and lately):
            yield order
    for order in h.orders:
        for one, before in h.each("moved"):
            key = one["channel"], one["movement"].out_trade_no
            left = before.captured(key) - before.returned(key) - one["movement"].amount.minor
            if one["movement"].kind is MovementKind.RETURNED and left < 0 and before.owner(key) == order:
                yield order


def s8_one_intent_one_movement(h: History) -> Iterator[str]:
    for request, _, key, order, before in _new_asks(h):
        of, captures = request.channel_number, before.captures(key)
        if before.owner(key) is None or not captures:
            continue
        living = [
            before.asks(key, number)[0][0]
            for number in before.asked_numbers(key)
            if number != request.out_refund_no and _is_alive(before, key, number)
        ]
        living = [one for one in living if None in (of, one.channel_number) or of == one.channel_number]
        paid = [one.channel_number for one, _ in captures if of in (None, one.channel_number)]
        intents = sum(not before.is_winner(order, key, number) for number in paid)
        if intents < len(paid):
            wished = [minor for minor in before.wishes(order).values() if minor == request.amount.minor]
            if not wished:
                continue  # a wish that was split or joined
            living = [one for one in living if one.amount.minor == request.amount.minor]
            intents += len(wished)
        if living and len(living) >= intents:
            yield order


def s9_no_optimistic_refund(h: History) -> Iterator[str]:
    for one, before in h.each("viewed"):
        order, now = one["order_id"], one["view"]
        done = [refund for refund in now.refunds or () if refund.standing is RefundStanding.DONE]
        for refund in done:
            if (refund.out_trade_no, refund.out_refund_no) in _done(before, order):
                continue
            keys = [key for key in before.trades(order) if key[1] == refund.out_trade_no]
            known = [key for key in keys if refund.out_refund_no in before.refund_numbers(key)]
            if known:
                back = sum(before.returned(key, refund=refund.out_refund_no) for key in known)
            else:  # the merchant's own name for money that came back by another way
                others = [x.amount.minor for x in done if x.out_trade_no == refund.out_trade_no]
                back = sum(before.returned(key) for key in keys) - sum(others) + refund.amount.minor
            if back < refund.amount.minor:
                yield order


def _is_ours(h: History, told: Any) -> bool:
    ours = told.authentic and h.rules.app_id in (None, told.app_id) and h.rules.mch_id in (None, told.mch_id)
    return bool(ours)


def s12_not_ours_is_inert(h: History) -> Iterator[str]:
    for one, before in h.each("acked"):
        told = one["notification"]
        owner = before.owner((told.channel, told.trade.out_trade_no))
        if owner is not None and one["positive"] and not _is_ours(h, told):
            yield owner


def s14_stock_is_held_once(h: History) -> Iterator[str]:
    for one, before in h.each("shop_did"):
        order, what = one["order_id"], one["what"]
        held, closed = before.stock(order), before.standing(order) is Standing.CLOSED
        right = not held if what == "reserve" else held and (what == "ship" or closed)
        if not right:
            yield order


def _shut_at(h: History, key: Key) -> int | None:
    shut = [at for meaning, at in h.closes(key) if meaning in (Meaning.OK, Meaning.ALREADY_CLOSED)]
    return shut[0] if shut else None


def _is_payable(h: History, key: Key, at: int) -> bool:
    """Whether the customer could still pay with what they hold."""
    return bool(h.papers(key)) and at <= h.dead_at(key) and _shut_at(h, key) is None and not h.captures(key)


def s15_close_is_real(h: History) -> Iterator[str]:
    if not h.rules.channel_first:
        return
    for one, before in h.each("viewed"):
        order = one["order_id"]
        if one["view"].standing is Standing.CLOSED and before.standing(order) is not Standing.CLOSED:
            for key in before.trades(order):
                if h.rules.can_close(key[0]) and _is_payable(before, key, one.at):
                    yield order
    for one, before in h.each("handed"):
        key = one["credential"].channel, one["credential"].out_trade_no
        alive = one.at <= one["credential"].dead_at and _shut_at(before, key) is None
        closed = before.standing(one["order_id"]) is Standing.CLOSED
        if closed and alive and not before.captures(key) and h.rules.can_close(key[0]):
            yield one["order_id"]


def s18_the_books_balance(h: History, ledgers: Mapping[str, Ledger]) -> Iterator[str]:
    for channel, ledger in ledgers.items():
        seen = [one["movement"] for one in h.all("moved", channel=channel)]
        captured = [one for one in seen if one.kind is MovementKind.CAPTURED]
        returned = [one for one in seen if one.kind is MovementKind.RETURNED]
        kinds = (MovementKind.CAPTURED, MovementKind.RETURNED)
        booked = [one for one in ledger.movements if one.kind in kinds]
        coupons = sum(one.coupon for one in captured) - sum(one.coupon for one in returned)
        marketing = -ledger.accounts[Account.MARKETING]
        if sum(ledger.accounts.values()) != 0 or marketing != coupons or booked != seen:
            yield ""


def s25_no_lie(h: History) -> Iterator[str]:
    for one, before in h.each("viewed"):
        if one["view"].standing is not Standing.PAID and before.all(
            "told", order_id=one["order_id"], said=Said.PAID
        ):
            yield one["order_id"]
    for one, before in h.each("told"):
        order, asked = one["order_id"], one.at if one["since"] is None else one["since"]
        if one["said"] is Said.PAID and before.standing(order) is not Standing.PAID:
            yield order
        for key in before.trades(order) if one["said"] is Said.PAY_AGAIN else ():
            if before.papers(key)[0][1] <= asked and (
                _is_payable(before, key, one.at) or _held_since(before, key, asked)
            ):
                yield order
    for one, before in h.each("moved"):
        key = one["channel"], one["movement"].out_trade_no
        owner = before.owner(key)
        if owner is None or one["movement"].kind is not MovementKind.CAPTURED:
            continue
        for promise in before.all("told", order_id=owner, said=Said.PAY_AGAIN)[-1:]:
            asked = promise.at if promise["since"] is None else promise["since"]
            shut = _shut_at(before, key)
            dead = before.dead_at(key) < promise.at or (shut is not None and shut <= promise.at)
            if before.papers(key)[0][1] <= asked and not dead:
                yield owner


def _held_since(h: History, key: Key, at: int) -> bool:
    """Whether a payment that was captured by then has not gone back in full."""
    return any(
        when <= at and h.returned(key, number=one.channel_number) < one.amount.minor
        for one, when in h.captures(key)
    )


# -- at rest ------------------------------------------------------------------------------------------------


def _never_was(h: History, order: str) -> bool:
    nothing = not h.stock(order) and not h.kept(order)
    return bool(h.all("declined", order_id=order)) and h.view(order) is None and nothing


def l1_every_order_ends(h: History) -> Iterator[str]:
    for order in h.orders:
        if h.standing(order) in (None, Standing.OPEN) and not _never_was(h, order):
            yield order


def _shown_at(h: History, order: str, number: str, after: int) -> int | None:
    """When a view first knew of a payment that had been made."""
    for view, at in h.views(order):
        numbers = [*(view.captures or ()), *(one.number for one in view.attempts or ())]
        if view.winner is not None:
            numbers.append(view.winner.number)
        if at >= after and number in numbers:
            return at
    return None


def l2_every_capture_is_noticed(h: History) -> Iterator[str]:
    for order in h.orders:
        view = h.view(order)
        if view is not None and view.captures is None and not any(a.number for a in view.attempts or ()):
            continue  # it shows no payments
        for key in h.trades(order):
            for movement, at in h.captures(key):
                due = max(at, h.healed_at or 0) + h.rules.capture_deadline_ms
                shown = _shown_at(h, order, movement.channel_number, at)
                if (shown is None and h.end >= due) or (shown and shown > due and h.merchant_queries):
                    yield order


def l3_losers_go_back(h: History) -> Iterator[str]:
    for order in h.orders:
        view = h.view(order)
        if view is None or view.refunds is None:
            continue
        for key in h.trades(order):
            for movement, at in h.captures(key):
                undecided = h.final_at(order) is None and movement.amount == h.amount(order)
                wins = h.is_winner(order, key, movement.channel_number)
                if not undecided and not wins and _is_forgotten(h, order, key, movement, at):
                    yield order


def _is_forgotten(h: History, order: str, key: Key, movement: Any, at: int) -> bool:
    shown = _shown_at(h, order, movement.channel_number, at)
    evidence = max(at if shown is None else shown, h.final_at(order) or 0, h.healed_at or 0)
    due = evidence + h.rules.refund_deadline_ms
    first = next((when for _, _, when in h.asks(key)), None)
    held = movement.amount.minor - h.returned(key, number=movement.channel_number)
    person = h.with_a_person(order, key[1]) > 0
    if person and h.rules.mismatch_to_person and movement.amount != h.amount(order):
        return False
    if first is None and held > 0 and h.end < due and not person:
        return False  # not due yet
    if first is not None and first > due:
        return True
    if held <= 0 or h.is_processing(key):
        return False
    return not (person and (h.foreign(key) > 0 or not _has_a_route(h, key)))


def _has_a_route(h: History, key: Key) -> bool:
    states = [h.status(key, number) for number in h.refund_numbers(key)]
    for number, state in zip(h.refund_numbers(key), states, strict=True):
        last = [meaning for _, meaning, _ in h.asks(key, number)][-1:]
        given_up = last and (last[0].value not in UNSURE or last[0] in (Meaning.OK, Meaning.NO_BALANCE))
        if state is RefundStatus.ABNORMAL or (state is None and given_up):
            return False
    return states.count(RefundStatus.CLOSED) < 2


def l4_nothing_stays_pending(h: History) -> Iterator[str]:
    for order in h.orders:
        view = h.view(order)
        for one in view.refunds or () if view is not None else ():
            keys = [key for key in h.trades(order) if key[1] == one.out_trade_no]
            states = [h.status(key, one.out_refund_no) for key in keys]
            if one.standing is RefundStanding.PENDING and RefundStatus.PROCESSING not in states:
                yield order


def l5_notifications_are_accepted(h: History) -> Iterator[str]:
    last: dict[tuple[str, str], bool] = {}
    for one, before in h.each("acked"):
        told = one["notification"]
        owner = before.owner((told.channel, told.trade.out_trade_no))
        if owner is None or not _is_ours(h, told):
            continue
        if one["positive"] or (one["whole"] and before.healed_at is not None):
            last[owner, told.id] = one["positive"]
    yield from (owner for (owner, _), positive in last.items() if not positive)


def l6_paid_is_shipped(h: History) -> Iterator[str]:
    for order in h.orders:
        key = h.winning_trade(order)
        back = max(h.returned(key) if key is not None else 0, h.granted(order))
        unsent = h.standing(order) is Standing.PAID and "ship" not in h.effects(order)
        if unsent and back < h.amount(order).minor:
            yield order


def l7_closed_is_cleared(h: History) -> Iterator[str]:
    for order in h.orders:
        if h.standing(order) is not Standing.CLOSED:
            continue
        if h.stock(order) > 0 or any(_left_open(h, order, key) for key in h.trades(order)):
            yield order


def _left_open(h: History, order: str, key: Key) -> bool:
    heard = [m for m, _ in h.closes(key) if m not in (Meaning.SYSTEM_ERROR, Meaning.BUSY)]
    if heard or h.captures(key) or not h.rules.can_close(key[0]):
        return False
    since = max(h.final_at(order) or 0, h.healed_at or 0, h.papers(key)[0][1])
    return min(h.dead_at(key), h.end) > since + h.rules.capture_deadline_ms


PROMISES: Final[Mapping[str, Naive]] = {
    "S1": s1_one_winner,
    "S2": s2_final_is_final,
    "S3": s3_no_false_paid,
    "S4": s4_no_stranded_money,
    "S5": s5_ship_at_most_once,
    "S6": s6_refund_the_right_one,
    "S7": s7_no_over_refund,
    "S8": s8_one_intent_one_movement,
    "S9": s9_no_optimistic_refund,
    "S12": s12_not_ours_is_inert,
    "S14": s14_stock_is_held_once,
    "S15": s15_close_is_real,
    "S25": s25_no_lie,
    "L1": l1_every_order_ends,
    "L2": l2_every_capture_is_noticed,
    "L3": l3_losers_go_back,
    "L4": l4_nothing_stays_pending,
    "L5": l5_notifications_are_accepted,
    "L6": l6_paid_is_shipped,
    "L7": l7_closed_is_cleared,
}
NAMES: Final = (*PROMISES, "S18")


def broken(history: History, ledgers: Mapping[str, Ledger]) -> set[tuple[str, str]]:
    """Every promise that was broken, and to which order."""
    found = {(name, order) for name, naive in PROMISES.items() for order in naive(history)}
    return found | {("S18", order) for order in s18_the_books_balance(history, ledgers)}
