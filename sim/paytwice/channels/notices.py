"""The desk's notifications: which ladders are being climbed, and what each sends next."""

from __future__ import annotations

import attrs

from paytwice.channels.agenda import Agenda, Task
from paytwice.channels.ladder import Ladder, LadderState
from paytwice.channels.messages import About, Ack, Notification, RefundRecord, TradeRecord
from paytwice.channels.profile import ChannelProfile, RefundNews
from paytwice.channels.requests import AbnormalRoute


@attrs.define(eq=False, kw_only=True)
class Notices:
    """All ladders of one desk, by notification id.

    An id is made of the merchant's own numbers and not counted: so it stays the same message in a run that
    differs a little, which replay and shrinking need. Channels allow no `:` or `/` in such numbers.
    """

    profile: ChannelProfile
    app_id: str
    mch_id: str
    agenda: Agenda
    ladders: dict[str, Ladder] = attrs.Factory(dict)
    climbing: dict[str, Ladder] = attrs.Factory(dict)

    def paid(self, trade: TradeRecord, before: int, now: int) -> None:
        """Tell of a payment; `before` is how many there were under its out_trade_no."""
        self._begin(self._id_of("paid", trade, before), About.PAYMENT, trade, None, now)

    def closed(self, trade: TradeRecord, now: int) -> None:
        """Tell of an unpaid trade that was closed, at channels which do."""
        if self.profile.notifies_close:
            self._begin(f"{self.profile.prefix}:{trade.out_trade_no}:closed", About.PAYMENT, trade, None, now)

    def finished(self, trade: TradeRecord, before: int, word: str, now: int) -> None:
        """Tell once more of a payment, in the word for one that can no longer be refunded."""
        told = attrs.evolve(trade, status=word)
        self._begin(self._id_of("finished", trade, before), About.PAYMENT, told, None, now)

    def refunded(
        self, trade: TradeRecord, refund: RefundRecord, now: int, route: AbnormalRoute | None = None
    ) -> None:
        """Tell of the end of a refund, the channel's way; one by another route ends once more."""
        if self.profile.refund_news is RefundNews.NEVER or refund.state not in self.profile.refund_news_of:
            return
        own = self.profile.refund_news is RefundNews.OWN
        about = About.REFUND if own else About.PAYMENT
        id = f"{self.profile.prefix}:{refund.out_trade_no}/{refund.out_refund_no}:{refund.state.value}"
        if route is not None:
            id += f":{route.value}"
            before = sum(one == id or one.startswith(f"{id}:") for one in self.ladders)
            id += f":{before + 1}" if before else ""  # the same way was tried again: another piece of news
        self._begin(id, about, trade, refund, now)

    def send(self, id: str, now: int) -> Notification:
        """Climb one rung."""
        return self.ladders[id].send(now)

    def answered(self, id: str, send: int, ack: Ack | None, now: int) -> bool:
        """Take an answer, or None when there was none in time; True if the channel takes it as an ack."""
        ladder = self._ladder(id)
        if not ladder.awaits_answer_to(send):
            return False
        acked = ladder.answer(ack)
        if ladder.state is LadderState.CLIMBING:
            self.agenda.plan(max(now, ladder.next_at), Task.SEND, id)
        else:
            del self.climbing[id]
        return acked

    def _begin(
        self, id: str, about: About, trade: TradeRecord, refund: RefundRecord | None, now: int
    ) -> None:
        ladder = Ladder(id, self.profile, self.app_id, self.mch_id, about, trade, refund)
        self.ladders[id] = self.climbing[id] = ladder
        self.agenda.plan(now, Task.SEND, id)

    def _id_of(self, what: str, trade: TradeRecord, before: int) -> str:
        """The id of what is told of one payment, where there were some `before` under its number."""
        return f"{self.profile.prefix}:{trade.out_trade_no}:{what}" + (f"+{before}" if before else "")

    def _ladder(self, id: str) -> Ladder:
        if id not in self.ladders:
            raise ValueError(f"{self.profile.display_name} never sent a notification {id!r}")
        return self.ladders[id]
