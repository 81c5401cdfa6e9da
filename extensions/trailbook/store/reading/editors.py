"""Who has changed shared documents, for many versions at once."""

from collections import defaultdict
from collections.abc import Collection

from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from ..views import EditorView

_EDITORS = """
SELECT snapshot, author, author_basis FROM snapshot_editor WHERE snapshot IN ({})
ORDER BY snapshot, place
"""


def editors_of(connection: Direct, snapshots: Collection[str]) -> dict[str, list[EditorView]]:
    """The editors of these versions, the last one last; none where nobody was told."""
    found: dict[str, list[EditorView]] = defaultdict(list)
    for some in chunks(snapshots):
        rows = connection.exec_driver_sql(_EDITORS.format(marks(some)), tuple(some))
        for snapshot, author, basis in rows:
            found[snapshot].append(EditorView(author=author, author_basis=basis))
    return found
