"""The store in one SQLite file: the whole protocol, put together of its parts."""

from collections.abc import Collection
from pathlib import Path

from .base import Owner
from .checking.check import Check, Report
from .ingest import writers
from .ingest.landing import Undone, land
from .ingest.parts import land_in_parts
from .ingest.prepare import PreparedBatch, prepare
from .people.deletion import Deletion
from .people.merged import Merged
from .people.noted import Notes
from .people.persons import PeopleTables
from .people.projects import ProjectTables
from .purging.purge import Purging
from .reading.ancestor import AncestorReads
from .reading.cells import CellReads
from .reading.depended import DependedReads
from .reading.lastruns import LastRunReads
from .reading.lineage import LineageReads
from .reading.notebooks import NotebookReads
from .reading.trail import TrailReads
from .reading.versions import VersionReads
from .records import Batch, Receipt, Registered, Registration
from .reviewing.changing import ReviewChanges
from .reviewing.contents import ReviewedContents
from .reviewing.conversation import Conversation
from .reviewing.reads import ReviewReads
from .reviewing.revisions import Revisions
from .tables import payloads
from .tables.database import Database
from .tables.direct import Direct


class SqlStore(
    PeopleTables,
    ProjectTables,
    NotebookReads,
    TrailReads,
    VersionReads,
    LastRunReads,
    DependedReads,
    CellReads,
    LineageReads,
    AncestorReads,
    Notes,
    Merged,
    Deletion,
    Purging,
    ReviewReads,
    ReviewChanges,
    Revisions,
    Conversation,
    ReviewedContents,
):
    """Ledger, payloads and views in one file. Tests use it on a temporary file."""

    def __init__(self, db: Database, *, recording: bool = True) -> None:
        self.db = db
        self.recording = recording

    @classmethod
    def open(cls, path: Path | str, *, recording: bool = True) -> "SqlStore":
        """Open the store at `path`, made or brought up to date where that is needed.

        Without `recording` it takes no event of a server; a recording can still be imported.
        """
        place = Path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        store = cls(Database(place), recording=recording)
        if store.is_unswept():  # whoever purged was stopped before the end
            store.sweep()
        return store

    def register_writer(
        self,
        owner: Owner,
        registration: Registration,
        *,
        consented: bool = True,
        kind: str = writers.SERVER,
    ) -> Registered:
        """Register a recorder, or take up the writer that it was before."""
        writer, spaces = self.db.write(lambda c: writers.register(c, owner, registration, kind))
        if self._is_off(writer):
            spaces = {id_: writers.switched_off(space) for id_, space in spaces.items()}
        with self.db.statements() as connection:
            refused = writers.refused_since(connection, writer, registration.heard)
        return writers.registered(owner, writer, spaces, consented=consented, refused=refused)

    def missing(self, writer: str, space: str, ids: Collection[bytes]) -> list[bytes]:
        """What the space lacks, or has damaged.

        Of a space that the writer may not write to, nothing is wanted.
        """
        with self.db.statements() as connection:
            found = writers.find_writer(connection, writer)
            spaces = writers.open_spaces(connection, found.person, found.project)
            if space not in spaces or self._is_off(found):
                return []
            known = payloads.rows_of(connection, spaces[space].number, ids)
            sound = payloads.sound_rows(connection, known.values())
        return [id_ for id_ in dict.fromkeys(ids) if known.get(id_) not in sound]

    def ingest(self, owner: Owner, writer: str, batch: Batch, *, in_parts: bool = False) -> Receipt:
        """Store a batch exactly once; return when it is durable.

        Nearly every batch lands without a refusal. One that does not is worked out and landed once
        more, with care: what was worked out for the first time speaks of rows that are free again.
        """
        try:
            return self._land(owner, writer, batch, in_parts=in_parts, careful=False)
        except Undone:
            return self._land(owner, writer, batch, in_parts=in_parts, careful=True)

    def _land(
        self, owner: Owner, writer: str, batch: Batch, *, in_parts: bool, careful: bool
    ) -> Receipt:
        with self.db.statements() as connection:
            found = writers.owned_writer(connection, owner, writer)
            off = self._is_off(found)
            spaces = {} if off else writers.open_spaces(connection, owner.person, owner.project)
            prepared = prepare(connection, found, spaces, batch)

        def at_once(part: PreparedBatch) -> Receipt:
            return self.db.write(
                lambda c: land(
                    Direct(c, self.db.cache), owner, writer, part, off=off, careful=careful
                )
            )

        return land_in_parts(at_once, prepared) if in_parts else at_once(prepared)

    def _is_off(self, writer: writers.Writer) -> bool:
        return not self.recording and writer.kind == writers.SERVER

    def check(self) -> list[str]:
        """What is damaged, one sentence each."""
        return self.checked().damages

    def checked(self, *, thorough: bool = False) -> Report:
        """A look through everything; a thorough one also puts every saved file together."""
        with self.db.statements() as connection:
            return Check(connection, thorough=thorough).run()

    def close(self) -> None:
        """Write what waits and let go of the file."""
        self.db.close()
