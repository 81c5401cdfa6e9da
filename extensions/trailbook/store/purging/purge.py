"""Purging: planned, then carried out in one transaction, then swept out of the file."""

from typing import Any

import msgspec

from ...clock import now_us
from ...errors import Busy
from ..tables import payloads
from ..tables.database import Database
from ..tables.direct import Direct
from ..tables.meta import SWEEP, is_unswept, purge_count
from . import targets
from .erasing import erase
from .plan import Plan, plan
from .reviews import quoting
from .things import erase_notebook

_SET = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"
_MOST_PATHS = 20


class PurgeView(msgspec.Struct, kw_only=True):
    """What a purge takes, or took."""

    kind: str  # step · version · notebook · part · file
    path: str
    runs: int
    versions: int
    notes: int
    quotes: int  # in reviews; what people wrote there themselves stays
    pieces: int  # of content
    bytes: int
    emptied_runs: int  # of others: they stay, and show a hole
    emptied_versions: int
    emptied_files: int  # states of text files that runs found
    notebooks: list[str]  # paths of the notebooks that have such holes
    shared: int  # pieces that stay, for others hold them too
    swept: bool = False  # nothing of it is left in the file's free space and log either


class Purging:
    """The part of the store that takes content out for good."""

    db: Database

    def purge_plan(
        self,
        thing: str,
        part: int | None = None,
        *,
        file: str | None = None,
        everywhere: bool = False,
    ) -> PurgeView:
        """What a purge of a step, a version, a notebook, one part, or a text file, would take."""
        with self.db.statements() as connection:
            return _view(connection, _plans(connection, thing, part, file, everywhere=everywhere))

    def purge(
        self,
        thing: str,
        part: int | None = None,
        *,
        file: str | None = None,
        everywhere: bool = False,
        by: str | None = None,
    ) -> PurgeView:
        """Take it out for good; what holds it too, and stays, gets a hole in its place."""
        view = self.db.write(lambda c: self._purge(Direct(c), thing, part, everywhere, by, file))
        view.swept = self.sweep()
        return view

    def _purge(
        self,
        connection: Direct,
        thing: str,
        part: int | None,
        everywhere: bool,
        by: str | None,
        file: str | None = None,
    ) -> PurgeView:
        plans = _plans(connection, thing, part, file, everywhere=everywhere)
        view = _view(connection, plans)
        now = now_us()
        for one in plans:
            erase(connection, one, now, by)
        notebook = plans[0].target.notebook
        if plans[0].target.kind == targets.NOTEBOOK and notebook is not None:
            erase_notebook(connection, notebook)
        connection.exec_driver_sql(_SET, ("purges", str(purge_count(connection) + 1)))
        connection.exec_driver_sql(_SET, (SWEEP, "1"))
        self.db.forget()
        return view

    def sweep(self) -> bool:
        """Finish the purges that were begun: nothing of them stays in free space or in the log.

        False if the file is in use so much that it must be tried again; it is at each start.
        """
        try:
            done = self.db.compact()
        except Busy:
            return False
        if done:
            self.db.write(lambda c: Direct(c).exec_driver_sql(_SET, (SWEEP, "0")))
        return done

    def is_unswept(self) -> bool:
        """Whether a purge is still to be finished."""
        with self.db.statements() as connection:
            return is_unswept(connection)


def _plans(
    connection: Direct, thing: str, part: int | None, file: str | None, *, everywhere: bool
) -> list[Plan]:
    found = targets.targets(connection, thing, part, file)
    return [plan(connection, target, everywhere=everywhere) for target in found]


def _view(connection: Direct, plans: list[Plan]) -> PurgeView:
    target = plans[0].target
    things = [thing for one in plans for thing in (*one.target.runs, *one.target.versions)]
    emptied = {run for one in plans for run in (*one.runs, *(run for run, _ in one.outputs))}
    rows = {row for one in plans for row in one.rows}
    own = target.notebook if target.kind == targets.NOTEBOOK else None
    others = {notebook for one in plans for notebook in one.notebooks} - {own}
    return PurgeView(
        kind=target.kind,
        path=target.path,
        runs=sum(len(one.target.runs) for one in plans),
        versions=sum(len(one.target.versions) for one in plans),
        notes=_notes(connection, things),
        quotes=sum(len(quoting(connection, one)) for one in plans),
        pieces=len(rows),
        bytes=sum(payloads.sizes(connection, rows).values()),
        emptied_runs=len(emptied),
        emptied_versions=sum(len(one.versions) for one in plans),
        emptied_files=sum(len(one.files) for one in plans),
        notebooks=_paths(connection, others)[:_MOST_PATHS],
        shared=sum(one.shared for one in plans),
    )


def _notes(connection: Direct, things: list[str]) -> int:
    return sum(_count(connection, some) for some in payloads.chunks(things))


def _count(connection: Direct, things: list[str]) -> int:
    marks = payloads.marks(things)
    query = f"SELECT count(*) FROM note WHERE step IN ({marks}) OR snapshot IN ({marks})"
    return int(connection.exec_driver_sql(query, (*things, *things)).scalar_one())


def _paths(connection: Direct, notebooks: set[str]) -> list[str]:
    found: list[Any] = []
    for some in payloads.chunks(notebooks):
        query = f"SELECT path FROM notebook WHERE id IN ({payloads.marks(some)}) ORDER BY path"
        found += [path for (path,) in connection.exec_driver_sql(query, tuple(some))]
    return sorted(found)
