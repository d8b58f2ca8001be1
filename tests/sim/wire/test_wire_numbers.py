"""Every order number has a form that its channel allows, and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paytwice.wire.numbers import ALIPAY_NUMBERS, UNIONPAY_NUMBERS, WECHAT_NUMBERS, Numbers

NUMBERS = st.sampled_from([WECHAT_NUMBERS, ALIPAY_NUMBERS, UNIONPAY_NUMBERS])
SHORT = st.text(st.characters(codec="utf-8"), max_size=6) | st.text("PT_-12d5fz7a", max_size=12)


@given(numbers=NUMBERS, number=SHORT)
@example(numbers=ALIPAY_NUMBERS, number="PT_P1_2d1")
@example(numbers=WECHAT_NUMBERS, number="")
@example(numbers=UNIONPAY_NUMBERS, number="")
@example(numbers=UNIONPAY_NUMBERS, number="PTzP1z2d1")
def test_a_number_comes_back_and_is_allowed_on_the_way(numbers: Numbers, number: str) -> None:
    try:
        wire = numbers.written(number)
    except ValueError:
        assert len(number.encode()) > 9
        return

    assert numbers.allowed.fullmatch(wire)
    assert numbers.meant(wire) == number


@given(
    numbers=NUMBERS, wire=st.text("PT_-12d5fAz7", min_size=6, max_size=32) | st.text(min_size=6, max_size=32)
)
@example(numbers=WECHAT_NUMBERS, wire="PT_P1_2d1")
@example(numbers=WECHAT_NUMBERS, wire="PT_P1_2d1_")
@example(numbers=WECHAT_NUMBERS, wire="PT_T-10001")
@example(numbers=ALIPAY_NUMBERS, wire="PT_T10001")
@example(numbers=UNIONPAY_NUMBERS, wire="PTzP1z2d1")
@example(numbers=UNIONPAY_NUMBERS, wire="PTzzzzzz")
@example(numbers=UNIONPAY_NUMBERS, wire="PTzpizza")
def test_what_a_merchant_sends_is_what_it_hears_back(numbers: Numbers, wire: str) -> None:
    if numbers.allowed.fullmatch(wire):
        assert numbers.written(numbers.meant(wire)) == wire


@pytest.mark.parametrize(
    ("numbers", "number", "wire"),
    [
        (WECHAT_NUMBERS, "P1-1", "PT_P1_2d1"),
        (ALIPAY_NUMBERS, "P1-1", "PT_P1_2d1"),
        (WECHAT_NUMBERS, "1", "PT_1__"),
        (WECHAT_NUMBERS, "T-10001", "T-10001"),
        (ALIPAY_NUMBERS, "T-10001", "PT_T_2d10001"),
        (ALIPAY_NUMBERS, "PT_P1_2d1", "PT_PT_5fP1_5f2d1"),
        (ALIPAY_NUMBERS, "PT_T10001", "PT_T10001"),
        (UNIONPAY_NUMBERS, "P1-1", "PTzP1z2d1"),
        (UNIONPAY_NUMBERS, "P1-1-R1", "PTzP1z2d1z2dR1"),
        (UNIONPAY_NUMBERS, "1", "PTz1zzzz"),
        (UNIONPAY_NUMBERS, "zz", "PTzz7az7a"),
        (UNIONPAY_NUMBERS, "T0010001", "T0010001"),
    ],
)
def test_a_number_that_is_allowed_is_left_alone(numbers: Numbers, number: str, wire: str) -> None:
    assert (numbers.written(number), numbers.meant(wire)) == (wire, number)


def test_a_number_that_is_too_long_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="WeChat Pay takes order numbers of at most 32 characters"):
        WECHAT_NUMBERS.written("T" * 33)
