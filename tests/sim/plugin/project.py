"""A project whose tests use paytwice, or do not."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from importlib.metadata import entry_points
from typing import Final

import attrs
import pytest
from matplotlib.backends import backend_svg as backend_svg

# What a project loads must be loaded already: pytester forgets the modules of each run, and neither trio nor
# numpy can be imported twice.
from paytwice import simulate as simulate
from paytwice.gallery import winner as winner

PLUGIN: Final = () if entry_points(group="pytest11", name="paytwice") else ("-p", "paytwice.testing.plugin")
STRICT: Final = ("--strict-markers", "--strict-config", "-W", "error", "-p", "no:cacheprovider")
STORY: Final = """
    order = await sim.checkout("99.00 CNY")
    await order.start("wechat")
    sim.network.hold("merchant", "wechat", lasting=180_000)
    await order.confirm("wechat")
    await sim.sleep(40_000)
    await order.pay("alipay")
"""
BROKEN: Final = "paytwice.gallery.winner:SwallowsTheSecond"


@attrs.define(eq=False)
class Project:
    """Files, and pytest over them."""

    pytester: pytest.Pytester

    def file(self, name: str, text: str) -> None:
        """Write a file; STORY on a line of its own is the body of the seed story."""
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("    STORY\n", STORY.lstrip("\n")), encoding="utf-8")

    def run(self, *arguments: str, apart: bool = False) -> Result:
        """Run pytest, in this process or `apart` in one of its own."""
        run = self.pytester.runpytest_subprocess if apart else self.pytester.runpytest_inprocess
        junit = self.pytester.path / "junit.xml"
        junit.unlink(missing_ok=True)
        done = run(*PLUGIN, *STRICT, f"--junitxml={junit}", *arguments)
        properties = {
            case.get("name", ""): {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
            for case in (ET.parse(junit).iter("testcase") if junit.exists() else ())
        }
        return Result(done, "\n".join([*done.outlines, *done.errlines]), properties)


@attrs.frozen
class Result:
    """What came of a run of pytest."""

    done: pytest.RunResult
    text: str
    properties: dict[str, dict[str, str]]  # by test, as JUnit has them

    @property
    def summary(self) -> str:
        """The line about what was tried."""
        return "".join(re.findall(r"^paytwice: (.*)$", self.text, re.MULTILINE))

    @property
    def counts(self) -> dict[str, int]:
        """How many tests ended how."""
        return self.done.parseoutcomes()

    @property
    def replays(self) -> list[list[str]]:
        """The arguments of the commands that are told in the sections of failures."""
        lines = re.findall(r"^(?:replay|or) +pytest (.*)$", self.text, re.MULTILINE)
        return [shlex.split(line) for line in lines]
