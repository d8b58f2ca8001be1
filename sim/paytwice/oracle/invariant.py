"""What a promise is, and the kinds of checks that can watch over one."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from paytwice.channels.ledger import Movement
from paytwice.channels.messages import Credential, Meaning, Notification
from paytwice.channels.requests import AskRefund, Request
from paytwice.merchant.port import OrderView, Said
from paytwice.oracle.facts import Case, Rules, Trade
from paytwice.oracle.scene import Scene
from paytwice.oracle.tally import Tally
from paytwice.oracle.verdict import Broken

ViewCheck = Callable[[Case, OrderView, int], Broken | None]
HandedCheck = Callable[[Case, Trade, Credential, int], Broken | None]
RequestCheck = Callable[[Trade, Request, Meaning, int, int], Broken | None]  # reached at, sent at
RefundCheck = Callable[[Trade, AskRefund, Meaning, int], Broken | None]  # with the time of its sending
MoneyCheck = Callable[[Case, Trade, Movement], Broken | None]
ShopCheck = Callable[[Case, str], Broken | None]
AckCheck = Callable[[Case, Notification, bool], Broken | None]
ToldCheck = Callable[[Case, Said, int, int], Broken | None]
RestCheck = Callable[[Case, Scene], Broken | None]
Premise = Callable[[Tally, Rules], bool]


@attrs.frozen(kw_only=True)
class Invariant:
    """One promise: what it says, whom it protects from what, and the checks that watch over it.

    `needs` tells whether anything happened in a run that could have broken it; if not, it is vacuous.
    `of_the_books` are those that look at a channel's books at rest, and not at an order.
    """

    name: str
    title: str
    protects: str
    needs: Premise
    on_view: ViewCheck | None = None
    on_handed: HandedCheck | None = None
    on_request: RequestCheck | None = None
    on_refund: RefundCheck | None = None
    on_money: MoneyCheck | None = None
    on_shop: ShopCheck | None = None
    on_ack: AckCheck | None = None
    on_told: ToldCheck | None = None
    at_rest: RestCheck | None = None
    of_the_books: bool = False
