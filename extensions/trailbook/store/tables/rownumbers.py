"""Numbers of rows, each given once, also where damage has taken the rows with the highest ones.

What names content names a row. SQLite would give the number of a last row that was lost to the
next one, and whatever named the lost row would show that instead. So the highest number that was
given is kept where SQLite keeps those of its own (`AUTOINCREMENT`, which these tables lack).
"""

from .direct import Direct

_NEXT = """
SELECT 1 + max(
    coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0),
    coalesce((SELECT max(row) FROM {table}), 0))
"""
_GIVEN = "UPDATE sqlite_sequence SET seq = ? WHERE name = ?"
_FIRST = "INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)"


def new_row(connection: Direct, table: str) -> int:
    """A number that no row of the table has or had."""
    row: int = connection.exec_driver_sql(_NEXT.format(table=table)).scalar_one()
    if not connection.exec_driver_sql(_GIVEN, (row, table)).rowcount:
        connection.exec_driver_sql(_FIRST, (row, table))
    return row
