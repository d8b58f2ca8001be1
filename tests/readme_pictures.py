"""The README's pictures, each by the command beside it: `python tests/readme_pictures.py` draws them anew."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

from paytwice.cli import main

FOLDER: Final = Path(__file__).parents[1] / ".github"
SWEPT: Final = "--set patience=10s,40s,2m --set hangs=10s,1m,3m,10m,1h --seeds 20 --value refund"

# What draws each picture, but for the file that it is drawn into.
COMMANDS: Final = {
    "late_wechat_after_alipay.svg": "run late_wechat_after_alipay --quiet --chart",
    "money.svg": "chart money late_wechat_after_alipay -o",
    "refund.svg": f"sweep late_wechat_after_alipay {SWEPT} --chart",
    "ladders.svg": "chart ladders all_notifications_lost -o",
    "load.svg": "chart load peak_night@11 --set profile=peak_night -o",
}


def drawn(name: str, folder: Path) -> str:
    """Draw a picture into a folder, and return what is in it."""
    path = folder / name
    main.main([*shlex.split(COMMANDS[name]), str(path)], standalone_mode=False)
    return path.read_text(encoding="utf-8")


def told(svg: str) -> list[tuple[str, str]]:
    """What is written in a chart, and how large it is; the same under every version of matplotlib."""
    return re.findall(r'<!-- (.*?) -->|viewBox="(?:0 0 )?([\d. ]+)"', svg)


def drawn_by(svg: str) -> list[str]:
    """Which version of matplotlib drew a chart."""
    return re.findall(r"Matplotlib v[\w.]+", svg)


if __name__ == "__main__":
    for each in COMMANDS:
        drawn(each, FOLDER)
