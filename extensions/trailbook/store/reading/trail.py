"""Reading steps: a notebook's story in pages, and single steps."""

import msgspec

from ... import steps as folding
from ...errors import NotFound
from ..tables.database import Database
from ..tables.direct import Direct
from ..views import ActivityView, StepsPage, StepView
from .depended import depended_on
from .notebooks import notebook_view, notebook_views
from .page import Line, complete, gaps, line_of_thing, lines, sessions

MOST_STEPS = 500
_ACTIVITY_STEPS = 3_000
_ORDER = "session_at, session, position, ingest"
_BACK = "session_at DESC, session DESC, position DESC, ingest DESC"

Key = tuple[int, str, int, int]


class Scope(msgspec.Struct, frozen=True):
    """The steps of a notebook that may be seen, as a condition of a query."""

    notebook: str
    spaces: tuple[str, ...]  # empty: all, for it has never been anywhere else

    @property
    def condition(self) -> str:
        """For WHERE."""
        within = f" AND t.space IN ({', '.join('?' * len(self.spaces))})" if self.spaces else ""
        return "t.notebook = ?" + within

    @property
    def values(self) -> tuple[str, ...]:
        """For its marks."""
        return (self.notebook, *self.spaces)

    def holds(self, space: str) -> bool:
        """Whether what was recorded in this space may be seen."""
        return not self.spaces or space in self.spaces


class TrailReads:
    """The part of the store that answers steps."""

    db: Database

    def steps(
        self,
        notebook: str,
        *,
        after: int | None = None,
        before: int | None = None,
        around: str | None = None,
        newest: bool = False,
        limit: int = 100,
        person: str | None = None,
    ) -> StepsPage:
        """One page, oldest first: from the start, or beside a cursor, around a step, the newest.

        A notebook that came from another space shows what was recorded there to the owner of
        that space alone, who is named by `person`.
        """
        limit = max(1, min(limit, MOST_STEPS))
        with self.db.statements() as connection:
            view = notebook_view(connection, notebook)
            scope = scope_of(connection, notebook, view.space, person)
            found = _page(connection, scope, after, before, around, newest, limit)
            shown, earlier, later = found
            # One line more than the page has, so that its last line can fold into it.
            views = complete(connection, [*shown, *later[:1]], person)
            folding.fold_retries(views)
            views = views[: len(shown)]
            return StepsPage(
                notebook=view,
                steps=views,
                kernel_sessions=sessions(connection, views),
                gaps=gaps(connection, view, views, earlier=earlier, later=bool(later)),
                total=_total(connection, scope),
                before=shown[0].ingest if shown and earlier else None,
                after=shown[-1].ingest if shown and later else None,
            )

    def step(self, step: str, *, person: str | None = None) -> StepView:
        """One step by its identity: a run, or any version."""
        with self.db.statements() as connection:
            line = line_of_thing(connection, step)
            return depended_on(connection, complete(connection, [line], person)[0])

    def step_owner(self, step: str) -> str | None:
        """The person who made the step, as far as it is known."""
        with self.db.statements() as connection:
            for table in ("execution", "snapshot"):
                row = connection.exec_driver_sql(
                    "SELECT e.author_person FROM event e WHERE e.ingest ="
                    f" (SELECT event FROM {table} WHERE id = ? AND deleted_at IS NULL)",
                    (step,),
                ).first()
                if row is not None:
                    return None if row[0] is None else str(row[0])
        raise NotFound("step")

    def neighbours(self, step: str) -> tuple[str | None, str | None]:
        """The steps before and after, of the same space."""
        with self.db.statements() as connection:
            key = connection.exec_driver_sql(
                f"SELECT {_ORDER}, notebook, space FROM step WHERE thing = ?",
                (step,),
            ).first()
            if key is None:
                line_of_thing(connection, step)  # there is one, without a place in a story
                return None, None
            scope = Scope(key[4], (key[5],))
            place: Key = (key[0], key[1], key[2], key[3])
            earlier = _beside(connection, scope, place, 1, back=True)
            later = _beside(connection, scope, place, 1)
        return (
            earlier[0].thing if earlier else None,
            later[0].thing if later else None,
        )

    def activity(self, project: str, *, limit: int = 50) -> list[ActivityView]:
        """What happened in a project, newest first: bursts of work by one person."""
        with self.db.statements() as connection:
            rows = connection.exec_driver_sql(
                "SELECT t.thing, t.notebook, t.author, coalesce(e.author_basis, v.author_basis),"
                " coalesce(e.started_at, v.at), t.type, t.status FROM step t"
                " JOIN space s ON s.id = t.space"
                " LEFT JOIN execution e ON e.id = t.thing LEFT JOIN snapshot v ON v.id = t.thing"
                " WHERE s.project = ? ORDER BY t.ingest DESC LIMIT ?",
                (project, _ACTIVITY_STEPS),
            )
            moments = [folding.Moment(*row) for row in rows]
            bursts = folding.episodes(reversed(moments))[-max(1, limit) :][::-1]
            views = notebook_views(connection, {burst.notebook for burst in bursts})
        return [
            ActivityView(
                notebook=views[burst.notebook],
                author=burst.author,
                author_basis=burst.author_basis,
                first_at=burst.first_at,
                last_at=burst.last_at,
                runs=burst.runs,
                errors=burst.errors,
                first_step=burst.first_step,
            )
            for burst in bursts
        ]


