"""Manifests in the database: what each saved file is made of, told against the version before.

A manifest is its file's frame, its cells each with the rows of its payloads, and the execution
counts. Identical files of a space share one.
"""

from collections.abc import Collection, Mapping
from functools import cached_property

import msgspec

from ...errors import StoreDamaged
from ..forms import CellForm, Frame, SavedCell, numbered
from ..objects.layout import write_cell
from ..objects.whole import assemble
from . import payloads
from .compression import Basis, compress
from .direct import Direct
from .meta import MANIFEST

_TABLE = "manifest"
LEVEL = 1
SHORT = 160
"""At this level zstd needs more than a patch of so many bytes, and more time."""


class StoredCell(msgspec.Struct, frozen=True, array_like=True):
    """A cell's form, and the rows of its contents."""

    form: CellForm
    rows: list[int]


class Manifest(msgspec.Struct, frozen=True, array_like=True):
    """What a file is made of; for one that is no notebook, its one payload."""

    version: int
    frame: Frame
    cells: list[msgspec.Raw]
    counts: list[int | None]
    opaque: int | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Manifest)
_cell_decoder = msgspec.msgpack.Decoder(StoredCell)


class PlacedCell(msgspec.Struct):
    """A cell of a version; its contents by id (as they came) or by row (as they are stored).

    Versions share the cells that are the same. `written` are its bytes while it is on its way in,
    `said` what it says to a reader, its source.
    """

    form: CellForm
    ids: list[bytes] | None = None
    rows: list[int] | None = None
    chunk: bytes | None = None
    written: list[bytes] | None = None
    said: bytes | None = None

    def key(self, index: int) -> int | bytes:
        """The content at this index, by row or by id."""
        return self.rows[index] if self.rows is not None else (self.ids or [])[index]


class Version:
    """What one saved file is made of; `chunks` are its cells as its manifest holds them."""

    def __init__(
        self,
        frame: Frame,
        chunks: list[bytes],
        counts: list[int | None],
        opaque: int | None = None,
    ) -> None:
        self.frame = frame
        self.chunks = chunks
        self.counts = counts
        self.opaque = opaque

    @property
    def readable(self) -> bool:
        """Whether the file is a notebook."""
        return self.opaque is None

    @cached_property
    def placed(self) -> list[PlacedCell]:
        """The cells."""
        return [_decode(chunk) for chunk in self.chunks]

    @cached_property
    def cells(self) -> list[SavedCell]:
        """What the cells mean; their indexes lead into `rows`."""
        return numbered(cell.form for cell in self.placed)

    @cached_property
    def rows(self) -> list[int]:
        """The payloads of all cells, in order."""
        if self.opaque is not None:
            return [self.opaque]
        return [row for cell in self.placed for row in cell.rows or ()]


def _decode(chunk: bytes) -> PlacedCell:
    cell = _cell_decoder.decode(chunk)
    return PlacedCell(cell.form, rows=cell.rows, chunk=chunk)


def rows_of_cell(chunk: bytes) -> set[int]:
    """The payloads of a cell as manifests hold it."""
    return set(_cell_decoder.decode(chunk).rows)


def encode_cell(form: CellForm, rows: list[int]) -> bytes:
    """A cell as manifests hold it."""
    return _encoder.encode(StoredCell(form, rows))


def encode(version: Version) -> bytes:
    """A manifest as it is stored."""
    cells = [msgspec.Raw(chunk) for chunk in version.chunks]
    return _encoder.encode(Manifest(MANIFEST, version.frame, cells, version.counts, version.opaque))


def find(connection: Direct, space: int, identity: bytes) -> int | None:
    """The manifest of a file that the space already has."""
    return payloads.rows_of(connection, space, [identity], _TABLE).get(identity)


