"""Looking through the whole store for damage; naming exactly what is damaged."""

from collections.abc import Iterator

from .database import Statements


def check(connection: Statements) -> list[str]:
    """One sentence for each thing that is damaged."""
    return list(_index(connection))


def _index(connection: Statements) -> Iterator[str]:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            yield f"The database file is damaged: {line}."
