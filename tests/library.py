"""The shipped scenarios and worlds, for tests that go over all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "scenarios"
WORLDS: Final = sorted((FOLDER / "worlds").glob("*.py"))
SCENARIOS: Final = sorted(set(FOLDER.rglob("*.py")) - set(WORLDS), key=lambda path: path.stem)
NAMES: Final = tuple(path.stem for path in SCENARIOS)
