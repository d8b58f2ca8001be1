"""What a story calls and never awaits: the commonest slip in a story, and a silent one.

Without its `await`, `order.pay("wechat")` does nothing: the run goes on, and its verdict is about another
story. Python says so when the garbage collector finds what was left, in a warning that nobody has to read.
So what a story calls is remembered here until it begins, and what never began ends the run, by its name.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from typing import Any, Concatenate, Final, NamedTuple, ParamSpec, Protocol, TypeVar

import attrs

from paytwice.errors import NeverAwaited
from paytwice.world.overhearing import Thrown

P = ParamSpec("P")
T = TypeVar("T")

NAMED: Final = 3  # so many calls are named in an error, for one slip often hides others


class Call(NamedTuple):
    """One call in a story, and where it stands."""

    doing: Coroutine[Any, Any, object]
    name: str
    file: str
    line: int

    @property
    def waits(self) -> bool:
        """Whether it has not begun."""
        return inspect.getcoroutinestate(self.doing) == inspect.CORO_CREATED

    def __str__(self) -> str:
        return f"{self.name}() ({self.file}:{self.line})"


@attrs.define(eq=False)
class Calls:
    """The calls of one story, as far as they may not have begun."""

    _made: list[Call] = attrs.field(factory=list)

    def add(self, call: Call) -> None:
        """Remember a call; the last one is forgotten where it has begun."""
        if self._made and not self._made[-1].waits:
            self._made.pop()
        self._made.append(call)

    def forget(self) -> list[Call]:
        """Forget all calls, and say which of them never began; nothing will be heard of them any more."""
        left = [call for call in self._made if call.waits]
        for call in left:
            call.doing.close()
        self._made.clear()
        return left


class Caller(Protocol):
    """What has methods that a story must await."""

    @property
    def calls(self) -> Calls: ...


C = TypeVar("C", bound=Caller)


def awaited(
    method: Callable[Concatenate[C, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[C, P], Coroutine[Any, Any, T]]:
    """A method that does nothing until it is awaited, so that a forgotten `await` is told."""

    @wraps(method)
    def begin(self: C, /, *args: P.args, **named: P.kwargs) -> Coroutine[Any, Any, T]:
        doing = method(self, *args, **named)
        caller = sys._getframe(1)
        self.calls.add(Call(doing, method.__name__, caller.f_code.co_filename, caller.f_lineno))
        return doing

    return begin


def check_awaited(left: Sequence[Call | Thrown], cause: Exception | None = None) -> None:
    """Raise `NeverAwaited` if calls are left; an error of the story counts where it is about a coroutine."""
    slip = cause is None or (isinstance(cause, AttributeError | TypeError) and "coroutine" in str(cause))
    if not left or not slip:
        return
    names = ", ".join(str(call) for call in left[:NAMED])
    more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
    raise NeverAwaited(
        f"the story calls {names}{more} and never awaits it, so nothing came of it: "
        f"write `await …{left[0].name}(…)`"
    ) from cause
