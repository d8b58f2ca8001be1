"""Charts of runs. They need matplotlib: `pip install 'paytwice[charts]'`.

from paytwice.charts import save, swimlane

save(swimlane(run), "run.svg")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from paytwice.arguments import one_of
from paytwice.channels import CHANNELS, ChannelProfile
from paytwice.choices import Deviation
from paytwice.history.history import History, of_journal, of_run
from paytwice.journal import Journal
from paytwice.pictures.names import CHARTS, MATPLOTLIB_MISSING, ending_of
from paytwice.pictures.names import ChartError as ChartError
from paytwice.pictures.palette import THEMES
from paytwice.pictures.reading import picture
from paytwice.run import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from paytwice.bench.task import Trial
    from paytwice.sweep.cells import Cell
    from paytwice.sweep.study import Sweep


def beside(
    failing: Run,
    passing: Run,
    title: str = "",
    *,
    theme: str = "light",
    decision: Deviation | None = None,
) -> Figure:
    """Draw a failing run beside the nearest one that passes, from shortly before they part.

    What both tell is pale. `decision` is the deviation by which they differ, as `Shrunk.decisive` has it;
    without it the deviations of both are compared. `theme` is light or dark. Raises ValueError where both are
    the same run, ChartError where matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.pictures.beside import draw

    palette = THEMES[one_of("theme", theme, THEMES)]
    return draw(failing, passing, title or failing.scenario.replace("_", " "), palette, decision)


