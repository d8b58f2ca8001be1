"""Money: an int of minor units that says its currency.

A payment channel speaks three dialects of the same sum (fen as an int, yuan as a string, yuan in a bill),
and a float turns 19.9 yuan into 1989 fen. So money is counted in minor units from the moment it enters, and
sums of two currencies do not mix.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

# ISO 4217: currencies whose minor unit is not a hundredth. All others have two decimals.
EXPONENTS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
SYMBOLS: Final[Mapping[str, str]] = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}

_WRITTEN = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]+))? (?P<currency>[A-Z]{3})")
_CODE = re.compile(r"[A-Z]{3}")


def _check_minor(_money: Any, _field: Any, minor: Any) -> None:
    # bool is an int to Python, and True fen is a bug in the caller.
    if type(minor) is not int:
        raise TypeError(f"money is an int of minor units, not {minor!r}: parse text with Money.parse")


def _check_currency(_money: Any, _field: Any, currency: Any) -> None:
    if not isinstance(currency, str) or _CODE.fullmatch(currency) is None:
        raise ValueError(f"a currency is three capital letters of ISO 4217, such as 'CNY', not {currency!r}")


@attrs.frozen(order=False)
class Money:
    """A sum in minor units of one currency, such as 9900 fen.

    A difference may be negative; that an order or a refund is positive is checked where it is made.
    """

    minor: int = attrs.field(validator=_check_minor)
    currency: str = attrs.field(validator=_check_currency)

    @classmethod
    def parse(cls, text: str) -> "Money":
        """Read what `str` writes: "99.00 CNY". Whole units may leave the decimals out: "99 CNY"."""
        match = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(f"money is written like '99.00 CNY', not {text!r}")
        exponent = EXPONENTS.get(match["currency"], 2)
        part = match["part"] or "0" * exponent
        if len(part) != exponent:
            raise ValueError(f"{match['currency']} has {exponent} decimals: {text!r} has {len(part)}")
        return cls(int(match["sign"] + match["whole"] + part), match["currency"])

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return no money of this currency."""
        return cls(0, currency)

    @property
    def is_zero(self) -> bool:
        """Tell whether there is nothing to move."""
        return self.minor == 0

    @property
    def display(self) -> str:
        """Return what a customer reads: "¥99.00", or "99.00 XYZ" where no symbol is known."""
        symbol = SYMBOLS.get(self.currency)
        if symbol is None:
            return str(self)
        return f"{'-' if self.minor < 0 else ''}{symbol}{self._digits()}"

    def __str__(self) -> str:
        return f"{'-' if self.minor < 0 else ''}{self._digits()} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"{self} can be reckoned with money only, not with {other!r}")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix: {self} and {other}")
        return other.minor

    def _digits(self) -> str:
        exponent = EXPONENTS.get(self.currency, 2)
        whole, part = divmod(abs(self.minor), 10**exponent)
        return f"{whole}.{part:0{exponent}d}" if exponent else str(whole)
