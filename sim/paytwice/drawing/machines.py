"""Draws a machine of the core: its states side by side, and below them every rule that leads to another.

Drawn as boxes with arrows between them thirty rules would be a ball of wool. So each rule has a line of its
own: dots where it applies, an arrow to where it leads, and what it says beside it. All of it is read from the
core's tables, so that a picture cannot disagree with the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from paytwice.drawing.sheet import SMALL, TEXT, Margins, Sheet, sheet
from paytwice.pictures.metrics import width
from paytwice.pictures.palette import Palette
from paytwice.pictures.state_diagrams import TITLE
from paytwice_core.machine import AnyMachine

NEW: Final = "new"  # the column of what is not there yet
ROW: Final = 0.3  # inches from one rule to the next
APART: Final = 0.32  # inches between the names of two states
HOW: Final = (
    "A rule applies in the states with a dot, and leads to the one with an arrow's head; "
    "in a ring it stays. States in a double frame are final."
)


@attrs.frozen
class Rule:
    """One line of the drawing. `target` is empty where the rule keeps the state, whichever it is."""

    id: str
    says: str
    sources: tuple[str, ...]
    target: str

    @property
    def moves(self) -> tuple[str, ...]:
        """The states that it leads away from."""
        return tuple(one for one in self.sources if self.target and one != self.target)

    @property
    def stays(self) -> tuple[str, ...]:
        """The states in which it is heard and keeps them."""
        return tuple(one for one in self.sources if not self.target or one == self.target)


def rules(machine: AnyMachine) -> Iterator[Rule]:
    """The rules of a machine in the order of its table."""
    for row in machine.rows:
        sources = [state.value for state in machine.states if state in row.sources] or [NEW]
        yield Rule(row.id, row.says, tuple(sources), row.target.value if row.target is not None else "")


def draw(machine: AnyMachine, title: str = "", *, ax: Axes | None = None, theme: str = "light") -> Figure:
    """States across, rules down."""
    lines = tuple(rules(machine))
    places = _places(machine)
    right = max(places.values()) + 0.6
    beside = max(width(f"{one.says}", SMALL) for one in lines) + 0.15
    size = right + beside + 0.6, (len(lines) + 1) * ROW + 0.97
    margins = Margins(0.5, 0.15, 0.72, 0.15)
    title = title or TITLE.format(name=machine.name)
    with sheet(title, HOW, ax=ax, theme=theme, size=size, margins=margins) as page:
        page.ax.set_xlim(0, right + beside)
        page.ax.set_ylim((len(lines) + 0.6) * ROW, -0.5 * ROW)
        _clear(page.ax)
        _states(page, machine, places, len(lines) * ROW + 0.1)
        for number, rule in enumerate(lines, 1):
            _rule(page, rule, places, number * ROW, right)
    return page.figure


def _clear(ax: Axes) -> None:
    ax.grid(visible=False)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def _places(machine: AnyMachine) -> dict[str, float]:
    """How far across the page each state stands, in inches: as far apart as their names are long."""
    places: dict[str, float] = {}
    x = 0.1
    for name in (NEW, *(state.value for state in machine.states)):
        half = width(name, SMALL, bold=True) / 2
        x += half
        places[name] = x
        x += half + APART
    return places


def _states(page: Sheet, machine: AnyMachine, places: dict[str, float], bottom: float) -> None:
    ink, paper = page.palette.ink, page.palette.paper
    final = {state.value for state in machine.final}
    for name, x in places.items():
        page.ax.plot([x, x], [0, bottom], color=page.palette.grid, linewidth=1.2, zorder=1)
        frames = [] if name == NEW else [0.42, 0.62] if name in final else [0.42]
        for pad in reversed(frames):
            _name(page, name, x, frame={"boxstyle": f"round,pad={pad}", "fc": paper, "ec": ink, "lw": 0.9})
        if not frames:
            _name(page, name, x, frame={"boxstyle": "round,pad=0.3", "fc": paper, "ec": "none"})


def _name(page: Sheet, name: str, x: float, *, frame: dict[str, object]) -> None:
    colour = page.palette.faint if name == NEW else page.palette.ink
    page.ax.text(
        x,
        0,
        name,
        color=colour,
        fontsize=SMALL,
        fontweight="bold",
        ha="center",
        va="center",
        bbox=frame,
        zorder=5,
    )


def _rule(page: Sheet, rule: Rule, places: dict[str, float], y: float, right: float) -> None:
    ink = _ink(rule, page.palette)
    page.ax.text(-0.08, y, rule.id, color=ink, fontsize=SMALL, fontweight="bold", ha="right", va="center")
    page.ax.text(right, y, rule.says, color=ink, fontsize=SMALL, ha="left", va="center", parse_math=False)
    for name in rule.stays:
        page.ax.plot([places[name]], [y], "o", ms=6, mfc=page.palette.paper, mec=ink, mew=1.0, zorder=4)
    xs = [places[name] for name in rule.moves]
    if not xs:
        return
    to = places[rule.target]
    page.ax.plot(xs, [y] * len(xs), "o", ms=5, color=ink, linestyle="none", zorder=4)
    look: dict[str, object] = {
        "arrowstyle": "-|>",
        "color": ink,
        "lw": 1.3,
        "shrinkA": 0,
        "mutation_scale": TEXT,
    }
    look["shrinkB"] = 4 if rule.stays else 0  # the ring stands there
    before, after = [x for x in xs if x < to], [x for x in xs if x > to]
    for begin in (*before[:1], *after[-1:]):
        page.ax.annotate("", (to, y), (begin, y), arrowprops=look, zorder=3)


def _ink(rule: Rule, palette: Palette) -> str:
    """A rule that leads nowhere is fainter."""
    return palette.ink if rule.moves else palette.faint
