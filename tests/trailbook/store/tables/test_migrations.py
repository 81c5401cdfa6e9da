"""The schema comes from migrations alone, and a newer store is left alone."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from trailbook.errors import StoreDamaged, StoreTooNew
from trailbook.store.tables.database import Database
from trailbook.store.tables.meta import VERSION
from trailbook.store.tables.migrate import found_version
from trailbook.store.tables.schema import metadata


def lines(sql: str) -> list[str]:
    """The columns and constraints, wherever a later change has put them."""
    return sorted(
        part.strip() for part in re.split(r"[,\n]", sql[: sql.rindex(")")]) if part.strip()
    )


def test_the_migrations_make_the_schema(tmp_path: Path) -> None:
    db = Database(tmp_path / "a.sqlite")
    with db.read() as connection:
        assert found_version(connection) == VERSION
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        made = {
            name: sql
            for name, sql in connection.execute(
                sa.text("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index')")
            )
            if sql and name not in ("alembic_version", "sqlite_sequence")
        }
    db.close()
    assert differences == []
    meant = sa.create_engine("sqlite://")
    with meant.begin() as connection:
        metadata.create_all(connection)
        rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master")).all()
    meant.dispose()
    for name, sql in rows:
        if sql and name != "sqlite_sequence":
            assert lines(made[name]) == lines(sql), name


def test_the_history_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    db = Database(file)
    modes = {beside.name: beside.stat().st_mode & 0o777 for beside in tmp_path.iterdir()}
    db.close()
    assert modes
    assert set(modes.values()) == {0o600}


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    Database(file).close()
    before = file.read_bytes()
    Database(file).close()
    assert file.read_bytes() == before


def test_a_newer_store_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    db = Database(file)
    db.write(lambda c: c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'")))
    db.close()
    before = file.read_bytes()
    with pytest.raises(StoreTooNew) as refused:
        Database(file)
    assert "9999" in str(refused.value)
    assert file.read_bytes() == before


def test_a_file_that_is_no_store_is_named_damaged(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    file.write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreDamaged):
        Database(file)
    assert file.read_bytes() == b"this is not a database" * 100


def test_a_failed_migration_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start begins anew: tables and version come in one transaction."""
    from trailbook.store.tables.migrations.first import notebooks

    def fail() -> None:
        raise RuntimeError("stopped half way")

    monkeypatch.setattr(notebooks, "create", fail)
    with pytest.raises(RuntimeError):
        Database(tmp_path / "a.sqlite")
    monkeypatch.undo()
    Database(tmp_path / "a.sqlite").close()
