"""Projects of other teams, made for one test each, and played with the plugin as it is here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest
from tests.sim.plugin.project import Project

ROOT: Final = Path(__file__).parents[3]

collect_ignore = ["sample_project"]  # which is run against the wheel, by tests/test_packaging.py


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project; processes that it starts see this checkout, and no worker of ours."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(str(ROOT / name) for name in ("core", "sim", ".")))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    return Project(pytester)
