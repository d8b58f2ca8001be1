"""A campaign as JUnit XML, as Jenkins, GitLab and others read it.

Each story has a test case, which promises that every run of it has a verdict; each promise that was broken
in a story has one too, which failed. So a story in which something broke is never all green, and the counts
are those of the report.
"""

from __future__ import annotations

import re
import shlex
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from paytwice.chaos.campaign import Campaign, name
from paytwice.chaos.census import Census, Signature
from paytwice.oracle import INVARIANTS
from paytwice.story.plot import Origin, Plot, origin_text
from paytwice_core import Money

SUITE: Final = "paytwice chaos"
MOST: Final = 20  # runs without a verdict that are told one by one
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0


def junit(
    campaign: Campaign, census: Census, seconds: float, stopped: str = "", currency: str = "CNY"
) -> bytes:
    """The results of a campaign as a file's content; `stopped` says why it ended early, if it did."""
    root = Element("testsuites", name=SUITE)
    suite = SubElement(root, "testsuite", name=SUITE)
    _properties(suite, campaign, census, stopped)
    for plot in campaign.plots:
        _played(
            SubElement(suite, "testcase", _titled(plot, "every run has a verdict")), plot, census, stopped
        )
    by_name = {name(plot): plot for plot in campaign.plots}
    for one in census.ranked:
        plot = by_name[one.plot]
        title = INVARIANTS[one.invariant].title if one.invariant in INVARIANTS else ""
        case = SubElement(suite, "testcase", _titled(plot, f"{one.invariant} {title}".strip()))
        _failed(case, one, plot, currency)
    cases = suite.findall("testcase")
    for element in (root, suite):
        element.set("tests", str(len(cases)))
        element.set("failures", _with(cases, "failure"))
        element.set("errors", _with(cases, "error"))
        element.set("time", f"{seconds:.3f}")
    suite.set("skipped", _with(cases, "skipped"))  # which the root has no word for
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _with(cases: list[Element], tag: str) -> str:
    return str(sum(case.find(tag) is not None for case in cases))


def _properties(suite: Element, campaign: Campaign, census: Census, stopped: str) -> None:
    plot = campaign.plots[0]  # the plots of a campaign share settings and merchant
    told = {
        "runs": census.runs,
        "distinct": census.distinct,
        "draws": census.drawn,
        "seeds": f"{campaign.begin} to {campaign.begin + campaign.seeds - 1}",
        "violated": census.violated,
        "unknown": census.outcomes["unknown"],
        "failed": census.outcomes["failed"],
        "settings": " ".join(f"{key}={value}" for key, value in plot.changes.items()),
        "merchant": plot.merchant or "",
        "stopped": stopped,
    }
    properties = SubElement(suite, "properties")
    for key, value in told.items():
        if value != "":
            SubElement(properties, "property", name=key, value=_legal(str(value)))


def _titled(plot: Plot, title: str) -> dict[str, str]:
    return {"classname": _legal(f"paytwice.{name(plot)}"), "name": _legal(title)}


def _played(case: Element, plot: Plot, census: Census, stopped: str) -> None:
    """Whether all runs of a story have a verdict, and which have none."""
    lost = [(_origin(run), why) for (source, run), why in census.failures.items() if source == name(plot)]
    lost.sort(key=lambda one: (len(one[0]), one[0]))
    if lost:
        first, why = lost[0]
        said = (
            f"{len(lost)} run{'s' * (len(lost) > 1)} without a verdict, the first is {_called(first)}: {why}"
        )
        error = SubElement(case, "error", message=_legal(said), type="no verdict")
        lines = [f"{_called(origin)}: {why}" for origin, why in lost[:MOST]]
        lines += [f"and {len(lost) - MOST} more"] * (len(lost) > MOST)
        error.text = _legal("\n".join([*lines, _again(plot, first)]))
    elif stopped:
        SubElement(case, "skipped", message=_legal(f"not everything was played: {stopped}"))


def _failed(case: Element, one: Signature, plot: Plot, currency: str) -> None:
    """What broke, how often, with how much at stake, and how to see it."""
    money, first = Money(one.at_stake, currency).display, _called(one.first)
    says = "" if one.worst is None else one.worst.says
    runs = f"{one.count} run{'s' * (one.count > 1)}"
    said = f"{one.invariant} broken in {runs}, first with {first}, up to {money} at stake: {says}"
    failure = SubElement(case, "failure", message=_legal(said), type=one.invariant)
    lines = [says, f"broken in: {runs}", f"first with: {first}", f"at stake: up to {money}"]
    failure.text = _legal("\n".join([*lines, _again(plot, one.first)]))


def _again(plot: Plot, origin: Origin) -> str:
    """How to play one run again: a seed by a command, what mutations made of one from its replay file."""
    if len(origin) > 1:
        return "play it again: paytwice replay REPLAY.JSON, which paytwice chaos writes with --out FOLDER"
    return f"play it again: {shlex.join(plot.command(origin[0]))}"


def _called(origin: Origin) -> str:
    return f"{'seed' if len(origin) == 1 else 'the mutated run'} {origin_text(origin)}"


def _origin(run: str) -> Origin:
    return tuple(map(int, run.split("+")))


def _legal(text: str) -> str:
    """Text without what XML cannot hold: somebody's exception may say anything."""
    return _ILLEGAL.sub("\ufffd", text)
