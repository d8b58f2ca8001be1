"""How wide a text is in DejaVu Sans, so that labels can be placed without a font, the same on every machine.

The advance widths are the font's own, in thousandths of its size; what is not listed is as wide as it gets.
Bold is wider by a quarter at most.
"""

from __future__ import annotations

from typing import Final

WIDTHS: Final = {
    char: width
    for width, chars in {
        275: "'",
        278: "ijl",
        295: "IJ",
        318: " ,.·",
        337: "/:;\\|",
        352: "f",
        361: "-",
        390: "()[]",
        392: "t",
        401: "!",
        411: "r",
        460: '"',
        500: "*_`–",
        521: "s",
        525: "z",
        531: "?",
        550: "c",
        557: "L",
        575: "F",
        579: "k",
        592: "vxy",
        603: "P",
        611: "TY",
        612: "o",
        613: "a",
        615: "e",
        632: "E",
        634: "hnu",
        635: "Sbdgpq",
        636: "$0123456789{}¥€£",
        656: "K",
        684: "AV",
        685: "XZ",
        686: "B",
        695: "R",
        698: "C",
        732: "U",
        748: "N",
        752: "H",
        770: "D",
        775: "G",
        780: "&",
        787: "OQ",
        818: "w",
        838: "#+<=>^~×→←−",
        863: "M",
        950: "%",
        974: "m",
        989: "W",
    }.items()
    for char in chars
}
WIDEST: Final = 1000
BOLD: Final = 1.17
POINTS: Final = 72  # an inch


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How many inches a line of text takes at `size` points."""
    thousandths = sum(WIDTHS.get(char, WIDEST) for char in text)
    return thousandths / 1000 * size / POINTS * (BOLD if bold else 1)
