"""Money is exact, says its currency, and refuses what is neither."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paytwice_core import Money


@given(st.integers(-(10**12), 10**12), st.sampled_from(["CNY", "JPY", "KWD", "XYZ"]))
def test_what_is_written_is_read_again(minor: int, currency: str) -> None:
    money = Money(minor, currency)

    assert Money.parse(str(money)) == money


@pytest.mark.parametrize(
    ("text", "minor", "display"),
    [
        ("99.00 CNY", 9900, "¥99.00"),
        ("99 CNY", 9900, "¥99.00"),
        ("-0.05 USD", -5, "-$0.05"),
        ("100 JPY", 100, "¥100"),
        ("1.50 EUR", 150, "€1.50"),
        ("1.50 GBP", 150, "£1.50"),
        ("1.50 HKD", 150, "HK$1.50"),
        ("1.500 KWD", 1500, "1.500 KWD"),
        ("1.50 XYZ", 150, "1.50 XYZ"),
    ],
)
def test_every_currency_has_its_decimals_and_its_sign(text: str, minor: int, display: str) -> None:
    money = Money.parse(text)

    assert money.minor == minor
    assert money.display == display


@pytest.mark.parametrize("text", ["99.0 CNY", "99.00", "1.5 JPY", "CNY 99.00", "9,900.00 CNY", "", 99])
def test_other_spellings_are_refused_with_the_text(text: str) -> None:
    with pytest.raises(ValueError, match=repr(text).replace(".", r"\.")):
        Money.parse(text)


@pytest.mark.parametrize("minor", [True, 99.0, "99"])
def test_only_whole_minor_units_are_money(minor: int) -> None:
    with pytest.raises(TypeError, match=str(minor)):
        Money(minor, "CNY")


@pytest.mark.parametrize("currency", ["cny", "RMB¥", "", 156])
def test_a_currency_is_a_code(currency: str) -> None:
    with pytest.raises(ValueError, match=repr(currency)):
        Money(1, currency)


def test_money_of_one_currency_is_reckoned_and_compared() -> None:
    one, two = Money(100, "CNY"), Money(200, "CNY")

    assert one + one == two
    assert two - one == one
    assert one < two
    assert one <= two
    assert two > one
    assert two >= one
    assert Money.zero("CNY").is_zero
    assert not one.is_zero


def test_two_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match=r"CNY and USD"):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(ValueError, match=r"CNY and USD"):
        _ = Money(1, "CNY") < Money(1, "USD")


@pytest.mark.parametrize("other", [1, 0.5, "1.00 CNY"])
def test_money_is_reckoned_with_money_only(other: Any) -> None:
    with pytest.raises(TypeError, match=repr(other)):
        Money(1, "CNY") + other
