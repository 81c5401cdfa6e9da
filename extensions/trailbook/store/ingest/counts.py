"""A notebook's counts, made again from its steps and versions."""

from ..tables.direct import Statements

_RECOUNT = """
UPDATE notebook SET
    runs = (SELECT count(*) FROM execution e
        WHERE e.notebook = :id AND e.space = notebook.space AND e.deleted_at IS NULL),
    errors = (SELECT count(*) FROM execution e WHERE e.notebook = :id
        AND e.space = notebook.space AND e.deleted_at IS NULL AND e.status = 'error'),
    versions = (SELECT count(*) FROM snapshot s WHERE s.notebook = :id
        AND s.space = notebook.space AND s.deleted_at IS NULL AND s.changed = 1),
    steps = (SELECT count(*) FROM step t WHERE t.notebook = :id)
WHERE id = :id
"""


def recount(connection: Statements, notebook: str) -> None:
    """Count what is in the notebook's present space and not deleted."""
    connection.exec_driver_sql(_RECOUNT, {"id": notebook})
