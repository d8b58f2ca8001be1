"""For tests under pytest: the fixture `paytwice`, and what it raises.

The plugin is found by itself where paytwice is installed. The names below are for annotations; they are
imported when they are first used, since pytest loads this package in every project that it is installed in.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from paytwice.testing.failing import BrokenPromise as BrokenPromise
    from paytwice.testing.fixture import PaytwiceFixture as PaytwiceFixture

_HOMES: Final = {
    "BrokenPromise": "paytwice.testing.failing",
    "PaytwiceFixture": "paytwice.testing.fixture",
}

__all__ = ["BrokenPromise", "PaytwiceFixture"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'paytwice.testing' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
