"""What a saved notebook looks like in pieces: the same on the wire and in the store.

A notebook's file is a frame around its cells. A cell is what it means (`SavedCell`), and its bytes
with each payload replaced by a reference (`CellForm.text`). Execution counts stand outside, in a
list of their own: a cell that ran again and said the same is the same cell. No piece holds content
that is a payload; each names it by an index into the contents that come with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, TypeVar

import msgspec

Parts = dict[str, int]
"""MIME type (or `text/plain` for streams and tracebacks) -> index into the contents."""

T = TypeVar("T")

MOST_STEPS = 100_000
"""Of a plan: as many stretches of changed cells as no notebook has."""


class SavedOutput(msgspec.Struct, frozen=True, array_like=True):
    """One output of a saved cell."""

    type: str
    name: str | None = None
    parts: Parts = {}


class SavedCell(msgspec.Struct, frozen=True, array_like=True):
    """What a cell means; `id` is the file's own, or None where it has none."""

    id: str | None
    type: str
    source: int
    outputs: list[SavedOutput] = []
    attachments: dict[str, Parts] = {}

    def shifted(self, by: int) -> "SavedCell":
        """The same cell where its contents begin at another index."""

        def moved(parts: Parts) -> Parts:
            return {mime: index + by for mime, index in parts.items()}

        return SavedCell(
            id=self.id,
            type=self.type,
            source=self.source + by,
            outputs=[SavedOutput(o.type, o.name, moved(o.parts)) for o in self.outputs],
            attachments={name: moved(parts) for name, parts in self.attachments.items()},
        )

    def named(self) -> Iterator[tuple[str, int]]:
        """Each content that the cell names, with its type."""
        yield "text/plain", self.source
        for output in self.outputs:
            yield from output.parts.items()
        for parts in self.attachments.values():
            yield from parts.items()


class Encoding(msgspec.Struct, frozen=True, array_like=True):
    """The way from a payload's content to its bytes in the file."""

    kind: str  # "string" · "lines" · "json"
    ascii: bool = False
    armour: int = -1  # base64: -1 none, 0 in one line, n broken after every n characters
    tail: bool = False  # base64 that ends with a newline
    cut: str = ""  # lines: "python" (str.splitlines), "newline", "lengths" (given by reference)
    joiner: str = ""
    open: str = ""
    between: str = ""
    close: str = ""
    step: int = 0  # json: the indent, or one of COMPACT


class CellForm(msgspec.Struct, frozen=True, array_like=True):
    """How a cell's bytes are made of its contents, which are `contents` many.

    `text` is the cell's bytes with references: the k-th reference to a content is the k-th
    content. `blank` says that its source is empty.
    """

    cell: SavedCell
    encodings: list[Encoding]
    text: bytes
    contents: int
    blank: bool


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """The bytes around the cells: before the first, between each two, behind the last."""

    head: bytes
    between: list[bytes]  # one, if all are the same
    tail: bytes

    def length(self, cells: int) -> int:
        """How many bytes it has around so many cells."""
        between = sum(map(len, self.between))
        if len(self.between) == 1:
            between *= max(cells - 1, 0)
        return len(self.head) + between + len(self.tail)

    def pieces(self, cells: int) -> list[bytes]:
        """The cells + 1 pieces of the frame."""
        if cells == 0:
            return [self.head + self.tail]
        between = self.between * (cells - 1) if len(self.between) == 1 else self.between
        if len(between) != cells - 1:
            raise ValueError("a frame for another number of cells")
        return [self.head, *between, self.tail]


class SnapshotForm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a notebook's bytes are made again, in whole or told as a change of another version.

    With a `base`, `plan` is the order of the cells: `[start, stop]` are cells of the base, `[n]`
    the next n of `cells`. The contents are those of `cells`, one after the other. `readable` is
    False for bytes that are no notebook: then they are the only content.
    """

    cells: list[CellForm] = []
    counts: list[int | None] = []  # one for each mark in the cells' texts, in order
    frame: Frame | None = None  # None: the base's
    base: str | None = None
    plan: Annotated[list[list[int]], msgspec.Meta(max_length=MOST_STEPS)] = []
    readable: bool = True

    @property
    def length(self) -> int:
        """How many cells the notebook has; a plan may name the same ones again and again."""
        if self.base is None:
            return len(self.cells)
        return sum(step[0] if len(step) == 1 else step[-1] - step[0] for step in self.plan if step)

    def arrange(self, new: Sequence[T], base: Sequence[T]) -> list[T]:
        """The cells in the order of the notebook, from those that are new and the base's."""
        if self.base is None:
            return list(new)
        cells: list[T] = []
        used = 0
        for step in self.plan:
            if len(step) == 1 and step[0] >= 0:
                cells += new[used : used + step[0]]
                used += step[0]
            elif len(step) == 2 and 0 <= step[0] <= step[1] <= len(base):
                cells += base[step[0] : step[1]]
            else:
                raise ValueError("a plan that leads out of its base")
        if used != len(new):
            raise ValueError("a plan that leaves cells out")
        return cells


def numbered(cells: Iterable[CellForm]) -> list[SavedCell]:
    """The cells with indexes into the contents of all of them together."""
    found, start = [], 0
    for form in cells:
        found.append(form.cell.shifted(start))
        start += form.contents
    return found