def scope_of(connection: Direct, notebook: str, space: str, person: str | None) -> Scope:
    """What of a notebook may be seen by who may see it, or by this person."""
    moved = connection.exec_driver_sql(
        "SELECT moved_spaces FROM notebook WHERE id = ?", (notebook,)
    ).scalar_one()
    if not moved:
        return Scope(notebook, ())
    own = connection.exec_driver_sql(
        "SELECT id FROM space WHERE person = ?", (person,)
    ).scalar_one_or_none()
    return Scope(notebook, (space,) if own in (None, space) else (space, str(own)))


def _page(
    connection: Direct,
    scope: Scope,
    after: int | None,
    before: int | None,
    around: str | None,
    newest: bool,
    limit: int,
) -> tuple[list[Line], bool, list[Line]]:
    """The lines, whether there are earlier ones, and the first later ones."""
    if around is not None:
        key = _key_of_step(connection, scope, around)
        earlier = _beside(connection, scope, key, limit // 2 + 1, back=True)
        rest = limit - min(len(earlier), limit // 2)
        later = _beside(connection, scope, (*key[:3], key[3] - 1), rest + 1)
        kept = earlier[: limit // 2]
        return [*kept[::-1], *later[:rest]], len(earlier) > len(kept), later[rest:]
    if before is not None or newest:
        key = _LAST if before is None else _key_of_cursor(connection, scope, before)
        found = _beside(connection, scope, key, limit + 1, back=True)
        later = [] if before is None else _beside(connection, scope, (*key[:3], key[3] - 1), 1)
        return found[:limit][::-1], len(found) > limit, later
    key = _FIRST if after is None else _key_of_cursor(connection, scope, after)
    found = _beside(connection, scope, key, limit + 1)
    return found[:limit], after is not None, found[limit:]


_FIRST: Key = (-1, "", -2, -1)
_LAST: Key = (2**62, "", 0, 0)


def _beside(
    connection: Direct, scope: Scope, key: Key, limit: int, *, back: bool = False
) -> list[Line]:
    """The next lines after a key, or back before it."""
    comparison, order = ("<", _BACK) if back else (">", _ORDER)
    return lines(
        connection,
        f"{scope.condition} AND (t.session_at, t.session, t.position, t.ingest) {comparison}"
        f" (?, ?, ?, ?) ORDER BY {', '.join('t.' + column for column in order.split(', '))}"
        " LIMIT ?",
        (*scope.values, *key, limit),
    )


def _key_of_cursor(connection: Direct, scope: Scope, ingest: int) -> Key:
    """The place of a cursor; of a step that is gone, the place of the one ingested before it."""
    row = connection.exec_driver_sql(
        f"SELECT {_ORDER} FROM step t WHERE {scope.condition} AND t.ingest <= ?"
        " ORDER BY t.ingest DESC LIMIT 1",
        (*scope.values, ingest),
    ).first()
    return _FIRST if row is None else (row[0], row[1], row[2], row[3])


def _key_of_step(connection: Direct, scope: Scope, step: str) -> Key:
    """The place of a step; of a version without a line of its own, the place where it was."""
    line = line_of_thing(connection, step)
    if line.notebook != scope.notebook:
        raise NotFound("step")
    return _key_of_cursor(connection, scope, line.ingest)


def _total(connection: Direct, scope: Scope) -> int:
    if not scope.spaces:
        query = "SELECT steps FROM notebook t WHERE t.id = ?"
        return int(connection.exec_driver_sql(query, (scope.notebook,)).scalar_one())
    query = f"SELECT count(*) FROM step t WHERE {scope.condition}"
    return int(connection.exec_driver_sql(query, scope.values).scalar_one())
