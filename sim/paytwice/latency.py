"""How long a message takes: distributions as tables of whole milliseconds.

A run must be the same on every machine, and `log`, `exp` and `pow` are not. The tables are therefore worked
out once in decimal arithmetic, which is correctly rounded everywhere, and sampled with whole numbers only.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import lru_cache
from typing import Final

import attrs

from paytwice.choices import Bits

_BODY: Final = 64  # steps of 1/64 for the body of a distribution
_TAIL: Final = 64  # the last 1/64 again in 64 steps, so that one message in 8,192 meets the far tail
_EXACT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)  # whatever the program around us has set
_FAR: Final = Decimal(8191) / Decimal(8192)


@attrs.frozen
class Latency:
    """A distribution of whole milliseconds. `calm` is what every message takes on a calm run: the median."""

    calm: int
    points: tuple[int, ...] = ()  # the quantiles at 0, 1/64, … 63/64, and 64 more up to 8191/8192
    words: str = ""

    def sample(self, bits: Bits) -> int:
        """Draw a latency."""
        if not self.points:
            return self.calm
        i = bits.below(_BODY)
        if i == _BODY - 1:
            i += bits.below(_TAIL)
        low, high = self.points[i], self.points[i + 1]
        return low + (high - low) * bits.below(1024) // 1024

    def cumulative(self) -> tuple[tuple[int, float], ...]:
        """Where `sample` draws from: milliseconds, and the share of draws that are no longer than that.

        Between two of these points the share grows in a straight line.
        """
        if not self.points:
            return ((self.calm, 0.0), (self.calm, 1.0))
        body = [i / _BODY for i in range(_BODY)]
        tail = [body[-1] + j / (_BODY * _TAIL) for j in range(1, _TAIL + 1)]
        return tuple(zip(self.points, (*body, *tail), strict=True))

    def can_be(self, ms: object) -> bool:
        """Say whether a value is one that this distribution may give."""
        points = self.points or (self.calm,)
        return isinstance(ms, int) and points[0] <= ms <= points[-1]

    @classmethod
    def constant(cls, ms: int) -> Latency:
        """Always the same."""
        return cls(_positive(ms), (), f"{ms} ms")

    @classmethod
    def uniform(cls, low: int, high: int) -> Latency:
        """Anything from `low` to `high` milliseconds, all equally likely."""
        if _positive(low) > _positive(high):
            raise ValueError(
                f"a latency cannot be uniform from {low} ms to {high} ms: the first is the larger one"
            )
        return _tabled(f"uniform {low} to {high} ms", lambda p: low + (high - low) * p)

    @classmethod
    def exponential(cls, mean: int) -> Latency:
        """Memoryless, with a mean in milliseconds."""
        _positive(mean)
        return _tabled(f"exponential, mean {mean} ms", lambda p: -mean * (1 - p).ln())

    @classmethod
    def lognormal(cls, median: int, p99: int) -> Latency:
        """What most networks look like: half below `median`, one in a hundred above `p99` milliseconds."""
        if not 0 < _positive(median) <= p99:
            raise ValueError(f"a lognormal latency needs 0 < median <= p99, not {median} ms and {p99} ms")
        with localcontext(_EXACT):
            sigma = (Decimal(p99) / Decimal(median)).ln() / _normal_quantile(Decimal("0.99"))
        return _tabled(
            f"lognormal, median {median} ms, p99 {p99} ms",
            lambda p: median * (sigma * _normal_quantile(p)).exp() if p else Decimal(0),
        )

    @classmethod
    def pareto(cls, least: int, alpha_hundredths: int) -> Latency:
        """A heavy tail: never below `least` milliseconds; the smaller alpha (in hundredths), the heavier."""
        _positive(least)
        if _positive(alpha_hundredths) == 0:
            raise ValueError(
                f"a Pareto latency needs an alpha of 1 hundredth or more, not {alpha_hundredths}"
            )
        return _tabled(
            f"Pareto from {least} ms, alpha {alpha_hundredths}/100",
            lambda p: least * (-(1 - p).ln() * 100 / alpha_hundredths).exp(),
        )


def _positive(ms: int) -> int:
    if isinstance(ms, bool) or not isinstance(ms, int) or ms < 0:
        raise ValueError(f"a latency is a whole number of milliseconds, 0 or more, not {ms!r}")
    return ms


def _tabled(words: str, quantile: Callable[[Decimal], Decimal]) -> Latency:
    with localcontext(_EXACT):
        points = tuple(int(quantile(p).to_integral_value()) for p in _places())
    return Latency(calm=points[_BODY // 2], points=points, words=words)


@lru_cache(maxsize=1)
def _places() -> tuple[Decimal, ...]:
    body = [Decimal(i) / _BODY for i in range(_BODY)]
    tail = [body[-1] + Decimal(j) / (_BODY * _TAIL) for j in range(1, _TAIL)]
    return (*body, *tail, _FAR)


# Acklam's rational approximation of the inverse normal distribution; its relative error is below 1.2e-9.
_A: Final = (
    "-39.69683028665376 220.9460984245205 -275.9285104469687 "
    "138.3577518672690 -30.66479806614716 2.506628277459239"
)
_B: Final = "-54.47609879822406 161.5858368580409 -155.6989798598866 66.80131188771972 -13.28068155288572 1"
_C: Final = (
    "-0.007784894002430293 -0.3223964580411365 -2.400758277161838 "
    "-2.549732539343734 4.374664141464968 2.938163982698783"
)
_D: Final = "0.007784695709041462 0.3224671290700398 2.445134137142996 3.754408661907416 1"


@lru_cache(maxsize=512)
def _normal_quantile(p: Decimal) -> Decimal:
    if p > Decimal("0.97575"):
        return -_normal_quantile(1 - p)
    if p < Decimal("0.02425"):
        q = (-2 * p.ln()).sqrt()
        return _polynomial(_C, q) / _polynomial(_D, q)
    q = p - Decimal("0.5")
    return q * _polynomial(_A, q * q) / _polynomial(_B, q * q)


def _polynomial(coefficients: str, x: Decimal) -> Decimal:
    total = Decimal(0)
    for coefficient in coefficients.split():
        total = total * x + Decimal(coefficient)
    return total
