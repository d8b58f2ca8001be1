"""The promises that need more than one run, in one table: whom they protect, and how they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from paytwice.trials.durable import ack_is_durable
from paytwice.trials.isolation import nobody_else_suffers
from paytwice.trials.permutations import order_does_not_matter
from paytwice.trials.reconciliation import the_bill_changes_nothing
from paytwice.trials.repeats import repeats_change_nothing
from paytwice.trials.subject import Subject
from paytwice.trials.trial import Mode, Trial, conduct
from paytwice.wording import nearest


def _table(*modes: Mode) -> Mapping[str, Mode]:
    return {mode.name: mode for mode in modes}


TRIALS: Final[Mapping[str, Mode]] = _table(
    Mode(
        name="S11",
        title="ack ⇒ durable",
        protects="the customer whose payment was acked, from a crash before it was on record",
        variants=ack_is_durable,
    ),
    Mode(
        name="S16",
        title="repeats change nothing",
        protects="the merchant, from doing twice what was only said twice",
        variants=repeats_change_nothing,
    ),
    Mode(
        name="S17",
        title="any order of news will do",
        protects="the customer who paid twice, from an outcome that hangs on whose news comes first",
        variants=order_does_not_matter,
    ),
    Mode(
        name="S21",
        title="one order's bad luck is its own",
        protects="all other customers, from one poison message or one order that is stuck",
        variants=nobody_else_suffers,
    ),
    Mode(
        name="S22",
        title="reconciliation is inert",
        protects="the merchant's account, from a bill that sends back what is on its way already",
        variants=the_bill_changes_nothing,
    ),
)


def try_one(name: str, subject: Subject) -> Trial:
    """Try one promise; ValueError if there is no trial of that name."""
    if name not in TRIALS:
        raise ValueError(f"there is no trial {name!r}{nearest(name, TRIALS)}")
    return conduct(TRIALS[name], subject)


def try_all(subject: Subject, only: Iterable[str] = ()) -> Iterator[Trial]:
    """Try all promises, or those named, one after the other as they are asked for."""
    for name in only or TRIALS:
        yield try_one(name, subject)
