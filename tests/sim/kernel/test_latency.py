"""Latencies are whole milliseconds from tables that are the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_UP, Context, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paytwice.choices import Bits
from paytwice.latency import Latency

TABLES = {
    "uniform": Latency.uniform(10, 1_000),
    "exponential": Latency.exponential(1_000),
    "lognormal": Latency.lognormal(40, 400),
    "pareto": Latency.pareto(100, 150),
}

sizes = st.integers(1, 10**8)
latencies = st.one_of(
    st.builds(Latency.constant, sizes),
    st.builds(lambda low, more: Latency.uniform(low, low + more), sizes, sizes),
    st.builds(Latency.exponential, sizes),
    st.builds(lambda median, more: Latency.lognormal(median, median + more), sizes, sizes),
    st.builds(Latency.pareto, sizes, st.integers(50, 1_000)),
)


def samples(latency: Latency, n: int = 20_000) -> list[int]:
    return sorted(latency.sample(Bits(state * 0xABCDEF)) for state in range(n))


@given(latencies)
def test_quantiles_never_fall(latency: Latency) -> None:
    assert list(latency.points) == sorted(latency.points)
    assert len(latency.points) in (0, 128)
    assert latency.words


@given(latencies, st.integers(0, 2**64 - 1))
def test_a_sample_is_a_whole_number_within_the_table(latency: Latency, state: int) -> None:
    ms = latency.sample(Bits(state))

    assert type(ms) is int
    if latency.points:
        assert latency.points[0] <= ms <= latency.points[-1]
    else:
        assert ms == latency.calm


@pytest.mark.parametrize("latency", TABLES.values(), ids=TABLES)
def test_half_of_the_messages_take_longer_than_calm(latency: Latency) -> None:
    drawn = samples(latency)

    assert drawn[len(drawn) * 48 // 100] <= latency.calm <= drawn[len(drawn) * 52 // 100]


def test_one_message_in_a_hundred_passes_the_p99() -> None:
    drawn = samples(TABLES["lognormal"])

    assert drawn[len(drawn) * 98 // 100] < 400 < drawn[len(drawn) * 996 // 1000]


def test_the_far_tail_is_reached() -> None:
    assert samples(TABLES["pareto"])[-1] > 20_000
    assert samples(TABLES["exponential"])[-1] > 8_000


def test_the_mean_of_an_exponential_is_its_mean() -> None:
    drawn = samples(TABLES["exponential"])

    assert 950 < sum(drawn) / len(drawn) < 1_050


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_the_same_on_every_machine_and_version(name: str) -> None:
    table = TABLES[name].points

    assert (*table[::16], table[-1], sum(table)) == GOLDEN_POINTS[name]


GOLDEN_POINTS = {
    "uniform": (10, 258, 505, 752, 985, 989, 993, 996, 1000, 95338),
    "exponential": (0, 288, 693, 1386, 4175, 4468, 4884, 5610, 9011, 393025),
    "lognormal": (0, 21, 40, 78, 339, 380, 443, 569, 1510, 36854),
    "pareto": (100, 121, 159, 252, 1617, 1966, 2594, 4209, 40637, 299708),
}


def test_the_decimal_context_of_the_program_around_does_not_matter() -> None:
    with localcontext(Context(prec=5, rounding=ROUND_UP)):
        assert Latency.lognormal(40, 400) == TABLES["lognormal"]
        assert Latency.pareto(100, 150) == TABLES["pareto"]
        assert Latency.exponential(1_000) == TABLES["exponential"]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Latency.constant(-1), "not -1"),
        (lambda: Latency.constant(1.5), "not 1.5"),  # type: ignore[arg-type]
        (lambda: Latency.constant(True), "not True"),
        (lambda: Latency.uniform(9, 3), "from 9 ms to 3 ms"),
        (lambda: Latency.uniform(-9, 3), "not -9"),
        (lambda: Latency.exponential(-2), "not -2"),
        (lambda: Latency.lognormal(0, 5), "not 0 ms and 5 ms"),
        (lambda: Latency.lognormal(50, 5), "not 50 ms and 5 ms"),
        (lambda: Latency.pareto(5, 0), "not 0"),
        (lambda: Latency.pareto(-5, 10), "not -5"),
    ],
)
def test_what_is_no_latency_is_refused_and_repeated(make: Callable[[], Latency], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        make()
