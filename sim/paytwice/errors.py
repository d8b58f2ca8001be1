"""The errors that users of the library meet."""

from __future__ import annotations


class PaytwiceError(Exception):
    """Something went wrong that paytwice can name."""


class DeadEnd(PaytwiceError):
    """Nothing can happen any more, and the story is not finished."""


class Livelock(PaytwiceError):
    """A run does not get on: it passes its limit of steps, or time stands still."""


class NestedRun(PaytwiceError):
    """A run was begun inside another run, or inside somebody else's trio program."""


class NeverAwaited(PaytwiceError):
    """A story called something and did not await it, so that nothing came of it."""


class EmptyStory(PaytwiceError):
    """A story placed no order, so that there is nothing to judge."""


class BrokenPromise(PaytwiceError, AssertionError):
    """A run that was to keep its promises broke one, or ended early; raised by `Run.check`."""


class ProcessDead(BaseException):
    """A crashed process tried to do something. Not an `Exception`: no handler of the process survives it."""


def alone(error: BaseException) -> BaseException:
    """The error that is alone in a group, however deep: a nursery puts groups around what its tasks raise."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
