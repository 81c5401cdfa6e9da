"""A store many times as large as what was recorded into it, in minutes instead of hours.

Every notebook is there so many times, with all its events, runs, outputs, steps and versions under
identities and paths of their own; payloads and manifests take as much room and as many places in
their indexes. The copies can be read, but their contents have invented identities: nothing but the
cost of what is at hand should be asked of such a store.
"""

import sqlite3
from pathlib import Path

TABLES = (
    "event", "notebook", "notebook_path", "notebook_author", "visibility_span", "kernel_session",
    "execution", "output", "step", "snapshot", "payload", "manifest",
)  # fmt: skip
PLACES = ("ingest", "event", "created_event", "from_event", "until_event")
IDENTITIES = ("id", "notebook", "kernel_session", "session", "execution", "thing")


def multiply(file: Path, times: int) -> None:
    """Make the store `times` as large; nobody may have it open."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = OFF")  # the service sets its own again
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -500000")  # indexes are filled at random places
    connection.execute("CREATE TEMP TABLE copy (n INTEGER)")
    connection.executemany("INSERT INTO copy VALUES (?)", [(n,) for n in range(1, times)])
    steps = _steps(connection)
    with connection:
        for table in TABLES:
            connection.execute(f"CREATE TEMP TABLE original AS SELECT * FROM main.{table}")  # noqa: S608
            columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
            copied = ", ".join(_copied(table, column, steps) for column in columns)
            connection.execute(
                f"INSERT INTO main.{table} ({', '.join(columns)})"  # noqa: S608
                f" SELECT {copied} FROM copy, temp.original"
            )
            connection.execute("DROP TABLE temp.original")
        connection.execute(
            "UPDATE writer SET acknowledged = (SELECT max(sequence) FROM event"
            " WHERE event.writer = writer.row)"
        )
    connection.close()


def _steps(connection: sqlite3.Connection) -> dict[str, int]:
    """How far a copy's numbers are from those of the copy before."""
    asked = {
        "event": "SELECT max(ingest) FROM event",
        "sequence": "SELECT max(sequence) FROM event",
        "payload": "SELECT max(row) FROM payload",
        "manifest": "SELECT max(row) FROM manifest",
    }
    return {name: connection.execute(query).fetchone()[0] for name, query in asked.items()}


def _copied(table: str, column: str, steps: dict[str, int]) -> str:
    """What stands in a column of a copy."""
    if column in PLACES:
        return f"{column} + n * {steps['event']}"
    if column == "sequence":
        return f"{column} + n * {steps['sequence']}"
    if column in {"row", "base"}:
        return f"{column} + n * {steps[table]}"
    if (table, column) in {("execution", "source"), ("snapshot", "manifest")}:
        return f"{column} + n * {steps['payload' if column == 'source' else 'manifest']}"
    if column == "id_head":
        return "random()"
    if column in IDENTITIES:
        return (
            f"CASE {column} WHEN '' THEN '' ELSE substr({column}, 1, 24) || printf('%08x', n) END"
        )
    return f"n || '/' || {column}" if column == "path" else column
