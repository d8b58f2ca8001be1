"""A desk's answers in its channel's own words, made once: a refusal always says the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, get_args

import attrs

from paytwice.channels.messages import Answer, Bill, Credential, FundBill, Meaning, RefundRecord, TradeRecord
from paytwice.channels.profile import SAYABLE, ChannelProfile
from paytwice.channels.requests import Request

CALLS: Final[tuple[type[Request], ...]] = get_args(Request)


def _bare_answer(profile: ChannelProfile, call: type[Request], meaning: Meaning) -> Answer:
    code = profile.code(meaning, call)
    return Answer(code.outcome, meaning, code.word)


@cache  # a hundred answers, and a campaign makes thousands of desks of one profile
def _bare_answers(profile: ChannelProfile) -> Mapping[type[Request], Mapping[Meaning, Answer]]:
    return {call: {meaning: _bare_answer(profile, call, meaning) for meaning in SAYABLE} for call in CALLS}


@attrs.define(eq=False)
class Phrases:
    """Answers by call and meaning."""

    profile: ChannelProfile
    _bare: Mapping[type[Request], Mapping[Meaning, Answer]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._bare = _bare_answers(self.profile)

    def bare(self, call: type[Request], meaning: Meaning) -> Answer:
        """An answer without anything in it: every refusal, and what is done without a result."""
        return self._bare[call][meaning]

    def ok(
        self,
        call: type[Request],
        *,
        credential: Credential | None = None,
        trade: TradeRecord | None = None,
        refund: RefundRecord | None = None,
        bill: Bill | None = None,
        fund_bill: FundBill | None = None,
    ) -> Answer:
        """An answer with what was asked for."""
        bare = self._bare[call][Meaning.OK]
        return Answer(bare.outcome, Meaning.OK, bare.code, credential, trade, refund, bill, None, fund_bill)
