"""Chains of content that is told against other content, when one link of them changes.

What a row means never depends on how it is stored: here rows are stored in another way, and what
is told against them is stored again or renumbered, so that every content stays what it was.
"""

from collections.abc import Mapping

from . import payloads
from .compression import at_steps, compress, steps
from .direct import Direct


def rewrite(connection: Direct, table: str, changes: Mapping[int, bytes | None]) -> None:
    """Give rows other content, or none, and leave the content of all others as it is.

    From the last row to the first: a row is always told against an earlier one.
    """
    links = _Links(connection, table)
    for row in sorted(changes, reverse=True):
        followers = payloads.bases(connection, links.told_against(row), table=table)
        content = changes[row]
        base = links.base(row)
        if content is None:
            links.empty(row)
        else:
            links.store(row, content, base)
        for follower, basis in sorted(followers.items()):
            links.store(follower, basis.content, base if content is None else row)
    links.close()


class _Links:
    """Which rows are told against which: there is no index that says it."""

    def __init__(self, connection: Direct, table: str) -> None:
        self._connection = connection
        self._table = table
        self._run("CREATE TEMP TABLE link (row INTEGER PRIMARY KEY, base INTEGER)")
        self._run(f"INSERT INTO link SELECT row, base FROM {table} WHERE base IS NOT NULL")
        self._run("CREATE INDEX temp.link_base ON link (base)")

    def close(self) -> None:
        self._run("DROP TABLE temp.link")

    def base(self, row: int) -> int | None:
        """What the row is told against."""
        return self._one("SELECT base FROM link WHERE row = ?", row)

    def told_against(self, row: int) -> list[int]:
        """The rows that cannot be read without this one."""
        rows = self._connection.exec_driver_sql("SELECT row FROM link WHERE base = ?", (row,))
        return [found for (found,) in rows]

    def empty(self, row: int) -> None:
        """Leave nothing of the row but its place."""
        self._run(
            f"UPDATE {self._table} SET id_head = ?, id_tail = ?, size = 0, encoding = ?,"
            " base = NULL, data = ? WHERE row = ?",
            *payloads.halves(payloads.NO_ID),
            payloads.PURGED,
            b"",
            row,
        )
        if self._table == "manifest":
            self._run("UPDATE manifest SET digest = NULL WHERE row = ?", row)
        self._run("DELETE FROM link WHERE row = ?", row)
        self._connection.cache.clear()  # also what is told against it was read from there

    def store(self, row: int, content: bytes, base: int | None) -> None:
        """Store content in its row anew, against the base where that gains something."""
        basis = None
        if base is not None:
            basis = payloads.bases(self._connection, [base], table=self._table)[base]
        stored = compress(content, basis)
        base = base if stored.needs_basis else None
        payloads.update(self._connection, self._table, row, content, stored, base)
        self._run("DELETE FROM link WHERE row = ?", row)
        if base is not None:
            self._run("INSERT INTO link (row, base) VALUES (?, ?)", row, base)
        self._renumber(row, stored.encoding)
        self._connection.cache.clear()

    def _renumber(self, row: int, encoding: int) -> None:
        """How far what is told against the row is from content that needs no other."""
        left = [(row, encoding)]
        while left:
            row, encoding = left.pop()
            for follower in self.told_against(row):
                query = f"SELECT encoding FROM {self._table} WHERE row = ?"
                before = self._one(query, follower) or 0
                after = at_steps(before, steps(encoding) + 1)
                if before != after:
                    update = f"UPDATE {self._table} SET encoding = ? WHERE row = ?"
                    self._run(update, after, follower)
                    left.append((follower, after))

    def _one(self, query: str, row: int) -> int | None:
        found: int | None = self._connection.exec_driver_sql(query, (row,)).scalar_one_or_none()
        return found

    def _run(self, statement: str, *values: object) -> None:
        self._connection.exec_driver_sql(statement, values)
