"""Strategies for what can be set: which kinds of faults there are, and which policy the merchant follows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from paytwice.arguments import one_of
from paytwice.faults import CALM, PROFILES, FaultProfile
from paytwice.settings import Settings

# The fields of a profile that are rates; the others say how long something lasts.
RATES: Final = tuple(field.name for field in attrs.fields(FaultProfile) if type(field.default) is int)
CHOSEN: Final = ("closing", "late", "attempts", "mismatch")


def only(base: str | FaultProfile, kinds: Collection[str]) -> FaultProfile:
    """A profile with some kinds of its faults and no others; kinds are the rates' names in FaultProfile."""
    profile = named(base)
    known = [one_of("kind of fault", kind, RATES) for kind in kinds]
    if not known:
        return attrs.evolve(CALM, name=profile.name)
    return attrs.evolve(profile, **dict.fromkeys([rate for rate in RATES if rate not in known], 0))  # type: ignore[arg-type]  # rates


def fault_profiles(base: str | FaultProfile = "rough") -> SearchStrategy[FaultProfile]:
    """Profiles that have some of the faults of `base`, each as often as there; the simplest has none.

    A run with a few kinds of faults comes further than one with all of them (swarm testing: Groce and others,
    2012): a crash at every corner never lets an order be paid twice.
    """
    kinds = [rate for rate in RATES if getattr(named(base), rate)]
    if not kinds:
        return st.just(named(base))
    return st.builds(only, st.just(base), st.lists(st.sampled_from(kinds), unique=True))


def policies(base: Settings = Settings()) -> SearchStrategy[Settings]:  # noqa: B008  # frozen, and never changed
    """Settings with every combination of policies: closing, late successes, attempts, mismatches."""
    kinds = {name: st.sampled_from(type(getattr(base, name))) for name in CHOSEN}
    return st.fixed_dictionaries(kinds).map(lambda chosen: attrs.evolve(base, **chosen))


def in_code(profile: FaultProfile | None) -> str:
    """What makes a profile, as code that can be pasted; a profile of somebody's own is called `faults`."""
    if profile is None:
        return "None"
    kinds = tuple(rate for rate in RATES if getattr(profile, rate))
    base = PROFILES.get(profile.name)
    return "faults" if base is None or only(base, kinds) != profile else f"only({base.name!r}, {kinds!r})"


def named(profile: str | FaultProfile) -> FaultProfile:
    """The fault profile of a name; ValueError says which there are."""
    if isinstance(profile, FaultProfile):
        return profile
    return PROFILES[one_of("fault profile", profile, PROFILES)]
