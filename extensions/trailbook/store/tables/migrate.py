"""Bringing a store's schema up to this version, or refusing one that is newer."""

from pathlib import Path

import sqlalchemy as sa

from ...errors import StoreTooNew
from .meta import VERSION

MIGRATIONS = Path(__file__).parent / "migrations"


def found_version(connection: sa.Connection) -> str | None:
    """The schema that the store has now; None for an empty file."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def migrate(connection: sa.Connection) -> None:
    """Run what is missing, all of it or nothing, inside the caller's transaction."""
    found = found_version(connection)
    if found == VERSION:
        return
    from alembic import command  # slow to import: only when there is something to do
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreTooNew(found)
    command.upgrade(config, "head")
