"""Words of a fixed vocabulary: enums that are as quick to look up as any object."""

from __future__ import annotations

from enum import Enum
from functools import cached_property


class Word(Enum):
    """An enum whose members are found in a dict by what they are, and not by the hash of their names.

    Each member is there only once in a process, so identity tells them apart; Python's own enums call a
    function of Python for every look-up, and a run looks up hundreds. So they do for every `value`.
    """

    __hash__ = object.__hash__

    @cached_property
    def value(self) -> str:
        """The word itself."""
        word: str = self._value_
        return word
