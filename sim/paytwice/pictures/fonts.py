"""The fonts that texts are drawn in: the one that matplotlib brings along, and for Chinese what is installed.

A letter that no font here has is drawn as an empty box. matplotlib would draw the same box and warn of each
of them, wherever a chart is shown; so the box is put there before.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

from paytwice.arguments import one_of
from paytwice.pictures.languages import LANGUAGES
from paytwice.pictures.metrics import WIDTHS
from paytwice.pictures.names import ChartError

FONT: Final = "DejaVu Sans"
CHINESE: Final = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Hiragino Sans GB"),
    *("Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Arial Unicode MS"),
)
BOX: Final = "□"
BOLD: Final = 600  # the least weight of a bold font


def families(text: str) -> list[str]:
    """The fonts that a text is drawn in: the one that matplotlib brings along, where that has its letters.

    It has no Chinese; so a story told in Chinese is drawn in what this machine has.
    """
    return [FONT] if _is_plain(text) else [FONT, *chinese_fonts()]


def has_bold(text: str) -> bool:
    """Whether a text can be set in bold: some fonts for Chinese have no bold, and say so each time."""
    if _is_plain(text):
        return True
    return all(_heaviest(name) >= BOLD for name in families(text)[1:])


def chinese_fonts() -> list[str]:
    """The fonts for Chinese that are installed here, the best first."""
    known = _installed()
    return [name for name in CHINESE if name in known]


def need_language(language: str) -> None:
    """Raise ValueError where there is no such language, ChartError where this machine has no font for it."""
    if one_of("language", language, LANGUAGES) == "zh" and not chinese_fonts():
        raise ChartError(
            f"there is no font for Chinese here: install one of {', '.join(CHINESE[:3])} or WenQuanYi "
            "(Debian: apt install fonts-noto-cjk), or draw with language='en'"
        )


def drawable(text: str) -> str:
    """A text with a box in place of each letter that no font here has."""
    if _is_plain(text):
        return text
    fonts = tuple(families(text))
    return "".join(char if char in WIDTHS or _is_in(char, fonts) else BOX for char in text)


def _is_plain(text: str) -> bool:
    return all(char in WIDTHS for char in text)


@cache
def _is_in(char: str, fonts: tuple[str, ...]) -> bool:
    return any(ord(char) in _letters(name) for name in fonts)


@cache
def _letters(name: str) -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=[name]))).get_charmap())


@cache
def _heaviest(name: str) -> int:
    known = {"normal": 400, "regular": 400, "bold": BOLD, "heavy": 800, "black": 900}
    weights = (font.weight for font in fontManager.ttflist if font.name == name)
    return max(weight if isinstance(weight, int) else known.get(weight, 400) for weight in weights)


@cache
def _installed() -> frozenset[str]:
    return frozenset(font.name for font in fontManager.ttflist)
