"""The charts of the core's machines, against the core's own tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from paytwice import charts
from paytwice.pictures.state_diagrams import state_diagram
from paytwice_core.diagram import mermaid
from paytwice_core.machine import ATTEMPT, MACHINES, ORDER, REFUND, AnyMachine

NAMES = [machine.name for machine in MACHINES]


def texts(ax: Axes) -> list[str]:
    """What is written in a chart."""
    return [text.get_text() for text in ax.texts]


def marks(ax: Axes, *, filled: bool, palette_paper: str = "#FFFFFF") -> int:
    """How many dots, or rings, are drawn."""
    return sum(
        len(cast(Any, line.get_xdata()))
        for line in ax.lines
        if line.get_marker() == "o" and (line.get_markerfacecolor() != palette_paper) == filled
    )


@pytest.mark.parametrize("machine", MACHINES, ids=NAMES)
def test_every_rule_is_a_line_with_a_dot_where_it_applies_and_a_head_where_it_leads(
    machine: AnyMachine,
) -> None:
    ax = charts.machine(machine.name).axes[0]
    leads = [row for row in machine.rows if row.target is not None]
    away = {row: ({*row.sources} or {"new"}) - {row.target} for row in leads}
    dots = sum(map(len, away.values()))
    stays = sum(len(row.sources) for row in machine.rows if row.target is None)
    stays += sum(row.target in row.sources for row in machine.rows)
    assert marks(ax, filled=True) == dots
    assert marks(ax, filled=False) == stays
    heads = [one for one in ax.texts if isinstance(one, Annotation) and one.arrow_patch is not None]
    moving = sum(map(bool, away.values()))
    assert moving <= len(heads) <= 2 * moving
    for row in machine.rows:
        assert row.says in texts(ax)
        assert row.id in texts(ax)
    for state in machine.states:
        assert texts(ax).count(state.value) == 1 + (state in machine.final)  # a double frame is two


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_text_stands_on_another_nor_beyond_the_page(name: str, theme: str) -> None:
    figure = charts.machine(name, theme=theme)
    figure.draw_without_rendering()
    page = figure.bbox
    boxes = {}
    for text in figure.axes[0].texts:
        if text.get_text():
            boxes[text.get_text(), text.get_position()] = text.get_window_extent()
    found = list(boxes.values())
    for number, box in enumerate(found):
        assert page.x0 <= box.x0
        assert box.x1 <= page.x1
        assert not any(box.overlaps(other) for other in found[:number])


def test_a_machine_is_drawn_into_axes_that_are_given() -> None:
    figure = Figure()
    ax = figure.add_subplot()
    assert charts.machine("order", ax=ax) is figure
    assert "PAYING" in texts(ax)


def test_a_machine_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="no machine 'refud': did you mean refund"):
        charts.machine("refud")


@pytest.mark.parametrize("machine", [ORDER, ATTEMPT, REFUND], ids=NAMES)
def test_the_diagram_is_the_cores_own_with_a_title(machine: AnyMachine) -> None:
    text = state_diagram(machine.name)
    assert text.endswith(mermaid(machine))
    assert re.match(r'---\ntitle: "The machine of the \w+"\n---\nstateDiagram-v2\n', text)


def test_the_same_machine_is_always_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        charts.save(charts.machine("attempt"), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
