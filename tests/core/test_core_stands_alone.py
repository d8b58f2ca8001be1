"""The core needs attrs and the standard library, so that a production service can import it."""

import ast
import sys
from pathlib import Path

import paytwice_core

FOLDER = Path(paytwice_core.__file__).parent
ALLOWED = {"attrs", "paytwice_core", *sys.stdlib_module_names}
# What would let a clock, a die or the world in.
BANNED = {
    "time",
    "datetime",
    "random",
    "secrets",
    "uuid",
    "os",
    "io",
    "socket",
    "threading",
    "asyncio",
    "pathlib",
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_the_core_imports_attrs_and_nothing_else() -> None:
    for path in FOLDER.rglob("*.py"):
        assert imports(path) <= ALLOWED - BANNED - {"paytwice"}, path.name


def test_the_core_is_imported_without_the_simulator() -> None:
    assert "paytwice" not in imports(FOLDER / "__init__.py")
    modules = {path.stem for path in FOLDER.glob("*.py")}
    assert {"machine", "money", "order", "evidence", "effects", "policy"} <= modules
