"""What chance a test is played with: the mark `paytwice`, the command line, and how seeds become items.

Up to 200 seeds are an item each, so that `-k seed17`, `--lf`, xdist and JUnit see them one by one. More are
put together, for an item costs pytest more than a thousand of them are worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

import pytest

from paytwice.testing.options import given, only, option

MARK: Final = "paytwice"
MOST_ITEMS: Final = 200  # that a test becomes by its seeds
LARGEST: Final = 2**64 - 1
MOST_SEEDS: Final = 10_000_000


class Seeds(NamedTuple):
    """The seeds that one item plays, one after the other, or the file of a run that it plays again."""

    seeds: tuple[int, ...] = ()
    file: str = ""

    @property
    def id(self) -> str:
        """What the item is told from others by."""
        if self.file:
            return "replay"
        first, *more = self.seeds
        return f"seeds{first}-{more[-1]}" if more else f"seed{first}"


CALM: Final = Seeds()


class Wish(NamedTuple):
    """What the marks of a test ask for."""

    seeds: int | None = None
    begin: int = 0
    profile: str | None = None
    chunk: int | None = None  # seeds to an item
    settings: Any = None  # Settings, or a mapping of text as `--set` takes it
    merchant: Any = None  # a factory, or MODULE:FACTORY
    channels: Any = None


def wish_of(marks: Iterable[pytest.Mark]) -> Wish:
    """All that the marks of a test ask for; of those that disagree, the one nearest to the test counts.

    Raises ValueError that says what is wrong with a mark.
    """
    asked: dict[str, Any] = {}
    for mark in marks:
        if mark.args:
            raise ValueError(f"the mark paytwice takes names, such as seeds=200, and not {mark.args[0]!r}")
        for name, value in mark.kwargs.items():
            if name not in Wish._fields:
                from paytwice.wording import nearest

                raise ValueError(f"the mark paytwice takes no {name!r}{nearest(name, Wish._fields)}")
            asked.setdefault(name, value)
    for name, least, most in (("seeds", 0, MOST_SEEDS), ("begin", 0, LARGEST), ("chunk", 1, MOST_SEEDS)):
        value = asked.get(name)
        if value is not None and not (type(value) is int and least <= value <= most):
            raise ValueError(f"{name} of the mark paytwice is a whole number from {least} on, not {value!r}")
    return Wish(**asked)


def parts(config: pytest.Config, wish: Wish) -> Sequence[Seeds]:
    """The items that a marked test becomes; none if it has no seeds and is played calm."""
    wish = _as_commanded(config, wish)
    if one_by_one := only(config):
        return [Seeds((seed,)) for seed in one_by_one]
    number = wish.seeds or 0
    if wish.begin + number - 1 > LARGEST:
        raise ValueError(f"a seed is at most {LARGEST}, and {number} from {wish.begin} on are more")
    size = wish.chunk or -(-number // MOST_ITEMS)
    seeds = iter(range(wish.begin, wish.begin + number))
    return [Seeds(chunk) for chunk in iter(lambda: tuple(islice(seeds, size)), ())]


def _as_commanded(config: pytest.Config, wish: Wish) -> Wish:
    """The wish, where the command line does not want something else."""
    if given(config, "seeds") is not None or wish.seeds is None:
        wish = wish._replace(seeds=option(config, "seeds"))
    first = option(config, "from")
    return wish if first is None else wish._replace(begin=first)


def profile_of(config: pytest.Config, wish: Wish) -> str:
    """The fault profile of what is played with a seed."""
    if given(config, "profile") is None and wish.profile is not None:
        return wish.profile
    return str(option(config, "profile"))
