"""The wheel: what a user installs has everything it needs, away from this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
SEED_STORY: Final = "late_wechat_after_alipay"


def _run(*command: str | Path, folder: Path, status: int = 0) -> str:
    """Run a command away from the checkout, with nothing of this process's Python in its environment."""
    ours = ("PYTHON", "PYTEST")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from the files as they are now, by the hatchling that is installed: no network."""
    pytest.importorskip("hatchling")
    built = tmp_path_factory.mktemp("wheel")
    _run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--no-build-isolation", "--no-index", "--wheel-dir", built, ROOT),
        folder=built,
    )
    (path,) = built.glob("paytwice-*.whl")
    return path


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty virtual environment with the wheel in it; what it depends on is lent by this one.

    A plain path in a `.pth` file lends the packages that lie there, but does not read the `.pth` file of the
    editable install that lies there too.
    """
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    site = _site(folder)
    _run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", _python(folder), "install"),
        *("--quiet", "--no-deps", "--no-index", wheel),
        folder=folder,
    )
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def _site(folder: Path) -> Path:
    return Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))


def _python(folder: Path) -> Path:
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def _paytwice(folder: Path) -> Path:
    return folder / ("Scripts" if os.name == "nt" else "bin") / "paytwice"


def test_the_wheel_has_both_packages_their_types_the_scenarios_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata_name,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(metadata_name).decode()

    assert {"paytwice/py.typed", "paytwice_core/py.typed"} <= names
    shipped = {name.rpartition("/")[2] for name in names if name.startswith("paytwice/shipped_scenarios/")}
    assert shipped == {path.name for path in (ROOT / "scenarios").rglob("*.py")}
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert "License-Expression: Apache-2.0" in metadata
    assert "License-File: LICENSE" in metadata
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"paytwice", "paytwice_core"}


def test_what_is_imported_is_what_was_installed(home: Path) -> None:
    code = "import paytwice, paytwice_core; print(paytwice.__file__); print(paytwice_core.__file__)"

    places = _run(_python(home), "-c", code, folder=home).split()

    assert all(Path(place).resolve().is_relative_to(home.resolve()) for place in places), places


def test_an_installed_paytwice_plays_a_shipped_scenario(home: Path, tmp_path: Path) -> None:
    assert SEED_STORY in _run(_paytwice(home), "list", folder=tmp_path)

    told = _run(_paytwice(home), "run", SEED_STORY, folder=tmp_path)

    assert "Verdict:  ok" in told
    assert told == _run(_python(home), "-m", "paytwice", "run", SEED_STORY, folder=tmp_path)
    assert told == _run(sys.executable, "-m", "paytwice", "run", SEED_STORY, folder=tmp_path)
    assert _run(_paytwice(home), "--version", folder=tmp_path).startswith("paytwice ")


def test_a_shipped_scenario_that_fails_names_its_own_lines(home: Path, tmp_path: Path) -> None:
    code = (
        "from paytwice.places import place_of\nfrom paytwice.story.scenario import load\n"
        f"scenario = load({SEED_STORY!r})\n"
        "try: scenario.expect(None)\nexcept AttributeError as error: print(place_of(error))\n"
    )

    assert f"{SEED_STORY}.py:" in _run(_python(home), "-c", code, folder=tmp_path)


def test_the_tests_of_another_team_run_against_what_is_installed(home: Path, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    shutil.copytree(
        ROOT / "tests" / "sim" / "plugin" / "sample_project",
        project,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    python = _python(home)
    pytest_there = (python, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "--junitxml=junit.xml")

    told = _run(*pytest_there, folder=project)

    assert "13 passed" in told
    assert "paytwice: 13 runs, 13 distinct, 1 violated" in told
    junit = (project / "junit.xml").read_text(encoding="utf-8")
    assert junit.count('<property name="paytwice.outcome" value="ok"') == 12

    broken = _run(
        *(python, "-m", "pytest", "-p", "no:cacheprovider", "-k", "seed7", "--paytwice-out=failures"),
        *("--paytwice-merchant", "shop.payments:Forgetful"),
        folder=project,
        status=1,
    )

    assert "S4 no stranded money: BROKEN" in broken
    assert "replay    pytest tests/test_payments.py::test_late_success_goes_back --paytwice-seed 7" in broken
    (folder,) = (project / "failures").iterdir()
    assert (folder / "replay.json").is_file()
