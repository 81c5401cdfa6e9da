"""A terminal's colours as HTML: everything is escaped, and only colours and weights survive."""

import re

from markupsafe import Markup, escape

SEQUENCE = re.compile(
    r"\x1b\[([0-9;:]*)m"  # colours and weights
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # other control sequences
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # links and titles of a terminal
    r"|\x1b."
)
WEIGHTS = {1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse"}
OFF = {22: ("bold", "faint"), 23: ("italic",), 24: ("underline",), 27: ("inverse",)}
EXTENDED = {38, 48}
LONGEST_CODE, UNKNOWN = 4, -1
COLOURS = ((30, "fg", ""), (40, "bg", ""), (90, "fg", "b"), (100, "bg", "b"))


def to_html(text: str) -> Markup:
    """`text` with its colours as spans of fixed class names."""
    styles: dict[str, str] = {}
    pieces: list[Markup] = []
    position = 0
    for found in SEQUENCE.finditer(text):
        pieces.append(_piece(text[position : found.start()], styles))
        position = found.end()
        if found.group(1) is not None:
            _apply(found.group(1), styles)
    pieces.append(_piece(text[position:], styles))
    return Markup("").join(pieces)


def plain(text: str) -> str:
    """`text` without any control sequence."""
    return SEQUENCE.sub("", text)


def _piece(text: str, styles: dict[str, str]) -> Markup:
    if not text or not styles:
        return escape(text)
    names = " ".join(f"ansi-{name}" for name in styles.values())
    return Markup('<span class="{}">{}</span>').format(names, text)


def _apply(codes: str, styles: dict[str, str]) -> None:
    """Change the styles in force by one sequence; what is unknown is skipped."""
    said = re.split("[;:]", codes)[:32]
    numbers = [int(code or 0) if len(code) <= LONGEST_CODE else UNKNOWN for code in said]
    while numbers:
        code = numbers.pop(0)
        if code in EXTENDED:
            _apply_extended("fg" if code == 38 else "bg", numbers, styles)
        else:
            _apply_one(code, styles)


def _apply_one(code: int, styles: dict[str, str]) -> None:
    if code == 0:
        styles.clear()
    elif code in WEIGHTS:
        styles[WEIGHTS[code]] = WEIGHTS[code]
    elif code in OFF:
        for name in OFF[code]:
            styles.pop(name, None)
    elif code in {39, 49}:
        styles.pop("fg" if code == 39 else "bg", None)
    else:
        _apply_colour(code, styles)


def _apply_colour(code: int, styles: dict[str, str]) -> None:
    for first, ground, bright in COLOURS:
        if first <= code < first + 8:
            styles[ground] = f"{ground}-{bright}{code - first}"


def _apply_extended(ground: str, numbers: list[int], styles: dict[str, str]) -> None:
    """256 colours: the first 16 are the terminal's own, the others the nearest of them."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 2:
        del numbers[:3]
        return
    index = numbers.pop(0) if kind == 5 and numbers else -1
    if 0 <= index < 16:
        styles[ground] = f"{ground}-{'b' if index > 7 else ''}{index % 8}"
    elif 16 <= index < 232:
        red, green, blue = (index - 16) // 36, (index - 16) // 6 % 6, (index - 16) % 6
        near = (red > 2) + 2 * (green > 2) + 4 * (blue > 2)
        styles[ground] = f"{ground}-{near}"
