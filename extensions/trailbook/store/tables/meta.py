"""What a store says of itself, before anybody reads what it holds."""

from .direct import Statements

VERSION = "0008"
"""The schema of this version of the program."""
MANIFEST = 2
"""The form of manifests."""
SWEEP = "purge-unswept"
_SCHEMA = "SELECT version_num FROM alembic_version"
_PURGES = "SELECT value FROM meta WHERE name = 'purges'"


def schema_version(connection: Statements) -> str | None:
    """The schema that the store has."""
    found: str | None = connection.exec_driver_sql(_SCHEMA).scalar_one_or_none()
    return found


def purge_count(connection: Statements) -> int:
    """How many purges the store has seen: what was read before the last must not be used again."""
    count = connection.exec_driver_sql(_PURGES).scalar_one_or_none()
    return 0 if count is None else int(count)


def is_unswept(connection: Statements) -> bool:
    """Whether a purge is still to be finished."""
    query = "SELECT 1 FROM meta WHERE name = ? AND value = '1'"
    return connection.exec_driver_sql(query, (SWEEP,)).first() is not None
