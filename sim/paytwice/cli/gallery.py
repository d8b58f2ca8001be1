"""`paytwice gallery`: merchants that lose money, to learn from."""

from __future__ import annotations

import click

from paytwice.cli.printing import print_json, print_lines
from paytwice.cli.usage import refuse

ESCAPED = 1


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else.")
@click.option("--verbose", "-v", is_flag=True, help="Every message and cause.")
def gallery(name: str | None, as_json: bool, verbose: bool) -> int:
    """List merchants with one mistake each, or play one: what breaks, what it costs, what is right.

    Exit status: 0 the mistake is caught (or the list), 1 it escapes, 2 bad usage.
    """
    from paytwice.errors import PaytwiceError
    from paytwice.gallery.collection import exhibit, titles
    from paytwice.gallery.collection import gallery as all_of_it
    from paytwice.gallery.telling import Shown, listed, told
    from paytwice.gallery.telling import as_json as in_json

    if name is None:
        if as_json:
            print_json([in_json(one) for one in all_of_it().values()])
        else:
            print_lines(listed(all_of_it(), titles()))
        return 0
    try:
        shown = Shown.of(exhibit(name))
    except (PaytwiceError, ValueError) as error:
        refuse(str(error))
    if as_json:
        from paytwice.report.as_json import run_as_json

        runs = {"wrong": run_as_json(shown.wrong), "right": run_as_json(shown.right)}
        print_json({**in_json(shown.exhibit), "is_caught": shown.is_caught, **runs})
    else:
        print_lines(told(shown, verbose=verbose))
    return 0 if shown.is_caught else ESCAPED
