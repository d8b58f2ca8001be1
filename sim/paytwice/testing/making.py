"""Makes the fixture of a test from all that was said of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from paytwice.settings import Settings
from paytwice.shrinking.replay import ReplayError, read
from paytwice.testing.calling import SAID_AGAIN, Call
from paytwice.testing.failing import Wanted
from paytwice.testing.fixture import PaytwiceFixture
from paytwice.testing.options import given, option
from paytwice.testing.seeds import CALM, MARK, Seeds, profile_of, wish_of
from paytwice.testing.terms import Merchant, Terms

WANTED: Final = pytest.StashKey[Wanted]()


def make(item: pytest.Item, seeds: Seeds, merchant: Merchant) -> PaytwiceFixture:
    """The fixture of one test; fails it where something that was said cannot be meant."""
    try:
        wish = wish_of(item.iter_markers(MARK))
        profile = profile_of(item.config, wish)
        Settings(profile=profile)
        terms = Terms.of(wish.merchant or merchant, wish.settings, wish.channels)
        recorded = read(Path(seeds.file)) if seeds.file else None
    except (ValueError, ReplayError) as error:
        said = str(error)
    else:
        wanted = _wanted(item.config)
        return PaytwiceFixture(item, _call(item, seeds), seeds, profile, terms, recorded, wanted)
    pytest.fail(said, pytrace=False)


def _call(item: pytest.Item, seeds: Seeds) -> Call:
    """The test's name relative to the folder that pytest was called in, where it will be called again."""
    folder = item.config.invocation_params.dir
    _, colons, rest = str(item.nodeid).partition("::")
    path = os.path.relpath(item.path, folder)
    options = [
        word
        for name in SAID_AGAIN
        if (said := given(item.config, name)) is not None
        for word in (f"--paytwice-{name}", said)
    ]
    part = "" if seeds == CALM else seeds.id
    return Call(f"{path}{colons}{rest}", part, tuple(options))


def _wanted(config: pytest.Config) -> Wanted:
    if WANTED not in config.stash:
        home = config.invocation_params.dir
        config.stash[WANTED] = Wanted(option(config, "shrink"), option(config, "out"), home)
    return config.stash[WANTED]
