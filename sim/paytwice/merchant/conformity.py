"""Whether a merchant keeps to the port: what does not is named, by method, before it costs an evening."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, cast

from paytwice.channels.messages import Ack, Credential
from paytwice.merchant.port import CustomerAnswer, Merchant, MerchantFactory, OrderView, Refusal

ANSWERS: Final[Mapping[str, tuple[type, ...]]] = {
    "open_order": (Refusal, type(None)),
    "start_attempt": (Credential, Refusal),
    "status": (CustomerAnswer,),
    "cancel": (CustomerAnswer,),
    "ask_refund": (CustomerAnswer,),
    "notified": (Ack,),
    "view": (OrderView, type(None)),
}
_NOTHING: Final[Mapping[str, object]] = {}
PORT: Final = tuple(
    name for name, one in vars(Merchant).items() if not name.startswith("_") and callable(one)
)


def check_factory(factory: MerchantFactory, error: Exception) -> None:
    """Raise a better error where a factory failed because it takes other arguments than the surroundings."""
    try:
        inspect.signature(factory).bind(None)
    except TypeError:
        name = getattr(factory, "__name__", factory)
        raise TypeError(
            f"the merchant factory {name!r} must take one argument, the Surroundings: {error}"
        ) from error
    except ValueError:
        pass  # one that Python cannot look into


def check_merchant(merchant: Merchant, factory: MerchantFactory) -> None:
    """Raise where something that a factory made lacks a method, or has it in the wrong kind."""
    if _conforms(type(merchant)) and getattr(merchant, "__dict__", _NOTHING).keys().isdisjoint(PORT):
        return
    kind = type(merchant).__name__
    missing = [name for name in PORT if not callable(getattr(merchant, name, None))]
    if missing:
        raise TypeError(
            f"the merchant factory {getattr(factory, '__name__', factory)!r} made a "
            f"{kind}, which has no {', '.join(missing)}"
        )
    plain = [name for name in PORT if name != "view" and not _is_async(getattr(merchant, name))]
    if plain:
        raise TypeError(
            f"{kind}.{plain[0]} must be `async def`: every access to what is around a merchant is awaited"
        )
    if _is_async(merchant.view):
        raise TypeError(f"{kind}.view must be a plain `def`: it reads committed rows, and waits for nothing")


def checked(method: str, answer: Any) -> Any:
    """An answer of the right kind; a merchant that answers otherwise is told which kinds are."""
    kinds = ANSWERS[method]
    if isinstance(answer, kinds):
        return answer
    names = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
    raise TypeError(f"{method} returned a {type(answer).__name__} ({answer!r}); it must return {names}")


@lru_cache(maxsize=64)  # asked of the same class at the begin of every run, and after every crash
def _conforms(kind: type) -> bool:
    methods = [(name != "view", getattr(kind, name, None)) for name in PORT]
    return all(inspect.isfunction(one) and _is_async(one) is waits for waits, one in methods)


def _is_async(method: object) -> bool:
    return inspect.iscoroutinefunction(inspect.unwrap(cast("Callable[..., Any]", method)))
