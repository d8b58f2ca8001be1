"""What can be set for all tests: on pytest's command line, or in its configuration file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest


class _Option(NamedTuple):
    metavar: str
    help: str
    read: Callable[[str], Any] = str
    default: str | None = None  # in the configuration file; None: only on the command line


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{text!r} is no whole number from 0 on")
    return int(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 3_600:
        raise ValueError(f"{text!r} is no number of seconds from 0 to 3600")
    return seconds


OPTIONS: Final = {
    "merchant": _Option("MODULE:FACTORY", "the merchant under test, in place of ours", default=""),
    "seeds": _Option("N", "how many seeds a test that is marked `paytwice` is played with", _count, "0"),
    "profile": _Option("PROFILE", "what may go wrong where there is a seed", default="rough"),
    "shrink": _Option("SECONDS", "how long a failure may be shrunk; 0 for not at all", _seconds, "5"),
    "out": _Option("FOLDER", "write a folder for each kind of failure into this one", default=""),
    "from": _Option("SEED", "the first seed of each test that is marked `paytwice`", _count),
    "replay": _Option("FILE", "play the run of this replay file, in place of seeds"),
}


def add(parser: pytest.Parser) -> None:
    """Tell pytest of the options; each that has a default can stand in the configuration file too."""
    group = parser.getgroup("paytwice", "payments, simulated (paytwice)")
    for name, one in OPTIONS.items():
        said = one.help if one.default in (None, "") else f"{one.help} [{one.default}]"
        group.addoption(f"--paytwice-{name}", dest=_dest(name), metavar=one.metavar, default=None, help=said)
        if one.default is not None:
            parser.addini(f"paytwice_{name}", one.help, default=one.default)
    group.addoption(
        "--paytwice-seed",
        dest=_dest("only"),
        metavar="SEED",
        action="append",
        default=None,
        help="play marked tests with this seed only, as to see a failure again; may be repeated",
    )


def check(config: pytest.Config) -> None:
    """Refuse what cannot be meant before anything is collected."""
    only(config)
    for name in OPTIONS:
        option(config, name)


def given(config: pytest.Config, name: str) -> str | None:
    """What stands on the command line."""
    value: str | None = config.getoption(_dest(name))
    return value


def option(config: pytest.Config, name: str) -> Any:
    """The value of an option: what stands on the command line, or else in the configuration file."""
    one, text = OPTIONS[name], given(config, name)
    if text is None:
        text = config.getini(f"paytwice_{name}") if one.default is not None else None
    return None if text is None else _read(f"--paytwice-{name}", one.read, text)


def only(config: pytest.Config) -> tuple[int, ...]:
    """The seeds that alone are to be played; none for all."""
    texts = config.getoption(_dest("only")) or ()
    return tuple(_read("--paytwice-seed", _count, text) for text in texts)


def _read(name: str, read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError as error:
        raise pytest.UsageError(f"{name}: {error}") from None


def _dest(name: str) -> str:
    return f"paytwice_{name}"
