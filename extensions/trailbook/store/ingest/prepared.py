"""A version that was verified, on its way to the writer."""

import msgspec

from ..forms import Frame
from ..tables.manifests import PlacedCell


class PreparedVersion(msgspec.Struct, kw_only=True):
    """A version that was verified and waits for its rows."""

    identity: bytes  # of its manifest
    frame: Frame
    cells: list[PlacedCell]
    counts: list[int | None]
    opaque: bytes | None = None
