"""UnionPay's side of the wire: requests at the gateway in, signed answers and notifications out.

As with the other channels: `receive` gives what the desk is asked for, or what a customer's browser has
brought, or the response to what is neither; `answer` puts the desk's words into UnionPay's. Every answer of
the gateway has HTTP status 200 and is signed, a refusal too. Whatever comes in, nothing is raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import attrs

from paytwice.calendar import Calendar
from paytwice.channels.desk import Desk
from paytwice.channels.messages import Answer, Meaning, Notification, Outcome
from paytwice.channels.profile import ChannelProfile
from paytwice.channels.requests import AskRefund
from paytwice.channels.unionpay import UNIONPAY
from paytwice.wire.http import HttpRequest, HttpResponse
from paytwice.wire.moments import Stamp, http_date
from paytwice.wire.numbers import UNIONPAY_NUMBERS
from paytwice.wire.records import Records
from paytwice.wire.strict_json import Malformed
from paytwice.wire.unionpay.account import Certified, UnionpayAccount
from paytwice.wire.unionpay.bills import Writer
from paytwice.wire.unionpay.calls import VOID, Call, Form, Placed
from paytwice.wire.unionpay.parameters import CERTIFICATE, SIGNATURE, digest, form, form_of, plain, signed
from paytwice.wire.unionpay.reading import BACK, FILES, FRONT, QUERIES, Reader, Refused, refusal_of
from paytwice.wire.unionpay.resources import Resources, echo
from paytwice.wire.unionpay.words import SENTENCES, VOIDED_BEFORE

HEARD_NOWHERE: Final = "http://localhost/"  # for orders that were not placed over this wire
REQUIRED: Final = ("version", "encoding", "signMethod", "txnType", "certId", "merId", SIGNATURE)


@attrs.define(eq=False)
class UnionpayChannel:
    """One account at UnionPay, over the desk that holds its money.

    `placed` is what the desk need not know: the transactions as the merchant asked for them, by orderId.
    """

    account: UnionpayAccount
    desk: Desk
    calendar: Calendar
    placed: dict[str, Placed] = attrs.Factory(dict)
    _records: Records = attrs.field(init=False)
    _reader: Reader = attrs.field(init=False)
    _resources: Resources = attrs.field(init=False)
    _bills: Writer = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._records = Records(self.desk)
        self._reader = Reader(self.calendar, self._records, self.placed)
        self._resources = Resources(self.calendar, self._records, self.placed)
        self._bills = Writer(self.account.mer_id, self.calendar, self._records, self.placed)

    @classmethod
    def opened(
        cls, account: UnionpayAccount, calendar: Calendar | None = None, profile: ChannelProfile = UNIONPAY
    ) -> UnionpayChannel:
        """A channel over a new desk of this account's."""
        calendar = calendar or Calendar()
        return cls(account, Desk(profile, calendar=calendar, mch_id=account.mer_id), calendar)

    def receive(self, request: HttpRequest, stamp: Stamp) -> Call | Form | HttpResponse:
        """What the desk is asked for, or what can be paid now; or the response to what is neither."""
        if request.path not in (FRONT, BACK, QUERIES, FILES):
            return HttpResponse(404, (("Date", http_date(self.calendar, stamp.at)),))
        if request.method != "POST":  # the demo's notes tell of a 501 to a GET
            return HttpResponse(501, (("Date", http_date(self.calendar, stamp.at)),))
        said = form_of(request.body)
        if said is None:
            return self._said(stamp, {}, "10", SENTENCES["10"])
        why_not = self._why_not(said)
        if why_not is not None:
            return self._said(stamp, said, why_not, SENTENCES[why_not])
        try:
            read = self._reader.read(request.path, said, stamp.at)
        except (Malformed, Refused) as what:
            return self._said(stamp, said, *refusal_of(what))
        if isinstance(read, Form):
            self.placed.setdefault(said["orderId"], read.placed)
        return read

    def answer(self, call: Call, answer: Answer, stamp: Stamp) -> HttpResponse:
        """What the desk has said."""
        self._remember(call)
        if answer.outcome is not Outcome.DONE:
            return self._said(stamp, call.fields, *self._refusal(call, answer))
        told: dict[str, str] = {}
        if answer.trade is not None:
            told = self._resources.trade(answer.trade)
        elif answer.refund is not None and isinstance(call.request, AskRefund):
            told = self._resources.accepted(answer.refund)
        elif answer.refund is not None:
            told = self._resources.refund(answer.refund)
        elif answer.bill is not None:
            told = self._bills.fields(answer.bill)
        return self._said(stamp, call.fields, "00", SENTENCES["00"], told)

    def notify(self, notification: Notification, stamp: Stamp) -> HttpRequest:
        """One send: a signed form, the same bytes each time, for no source shows one that is stamped.

        What is not authentic brings a certificate of its own along. Its signature fits, and the name on it is
        UnionPay's: who has issued it is all that tells.
        """
        address = urlsplit(self.address_of(notification))
        who = self.account.unionpay if notification.authentic else self.account.stranger
        headers = (
            ("Host", address.netloc),
            ("Content-Type", "application/x-www-form-urlencoded;charset=utf-8"),
        )
        body = form(_sealed(self._resources.news(notification), who))
        return HttpRequest("POST", address.path or "/", address.query, headers, body)

    def address_of(self, notification: Notification) -> str:
        """The merchant's address for it: each transaction names its own."""
        refund = notification.refund
        number = notification.trade.out_trade_no if refund is None else refund.out_refund_no
        placed = self.placed.get(UNIONPAY_NUMBERS.written(number))
        return placed.fields["backUrl"] if placed else HEARD_NOWHERE

    def _why_not(self, said: Mapping[str, str]) -> str | None:
        """The code for what is not the merchant's, in the order in which it is looked at [-]."""
        if not all(said.get(name) for name in REQUIRED):
            return "13"
        if said["version"] != "5.1.0" or said["signMethod"] != "01" or said["encoding"].lower() != "utf-8":
            return "10"  # the real one has older versions, other methods and GBK as well
        if said["merId"] != self.account.mer_id:
            return "11"
        is_theirs = self.account.merchants.verifies(said["certId"], digest(said), said[SIGNATURE])
        return None if is_theirs else "11"

    def _remember(self, call: Call) -> None:
        """Keep how a refund was asked for once the desk has it, whatever the caller may get to hear."""
        request = call.request
        if call.placed is None or not isinstance(request, AskRefund):
            return
        if self._records.refund(request.out_trade_no, request.out_refund_no) is not None:
            self.placed.setdefault(call.fields["orderId"], call.placed)

    def _refusal(self, call: Call, answer: Answer) -> tuple[str, str]:
        """The desk's code; a void of what has gone back already has one of its own."""
        if call.fields.get("txnType") == VOID and answer.meaning is Meaning.OVER_BUDGET:
            return "35", VOIDED_BEFORE
        return answer.code, SENTENCES.get(answer.code, "")

    def _said(
        self,
        stamp: Stamp,
        said: Mapping[str, str],
        code: str,
        sentence: str,
        told: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        fields = {**echo(said), **(told or {}), "respCode": code, "respMsg": sentence}
        headers = (
            ("Date", http_date(self.calendar, stamp.at)),
            ("Content-Type", "text/html;charset=utf-8"),  # [-]
        )
        return HttpResponse(200, headers, plain(_sealed(fields, self.account.unionpay)))


def _sealed(fields: Mapping[str, str], who: Certified) -> dict[str, str]:
    """Put on fields who sends them."""
    return signed({**fields, CERTIFICATE: who.certificate}, who.signer)
