"""Why an `expect` failed: the assertion that did not hold, and what its parts were.

A plain `assert run.kept("alipay") == 99_00` says nothing but that it failed. So its source is read again, and
what it compares is evaluated once more in the frame in which it failed: `expect` looks at a run and changes
nothing, so looking twice is allowed.
"""

from __future__ import annotations

import ast
import traceback
from pathlib import Path
from types import FrameType, TracebackType

from paytwice.wording import one_line


def disappointment(error: AssertionError) -> str:
    """What an assertion says, in one line: its message, its source, the values compared, the place."""
    trace = _last(error.__traceback__)
    said = one_line(error)
    if trace is None:
        return said or "an assertion failed"
    source = _source(trace)
    if source is None:
        line = traceback.extract_tb(error.__traceback__)[-1].line
        return said or line or "an assertion failed"
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    tested = one_line(ast.unparse(source.test))
    values = _values(source.test, trace.tb_frame)
    detail = f"{tested} does not hold{values} ({where})"
    return f"{said}: {detail}" if said else detail


def _last(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _source(trace: TracebackType) -> ast.Assert | None:
    """The assertion that stands at the line of the error, if its file can be read."""
    try:
        tree = ast.parse(Path(trace.tb_frame.f_code.co_filename).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.lineno <= trace.tb_lineno <= (node.end_lineno or 0):
            return node
    return None


def _values(test: ast.expr, frame: FrameType) -> str:
    """What the operands were, where the assertion compares; constants speak for themselves."""
    if not isinstance(test, ast.Compare):
        return ""
    parts = [part for part in (test.left, *test.comparators) if not _is_literal(part)]
    told = [f"{one_line(ast.unparse(part))} is {value}" for part in parts if (value := _value(part, frame))]
    return f": {', '.join(told)}" if told else ""


def _is_literal(part: ast.expr) -> bool:
    return all(isinstance(node, ast.Constant | ast.Tuple | ast.expr_context) for node in ast.walk(part))


def _value(part: ast.expr, frame: FrameType) -> str:
    try:
        code = compile(ast.Expression(part), "<expect>", "eval")
        return one_line(repr(eval(code, frame.f_globals, frame.f_locals)))
    except Exception:  # a look again must not hide the first failure
        return ""
