"""The kinds of charts that `paytwice chart` makes: which inputs each takes, and what it is written as.

A new one is a line in KINDS, where `paytwice.charts` has a function of its name. Nothing is imported before
a chart is made, so that `--help` can list them at no cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from paytwice.pictures.names import CHARTS, DIAGRAMS, TRACES

if TYPE_CHECKING:
    from paytwice.cli.subjects import Subject

VIEW: Final = ("between", "orders")


class Sort(Enum):
    """What a chart can be made from, in words."""

    SCENARIO = "a scenario"
    REPLAY = "a replay file"
    JOURNAL = "a journal file"
    CAMPAIGN = "a store of a campaign"
    BENCH = "a store of a bench"
    SWEEP = "a store of a sweep"
    MACHINE = "a machine of the core (order, attempt or refund)"


PLAYED: Final = (Sort.SCENARIO, Sort.REPLAY)
TOLD: Final = (*PLAYED, Sort.JOURNAL)

Options = Mapping[str, Any]
Make = Callable[["Subject", Path, Options], None]


@attrs.frozen
class Kind:
    """A kind of chart: `options` are those beside the theme, `make` writes it where no function draws it."""

    says: str
    takes: tuple[Sort, ...]
    endings: tuple[str, ...] = CHARTS
    options: tuple[str, ...] = ()
    make: Make | None = None

    def write(self, name: str, subject: Subject, path: Path, options: Options) -> None:
        """Make the chart and write it."""
        if self.make is not None:
            self.make(subject, path, options)
        else:
            _drawn(name, subject, path, options)


def _drawn(name: str, subject: Subject, path: Path, options: Options) -> None:
    from paytwice import charts

    charts.save(getattr(charts, name)(subject.thing, subject.title, **options), path)


def _beside(subject: Subject, path: Path, options: Options) -> None:
    from paytwice import charts

    failing, passing, decision = subject.parted()
    charts.save(charts.beside(failing, passing, subject.title, decision=decision, **options), path)


def _machine(subject: Subject, path: Path, options: Options) -> None:
    if path.suffix.lower() in CHARTS:
        _drawn("machine", subject, path, options)
        return
    from paytwice.pictures.state_diagrams import state_diagram

    path.write_text(state_diagram(subject.thing, subject.title), encoding="utf-8")


def _sequence(subject: Subject, path: Path, options: Options) -> None:
    from paytwice.pictures.mermaid import mermaid

    path.write_text(mermaid(subject.picture(options)), encoding="utf-8")


def _trace(subject: Subject, path: Path, options: Options) -> None:
    from paytwice.pictures.trace import trace

    path.write_text(trace(subject.picture(options)), encoding="utf-8")


KINDS: Final[Mapping[str, Kind]] = {
    "swimlane": Kind(
        "who said what to whom and when, where the money went, what went wrong",
        TOLD,
        options=(*VIEW, "fold", "causes_of", "language"),
    ),
    "money": Kind("where the money is over time, and what of it must go back", TOLD),
    "states": Kind("the states of orders, attempts and refunds over time", TOLD, options=("orders",)),
    "ladders": Kind("what became of every send of every notification", TOLD),
    "latencies": Kind("how long messages took on each link, beside what was configured", TOLD),
    "load": Kind("how much there was to do over time, and what was left undone", TOLD),
    "beside": Kind(
        "a failing run beside the nearest one that passes, and what parts them", PLAYED, make=_beside
    ),
    "coverage": Kind("how coverage grew with the runs of a campaign", (Sort.CAMPAIGN,)),
    "detection": Kind("how many seeds it takes to catch each mistake of the gallery", (Sort.BENCH,)),
    "heat": Kind("outcomes over the settings of a sweep", (Sort.SWEEP,), options=("value", "where")),
    "sequence": Kind("the messages, as a Mermaid sequence diagram", TOLD, DIAGRAMS, VIEW, _sequence),
    "trace": Kind("the messages and states, for ui.perfetto.dev", TOLD, TRACES, VIEW, _trace),
    "machines": Kind(
        "the states and rules of a machine of the core",
        (Sort.MACHINE,),
        (*CHARTS, *DIAGRAMS),
        make=_machine,
    ),
}
