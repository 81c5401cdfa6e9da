"""Payloads on their way into the new table, at the rows that they had."""

from alembic import op

_ZSTD_MAGIC_BYTES = 4
_MOVE = """
INSERT INTO payload (row, space, id_head, id_tail, size, encoding, data)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def move_payloads() -> None:
    """Ids become shorter, and zstd's frames lose the four bytes that all have."""
    connection = op.get_bind()
    rows = connection.exec_driver_sql(
        "SELECT p.row, s.number, p.id, p.size, p.encoding, p.data FROM payload_first p"
        " JOIN space s ON s.id = p.space ORDER BY p.row"
    )
    for row, space, identity, size, encoding, data in rows:
        head = int.from_bytes(identity[:8], "big", signed=True)
        packed = encoding == "zstd"
        connection.exec_driver_sql(
            _MOVE,
            (
                row,
                space,
                head,
                identity[8:16],
                size,
                int(packed),
                data[_ZSTD_MAGIC_BYTES:] if packed else data,
            ),
        )
    op.drop_table("payload_first")


def drop_layouts() -> None:
    """What only the old form of versions needed."""
    connection = op.get_bind()
    connection.exec_driver_sql("DELETE FROM payload WHERE row IN (SELECT row FROM layout_first)")
    op.drop_table("layout_first")
