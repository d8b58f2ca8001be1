"""The stranger: whoever sends the merchant news of a trade that is not the channel's news of it.

Two kinds of it reach a real callback address. Some are forged: the address is public, and the number of an
order is known to who placed it. Some are properly signed and meant for another app or merchant, where several
share an address or a key. Neither may change anything, and neither gets a positive ack (S12).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

import attrs

from paytwice.channels.messages import About, Credential, Notification, TradeRecord, TradeState
from paytwice.choices import Bits, Choices, Value, reads
from paytwice.faults import FaultProfile
from paytwice.journal import Journal
from paytwice.kernel.kernel import Kernel
from paytwice.network.network import Network
from paytwice_core import Money

STRANGER: Final = "stranger"
FORGED, APP, MERCHANT = LIES = ("forged", "for another app", "for another merchant")
KIND: Final = "stranger.notify"  # of its own, so that with or without it all else keeps its name
NEWS: Final = re.compile(rf"news ({'|'.join(LIES)}) after (\d+) ms")


@attrs.define(eq=False)
class Stranger:
    """Sends what a fault profile allows; `ours` are the app and the merchant that news should be for."""

    kernel: Kernel
    choices: Choices
    network: Network
    journal: Journal
    faults: FaultProfile
    ours: tuple[str, str]

    def sees(self, credential: Credential) -> None:
        """Somebody has got something to pay with: a chance to tell the merchant that it is paid."""
        if self.choices.calm or not (self.faults.forged or self.faults.foreign):
            return
        place = f"{STRANGER}→merchant {credential.channel} {credential.out_trade_no}"
        drawn = self.choices.draw(place, None, partial(_news, self.faults), reads(NEWS))
        found = NEWS.fullmatch(drawn) if isinstance(drawn, str) else None
        if found is not None:
            at = self.kernel.now + int(found[2])
            self.kernel.call_at(at, place, partial(self._send_in_time, found[1], credential))

    def send(self, lie: str, credential: Credential) -> None:
        """Tell the merchant that a trade was paid: `forged`, `for another app`, `for another merchant`."""
        no, (app, mch) = credential.out_trade_no, self.ours
        paid = TradeRecord(
            no,
            TradeState.PAID,
            credential.amount,
            Money.zero(credential.amount.currency),
            channel_number=f"{lie.split()[-1].upper()}-{no}",
            paid_at=self.kernel.now,
            status="",
        )
        notification = Notification(
            f"{STRANGER}:{no}:{lie}",
            1,
            credential.channel,
            About.PAYMENT,
            "another app" if lie == APP else app,
            "another merchant" if lie == MERCHANT else mch,
            paid,
            authentic=lie != FORGED,
        )
        sent = self.network.send(STRANGER, "merchant", KIND, no, notification, number=1)
        self.journal.texts[sent] = f"of {credential.channel}, {lie}"

    def _send_in_time(self, lie: str, credential: Credential) -> None:
        if self.faults.forged or self.faults.foreign:  # else all is healed
            self.send(lie, credential)


def _news(faults: FaultProfile, bits: Bits) -> Value:
    if bits.happens(faults.forged):
        lie = FORGED
    elif bits.happens(faults.foreign):
        lie = (APP, MERCHANT)[bits.below(2)]
    else:
        return None
    return f"news {lie} after {faults.stranger_waits.sample(bits)} ms"
