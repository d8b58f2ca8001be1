"""How fast each faulty merchant is caught, as a table and as bars."""

from __future__ import annotations

import re

from tests.sim.page.pages import Page

from paytwice.page.detection import BUCKETS, DetectionRow, MethodRow, detection, methods

SOON = DetectionRow("last_writer_wins", "S1", 30, 30, 2, 9, 300.53, 220.1, 400.2, "S1", 3)
LATE = DetectionRow("forgets_on_crash", "L2", 21, 30, 2200.5, 10_000, 0.213, 0.1, 0.4, "L8", None)
NEVER = DetectionRow("<script>", "L8", 0, 30, 10_000, 10_000, 0, 0, 0.3)


def rows_of(body: str) -> list[tuple[bool, str]]:
    """The rows of the table: whether each is marked, and what it says."""
    found = re.findall(r"<tr( class=\"bad\")?>(<td.*?)</tr>", body)
    return [(bool(mark), Page(cells).text) for mark, cells in found]


def test_each_task_is_a_row_with_its_figures() -> None:
    body = detection([SOON, LATE, NEVER], method="chaos", limit=10_000).body

    assert rows_of(body) == [
        (False, "last_writer_wins S1 30 of 30 2 9 300.5 220.1 – 400.2 S1 3"),
        (True, "forgets_on_crash L2 21 of 30 2,200.5 10,000 0.21 0.1 – 0.4 L8"),
        (True, "<script> L8 0 of 30 10,000 10,000 0 0 – 0.3"),
    ]
    assert "3 tasks: 1 caught in every trial, 1 in some, 1 in none." in Page(body).text


def test_the_strip_leads_from_the_median_to_the_worst_where_ten_times_is_a_step() -> None:
    [strip] = re.findall(r"<line ([^>]*)></line><circle", detection([LATE], method="x", limit=10_000).body)
    [soon] = re.findall(r"<line ([^>]*)></line><circle", detection([SOON], method="x", limit=10_000).body)

    assert 'x2="138.0"' in strip, "the worst is the limit, at the right end"
    assert soon.startswith(f'x1="{6 + 132 * 0.30103 / 4:.1f}"')


def test_bars_are_as_long_as_their_tasks_are_many() -> None:
    tasks = [20, 10, 0, 5, 0, 5]
    body = methods([MethodRow("chaos", tasks)]).body
    widths = [float(one) for one in re.findall(r'<rect [^>]*width="([\d.]+)"', body)]

    assert [round(width / widths[0], 2) for width in widths] == [1, 0.5, 0.25, 0.25]
    assert re.findall(r"<title>(.*?)</title>", body) == [
        f"{name}: {count}" for name, count in zip(BUCKETS, tasks, strict=True) if count
    ]


def test_methods_have_anchors_of_their_own() -> None:
    one, other = (detection([SOON], method=name, limit=10) for name in ("rough, pct", "calm & <b>"))

    assert (one.anchor, other.anchor) == ("detection-rough--pct", "detection-calm----b-")
