"""A project that does not use paytwice does not notice that it is installed."""

from __future__ import annotations

from tests.sim.plugin.project import Project

pytest_plugins = ["pytester"]

SIMPLE = "async def helper(sim):\n    pass\ndef test_it(tmp_path):\n    assert tmp_path.is_dir()\n"
LOOK = """
import sys
def pytest_sessionfinish():
    ours = {"paytwice", "paytwice_core", "trio", "attrs", "attr", "matplotlib", "cattrs", "click", "rich"}
    print("\\nimported", *[name for name in sys.modules if name.partition(".")[0] in ours])
"""
OTHERS = tuple(f"-pno:{name}" for name in ("trio", "anyio", "hypothesispytest", "detangle", "xdist", "cov"))


def test_nothing_of_the_simulation_is_imported(project: Project) -> None:
    project.file("conftest.py", LOOK)
    project.file("test_theirs.py", SIMPLE)

    result = project.run(*OTHERS, "-s", apart=True)

    (imported,) = (line.split()[1:] for line in result.text.splitlines() if line.startswith("imported"))
    assert result.counts == {"passed": 1}
    assert set(imported) <= {
        "paytwice",
        *(f"paytwice.testing{name}" for name in ("", ".options", ".plugin", ".seeds", ".stories", ".told")),
    }
    assert "paytwice.testing.plugin" in imported


def test_nothing_is_told_at_the_end(project: Project) -> None:
    project.file("test_theirs.py", SIMPLE + "def test_that():\n    assert not 'a failure'\n")

    result = project.run()

    assert result.counts == {"passed": 1, "failed": 1}
    assert "paytwice" not in result.text.partition("collected")[2].replace("--junitxml", "")
    assert result.properties == {"test_it": {}, "test_that": {}}


def test_the_mark_is_known_and_explained(project: Project) -> None:
    result = project.run("--markers")

    assert "@pytest.mark.paytwice(seeds=0, begin=0, profile='rough'" in result.text


def test_it_can_be_switched_off(project: Project) -> None:
    project.file("test_theirs.py", SIMPLE)

    result = project.run("-p", "no:paytwice.testing.plugin", "-p", "no:paytwice", "--markers")

    assert "@pytest.mark.paytwice" not in result.text
