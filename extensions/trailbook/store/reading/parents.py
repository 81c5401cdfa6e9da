"""The versions that a version brought together, for many versions at once."""

from collections import defaultdict
from collections.abc import Collection

from ..tables.direct import Direct
from ..tables.payloads import chunks, marks

_PARENTS = """
SELECT p.snapshot, p.parent FROM snapshot_parent p
JOIN snapshot t ON t.id = p.snapshot JOIN snapshot o ON o.id = p.parent
WHERE p.snapshot IN ({}) AND o.space = t.space AND o.deleted_at IS NULL ORDER BY o.event
"""


def parents_of(connection: Direct, snapshots: Collection[str]) -> dict[str, list[str]]:
    """Of each version the others that it brought together, oldest first.

    Those of another space are not told: whoever reads the one may not read the other.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for some in chunks(snapshots):
        rows = connection.exec_driver_sql(_PARENTS.format(marks(some)), tuple(some))
        for snapshot, parent in rows:
            found[snapshot].append(parent)
    return found
