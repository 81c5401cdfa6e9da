"""The outputs of runs as they were recorded, message by message."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec

from ..outputs import PARTS_OF_A_ROW, RecordedOutput, RecordedPart, part_number
from ..tables.direct import Direct
from ..tables.payloads import chunks, marks


class StoredOutput(msgspec.Struct, frozen=True):
    """An output's row, and the payload row of each part by its number."""

    recorded: RecordedOutput
    rows: dict[int, int]
    metadata: int | None = None


def recorded_outputs(
    connection: Direct, runs: Collection[str], *, deleted: bool = False
) -> dict[str, list[StoredOutput]]:
    """The outputs of these runs as they were recorded, without or with deleted ones."""
    which = "" if deleted else " AND deleted_at IS NULL"
    found: dict[str, list[StoredOutput]] = defaultdict(list)
    for some in chunks(runs):
        query = (
            "SELECT execution, number, type, name, value, display_id, wait, parts, dropped_bytes,"
            f" metadata FROM output WHERE execution IN ({marks(some)}){which}"
            " ORDER BY execution, number"
        )
        for row in connection.exec_driver_sql(query, tuple(some)):
            found[row[0]].append(_stored(row))
    return found


def _stored(row: Any) -> StoredOutput:
    parts, rows = [], {}
    for place, (mime, payload, size) in enumerate(msgspec.msgpack.decode(row[7])[:PARTS_OF_A_ROW]):
        number = part_number(row[1], place)
        parts.append(RecordedPart(mime=mime, number=number, size=size))
        rows[number] = payload
    recorded = RecordedOutput(
        index=row[1],
        type=row[2],
        name=row[3],
        value=row[4],
        display_id=row[5],
        wait=bool(row[6]),
        parts=parts,
        dropped_bytes=row[8],
    )
    return StoredOutput(recorded, rows, row[9])
