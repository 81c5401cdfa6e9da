"""What people write beside a step or a version."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from ...clock import now_us
from ...errors import BadRequest, NotFound
from ...ids import new_id
from ..tables.database import Database
from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from ..views import NoteView

KINDS = ("note", "why", "dead-end", "decision")
MOST_CHARACTERS = 20_000

_COLUMNS = (
    "id, step, snapshot, kind, text, author, author_basis, at, edited_at, person"  # _view's order
)
_RUN = "SELECT space FROM execution WHERE id = ? AND deleted_at IS NULL"
_VERSION = "SELECT space FROM snapshot WHERE id = ? AND deleted_at IS NULL"


class Notes:
    """The part of the store that keeps notes."""

    db: Database

    def add_note(
        self,
        *,
        step: str | None,
        snapshot: str | None,
        kind: str,
        text: str,
        person: str | None,
        author: str,
        author_basis: str,
    ) -> NoteView:
        """A note on a step or on a version; it lives in the space of that."""
        if (step is None) == (snapshot is None):
            raise BadRequest("A note belongs to one step or to one version.")
        _checked(kind, text)
        note = NoteView(
            id=new_id(),
            step=step,
            snapshot=snapshot,
            kind=kind,
            text=text,
            author=author,
            author_basis=author_basis,
            at=now_us(),
            mine=person is not None,
        )
        self.db.write(lambda c: put_note(Direct(c), note, person))
        return note

    def edit_note(self, note: str, *, kind: str, text: str) -> NoteView:
        """Change what a note says."""
        _checked(kind, text)
        return self.db.write(lambda c: _edit(Direct(c), note, kind, text))

    def delete_note(self, note: str) -> None:
        """Take a note away."""
        self.db.write(lambda c: _delete(Direct(c), note))

    def note_owner(self, note: str) -> str | None:
        """The person who wrote it."""
        with self.db.statements() as connection:
            row = connection.exec_driver_sql(
                "SELECT person FROM note WHERE id = ?", (note,)
            ).first()
        if row is None:
            raise NotFound("note")
        return None if row[0] is None else str(row[0])


def _checked(kind: str, text: str) -> None:
    if kind not in KINDS:
        raise BadRequest(f"A note is one of: {', '.join(KINDS)}.")
    if len(text) > MOST_CHARACTERS:
        raise BadRequest(f"A note has at most {MOST_CHARACTERS:,} characters.")


def put_note(connection: Direct, note: NoteView, person: str | None) -> None:
    """Store a note in the space of what it is about."""
    space = None
    for query, thing in ((_RUN, note.step), (_VERSION, note.step), (_VERSION, note.snapshot)):
        if thing is not None and space is None:
            row = connection.exec_driver_sql(query, (thing,)).first()
            space = None if row is None else row[0]
    if space is None:
        raise NotFound("step" if note.step is not None else "version")
    connection.exec_driver_sql(
        "INSERT INTO note (id, space, step, snapshot, kind, text, person, author, author_basis,"
        " at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            note.id,
            space,
            note.step,
            note.snapshot,
            note.kind,
            note.text,
            person,
            note.author,
            note.author_basis,
            note.at,
        ),
    )


def _edit(connection: Direct, note: str, kind: str, text: str) -> NoteView:
    connection.exec_driver_sql(
        "UPDATE note SET kind = ?, text = ?, edited_at = ? WHERE id = ?",
        (kind, text, now_us(), note),
    )
    row = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM note WHERE id = ?",
        (note,),
    ).first()
    if row is None:
        raise NotFound("note")
    return _view(row, row[9])


def _delete(connection: Direct, note: str) -> None:
    if connection.exec_driver_sql("DELETE FROM note WHERE id = ?", (note,)).rowcount == 0:
        raise NotFound("note")


def notes_of_steps(
    connection: Direct, steps: Collection[str], person: str | None
) -> dict[str, list[NoteView]]:
    """The notes on these steps, oldest first, with a mark on the person's own."""
    found: dict[str, list[NoteView]] = defaultdict(list)
    for some in chunks(steps):
        query = (
            f"SELECT {_COLUMNS} FROM note WHERE step IN ({marks(some)})"
            f" OR snapshot IN ({marks(some)}) ORDER BY at, id"
        )
        for row in connection.exec_driver_sql(query, (*some, *some)):
            found[row[1] or row[2]].append(_view(row, person))
    return found


def _view(row: Any, person: str | None) -> NoteView:
    return NoteView(
        id=row[0],
        step=row[1],
        snapshot=row[2],
        kind=row[3],
        text=row[4],
        author=row[5],
        author_basis=row[6],
        at=row[7],
        edited_at=row[8],
        mine=person is not None and row[9] == person,
    )
