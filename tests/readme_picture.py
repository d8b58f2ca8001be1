"""The picture on the README's first screen: `python tests/readme_picture.py` draws it anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from paytwice.charts import save, swimlane
from paytwice.story.scenario import load

STORY: Final = "late_wechat_after_alipay"
PICTURE: Final = Path(__file__).parents[1] / ".github" / f"{STORY}.svg"


def drawn(path: Path) -> str:
    """Draw the seed story into a file, and return what is in it."""
    played = load(STORY).play()
    save(swimlane(played.run, played.scenario.title), path)
    return path.read_text(encoding="utf-8")


def told(svg: str) -> list[tuple[str, str]]:
    """What is written in a chart, and how large it is; the same under every version of matplotlib."""
    return re.findall(r'<!-- (.*?) -->|viewBox="(?:0 0 )?([\d. ]+)"', svg)


def drawn_by(svg: str) -> list[str]:
    """Which version of matplotlib drew a chart."""
    return re.findall(r"Matplotlib v[\w.]+", svg)


if __name__ == "__main__":
    drawn(PICTURE)
