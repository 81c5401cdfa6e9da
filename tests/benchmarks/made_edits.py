"""Histories of made-up notebooks in which it is known which cell and which line is which."""

import copy
import json
import random

import msgspec

CELLS = 60
VERSIONS = 45
SAME = ("frame.head()", "import numpy as np", "plt.show()")
"""What several cells of a notebook say."""


class MadeCell(msgspec.Struct):
    """A cell: lines with keys that they keep."""

    key: int
    lines: list[tuple[int, str]]
    output: float = 0.0

    @property
    def source(self) -> str:
        return "\n".join(text for _, text in self.lines)


class Edited(msgspec.Struct):
    """One version."""

    cells: list[MadeCell]
    ids: bool

    def raw(self) -> bytes:
        """The file."""
        cells = [
            {
                "cell_type": "code",
                **({"id": f"{cell.key * 2654435761 % 2**32:08x}"} if self.ids else {}),
                "execution_count": None,
                "metadata": {},
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": f"{cell.output:.6f}\n"}
                ],
                "source": cell.source,
            }
            for cell in self.cells
        ]
        minor = 5 if self.ids else 4
        whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
        return json.dumps(whole).encode()


class Author:
    """Writes, and knows what is what."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self.keys = 0

    def key(self) -> int:
        self.keys += 1
        return self.keys

    def text(self) -> str:
        words = [f"name_{self.random.randrange(300)}" for _ in range(self.random.randint(2, 5))]
        return f"{words[0]} = {'('.join(words[1:])}{')' * (len(words) - 2)}"

    def cell(self) -> MadeCell:
        if self.random.random() < 0.1:
            return MadeCell(self.key(), [(self.key(), self.random.choice(SAME))])
        count = self.random.randint(1, 12)
        return MadeCell(self.key(), [(self.key(), self.text()) for _ in range(count)])

    def change(self, cells: list[MadeCell]) -> None:
        """One of the things that people do, to a cell or to what it says."""
        place = self.random.randrange(len(cells))
        if self.random.random() < 0.8:
            self.edit(cells[place].lines)
        else:
            self.arrange(cells, place)

    def edit(self, lines: list[tuple[int, str]]) -> None:
        """Another word or line, one more, one less, or all of them in another order."""
        place = self.random.randrange(len(lines))
        key, text = lines[place]
        kind = self.random.choices(("word", "line", "more", "less", "order"), (6, 4, 4, 2, 1))[0]
        if kind == "word":
            before, _, after = text.rpartition("_")
            after = f"{self.random.randrange(300)}" + after.lstrip("0123456789")
            lines[place] = (key, f"{before}_{after}")
        elif kind == "line":
            lines[place] = (self.key(), self.text())
        elif kind == "more":
            lines.insert(place, (self.key(), self.text()))
        elif kind == "less" and len(lines) > 1:
            del lines[place]
        else:
            lines[:] = lines[place:] + lines[:place]

    def arrange(self, cells: list[MadeCell], place: int) -> None:
        """One more, one less, or one elsewhere."""
        kind = self.random.choices(("more", "less", "move"), (2, 1, 1))[0]
        if kind == "more":
            cells.insert(place, self.cell())
        elif kind == "less" and len(cells) > CELLS // 2:
            del cells[place]
        else:
            cells.insert(self.random.randrange(len(cells)), cells.pop(place))


def made_history(seed: int, *, ids: bool) -> list[Edited]:
    """Versions, each a few changes after the one before; some are a re-run of everything."""
    author = Author(seed)
    now = Edited([author.cell() for _ in range(CELLS)], ids)
    found = [copy.deepcopy(now)]
    while len(found) < VERSIONS:
        for _ in range(author.random.randint(1, 4)):
            author.change(now.cells)
        if author.random.random() < 0.2:
            for cell in now.cells:
                cell.output = author.random.random()
        found.append(copy.deepcopy(now))
    return found
