"""Two things to wait for: a future, which comes once, and a bell, which rings again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from paytwice.errors import PaytwiceError
from paytwice.kernel.wakes import Wake

if TYPE_CHECKING:
    from paytwice.kernel.kernel import Kernel

T = TypeVar("T")


class Future(Generic[T]):
    """A value that comes once, or a time-out; the two in the same millisecond are a choice like any other."""

    __slots__ = ("_kernel", "_place", "_timer", "_waiter", "done", "value")

    def __init__(self, kernel: Kernel, place: str) -> None:
        self._kernel = kernel
        self._place = place
        self._waiter: Wake | None = None
        self._timer: Wake | None = None
        self.done = False
        self.value: T | None = None

    def set(self, value: T) -> None:
        """Give the value; a second one is ignored."""
        if self.done:
            return
        self.done, self.value = True, value
        if self._timer is not None:
            self._timer.kill()
        if self._waiter is not None:
            self._kernel.wake(self._waiter)

    def expire_at(self, at: int, value: T) -> None:
        """Take `value` for the value if nothing better has come by then."""
        self._timer = self._kernel.call_at(at, f"{self._place} time-out", lambda: self.set(value))

    async def wait(self) -> T:
        """Wait for the value; one task at a time."""
        if self.done:
            await self._kernel.step(self._place)
        else:
            _refuse_second(self._waiter)
            self._waiter = waiter = self._kernel.sleeper(self._place)
            await self._kernel.park(waiter)
        return self.value  # type: ignore[return-value]  # a T once done; T itself may be optional


class Bell:
    """Lets one task sleep until it is rung, or until a time. A ring that nobody waits for is kept."""

    __slots__ = ("_due", "_kernel", "_place", "_rung", "_timer", "_waiter")

    def __init__(self, kernel: Kernel, place: str) -> None:
        self._kernel = kernel
        self._place = place
        self._rung = False
        self._waiter: Wake | None = None
        self._timer: Wake | None = None
        self._due = 0  # when the timer rings

    def ring(self, at: int | None = None) -> None:
        """Wake the sleeper now, or at a millisecond of virtual time if nothing wakes it before."""
        if at is not None and self._waiter is not None and self._waiter.alive:
            if self._timer is None or at < self._due:
                self._set_timer(at)
        else:
            self._rung = True
            self._wake()

    async def wait(self, until: int | None = None) -> None:
        """Sleep until rung, or until a millisecond of virtual time."""
        if self._rung:
            await self._kernel.step(self._place)
        else:
            _refuse_second(self._waiter)
            self._waiter = waiter = self._kernel.sleeper(self._place)
            if until is not None:
                self._set_timer(until)
            try:
                await self._kernel.park(waiter)
            finally:
                self._stop_timer()
        self._rung = False

    def _set_timer(self, at: int) -> None:
        self._stop_timer()
        self._timer, self._due = self._kernel.call_at(at, f"{self._place} due", self._wake), at

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.kill()
            self._timer = None

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            self._kernel.wake(waiter)


def _refuse_second(waiter: Wake | None) -> None:
    if waiter is not None and waiter.alive:
        raise PaytwiceError(f"{waiter.place}: two tasks wait for the same thing, and only one would be woken")
