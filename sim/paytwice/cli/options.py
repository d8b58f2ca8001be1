"""What commands are given: seeds, settings, a merchant."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from paytwice.cli.usage import refuse

if TYPE_CHECKING:
    from paytwice.merchant.port import MerchantFactory

SEEDS: Final = 2**64


def a_seed(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> int | None:
    """Read a seed, which is given once or not at all."""
    if len(values) > 1:
        raise click.UsageError(f"--seed can be given once, not {len(values)} times ({', '.join(values)})")
    for text in values:
        if not (text.isascii() and text.isdecimal() and len(text) <= 20 and int(text) < SEEDS):
            raise click.UsageError(f"--seed takes a whole number from 0 to 2^64-1, not {text!r}")
        return int(text)
    return None


def a_number(_ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """Refuse nan, which is in no range and not outside of one either."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("'nan' is no number.", param=param)
    return value


def pairs(_ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Split KEY=VALUE at the first equals sign; of two values for a key the last counts."""
    for value in values:
        if "=" not in value:
            raise click.UsageError(f"{param.opts[0]} takes KEY=VALUE, such as profile=rough, not {value!r}")
    return dict(value.split("=", 1) for value in values)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `paytwice run` and a scenario file share."""
    for option in reversed(
        [
            click.option(
                "--seed",
                callback=a_seed,
                multiple=True,
                metavar="N",
                help="Draw latencies, ties and what the profile allows from this seed.",
            ),
            click.option(
                "--set",
                "changes",
                callback=pairs,
                multiple=True,
                metavar="KEY=VALUE",
                help="Change a setting: profile=rough, closing=LOCAL_FIRST, expires=15m …",
            ),
            click.option(
                "--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and nothing else."
            ),
            click.option("--quiet", "-q", is_flag=True, help="A line a scenario, and what is wrong."),
            click.option("--verbose", "-v", is_flag=True, help="Every message, cause and deviation."),
            click.option(
                "--journal",
                type=click.Path(path_type=Path),
                metavar="FILE.jsonl",
                help="Write every journal entry, one JSON object a line.",
            ),
            click.option(
                "--chart",
                type=click.Path(path_type=Path),
                metavar="FILE.svg|png",
                help="Draw the run as a swimlane chart.",
            ),
            click.option(
                "--mermaid",
                type=click.Path(path_type=Path),
                metavar="FILE.mmd",
                help="Write the run as a Mermaid sequence diagram.",
            ),
            click.option(
                "--trace",
                type=click.Path(path_type=Path),
                metavar="FILE.json",
                help="Write the run as a trace, for ui.perfetto.dev.",
            ),
            click.option(
                "--merchant", metavar="MODULE:FACTORY", help="Put your own merchant in place of ours."
            ),
        ]
    ):
        command = option(command)
    return command


def the_merchant(name: str | None) -> MerchantFactory:
    """The factory that was named as MODULE:FACTORY, or ours."""
    from paytwice.story.loading import LoadingError, load_factory

    if name is None:
        from paytwice.merchant.reference.merchant import reference

        return reference
    try:
        return load_factory(name)
    except LoadingError as error:
        refuse(str(error))
