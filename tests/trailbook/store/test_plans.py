"""What one more event or page asks of the store is found by an index, however much is there."""

import sqlite3
from typing import Any

import pytest

from trailbook.store.records import KernelEnded
from trailbook.store.tables.database import Direct

SMALL = ("space", "member", "project", "person", "meta", "tombstone")
"""What grows with people and projects, and what holds a row for each purge, not with their work."""

SHORT = ("SCAN CONSTANT ROW", "SCAN sqlite_sequence")
"""The latter has three rows, whatever there is."""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """All statements with their values."""
    heard: list[tuple[str, Any]] = []
    execute = Direct.exec_driver_sql

    def listen(direct: Direct, statement: str, parameters: Any = ()) -> Any:
        heard.append((statement, parameters))
        return execute(direct, statement, parameters)

    monkeypatch.setattr(Direct, "exec_driver_sql", listen)
    return heard


def scans(store: Any, said: list[tuple[str, Any]]) -> set[str]:
    """Tables that a statement reads from beginning to end."""
    connection = sqlite3.connect(store.db.path)
    found = set()
    for statement, values in said:
        if not statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")):
            continue
        for *_, plan in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values):
            if plan.startswith("SCAN ") and " USING " not in plan and plan not in SHORT:
                found.add(f"{plan}: {' '.join(statement.split())[:120]}")
    connection.close()
    return found


def test_one_more_event_reads_no_table_as_a_whole(
    store: Any, ada: Any, notebook_bytes: Any, said: list[tuple[str, Any]]
) -> None:
    session = ada.start_kernel("a.ipynb")
    for n in range(3):
        run = ada.run(f"x = {n}", path="a.ipynb")
        ada.output(run, 0, "stream", text=f"said {n}")
        ada.save(notebook_bytes(f"x = {n}", "y"), "a.ipynb")
    ada.tell(KernelEnded, kernel_session=session)
    assert any("INTO execution" in statement for statement, _ in said)
    assert any("INTO snapshot" in statement for statement, _ in said)
    assert scans(store, said) == set()


def test_a_page_reads_no_table_as_a_whole(
    store: Any, ada: Any, notebook_bytes: Any, said: list[tuple[str, Any]]
) -> None:
    run = ada.run("1 / 0", path="a.ipynb")
    version = ada.save(notebook_bytes("x"), "a.ipynb")
    notebook = ada.notebook("a.ipynb")
    said.clear()
    store.steps(notebook, newest=True)
    store.steps(notebook, around=run)
    store.step(run)
    store.neighbours(run)
    store.snapshots(notebook)
    store.snapshot(version)
    store.snapshot_bytes(version)
    store.snapshot_at_step(run)
    store.notebook(notebook)
    store.notebook_at(ada.space, "a.ipynb")
    store.deleted_at_path(ada.space, "a.ipynb")
    store.missing(ada.writer, ada.space, [bytes(16)])
    assert scans(store, said) == set()
