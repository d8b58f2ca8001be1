"""Order numbers on the wire: each channel allows some, and a merchant of ours may have others.

The reference merchant's `P1-1` is short, for people read it in stories and journals. It is too short for
WeChat Pay (6 to 32 characters of 0-9 A-Z a-z _ - | *) and has a dash, which Alipay refuses (up to 64 letters,
digits and underscores). So on the wire it is `PT_P1_2d1`, at the desk and in the journal still `P1-1`; what a
channel allows is left alone, so that a service with numbers of its own never meets this.

Both directions undo each other, whatever the number: only what is written exactly as this module would write
a number that needs it is read back as one. Refund numbers go as they are: both channels allow the ones that
we make. Only at UnionPay they share one space with those of orders, 8 to 40 letters and digits, where no
character is left to escape with: there a letter does it, and `P1-1` is `PTzP1z2d1`.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

MARK: Final = "PT"
BARE: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


@attrs.frozen
class Numbers:
    """How one channel has order numbers written: of so many of these characters, one of which escapes."""

    channel: str
    allowed: re.Pattern[str]
    shortest: int
    longest: int
    escape: str = "_"

    def written(self, number: str) -> str:
        """The number as it goes over the wire; ValueError if it is too long even for that."""
        if not self._needs_writing(number):
            return number
        wire = self._escaped(number)
        if len(wire) > self.longest:
            raise ValueError(
                f"{self.channel} takes order numbers of at most {self.longest} characters,"
                f" and {number!r} would be {wire!r}"
            )
        return wire

    def meant(self, wire: str) -> str:
        """The number behind one that came over the wire."""
        number = self._unescaped(wire)
        return wire if number is None or not self._is_written_as(number, wire) else number

    def _is_written_as(self, number: str, wire: str) -> bool:
        return self._escaped(number) == wire and self._needs_writing(number)

    def _needs_writing(self, number: str) -> bool:
        """Whether a number is not allowed, or would be taken for one that was written here."""
        return self.allowed.fullmatch(number) is None or self.meant(number) != number

    def _escaped(self, number: str) -> str:
        """Every other byte as _ and two digits; what is too short ends in _, as no escaped number does."""
        bare = BARE - {self.escape}
        escaped = "".join(
            chr(byte) if chr(byte) in bare else f"{self.escape}{byte:02x}" for byte in number.encode("utf-8")
        )
        return f"{MARK}{self.escape}{escaped}".ljust(self.shortest, self.escape)

    def _unescaped(self, wire: str) -> str | None:
        """The number in something that looks written; None if it does not."""
        mark, pair = f"{MARK}{self.escape}", rf"{self.escape}([0-9a-f]{{2}})"
        if not wire.startswith(mark):
            return None
        escaped = wire.removeprefix(mark).rstrip(self.escape)
        number = re.sub(pair, lambda match: chr(int(match[1], 16)), escaped, flags=re.ASCII)
        try:
            return number.encode("latin-1").decode("utf-8")
        except ValueError:  # half a character, or one that is in no escaped number
            return None


WECHAT_NUMBERS: Final = Numbers("WeChat Pay", re.compile(r"[0-9A-Za-z_\-|*]{6,32}"), 6, 32)
ALIPAY_NUMBERS: Final = Numbers("Alipay", re.compile(r"[0-9A-Za-z_]{1,64}"), 1, 64)
UNIONPAY_NUMBERS: Final = Numbers("UnionPay", re.compile(r"[0-9A-Za-z]{8,40}"), 8, 40, escape="z")
