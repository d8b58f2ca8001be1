"""A run as a card: what a notebook shows of it. Verdict, what broke, money, orders, and where the money was.

It stands among somebody else's elements: all its names and rules begin with `paytwice-run`, nothing is
fetched and nothing runs. It is light or dark as the notebook is. A viewer that takes neither style nor SVG,
as one that trusts nobody, still shows the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

import attrs

from paytwice.page.markup import Html, join, tag
from paytwice.page.tables import Column, Row, table
from paytwice.pictures.palette import DARK, LIGHT, Palette
from paytwice.report.findings import by_time, named, when
from paytwice.report.text import how, replay_command, summary
from paytwice.run import OrderResult, Run
from paytwice.wording import span
from paytwice_core import Money

FEW: Final = 6  # orders and findings that are shown; of the others it is said how many there are
SCOPE: Final = "paytwice-run"
STYLE: Final = """
.paytwice-run { background: var(--paper); color: var(--ink); border: 1px solid var(--grid);
  border-radius: 8px; padding: .8rem 1rem; max-width: 54rem;
  font: 14px/1.45 system-ui, "DejaVu Sans", Helvetica, Arial, sans-serif; }
.paytwice-run p { margin: .25rem 0; }
.paytwice-run .says { font-size: 1.15em; font-weight: 650; }
.paytwice-run .bad { color: var(--alarm); }
.paytwice-run .faint, .paytwice-run code { color: var(--faint); }
.paytwice-run code { background: none; font: .88em ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
.paytwice-run table { border-collapse: collapse; margin: .6rem 0; color: inherit; font-size: 1em; }
.paytwice-run table tr, .paytwice-run table td, .paytwice-run table th { background: none; color: inherit; }
.paytwice-run table td, .paytwice-run table th { border: 0; border-bottom: 1px solid var(--grid);
  padding: .2rem 1.2rem .2rem 0; text-align: left; }
.paytwice-run table .number { text-align: right; font-variant-numeric: tabular-nums; }
.paytwice-run svg { display: block; max-width: 100%; height: auto; }
""".strip()


def card(run: Run) -> Html:
    """The card of a run, as HTML to be put anywhere."""
    parts = [
        Html(f"<style>{_themes()}\n{STYLE}</style>"),
        tag("p", f"{run.scenario}, {how(run)}", class_="faint"),
        tag("p", f"{run.outcome}{summary(run)}", class_="says" if run.ok else "says bad"),
        *_ended(run),
        *_broken(run),
        *_money(run),
        *_orders(run),
        *_chart(run),
        tag("p", tag("code", replay_command(run))),
        tag(
            "p",
            f"digest {run.digest[:16]}, {len(run.journal)} events in {span(run.ended_at)}",
            class_="faint",
        ),
    ]
    return tag("div", join(*parts), class_=SCOPE)


def _ended(run: Run) -> Iterator[Html]:
    if run.failure is not None:
        yield tag("p", f"It ended early: {type(run.failure).__name__}: {run.failure}", class_="bad")


def _broken(run: Run) -> Iterator[Html]:
    """What was promised and not kept; what nobody can know stands in the verdict's own line."""
    broken = by_time(run.verdict.violations)
    rows = [
        Row(
            (
                named(one.invariant),
                one.order,
                when(one),
                "" if one.at_stake is None else one.at_stake.display,
                one.message,
            )
        )
        for one in broken[:FEW]
    ]
    if rows:
        heads = ("broken promise", "order", "seen")
        columns = [*map(Column, heads), Column("at stake", is_number=True), Column("")]
        yield table(columns, rows)
        yield from _more(len(broken), "broken promises")


def _money(run: Run) -> Iterator[Html]:
    rows = []
    for name, ledger in run.ledgers.items():
        if ledger.movements:
            sums = (ledger.total_captured, ledger.total_returned, ledger.total_kept)
            rows.append(Row((name, *(Money(minor, ledger.currency).display for minor in sums))))
    if rows:
        heads = (Column(head, is_number=True) for head in ("captured", "returned", "kept"))
        yield table([Column("channel"), *heads], rows)
    else:
        yield tag("p", "No channel moved any money.")


def _orders(run: Run) -> Iterator[Html]:
    columns = [
        Column("order"),
        Column("amount", is_number=True),
        *map(Column, ("state", "paid by", "refunds")),
    ]
    if run.orders:
        yield table(columns, [_order(one) for one in run.orders[:FEW]])
        yield from _more(len(run.orders), "orders")


def _order(order: OrderResult) -> Row:
    refunds = ", ".join(order.refunds)
    return Row((order.id, order.amount.display, order.state, order.paid_by or "", refunds))


def _more(count: int, what: str) -> Iterator[Html]:
    if count > FEW:
        yield tag("p", f"and {count - FEW} more {what}", class_="faint")


def _chart(run: Run) -> Iterator[Html]:
    """Where the money was, with colours that follow the theme; without matplotlib there is none."""
    if find_spec("matplotlib") is None or not any(one.movements for one in run.ledgers.values()):
        return
    from paytwice.charts import money
    from paytwice.pictures.style import svg

    drawing = svg(money(run))
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = drawing.replace("*{", f".{SCOPE} svg *{{")
    drawing = re.sub(r'(id="|href="#|url\(#)', rf"\1{SCOPE}-", drawing)  # names are the whole notebook's
    variables = {colour.lower(): f"var(--{name})" for name, colour in _colours(LIGHT).items()}
    yield Html(re.sub(r"#[0-9a-f]{6}\b", lambda hit: variables.get(hit[0], hit[0]), drawing))


def _themes() -> str:
    """The colours by name, as the system is, and as the notebook's own theme is where it says so."""
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in _colours(one).items()) for one in (LIGHT, DARK)
    )
    card = f".{SCOPE}"
    return "\n".join(
        [
            f"{card}{{{light}}}",
            f"@media (prefers-color-scheme:dark){{{card}{{{dark}}}}}",
            f'.vscode-light {card},[data-jp-theme-light="true"] {card}{{{light}}}',
            f'.vscode-dark {card},[data-jp-theme-light="false"] {card}{{{dark}}}',
        ]
    )


def _colours(palette: Palette) -> dict[str, str]:
    """Each colour of a palette by a name of its own, channels by theirs."""
    own = {
        field.name: getattr(palette, field.name)
        for field in attrs.fields(Palette)
        if field.name not in ("name", "channels", "others")
    }
    others = {f"other-{number}": colour for number, colour in enumerate(palette.others)}
    return {**own, **palette.channels, **others}