def coverage(store: str | Path, title: str = "", *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """Draw how what a campaign has covered grew with its runs: situations, pairs of the core, journals.

    `store` is the file of `paytwice chaos --store`; a campaign may be writing it. Raises StoreError where it
    cannot be read, ChartError where matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.chaos.growth import growth
    from paytwice.drawing.coverage import draw

    found = growth(Path(store))
    return draw(evolve(found, story=title or found.story), ax=ax, theme=theme)


def detection(
    bench: str | Path | Iterable[Trial],
    title: str = "",
    *,
    method: str | None = None,
    by: str = "family",
    ax: Axes | None = None,
    theme: str = "light",
) -> Figure:
    """Draw how many seeds it takes until each mistake of the gallery is caught: median and range of trials.

    `bench` is the file of `paytwice bench`, which may be running, or trials; of several methods `method` says
    which one. They are coloured `by` "family" of the promise or by "room". Raises BenchStoreError where there
    are no such trials, ChartError where matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.bench.reading import read
    from paytwice.bench.soon import soon
    from paytwice.drawing.detection import draw

    trials = read(Path(bench)).trials if isinstance(bench, str | Path) else bench
    return draw(*soon(trials, method), title, by=by, ax=ax, theme=theme)


def heat(
    swept: Sweep | Sequence[Cell] | str | Path,
    title: str = "",
    *,
    x: str | None = None,
    y: str | None = None,
    value: str = "duplicate",
    where: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    theme: str = "light",
) -> Figure:
    """Draw a sweep: a map over two settings with figures in its cells, or over one a line with its interval.

    `swept` is a sweep, its cells, or the file of `paytwice sweep --store`, which may be running. Without
    names, `x` and `y` are the settings that have several values; `where` picks of those that are not drawn.
    `value` is a figure of `paytwice.sweep.figures.FIGURES`: duplicate, violated, refund, refund_p99, known …
    Raises SweepError where there is none of that name, or a setting too many, ChartError where matplotlib is
    not installed.
    """
    _need_matplotlib()
    from paytwice.drawing.heat import draw
    from paytwice.sweep.figures import figure
    from paytwice.sweep.layout import laid_out
    from paytwice.sweep.study import Sweep, kept

    if isinstance(swept, str | Path):
        swept = kept(swept)
    cells, story = (swept.cells, swept.title) if isinstance(swept, Sweep) else (swept, "")
    return draw(laid_out(cells, x, y, where), figure(value), title or story, ax=ax, theme=theme)


def ladders(
    run: Run | Journal,
    title: str = "",
    *,
    channels: Mapping[str, ChannelProfile] = CHANNELS,
    ax: Axes | None = None,
    theme: str = "light",
) -> Figure:
    """Draw what became of every send of every notification: acked, refused, lost, held, timed out.

    `channels` are the profiles that the run was played with: their ladders and ack time-outs. Raises
    ChartError where matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.drawing.ladders import draw

    return draw(_history(run, title), profiles=channels.values(), ax=ax, theme=theme)


def latencies(
    runs: Run | Journal | Iterable[Run | Journal],
    title: str = "",
    *,
    ax: Axes | None = None,
    theme: str = "light",
) -> Figure:
    """Draw which share of messages arrived within how long, on each link, and what was configured.

    A message that never arrives keeps its curve below 100 %. Of kept journals nobody knows what was
    configured. Raises ValueError without any run, ChartError where matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.drawing.latencies import draw

    return draw(_histories(runs, title), ax=ax, theme=theme)


def load(run: Run | Journal, title: str = "", *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """Draw how much there was to do over time: messages on their way, the back-log of notifications that are
    not acked, requests at the merchant, open orders, and what is owed to customers.

    With `ax` all of these stand in it, below each other. Raises ChartError where matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.drawing.load import draw

    return draw(_history(run, title), ax=ax, theme=theme)


def machine(name: str, title: str = "", *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """Draw a machine of the core: its states side by side, and below them every rule of its table.

    `name` is order, attempt or refund. Raises ValueError where there is no such machine, ChartError where
    matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.drawing.machines import draw
    from paytwice.pictures.state_diagrams import machine_named

    return draw(machine_named(name), title, ax=ax, theme=theme)


def money(run: Run | Journal, title: str = "", *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """Draw where the money is over time, by channel, and what of it must go back to customers.

    A double payment is a step up that comes down again. `theme` is light or dark. Raises ChartError where
    matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.drawing.money import draw

    return draw(_history(run, title), ax=ax, theme=theme)


def states(
    run: Run | Journal,
    title: str = "",
    *,
    orders: Iterable[str] | None = None,
    ax: Axes | None = None,
    theme: str = "light",
) -> Figure:
    """Draw the states of orders, attempts and refunds over time, as the merchant says, and when money moved.

    Broken promises are marked where the oracle saw them. `orders` are the names of those to draw, without
    it all. Raises ValueError for an order that is not there, ChartError where matplotlib is not installed.
    """
    _need_matplotlib()
    from paytwice.drawing.states import draw

    return draw(_history(run, title), orders=orders, ax=ax, theme=theme)


def swimlane(
    run: Run | Journal,
    title: str = "",
    *,
    ax: Axes | None = None,
    theme: str = "light",
    between: tuple[int, int] | None = None,
    orders: str | Sequence[str] = (),
    fold: bool = True,
    causes_of: str | None = None,
    language: str = "en",
) -> Figure:
    """Draw a run: who said what to whom and when, where the money went, what went wrong.

    `title` is the run's story in a sentence. With `ax` it is drawn there (a unit is an inch on a page of its
    own), else on a page as large as the story needs. Of a journal alone there is less to tell: no verdict.

    `between` is a stretch of the run, two times such as `(seconds(40), minutes(4))`, and `orders` are those
    whose story is told, by their ids. Without `fold` quiet times, and what is tried again and again, are
    drawn in full. `causes_of` is a promise that broke, by its id or "first": what led to that stands out.
    `theme` is light or dark, `language` en or zh.

    Raises ValueError for what there is not in this run, ChartError where matplotlib, or for Chinese a font,
    is not installed.
    """
    _need_matplotlib()
    from paytwice.pictures.fonts import need_language
    from paytwice.pictures.swimlane import draw
    from paytwice.pictures.view import View

    palette = THEMES[one_of("theme", theme, THEMES)]
    need_language(language)
    names = (orders,) if isinstance(orders, str) else tuple(orders)
    view = View(between, names, fold, causes_of, language)
    return draw(view.of(picture(run, title), run), ax=ax, palette=palette)


def _histories(runs: Run | Journal | Iterable[Run | Journal], title: str) -> tuple[History, ...]:
    several = [runs] if isinstance(runs, Run | Journal) else list(runs)
    if not several:
        raise ValueError("there is no run to draw the latencies of: give a Run, a Journal or several")
    return tuple(_history(one, title) for one in several)


def _history(run: Run | Journal, title: str) -> History:
    return of_run(run, title) if isinstance(run, Run) else of_journal(run, title)


def _need_matplotlib() -> None:
    if find_spec("matplotlib") is None:
        raise ChartError(MATPLOTLIB_MISSING)


def save(figure: Figure, path: str | Path) -> None:
    """Write a chart as .svg or .png; the same chart is always the same bytes of SVG.

    Raises ValueError for another ending, OSError where the file cannot be written.
    """
    path = Path(path)
    ending_of(path, CHARTS)
    from paytwice.pictures.style import write

    write(figure, path)
