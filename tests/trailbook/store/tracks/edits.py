"""Somebody who edits a notebook, and knows of each cell what became of it."""

import json
import random
from dataclasses import dataclass, field, replace

from trailbook.store.tracks.following import Kind

WORDS = ["frame", "tenure", "model", "fit", "score", "plot", "load", "clean", "split", "merge"]
Links = list[tuple[int, int, int]]  # track, kind, origin


@dataclass(eq=False)
class Written:
    """A cell, with the track that it belongs to in truth."""

    lines: list[str]
    track: int
    id: str


@dataclass
class Notebook:
    """A notebook in somebody's hands; one thing happens to it at a time."""

    chance: random.Random
    ids: str = "kept"  # kept · none · invented (others at each save) · places (numbers of places)
    cells: list[Written] = field(default_factory=list)
    bin: list[Written] = field(default_factory=list)
    tracks: int = 0
    links: Links = field(default_factory=list)  # of the last thing that happened

    def write(self, lines: list[str] | None = None) -> Written:
        """A new cell, at no place yet."""
        made = Written(lines or [self.line() for _ in range(self.chance.randint(4, 7))], -1, "")
        made.track, self.tracks = self.tracks, self.tracks + 1
        made.id = f"{self.chance.getrandbits(32):08x}"
        return made

    def line(self) -> str:
        """A line that nobody else writes."""
        return f"{self.chance.choice(WORDS)}_{self.chance.getrandbits(24)} = {self.chance.random()}"

    def happen(self) -> str:
        """Something happens; answers what."""
        self.links = []
        what = self.chance.choice(
            ["edit"] * 4 + ["add", "add", "remove", "move", "split", "merge", "copy", "undo", "run"]
        )
        if len(self.cells) < 3 and what != "undo":
            what = "add"
        getattr(self, what)()
        return what

    def any(self, least: int = 1) -> Written | None:
        """A cell of at least so many lines; without ids, one that nobody could mistake."""
        found = [cell for cell in self.cells if len(cell.lines) >= least and self.is_clear(cell)]
        return self.chance.choice(found) if found else None

    def is_clear(self, cell: Written) -> bool:
        """Whether no other cell says the same, or ids tell them apart."""
        twins = sum(other.lines == cell.lines for other in self.cells if other is not cell)
        return self.ids == "kept" or not twins

    def run(self) -> None:
        """Nothing that is said changes."""

    def edit(self) -> None:
        """A line is written anew, and perhaps one is added."""
        cell = self.any(4)
        if cell is None:
            return
        cell.lines[self.chance.randrange(len(cell.lines))] = self.line()
        if self.chance.random() < 0.3:
            cell.lines.append(self.line())

    def add(self) -> None:
        """A new cell somewhere."""
        self.cells.insert(self.chance.randint(0, len(self.cells)), self.write())

    def remove(self) -> None:
        """A cell goes."""
        cell = self.any(2)
        if cell is not None:
            self.cells.remove(cell)
            self.bin.append(cell)

    def undo(self) -> None:
        """The cell that went last comes back."""
        if self.bin and self.is_clear(self.bin[-1]):
            self.cells.insert(self.chance.randint(0, len(self.cells)), self.bin.pop())

    def move(self) -> None:
        """A cell goes elsewhere."""
        cell = self.any()
        if cell is not None:
            self.cells.remove(cell)
            self.cells.insert(self.chance.randint(0, len(self.cells)), cell)

    def split(self) -> None:
        """A cell becomes two: of the larger part it is said that it is the old one."""
        cell = self.any(4)
        if cell is None:
            return
        place = self.cells.index(cell)
        cut = len(cell.lines) - 1
        part = self.write(cell.lines[cut:])
        cell.lines = cell.lines[:cut]
        self.cells.insert(place + 1, part)
        self.links.append((part.track, Kind.SPLIT, cell.track))

    def merge(self) -> None:
        """A small cell is taken into the one before it."""
        place = self.chance.randrange(1, len(self.cells))
        one, other = self.cells[place - 1], self.cells[place]
        if len(other.lines) > len(one.lines) or not (self.is_clear(one) and self.is_clear(other)):
            return
        one.lines += other.lines
        del self.cells[place]
        self.links.append((one.track, Kind.MERGE, other.track))

    def copy(self) -> None:
        """A cell once more, anywhere."""
        cell = self.any(2)
        if cell is None or any(it.lines == cell.lines for it in self.cells if it is not cell):
            return
        made = self.write(list(cell.lines))
        first = 0 if self.ids == "kept" else self.cells.index(cell) + 1
        self.cells.insert(self.chance.randint(first, len(self.cells)), made)
        self.links.append((made.track, Kind.COPY, cell.track))

    def order(self) -> list[int]:
        """The tracks in the order of the cells."""
        return [cell.track for cell in self.cells]

    def saved(self) -> list[tuple[str | None, str]]:
        """Ids and sources, as they are in the file."""
        names: dict[str, list[str | None]] = {
            "kept": [cell.id for cell in self.cells],
            "none": [None for _ in self.cells],
            "invented": [f"{self.chance.getrandbits(32):08x}" for _ in self.cells],
            "places": [f"cell-{n}" for n, _ in enumerate(self.cells)],
        }
        sources = ["\n".join(cell.lines) for cell in self.cells]
        return list(zip(names[self.ids], sources, strict=True))

    def raw(self) -> bytes:
        """The file."""
        cells = []
        for id_, source in self.saved():
            named = {} if id_ is None else {"id": id_}
            cells.append(
                {
                    "cell_type": "code",
                    "execution_count": self.chance.randrange(100),
                    **named,
                    "metadata": {},
                    "outputs": [],
                    "source": source.splitlines(keepends=True),
                }
            )
        whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        return (json.dumps(whole, indent=1) + "\n").encode()

    def again(self) -> "Notebook":
        """The same notebook in other hands, which number its cells from 0."""
        cells = [replace(c, lines=list(c.lines), track=n) for n, c in enumerate(self.cells)]
        return Notebook(self.chance, self.ids, cells, [], len(cells))
