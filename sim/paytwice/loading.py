"""Finds a user's own code by `module:name`."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, cast

from paytwice.errors import PaytwiceError
from paytwice.settings import nearest

if TYPE_CHECKING:
    from paytwice.merchant.port import MerchantFactory


class LoadingError(PaytwiceError):
    """Somebody's own code cannot be loaded; the message says why."""


def load_factory(name: str) -> MerchantFactory:
    """The merchant factory `module:name`, with the current folder on the path as `python -m` has it."""
    module_name, colon, attribute = name.partition(":")
    if not colon or not module_name or not attribute:
        raise LoadingError(
            f"a merchant is given as MODULE:FACTORY, such as shop.payments:make_merchant, not {name!r}"
        )
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise LoadingError(
            f"merchant module {module_name} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    if not hasattr(module, attribute):
        names = [one for one in vars(module) if not one.startswith("_") and callable(getattr(module, one))]
        raise LoadingError(f"module {module_name} has no {attribute!r}{nearest(attribute, names)}")
    factory = getattr(module, attribute)
    if not callable(factory):
        raise LoadingError(f"{name} is a {type(factory).__name__}, not a factory that makes a merchant")
    return cast("MerchantFactory", factory)
