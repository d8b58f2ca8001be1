"""What happens around one request at a channel: as the story has arranged it, or by chance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from paytwice.channels import chances
from paytwice.channels.circumstances import CALM, CALM_FATE, Circumstances, Mishap
from paytwice.channels.requests import ApplyAbnormalRefund, AskRefund, QueryRefund, QueryTrade, Request
from paytwice.choices import is_from

if TYPE_CHECKING:
    from paytwice.channels.actor import ChannelActor


def around(actor: ChannelActor, request: Request, key: str) -> Circumstances:
    """Choose the circumstances of a request."""
    if actor.arranged.is_busy(actor.kernel.now):
        return Circumstances(Mishap.BUSY)
    faults, draw = actor.faults, actor.choices.draw
    fate, lag = actor.arranged.fate(request), actor.arranged.lag(request)
    if actor.choices.calm or faults.is_calm:
        return CALM if fate is None and not lag else Circumstances(refund=fate or CALM_FATE, read_lag=lag)
    place = f"{actor.name} {type(request).__name__} {key}"
    sample, fits = chances.mishaps(request)
    mishap = draw(f"{place} mishap", Mishap.NONE.value, partial(sample, faults), fits)
    if isinstance(request, QueryTrade | QueryRefund):
        most = actor.desk.profile.read_lag
        drawn = draw(f"{place} lag", 0, partial(chances.lag, faults, most), is_from(0, most))
        lag = max(lag, drawn) if isinstance(drawn, int) else lag
    if fate is None and isinstance(request, AskRefund | ApplyAbnormalRefund):
        end = chances.refund_end if isinstance(request, AskRefund) else chances.route_end
        fate = chances.refund_fate(draw(f"{place} fate", None, partial(end, faults), chances.ends))
    return Circumstances(Mishap(mishap), fate or CALM_FATE, lag)
