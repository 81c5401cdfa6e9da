"""What of two notebooks is compared."""

import msgspec


class Options(msgspec.Struct, frozen=True):
    """Sources always are; what only says when a cell ran is left out unless it is asked for."""

    outputs: bool = True
    metadata: bool = False
    counts: bool = False
    ids: bool = False
