"""Deleting steps and outputs: gone from every answer, saved versions included."""

from collections.abc import Iterable

import blake3

from ...clock import now_us
from ...errors import NotFound
from ..ingest.counts import recount
from ..outputs import fold
from ..reading.displays import all_updates
from ..reading.recorded import recorded_outputs
from ..tables.database import Database
from ..tables.direct import Direct


class Deletion:
    """The part of the store that takes away what its author wants gone."""

    db: Database

    def delete_step(self, step: str, *, by: str) -> None:
        """Take a run with all its outputs, or a version, out of every answer."""
        self.db.write(lambda c: _delete_step(Direct(c), step, by))

    def delete_output(self, step: str, index: int, *, by: str) -> None:
        """Take one output of a run, as it is shown, out of every answer."""
        self.db.write(lambda c: _delete_output(Direct(c), step, index, by))

    def cached_diff(self, key: bytes) -> bytes | None:
        """A diff that was made before."""
        with self.db.statements() as connection:
            row = connection.exec_driver_sql(
                "SELECT body FROM diff_cache WHERE key = ?", (key,)
            ).first()
        return None if row is None else bytes(row[0])

    def cache_diff(self, key: bytes, places: Iterable[str], body: bytes) -> None:
        """Keep a diff until one of its places (versions, notebooks, spaces) loses something."""
        self.db.write(lambda c: _cache(Direct(c), key, set(places), body))


def _delete_step(connection: Direct, step: str, by: str) -> None:
    now = now_us()
    for table in ("execution", "snapshot"):
        row = connection.exec_driver_sql(
            f"SELECT notebook, space FROM {table} WHERE id = ? AND deleted_at IS NULL",
            (step,),
        ).first()
        if row is not None:
            connection.exec_driver_sql(
                f"UPDATE {table} SET deleted_at = ?, deleted_by = ? WHERE id = ?",
                (now, by, step),
            )
            break
    else:
        raise NotFound("step")
    connection.exec_driver_sql("DELETE FROM step WHERE thing = ?", (step,))
    connection.exec_driver_sql("DELETE FROM note WHERE step = ? OR snapshot = ?", (step, step))
    _erase_outputs(connection, step, "1 = 1", (), now, by)
    _bury(connection, row[1], "step", step, by, now)
    aftermath(connection, row[0], row[1])


def _delete_output(connection: Direct, step: str, index: int, by: str) -> None:
    row = connection.exec_driver_sql(
        "SELECT notebook, space FROM execution WHERE id = ? AND deleted_at IS NULL", (step,)
    ).first()
    stored = recorded_outputs(connection, [step]).get(step, [])
    for shown in fold([output.recorded for output in stored]):
        if row is not None and shown.rows[0] == index:
            now = now_us()
            updates = all_updates(connection, step, shown.display_id or "")
            gone = [(step, number) for number in shown.rows]
            for run, number in [*gone, *((one.run, one.number) for one in updates)]:
                _erase_outputs(connection, run, "number = ?", (number,), now, by)
                _bury(connection, row[1], "output", f"{run}/{number}", by, now)
            aftermath(connection, row[0], row[1])
            return
    raise NotFound("output")


def _erase_outputs(
    connection: Direct, step: str, which: str, values: tuple[int, ...], now: int, by: str
) -> None:
    connection.exec_driver_sql(
        "UPDATE output SET deleted_at = ?, deleted_by = ?, value = NULL, name = NULL"
        f" WHERE execution = ? AND {which}",
        (now, by, step, *values),
    )


def _bury(connection: Direct, space: str, kind: str, what: str, by: str, now: int) -> None:
    key = connection.exec_driver_sql("SELECT key FROM space WHERE id = ?", (space,)).scalar_one()
    fingerprint = blake3.blake3(f"{kind}:{what}".encode(), key=key).digest()
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO tombstone (space, fingerprint, kind, at, by_person)"
        " VALUES (?, ?, ?, ?, ?)",
        (space, fingerprint, kind, now, by),
    )


def aftermath(connection: Direct, notebook: str | None, space: str) -> None:
    """Counts are made again, and diffs that may show what is gone are dropped."""
    if notebook is None:
        return
    connection.exec_driver_sql(
        "UPDATE notebook SET something_deleted = 1 WHERE id = ?", (notebook,)
    )
    recount(connection, notebook)
    connection.exec_driver_sql(
        "DELETE FROM diff_cache WHERE key IN (SELECT key FROM diff_cache_place WHERE place IN"
        " (?, ?) OR place IN (SELECT id FROM snapshot WHERE notebook = ?))",
        (notebook, space, notebook),
    )


_MOST_DIFFS = 2_000


def _cache(connection: Direct, key: bytes, places: set[str], body: bytes) -> None:
    connection.exec_driver_sql("DELETE FROM diff_cache WHERE key = ?", (key,))
    connection.exec_driver_sql(
        "INSERT INTO diff_cache (key, body, at) VALUES (?, ?, ?)", (key, body, now_us())
    )
    for place in places:
        connection.exec_driver_sql(
            "INSERT INTO diff_cache_place (place, key) VALUES (?, ?)", (place, key)
        )
    connection.exec_driver_sql(
        "DELETE FROM diff_cache WHERE key IN"
        " (SELECT key FROM diff_cache ORDER BY at DESC LIMIT -1 OFFSET ?)",
        (_MOST_DIFFS,),
    )
