"""Which cells of a sweep a chart shows, and in which rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from paytwice.sweep.cells import Cell
from paytwice.sweep.grid import SweepError
from paytwice.wording import nearest


@attrs.frozen
class Layout:
    """Cells in rows and columns; `fixed` says what else was set, the same for all."""

    x: str
    xs: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    y: str = ""
    ys: tuple[str, ...] = ("",)
    fixed: str = ""


def laid_out(
    cells: Sequence[Cell], x: str | None, y: str | None, where: Mapping[str, str] | None = None
) -> Layout:
    """Cells over one or two settings; without names those that have several values, in their order.

    Raises SweepError where there is no such setting, or where a place would have several cells.
    """
    if not cells:
        raise SweepError("there are no cells to draw: the sweep has not played anything yet")
    axes = _axes(cells)
    where = dict(where or {})
    for name in (x, y, *where):
        if name is not None and name not in axes:
            raise SweepError(f"the sweep has no setting {name!r}{nearest(name, axes)}")
    if x is not None and x == y:
        raise SweepError(f"x and y are both {x}: give two settings, or one")
    varied = [name for name, values in axes.items() if len(values) > 1 and name not in where]
    free = [name for name in varied if name not in (x, y)]
    x = x or (free.pop(0) if free else next(iter(axes), None))
    if x is None:
        raise SweepError("a chart of a sweep needs a setting with values, such as loss=0,0.05")
    y = y or (free.pop(0) if free else None)
    if free:
        given = {name: axes[name][0] for name in free}
        words = " ".join(f"--where {name}={value}" for name, value in given.items())
        raise SweepError(f"a chart shows two settings; say which of the others: where={given}, or {words}")
    chosen = [one for one in cells if all(one.settings[name] == value for name, value in where.items())]
    if not chosen:
        raise SweepError(f"the sweep has no cell where {_said(where)}")
    places = {(one.settings[x], "" if y is None else one.settings[y]): one for one in chosen}
    fixed = _said({name: chosen[0].settings[name] for name in axes if name not in (x, y)})
    fixed = "; ".join([*([fixed] if fixed else []), _runs(chosen)])
    if y is None:
        return Layout(x, axes[x], places, fixed=fixed)
    return Layout(x, axes[x], places, y, axes[y], fixed)


def _axes(cells: Sequence[Cell]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for one in cells:
        for name, value in one.settings.items():
            found.setdefault(name, {}).setdefault(value)
    return {name: tuple(values) for name, values in found.items()}


def _runs(cells: Sequence[Cell]) -> str:
    least, most = min(one.runs for one in cells), max(one.runs for one in cells)
    return f"{most} runs each" if least == most else f"{least} to {most} runs each"


def _said(settings: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in settings.items())