def insert(
    connection: Direct, space: int, identity: bytes, content: bytes, base: int | None
) -> int:
    """Store a manifest, told against an earlier one."""
    basis = None
    if base is not None:
        try:
            basis = payloads.bases(connection, [base], table=_TABLE)[base]
        except StoreDamaged:
            base = None
    packed = payloads.Packed(identity, content, compress(content, basis, LEVEL, SHORT), base)
    return payloads.insert(connection, space, packed, base, _TABLE)


def load(connection: Direct, row: int, what: str = "A version") -> Version:
    """The manifest in this row; StoreDamaged names `what`."""
    known: Version | None = connection.cache.get(("version", row))
    if known is not None:
        return known
    content = payloads.bases(connection, [row], what, _TABLE)[row].content
    try:
        manifest = _decoder.decode(content)
    except msgspec.MsgspecError as error:
        raise StoreDamaged(what) from error
    if manifest.version != MANIFEST:
        raise StoreDamaged(what)
    chunks = list(map(bytes, manifest.cells))
    version = Version(manifest.frame, chunks, manifest.counts, manifest.opaque)
    remember(connection, row, version, 2 * len(content))
    return version


def is_sound(connection: Direct, row: int) -> bool:
    """Whether the manifest in this row can be read, and all that it names is there."""
    try:
        version = load(connection, row)
    except StoreDamaged:
        return False
    rows = set(version.rows)
    return payloads.sizes(connection, rows).keys() == rows


def remember(connection: Direct, row: int, version: Version, size: int) -> None:
    """Keep a version of about so many bytes at hand: the next is told as its change."""
    connection.cache.put(("version", row), version, size)


def remember_written(connection: Direct, chunk: bytes, written: list[bytes]) -> None:
    """Keep a cell's bytes at hand, which other versions share."""
    connection.cache.put(chunk, written, len(chunk) + sum(map(len, written)))


def written_cells(connection: Direct, chunks: list[bytes], what: str) -> list[list[bytes]]:
    """The bytes of cells, as `write_cell` gives them. Raises StoreDamaged, which names `what`."""
    found = connection.cache.get_all(chunks)
    unknown = [n for n, written in enumerate(found) if written is None]
    if unknown:
        lacking = {chunk: _decode(chunk) for chunk in {chunks[n] for n in unknown}}
        rows = {row for cell in lacking.values() for row in cell.rows or ()}
        stored = payloads.bases(connection, rows, what)
        made = {chunk: _write(cell, stored) for chunk, cell in lacking.items()}
        for chunk, written in made.items():
            remember_written(connection, chunk, written)
        for n in unknown:
            found[n] = made[chunks[n]]
    return found


def _write(
    cell: PlacedCell, stored: Mapping[int, Basis], apart: Collection[int] = ()
) -> list[bytes]:
    """The cell's bytes, without what is set apart and what was purged."""
    found = [stored[row] for row in cell.rows or ()]
    gone = {n for n, basis in enumerate(found) if basis.encoding == payloads.PURGED}
    return write_cell(cell.form, [basis.content for basis in found], gone.union(apart))


def file_of(
    connection: Direct, version: Version, withheld: Collection[int] = (), what: str = "A version"
) -> bytes:
    """The file's bytes, or with the payloads at the `withheld` indexes left empty."""
    if version.opaque is not None:
        row = version.opaque
        return b"" if withheld else payloads.contents(connection, [row], what)[row]
    try:
        if withheld:
            written = _without(connection, version, withheld, what)
        else:
            written = written_cells(connection, version.chunks, what)
        return assemble(version.frame, written, version.counts)
    except (msgspec.MsgspecError, ValueError, IndexError, TypeError) as error:
        raise StoreDamaged(what) from error


def _without(
    connection: Direct, version: Version, withheld: Collection[int], what: str
) -> list[list[bytes]]:
    stored = payloads.bases(connection, set(version.rows), what)
    written, start = [], 0
    for cell in version.placed:
        end = start + len(cell.rows or ())
        apart = {n - start for n in withheld if start <= n < end}
        written.append(_write(cell, stored, apart))
        start = end
    return written
