"""How a test is called again: the command that somebody copies from a failure."""

from __future__ import annotations

import re
from typing import Final

import attrs

# What changes a run, and so must be said again; the rest is told by the seed.
SAID_AGAIN: Final = ("profile", "merchant")


@attrs.frozen
class Call:
    """A test and what was said of it on the command line."""

    node: str  # as pytest takes it, from the folder it was called in
    part: str  # what tells this item from the others that play other seeds; it stands in the node's brackets
    options: tuple[str, ...] = ()

    @property
    def test(self) -> str:
        """The test as such, with whatever else it is parametrized by."""
        return self._node("")

    def again(self, seed: int | None) -> tuple[str, ...]:
        """The command that plays this test with one seed, or calm."""
        chance = () if seed is None else ("--paytwice-seed", str(seed))
        return ("pytest", self._node("" if seed is None else f"seed{seed}"), *chance, *self.options)

    def from_file(self, file: str) -> tuple[str, ...]:
        """The command that plays a replay file with this test."""
        return ("pytest", self._node("replay"), "--paytwice-replay", file, *self.options)

    def _node(self, part: str) -> str:
        """The node with other seeds; a test that has no other parameters needs no brackets."""
        head, _, rest = self.node.partition("[")
        ids = rest.removesuffix("]")
        others = re.sub(rf"(^|-){re.escape(self.part)}$", "", ids) if self.part else ids
        if not others:
            return head
        return f"{head}[{others}{'-' if part else ''}{part}]"
