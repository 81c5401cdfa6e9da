"""Who has changed a document that several people have open, beside a version's author."""

from collections.abc import Sequence

from .landed import Landed

_OF = "SELECT snapshot, author FROM snapshot_editor WHERE snapshot IN (?, ?)"


def put(landed: Landed, snapshot: str, editors: Sequence[str | None]) -> None:
    """Keep who has changed the document since the version before, the last one last."""
    for place, name in enumerate(dict.fromkeys(editors)):
        landed.run(
            "INSERT INTO snapshot_editor (snapshot, place, author, author_basis)"
            " VALUES (?, ?, ?, ?)",
            snapshot,
            place,
            name,
            landed.basis_of(name),
        )
        if name is not None:
            landed.run(
                "INSERT OR IGNORE INTO notebook_author (notebook, author) VALUES (?, ?)",
                landed.notebook,
                name,
            )


def same(landed: Landed, one: str, other: str) -> bool:
    """Whether the same people have changed these two versions."""
    people: dict[str, set[str | None]] = {one: set(), other: set()}
    for snapshot, author in landed.connection.exec_driver_sql(_OF, (one, other)):
        people[snapshot].add(author)
    return people[one] == people[other]
