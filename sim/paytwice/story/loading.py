"""Finds users' own code: scenarios by name or path, merchants by `module:factory`.

Nothing of the simulation is imported here, so that a name that does not exist is refused at once.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final, cast

from paytwice.errors import PaytwiceError
from paytwice.places import OURS, SHIPPED
from paytwice.wording import nearest, one_line

if TYPE_CHECKING:
    from paytwice.merchant.port import MerchantFactory

SEE_LIST: Final = ": `paytwice list` shows those that there are"


class LoadingError(PaytwiceError):
    """Somebody's own code cannot be loaded; the message says why."""


class ScenarioError(LoadingError):
    """A scenario cannot be found or read; the message says which and why."""


# -- scenarios ----------------------------------------------------------------------------------------------


def find(name: str) -> Path:
    """The file of a scenario, given as a path, or as a name in ./scenarios or among the shipped ones."""
    path = Path(name)
    known = available()
    if path.suffix != ".py" and len(path.parts) == 1:
        if name in known:
            return known[name]
        raise ScenarioError(f"there is no scenario {name!r}{nearest(name, known, otherwise=SEE_LIST)}")
    if path.is_file():
        return path
    raise ScenarioError(f"there is no scenario file {name!r}{nearest(path.stem, known, otherwise=SEE_LIST)}")


def available() -> dict[str, Path]:
    """All scenarios that can be run by name; one in ./scenarios hides a shipped one of the same name."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted([*folder.glob("*.py"), *folder.glob("*/*.py")]):
            if not path.name.startswith("_"):
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def _folders() -> Iterator[Path]:
    yield Path("scenarios")
    yield SHIPPED if SHIPPED.is_dir() else OURS.parents[1] / "scenarios"  # a wheel, or a checkout


def theme_of(path: Path) -> str:
    """What a scenario is about, which is the folder it lies in; nothing where it lies in none."""
    at_the_top = path.parent.resolve() in {folder.resolve() for folder in _folders()}
    return "" if at_the_top else path.parent.name.replace("_", " ")


def title_of(path: Path) -> str:
    """The first sentence of a scenario file, without importing it."""
    try:
        doc = ast.get_docstring(ast.parse(path.read_bytes()))
    except SyntaxError as error:
        return f"(cannot be read: line {error.lineno}: {error.msg})"
    except (ValueError, OSError) as error:
        return f"(cannot be read: {one_line(error)})"
    return first_sentence(doc) or "(it has no docstring)"


def first_sentence(doc: str | None) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = " ".join((doc or "").strip().partition("\n\n")[0].split())
    sentence, stop, _ = paragraph.partition(". ")
    return sentence + stop.strip()


def import_file(path: Path) -> ModuleType:
    """Import a scenario file, which can import the modules that lie beside it, as when Python runs it."""
    spec = importlib.util.spec_from_file_location(f"paytwice_scenario_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ScenarioError(f"{path} is no Python file: a scenario's name ends in .py")
    if (folder := str(path.resolve().parent)) not in sys.path:
        sys.path.append(folder)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[spec.name]
        if isinstance(error, KeyboardInterrupt):
            raise
        raise ScenarioError(f"scenario {path} cannot be imported: {_why(error, path)}") from error
    return module


def _why(error: BaseException, path: Path) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == path.resolve()]
    where = f" (line {lines[-1]})" if lines and not isinstance(error, SyntaxError) else ""
    return f"{type(error).__name__}: {one_line(error)}{where}"


# -- merchants, and other factories -------------------------------------------------------------------------


def load_factory(name: str) -> MerchantFactory:
    """The merchant factory `module:name`."""
    return cast("MerchantFactory", load_named(name, "a merchant", "shop.payments:make_merchant"))


def load_named(name: str, kind: str, example: str) -> Callable[..., object]:
    """The factory `module:name` of `kind`, with the current folder on the path as `python -m` has it."""
    module_name, colon, attribute = name.partition(":")
    if not colon or not module_name or not attribute:
        raise LoadingError(f"{kind} is given as MODULE:FACTORY, such as {example}, not {name!r}")
    if "" not in sys.path:
        sys.path.insert(0, "")
    module = _import_module(module_name, kind.split()[-1])
    if not hasattr(module, attribute):
        names = [one for one in vars(module) if not one.startswith("_") and callable(getattr(module, one))]
        raise LoadingError(f"module {module_name} has no {attribute!r}{nearest(attribute, names)}")
    factory = getattr(module, attribute)
    if not callable(factory):
        raise LoadingError(f"{name} is a {type(factory).__name__}, not a factory that makes {kind}")
    return cast("Callable[..., object]", factory)


def _import_module(name: str, kind: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        why = f"{type(error).__name__}: {one_line(error)}"
        if isinstance(error, ModuleNotFoundError) and error.name is not None and name.startswith(error.name):
            why = f"there is no module {error.name!r}{_neighbours(error.name)}"
        raise LoadingError(f"{kind} module {name} cannot be imported: {why}") from error


def _neighbours(name: str) -> str:
    """The modules that may have been meant by one that does not exist: those that lie where it should."""
    package, _, _ = name.rpartition(".")
    paths = list(getattr(sys.modules.get(package), "__path__", [])) if package else [""]
    dotted = f"{package}." if package else ""
    return nearest(name, [dotted + one.name for one in pkgutil.iter_modules(paths)], otherwise="")
