"""Scenarios: one story a file, found by name or path, played and checked against what it expects.

A scenario file has a docstring (the story in a sentence), `story(sim)`, `expect(run)`, and may state

- `SETTINGS = Settings(...)`: policy, expiry, horizon and so on, where they matter to the story;
- `INTERLEAVINGS = 50`: play it under so many seeds too, each with other latencies and another order of what
  happens at the same time; `expect` must hold in all of them;
- `VERDICT = "violated"` (or "unknown"): the verdict it is there to show, where that is not "ok".
"""

from __future__ import annotations

import ast
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import attrs

from paytwice.errors import PaytwiceError
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.run import Run
from paytwice.settings import Settings, nearest
from paytwice.simulation import Story, simulate

VERDICTS: Final = ("ok", "violated", "unknown")
DEFAULTS: Final = Settings()


class ScenarioError(PaytwiceError):
    """A scenario cannot be found or read; the message says which and why."""


@attrs.frozen
class Scenario:
    """A story, what must be true of the money afterwards, and how to play it."""

    name: str
    title: str
    story: Story
    expect: Callable[[Run], None] | None = None
    settings: Settings = DEFAULTS
    interleavings: int = 0
    verdict: str = "ok"

    def play(
        self,
        *,
        seed: int | None = None,
        changes: Mapping[str, str] | None = None,
        merchant: MerchantFactory = reference,
    ) -> Played:
        """Play it once; without a seed the calm run."""
        settings = self.settings.changed(changes or {})
        run = simulate(self.story, name=self.name, seed=seed, settings=settings, merchant=merchant)
        return Played(self, run, self._disappointment(run))

    def _disappointment(self, run: Run) -> str | None:
        """What `expect` has to say against a run; nothing where chance or faults had a hand in it."""
        if self.expect is None or run.failure is not None or run.profile != "calm":
            return None
        if run.seed is not None and not self.interleavings:
            return None
        try:
            self.expect(run)
        except AssertionError as error:
            return str(error) or _failed_line(error)
        return None


@attrs.frozen
class Played:
    """A run of a scenario, and whether it was as the scenario declares."""

    scenario: Scenario
    run: Run
    disappointment: str | None

    @property
    def as_declared(self) -> bool:
        """Whether the verdict is the declared one and `expect` holds."""
        return (
            self.disappointment is None
            and self.run.failure is None
            and self.run.outcome == self.scenario.verdict
        )

    @property
    def exit_status(self) -> int:
        """0 as declared, 1 violated (or another verdict or outcome than declared), 3 unknown."""
        if self.as_declared:
            return 0
        if self.disappointment is None and self.run.outcome == "unknown":
            return 3
        return 1


def find(name: str) -> Path:
    """The file of a scenario, given as a path, or as a name in ./scenarios or among the shipped ones."""
    path = Path(name)
    if path.suffix == ".py" or len(path.parts) > 1:
        if path.is_file():
            return path
        raise ScenarioError(f"there is no scenario file {name}")
    shipped = available()
    if name in shipped:
        return shipped[name]
    raise ScenarioError(f"there is no scenario {name!r}{nearest(name, list(shipped))}")


def available() -> dict[str, Path]:
    """All scenarios that can be run by name, those in ./scenarios first."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.glob("*.py")):
            if not path.name.startswith("_"):
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def _folders() -> Iterator[Path]:
    here = Path(__file__).parent
    for folder in (Path("scenarios"), here / "shipped_scenarios", here.parents[1] / "scenarios"):
        if folder.is_dir():
            yield folder


def load(name: str) -> Scenario:
    """Read a scenario by name or path; `ScenarioError` says what is wrong with it."""
    path = find(name)
    return from_module(_import(path), path.stem)


def title_of(path: Path) -> str:
    """The first sentence of a scenario file, without importing it."""
    try:
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    except (SyntaxError, UnicodeDecodeError) as error:
        return f"(cannot be read: {error})"
    return _first_line(doc)


def _import(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"paytwice_scenario_{path.stem}", path)
    assert spec is not None, "a .py file has a loader"
    assert spec.loader is not None, "a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[spec.name]
        if isinstance(error, KeyboardInterrupt):
            raise
        raise ScenarioError(
            f"scenario {path} cannot be imported: {type(error).__name__}: {error}{_where(error, path)}"
        ) from error
    return module


def from_module(module: ModuleType | Any, name: str) -> Scenario:
    """Make a scenario of a module with `story`, and perhaps `expect`, SETTINGS, INTERLEAVINGS and VERDICT."""
    return from_namespace(vars(module), name)


def from_namespace(names: Mapping[str, Any], name: str) -> Scenario:
    """Make a scenario of the names that a file defines."""
    story, settings = names.get("story"), names.get("SETTINGS", DEFAULTS)
    interleavings, verdict = names.get("INTERLEAVINGS", 0), names.get("VERDICT", "ok")
    if not callable(story):
        raise ScenarioError(f"scenario {name} has no story: write `async def story(sim: Simulation) -> None`")
    if not isinstance(settings, Settings):
        raise ScenarioError(f"SETTINGS of scenario {name} must be a paytwice.Settings, not {settings!r}")
    if not isinstance(interleavings, int) or interleavings < 0:
        raise ScenarioError(f"INTERLEAVINGS of scenario {name} must be 0 or more, not {interleavings!r}")
    if verdict not in VERDICTS:
        raise ScenarioError(
            f"VERDICT of scenario {name} must be one of {', '.join(VERDICTS)}, not {verdict!r}"
        )
    return Scenario(
        name, _first_line(names.get("__doc__")), story, names.get("expect"), settings, interleavings, verdict
    )


def play(story: Story, expect: Callable[[Run], None] | None = None) -> None:
    """Run the file this is called from as a program, with the options of `paytwice run`; ends the process."""
    from paytwice.cli import run_scenario

    names = dict(getattr(story, "__globals__", {}))
    name = Path(names.get("__file__", "story")).stem
    scenario = from_namespace({**names, "story": story, "expect": expect}, name)
    run_scenario(scenario)


def _first_line(doc: str | None) -> str:
    return (doc or "").strip().partition("\n")[0]


def _failed_line(error: AssertionError) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return frames[-1].line or "an assertion failed" if frames else "an assertion failed"


def _where(error: BaseException, path: Path) -> str:
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path
    ]
    return f" (line {lines[-1]})" if lines else ""
