"""`notes`: what people write beside a step or a version. Reasons cannot be recovered later."""

from typing import Annotated, Literal

import msgspec

from .. import access
from ..access import Actor, Place
from ..store.views import NoteView
from .base import Resource, require
from .verbs import Id, verb

Kind = Literal["note", "why", "dead-end", "decision"]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000, pattern=r"\S")]


class NewNote(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A note in Markdown."""

    text: Text
    kind: Kind = "note"


async def add(
    resource: Resource,
    actor: Actor,
    place: Place,
    note: NewNote,
    step: str | None,
    snapshot: str | None,
) -> NoteView:
    """Write a note beside a thing."""
    allowed = access.may_note(actor, place)
    require(allowed, "Notes are written by the project's contributors.", actor)
    view = await resource.blocking(
        resource.store.add_note,
        step=step,
        snapshot=snapshot,
        kind=note.kind,
        text=note.text,
        person=actor.person,
        author=actor.name,
        author_basis="verified",
    )
    return msgspec.structs.replace(view, mine=True)


class StepNotes(Resource):
    """`steps/{id}/notes`."""

    @verb(status=201)
    async def post(self, step: Id, *, body: NewNote) -> NoteView:
        """Write a note beside a step."""
        actor, place = await self.reader(self.store.place_of_step, step, "step")
        return await add(self, actor, place, body, step, None)


class SnapshotNotes(Resource):
    """`snapshots/{id}/notes`."""

    @verb(status=201)
    async def post(self, snapshot: Id, *, body: NewNote) -> NoteView:
        """Write a note beside a version."""
        actor, place = await self.reader(self.store.place_of_snapshot, snapshot, "version")
        return await add(self, actor, place, body, None, snapshot)


class Note(Resource):
    """`notes/{id}`."""

    @verb()
    async def patch(self, note: Id, *, body: NewNote) -> NoteView:
        """Change a note that one wrote."""
        await self.changer(note)
        view = await self.blocking(self.store.edit_note, note, kind=body.kind, text=body.text)
        return msgspec.structs.replace(view, mine=True)

    @verb()
    async def delete(self, note: Id) -> None:
        """Delete a note that one wrote."""
        await self.changer(note)
        await self.blocking(self.store.delete_note, note)

    async def changer(self, note: str) -> None:
        """Refuse everybody but the note's author."""
        actor, place = await self.reader(self.store.place_of_note, note, "note")
        author = await self.blocking(self.store.note_owner, note)
        allowed = access.may_change_note(actor, place, author)
        require(allowed, "A note is changed by the person who wrote it.", actor)
