"""Where else a cell's source was run before: in which notebook, and as which track of it.

Who copies a cell from another notebook leaves no trace but what it says. Runs are indexed by their
source, and nearly all that is worth copying was run.
"""

from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import NamedTuple

import blake3

from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from . import versions
from .following import Cell, Known, follow
from .versions import EVER, Head, head_at

_RUNS = """
SELECT notebook, event FROM execution
WHERE source = ? AND event < ? AND notebook IS NOT NULL AND deleted_at IS NULL
ORDER BY event DESC LIMIT ?
"""
_MOST_RUNS = 50
_SINCE = "SELECT min(event) FROM snapshot WHERE notebook = ? AND event > ? AND readable = 1"


class Origin(NamedTuple):
    """A track of a notebook."""

    notebook: str
    number: int


class Origins:
    """Finds origins of cells of one notebook, which was saved for the last time at `before`."""

    def __init__(self, connection: Direct, notebook: str, before: int) -> None:
        self._connection = connection
        self._notebook = notebook
        self._before = before
        self._heads: dict[tuple[str, int], Head | None] = {}

    def known(self, sources: Collection[Hashable]) -> set[Hashable]:
        """Those of the sources that were run at all."""
        found: set[Hashable] = set()
        for some in chunks(sources):
            query = f"SELECT DISTINCT source FROM execution WHERE source IN ({marks(some)})"
            found |= {row[0] for row in self._connection.exec_driver_sql(query, tuple(some))}
        return found

    def of(self, source: Hashable) -> Origin | None:
        """The track that said this last, elsewhere or in this notebook before its last version.

        What others ran after it had first been run here was copied from here.
        """
        runs = self._connection.exec_driver_sql(_RUNS, (source, EVER, _MOST_RUNS)).all()
        own = [event for notebook, event in runs if notebook == self._notebook]
        asked: set[str] = set()
        for notebook, event in runs:
            if notebook == self._notebook:
                if event > self._before:
                    continue
            elif notebook in asked or (own and event > min(own)):
                continue
            asked.add(notebook)
            number = self._number(notebook, event, source)
            if number is not None:
                return Origin(notebook, number)
        return None

    def _number(self, notebook: str, event: int, source: Hashable) -> int | None:
        last = self._before if notebook == self._notebook else EVER
        for head in self._looks(notebook, event, last):
            for it in versions.known(self._connection, head):
                if it.cell.source == source:
                    return it.number
        return None

    def _looks(self, notebook: str, event: int, last: int) -> Iterator[Head]:
        """The notebook as it is now, and as it was saved after that run."""
        since = self._connection.exec_driver_sql(_SINCE, (notebook, event)).scalar_one()
        for at in dict.fromkeys((last, since)):
            if at is not None:
                if (notebook, at) not in self._heads:
                    self._heads[notebook, at] = head_at(self._connection, notebook, at)
                head = self._heads[notebook, at]
                if head is not None:
                    yield head


def as_copied(
    connection: Direct, origin: Head, cells: Sequence[Cell], *, apart: bool
) -> list[tuple[int, int]]:
    """Of a copied notebook's cells, by place, the tracks that they are copies of.

    Rows of payloads say nothing `apart`, between spaces: then what they say is compared.
    """
    before = versions.known(connection, origin)

    def read(source: Hashable) -> bytes:
        return texts[source] if apart else versions.text(connection, source)

    texts: dict[Hashable, bytes] = {}
    if apart:
        before = [Known(it.number, told(connection, it.cell, texts)) for it in before]
        cells = [told(connection, cell, texts) for cell in cells]
    numbers = follow(before, cells, read).numbers
    return [(place, number) for place, number in enumerate(numbers) if number is not None]


def told(connection: Direct, cell: Cell, texts: dict[Hashable, bytes]) -> Cell:
    """The cell by what it says, which is kept in `texts`."""
    text = versions.text(connection, cell.source)
    digest = blake3.blake3(text).digest(16)
    texts[digest] = text
    return cell._replace(source=digest)
