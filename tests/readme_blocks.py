"""The parts of the README that are made from code: `python tests/readme_blocks.py` writes them anew."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import attrs

from paytwice.chaos.census import Census
from paytwice.chaos.finding import findings
from paytwice.chaos.result import result_of
from paytwice.comparing.outside import compare
from paytwice.gallery.collection import exhibit, gallery
from paytwice.gallery.telling import Shown, told
from paytwice.promises.table import promises
from paytwice.report.text import report
from paytwice.shrinking.folder import summary
from paytwice.story.loading import theme_of
from paytwice.story.plot import Plot
from paytwice.story.scenario import available, load, title_of
from paytwice_core import MACHINES, mermaid

ROOT: Final = Path(__file__).parents[1]
SCRIPTS: Final = sorted((ROOT / "notebooks").glob("*.py"))
README: Final = ROOT / "README.md"
SEEDS: Final = 6  # of the campaign in the README
STORY: Final = "late_wechat_after_alipay"
TESTS: Final = ROOT / "tests" / "sim"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def _code(path: Path) -> str:
    """The file without its docstring, which the README tells in its own words."""
    source = path.read_text(encoding="utf-8")
    first = ast.parse(source).body[0]
    assert isinstance(first, ast.Expr), f"{path} begins with a docstring"
    return "\n".join(source.splitlines()[first.end_lineno or 0 :])


def report_block() -> str:
    """The end of what the first command prints."""
    played = load("late_wechat_after_alipay").play()
    lines = [line for line, _ in report(played.run)]
    order = next(i for i, line in enumerate(lines) if line.startswith("Order P1"))
    return _fenced("text", "\n".join(lines[order:]))


def scenarios_block() -> str:
    """A table of the shipped scenarios."""
    by_theme = sorted(available().items(), key=lambda item: theme_of(item[1]))
    rows = [
        f"| {theme_of(path)} | `{name}` | {title_of(path)} | {_caught_by(name)} |" for name, path in by_theme
    ]
    head = "| about | scenario | what goes wrong | guards, and who fails it |"
    return "\n".join([head, "| --- | --- | --- | --- |", *rows])


def _caught_by(scenario: str) -> str:
    """The promises that a scenario guards, each with the exhibits that break it there."""
    shown = [one for one in gallery().values() if one.showing.scenario == scenario]
    guarded = dict.fromkeys(one.invariant for one in shown)
    return "; ".join(
        f"{name}: {', '.join(f'`{one.name}`' for one in shown if one.invariant == name)}" for name in guarded
    )


def exhibit_block() -> str:
    """What a visitor of the gallery is told about one exhibit, from what breaks on."""
    lines = [line for line, _ in told(Shown.of(exhibit("last_writer_wins")))]
    story, breaks = (
        next(n for n, line in enumerate(lines) if line.startswith(head))
        for head in ("What happens", "What breaks")
    )
    return _fenced("text", "\n".join([*lines[:story], *lines[breaks:]]))


def example_block() -> str:
    """The seed story as it stands."""
    return _fenced("python", (ROOT / "scenarios" / "late_wechat_after_alipay.py").read_text(encoding="utf-8"))


def merchant_block() -> str:
    """The small merchant as it stands."""
    return _fenced("python", _code(TESTS / "merchants" / "small.py"))


def tests_block() -> str:
    """Tests under pytest."""
    return _fenced("python", _code(TESTS / "plugin" / "in_your_tests.py"))


def channel_block() -> str:
    """A channel nobody foresaw."""
    return _fenced("python", _code(TESTS / "own_channel.py"))


def wire_block() -> str:
    """A notification on the wire."""
    return _fenced("python", _code(TESTS / "wire" / "own_handler.py"))


def hypothesis_block() -> str:
    """A test with Hypothesis."""
    return _fenced("python", _code(TESTS / "strategies" / "test_in_the_readme.py"))


def invariants_block() -> str:
    """A table of the promises."""
    rows = [f"| {name} | {one.title} | {one.protects} | {one.mode} |" for name, one in promises().items()]
    head = ["| | promise | whom it protects, and from what | judged |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def machines_block() -> str:
    """The state diagrams."""
    return "\n\n".join(_fenced("mermaid", mermaid(machine)) for machine in MACHINES)


def notebooks_block() -> str:
    """A table of the notebooks."""
    rows = [f"| [`{script.stem}`](notebooks/{script.stem}.ipynb) | {_asks(script)} |" for script in SCRIPTS]
    return "\n".join(["| notebook | what it is about |", "| --- | --- |", *rows])


def _asks(script: Path) -> str:
    """The first heading of a notebook."""
    return next(line for line in script.read_text(encoding="utf-8").splitlines() if line[:4] == "# # ")[4:]


def shrunk_block() -> str:
    """What a campaign says of a merchant that takes a second payment for a repeat of the first."""
    from paytwice.gallery.winner import SwallowsTheSecond

    stage = attrs.evolve(Plot("busy_shop", {"profile": "rough"}).loaded(), factory=SwallowsTheSecond)
    census = Census()
    census.take("busy_shop", [result_of((seed,), stage.play(seed)) for seed in range(SEEDS)])
    finding = next(findings([stage], census))
    assert finding.shrunk is not None, finding.why_not
    return _fenced("text", "\n".join(summary(finding.shrunk)))


def compared_block() -> str:
    """What a comparison says first of a merchant that loses money: what it costs, and where it began."""
    lines = [line for line, _ in compare("reference", "paytwice.merchant.canary:Canary", STORY).lines()]
    until = next(i for i, line in enumerate(lines) if line.startswith("  and later"))
    return _fenced("text", "\n".join(lines[: until + 1]))


BLOCKS: Final[Mapping[str, Callable[[], str]]] = {
    "report": report_block,
    "shrunk": shrunk_block,
    "compared": compared_block,
    "scenarios": scenarios_block,
    "exhibit": exhibit_block,
    "example": example_block,
    "notebooks": notebooks_block,
    "merchant": merchant_block,
    "tests": tests_block,
    "channel": channel_block,
    "wire": wire_block,
    "hypothesis": hypothesis_block,
    "invariants": invariants_block,
    "machines": machines_block,
}


def written(readme: str) -> str:
    """The README with every generated block as it must be now."""

    def block(match: re.Match[str]) -> str:
        return f"<!-- generated: {match[1]} -->\n{BLOCKS[match[1]]()}\n<!-- end -->"

    return re.sub(r"<!-- generated: (\w+) -->\n.*?<!-- end -->", block, readme, flags=re.DOTALL)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
