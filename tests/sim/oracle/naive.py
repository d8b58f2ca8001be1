"""The second judge: slow, simple, written from the catalogue of promises, sharing nothing with the first.

Each promise is one function that goes through the whole history and yields the orders to which it was broken;
they stand in the modules `naive_…`, by theme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.sim.oracle import (
    naive_bills,
    naive_customer,
    naive_goods,
    naive_losers,
    naive_money,
    naive_orders,
    naive_refunds,
    naive_traffic,
)
from tests.sim.oracle.history import History, Naive

from paytwice.channels.ledger import Ledger

PROMISES: Final[Mapping[str, Naive]] = {
    "S1": naive_orders.s1_one_winner,
    "S2": naive_orders.s2_final_is_final,
    "S3": naive_orders.s3_no_false_paid,
    "S4": naive_money.s4_no_stranded_money,
    "S5": naive_goods.s5_ship_at_most_once,
    "S6": naive_refunds.s6_refund_the_right_one,
    "S7": naive_refunds.s7_no_over_refund,
    "S8": naive_refunds.s8_one_intent_one_movement,
    "S9": naive_refunds.s9_no_optimistic_refund,
    "S12": naive_traffic.s12_not_ours_is_inert,
    "S14": naive_goods.s14_stock_is_held_once,
    "S15": naive_customer.s15_close_is_real,
    "S20": naive_refunds.s20_one_unit,
    "S25": naive_customer.s25_no_lie,
    "C3": naive_money.c3_to_the_fen,
    "C4": naive_refunds.c4_no_second_refund,
    "C6": naive_money.c6_coupons_come_back_once,
    "L1": naive_orders.l1_every_order_ends,
    "L2": naive_orders.l2_every_capture_is_noticed,
    "L3": naive_losers.l3_losers_go_back,
    "L4": naive_losers.l4_nothing_stays_pending,
    "L5": naive_traffic.l5_notifications_are_accepted,
    "L6": naive_goods.l6_paid_is_shipped,
    "L7": naive_goods.l7_closed_is_cleared,
    "L8": naive_bills.l8_the_bill_is_explained,
    "L10": naive_losers.l10_abnormal_is_known,
    "L11": naive_traffic.l11_traffic_is_bounded,
}
# Of the channels, not of an order: whoever judges them needs the ledgers too.
OF_THE_BOOKS: Final[Mapping[str, Callable[[History, Mapping[str, Ledger]], Iterator[str]]]] = {
    "S18": naive_money.s18_the_books_balance,
    "C5": naive_money.c5_the_fund_bill_adds_up,
}
NAMES: Final = (*PROMISES, *OF_THE_BOOKS)


def broken(history: History, ledgers: Mapping[str, Ledger]) -> set[tuple[str, str]]:
    """Every promise that was broken, and to which order."""
    found = {(name, order) for name, naive in PROMISES.items() for order in naive(history)}
    return found | {
        (name, order) for name, naive in OF_THE_BOOKS.items() for order in naive(history, ledgers)
    }
