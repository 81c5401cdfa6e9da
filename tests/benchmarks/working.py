"""Notebooks that somebody works at: what they run, and the file that each save writes.

Made-up ones are of four sizes, with cells as notebooks have them: a quarter is text, of the code a
third says nothing, a third a few lines, the others show a table or a picture. Between two saves
about three cells run, mostly near each other and edited before. What ran is in the file that is
saved, as it is with a person; a save with nothing run before it has an edited line. Pictures do not
compress, and a picture that is drawn again is another one.

Real ones are histories of commits (see bench_store.py), saved version by version: a commit changes
more than a save does.
"""

import base64
import json
import random
from typing import NamedTuple, Protocol

SIZES = {20_000: 20, 100_000: 40, 500_000: 60, 5_000_000: 80}
"""Bytes on disk, and how many cells there are."""

MIX = [(0.60, 20_000), (0.30, 100_000), (0.09, 500_000), (0.01, 5_000_000)]

WORDS = ("frame", "column", "mean", "model", "score", "train", "test", "plot", "value", "index")


class Run(NamedTuple):
    """A cell that ran: its source, and its outputs as the notebook's format has them."""

    cell: str
    source: str
    outputs: list[dict]


class Work(Protocol):
    """One person's notebook."""

    kind: str

    def run(self) -> Run:
        """Run a cell."""

    def save(self) -> bytes:
        """The file as it is now."""


class MadeUp:
    """A made-up notebook."""

    def __init__(self, size: int, seed: int) -> None:
        self.kind = f"made-up, {size // 1000} kB"
        self._pick = random.Random(seed)  # noqa: S311
        self._runs = 0
        self._dirty = True
        many = SIZES[size]
        self._cells = [self._cell(n) for n in range(many)]
        self._code = [c for c in self._cells if c["cell_type"] == "code"]
        drawn = [cell for cell in self._code if self._shows(cell) == "picture"]
        left = size - len(self._written())
        self._picture_bytes = max(2_000, left * 3 // 4 // max(1, len(drawn)))
        for cell in self._code:
            cell["outputs"] = self._outputs(cell)
        self._at = len(self._code) // 2

    def run(self) -> Run:
        """Go to a cell nearby, edit a line, run it."""
        self._at = (self._at + self._pick.choice((-1, 0, 0, 1, 1, 1, 7))) % len(self._code)
        cell = self._code[self._at]
        self._edit(cell)
        self._runs += 1
        cell["execution_count"] = self._runs
        cell["outputs"] = self._outputs(cell)
        self._dirty = True
        return Run(cell["id"], "".join(cell["source"]), cell["outputs"])

    def save(self) -> bytes:
        """The file, with another line edited if nothing ran."""
        if not self._dirty:
            self._edit(self._pick.choice(self._cells))
        self._dirty = False
        return self._written()

    def _written(self) -> bytes:
        nb = {"cells": self._cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        return (json.dumps(nb, indent=1, ensure_ascii=False) + "\n").encode()

    def _cell(self, number: int) -> dict:
        kind = "markdown" if number % 4 == 0 else "code"
        lines = self._pick.choice((2, 4, 6, 9, 14)) if kind == "code" else 3
        source = [self._line() for _ in range(lines)]
        cell = {"cell_type": kind, "id": f"{number:08x}", "metadata": {}, "source": source}
        return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})

    def _line(self) -> str:
        words = self._pick.choices(WORDS, k=4)
        return f"{words[0]}_{words[1]} = {words[2]}({words[3]}={self._pick.random():.4f})\n"

    def _edit(self, cell: dict) -> None:
        cell["source"][self._pick.randrange(len(cell["source"]))] = self._line()

    def _shows(self, cell: dict) -> str:
        place = int(cell["id"], 16) % 12
        return {1: "table", 7: "picture"}.get(place, "nothing" if place % 3 == 0 else "lines")

    def _outputs(self, cell: dict) -> list[dict]:
        shows = self._shows(cell)
        if shows == "nothing":
            return []
        if shows == "lines":
            text = [self._line() for _ in range(self._pick.choice((1, 1, 2, 5, 10)))]
            return [{"name": "stdout", "output_type": "stream", "text": text}]
        data: dict[str, object]
        if shows == "table":
            rows = [[f"{self._pick.random():.6f}" for _ in range(6)] for _ in range(5)]
            data = {"text/html": table(rows), "text/plain": [" ".join(row) + "\n" for row in rows]}
        else:
            drawn = self._pick.randbytes(self._picture_bytes)
            data = {"image/png": base64.b64encode(drawn).decode(), "text/plain": ["<Figure>"]}
        return [{"data": data, "metadata": {}, "output_type": "display_data"}]


def table(rows: list[list[str]]) -> list[str]:
    """A table as pandas shows it."""
    lines = ["<div>\n", '<table border="1" class="dataframe">\n', "  <tbody>\n"]
    for row in rows:
        cells = [f"      <td>{value}</td>\n" for value in row]
        lines += ["    <tr>\n", *cells, "    </tr>\n"]
    return [*lines, "  </tbody>\n", "</table>\n", "</div>"]


class Replayed:
    """A real history, from one of its versions on."""

    def __init__(self, name: str, versions: list[bytes], start: int, seed: int) -> None:
        self.kind = f"real, {name}"
        self._versions = iter(versions[start:])
        self._beside = MadeUp(20_000, seed)

    def run(self) -> Run:
        """A made-up cell: commits do not tell of runs."""
        return self._beside.run()

    def save(self) -> bytes:
        """The next version."""
        return next(self._versions)


def size_of(number: int) -> int:
    """The size of a recorder's made-up notebook, by the mix."""
    part = (number * 0.6180339887) % 1.0
    for share, size in MIX:
        if part < share:
            return size
        part -= share
    return MIX[0][1]
