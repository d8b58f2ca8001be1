"""`paytwice invariants`: what is promised, so that the short names in a report can be looked up."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from paytwice.cli.printing import Style, print_json, print_lines
from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.promises.table import Promise

WIDTH = 100


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else.")
def invariants(names: tuple[str, ...], as_json: bool) -> None:
    """List what is promised, or explain the promises that are named, such as S12."""
    import attrs

    from paytwice.promises.table import promises

    known = promises()
    chosen = [_find(name, known) for name in names]
    if as_json:
        print_json([attrs.asdict(one) for one in chosen or known.values()])
    elif chosen:
        print_lines(line for one in chosen for line in _in_full(one))
    else:
        print_lines(_listed(known))


def _find(name: str, known: Mapping[str, Promise]) -> Promise:
    from paytwice.wording import nearest

    for one in (name, name.upper()):
        if one in known:
            return known[one]
    refuse(f"there is no invariant {name!r}{_by_title(name, known) or nearest(name.upper(), known)}")


def _by_title(words: str, known: Mapping[str, Promise]) -> str:
    """The promises whose title has these words, for who remembers those and not the number."""
    found = [f"{one.name} ({one.title})" for one in known.values() if words.lower() in one.title.lower()]
    return f": did you mean {' or '.join(found)}?" if found and len(words) > 2 else ""


def _listed(known: Mapping[str, Promise]) -> Iterator[Style]:
    width = max(len(one.title) for one in known.values())
    for one in known.values():
        yield f"{one.name:<4} {one.title:<{width}}  {one.mode:<24} protects {one.protects}", ""
    yield "", ""
    yield "A name after it explains one of them: paytwice invariants S12", "dim"


def _in_full(one: Promise) -> Iterator[Style]:
    yield f"{one.name} {one.title}", "bold"
    facts = {
        "says": one.says,
        "protects": one.protects,
        "judged": one.mode,
        "looks at": "; ".join(one.looks_at),
        "vacuous": f"when {one.vacuous}" if not one.vacuous.startswith("never") else one.vacuous,
    }
    for word, text in facts.items():
        for number, line in enumerate(textwrap.wrap(text, WIDTH - 12)):
            yield f"  {'' if number else word:<10}{line}", ""
    yield "", ""
