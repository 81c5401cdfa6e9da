"""Reading everything of some reviews with a few queries, however many they are."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from ..review_facts import (
    CommentFacts,
    EventFacts,
    HeadFacts,
    MentionFacts,
    NotebookFacts,
    ReviewerFacts,
    ReviewFacts,
    RevisionFacts,
    SeenFacts,
    ThreadFacts,
)
from ..review_views import AnchorView
from ..tables.direct import Direct
from ..tables.payloads import chunks, marks
from ..views import PersonView

_REVIEWS = """
SELECT r.id, r.space, s.project, p.slug, p.name, r.number, r.title, r.description, r.author,
    r.state, r.created_at, r.changed_at, r.changes, r.conclusion
FROM review r JOIN space s ON s.id = r.space LEFT JOIN project p ON p.id = s.project
WHERE r.id IN ({})
"""
_NOTEBOOKS = """
SELECT r.review, r.notebook, CASE WHEN n.space = w.space THEN n.path ELSE r.path END,
    CASE WHEN n.space = w.space THEN n.deleted_at END, r.base, v.sources, r.following,
    r.first_step, r.last_step
FROM review_notebook r JOIN review w ON w.id = r.review
LEFT JOIN notebook n ON n.id = r.notebook
LEFT JOIN snapshot v ON v.id = r.base AND v.deleted_at IS NULL
WHERE r.review IN ({}) ORDER BY r.review, r.place
"""
_REVISIONS = """
SELECT r.review, r.number, r.at, r.looked, r.change FROM review_revision r
WHERE r.review IN ({}) ORDER BY r.review, r.number
"""
_HEADS = """
SELECT h.review, h.revision, h.notebook, h.snapshot, h.sources, v.id IS NULL
FROM review_head h LEFT JOIN snapshot v ON v.id = h.snapshot AND v.deleted_at IS NULL
WHERE h.review IN ({})
"""
_REVIEWERS = """
SELECT r.review, r.person, r.asked_at, r.asks FROM review_reviewer r
WHERE r.review IN ({}) ORDER BY r.asks = 0, r.person
"""
EVENT_COLUMNS = "e.kind, e.at, e.person, e.change, e.id, e.revision, e.verdict, e.people"
_EVENTS = f"""
SELECT e.review, {EVENT_COLUMNS} FROM review_event e WHERE e.review IN ({{}})
ORDER BY e.review, e.change
"""
_THREADS = """
SELECT t.review, t.id, t.at, t.person, t.revision, t.resolved_at, t.resolved_by, t.kind,
    t.notebook, t.snapshot, t.side, t.step, t.cell, t.first_line, t.last_line, t.output, t.quote,
    t.starts
FROM review_thread t WHERE t.review IN ({}) ORDER BY t.review, t.at, t.id
"""
COMMENT_COLUMNS = (
    "c.id, c.review, c.thread, c.submission, c.person, {}, c.at, c.draft, c.edited_at,"
    " c.deleted_at, c.suggestion, c.applied_at, c.applied_by, c.applied_snapshot"
)
_COMMENTS = f"""
SELECT c.review, {COMMENT_COLUMNS} FROM review_comment c WHERE c.review IN ({{}})
ORDER BY c.review, c.at, c.id
"""
_LOOKS = "SELECT l.review, l.person, l.revision, l.at FROM review_look l WHERE l.review IN ({})"
_MENTIONS = """
SELECT n.review, n.person, n.at FROM notification n
WHERE n.review IN ({}) AND n.why = 'mentioned' ORDER BY n.at
"""
_MEMBERS = "SELECT project, person FROM member WHERE until IS NULL AND project IN ({})"
_OWNERS = "SELECT id, person FROM space WHERE person IS NOT NULL AND id IN ({})"
_PEOPLE = "SELECT id, hub_name, display_name FROM person WHERE id IN ({})"


def load(connection: Direct, ids: Collection[str], *, texts: bool = True) -> dict[str, ReviewFacts]:
    """These reviews; those that are not there are left out."""
    found = {row[0]: _review(row) for row in _rows(connection, _REVIEWS, ids)}
    for row in _rows(connection, _NOTEBOOKS, found):
        found[row[0]].notebooks.append(_notebook(row))
    _load_revisions(connection, found)
    for review, person, asked_at, asks in _rows(connection, _REVIEWERS, found):
        reviewer = ReviewerFacts(person=person, asked_at=asked_at, asks=asks)
        found[review].reviewers.append(reviewer)
    for review, *row in _rows(connection, _EVENTS, found):
        found[review].events.append(event(row))
    for review, *row in _rows(connection, _THREADS, found):
        found[review].threads.append(_thread(row))
    comments = _COMMENTS.replace("{}", "c.text" if texts else "''", 1)
    for review, *row in _rows(connection, comments, found):
        found[review].comments.append(comment(row))
    for review, person, revision, at in _rows(connection, _LOOKS, found):
        found[review].looks.append(SeenFacts(person=person, revision=revision, at=at))
    for review, person, at in _rows(connection, _MENTIONS, found):
        found[review].mentions.append(MentionFacts(person=person, at=at))
    _load_people(connection, found)
    return found


def _rows(connection: Direct, query: str, ids: Collection[str]) -> Iterator[Any]:
    for some in chunks(ids):
        yield from connection.exec_driver_sql(query.format(marks(some)), tuple(some)).all()


def _review(row: Any) -> ReviewFacts:
    names = ReviewFacts.__struct_fields__[: len(row)]
    return ReviewFacts(**dict(zip(names, row, strict=True)))


def _notebook(row: Any) -> NotebookFacts:
    _, notebook, path, deleted_at, base, sources, following, first_step, last_step = row
    return NotebookFacts(
        notebook=notebook,
        path=path,
        deleted_at=deleted_at,
        base=base,
        base_sources=sources,
        following=bool(following),
        first_step=first_step,
        last_step=last_step,
    )


def _load_revisions(connection: Direct, found: dict[str, ReviewFacts]) -> None:
    by_number: dict[tuple[str, int], RevisionFacts] = {}
    for review, number, at, looked, change in _rows(connection, _REVISIONS, found):
        one = RevisionFacts(number=number, at=at, looked=bool(looked), change=change, heads=[])
        by_number[review, number] = one
        found[review].revisions.append(one)
    for review, revision, notebook, snapshot, sources, gone in _rows(connection, _HEADS, found):
        head = HeadFacts(notebook=notebook, snapshot=snapshot, sources=sources, gone=bool(gone))
        by_number[review, revision].heads.append(head)


def event(row: Any) -> EventFacts:
    """An event of `EVENT_COLUMNS`."""
    kind, at, person, change, id_, revision, verdict, people = row
    return EventFacts(
        kind=kind,
        at=at,
        person=person,
        change=change,
        id=id_,
        revision=revision,
        verdict=verdict,
        people=[] if people is None else msgspec.msgpack.decode(people, type=list[str]),
    )


def _thread(row: Any) -> ThreadFacts:
    id_, at, person, revision, resolved_at, resolved_by, *anchored = row
    names = AnchorView.__struct_fields__
    return ThreadFacts(
        id=id_,
        at=at,
        person=person,
        revision=revision,
        anchor=AnchorView(**dict(zip(names, anchored, strict=True))),
        resolved_at=resolved_at,
        resolved_by=resolved_by,
    )


def comment(row: Any) -> CommentFacts:
    """A comment of `COMMENT_COLUMNS`."""
    found = CommentFacts(**dict(zip(CommentFacts.__struct_fields__, row, strict=True)))
    found.draft = bool(found.draft)
    return found


def _load_people(connection: Direct, found: dict[str, ReviewFacts]) -> None:
    """Names of everybody who is in a review, or could be asked; and who has access today."""
    present: dict[str, set[str]] = {}
    for query, places in (
        (_MEMBERS, {one.project for one in found.values() if one.project is not None}),
        (_OWNERS, {one.space for one in found.values() if one.project is None}),
    ):
        for place, person in _rows(connection, query, places):
            present.setdefault(place, set()).add(person)
    wanted: dict[str, set[str]] = {}
    for id_, one in found.items():
        one.present = present.get(one.project or one.space, set())
        wanted[id_] = _named(one) | one.present
    names = {
        id_: PersonView(id=id_, name=name, display_name=shown)
        for id_, name, shown in _rows(connection, _PEOPLE, set().union(*wanted.values()))
    }
    for id_, people in wanted.items():
        found[id_].people = {person: names[person] for person in people if person in names}


def _named(one: ReviewFacts) -> set[str]:
    people = {one.author, *(it.person for it in one.reviewers), *(it.person for it in one.comments)}
    people |= {it.resolved_by for it in one.threads if it.resolved_by is not None}
    people |= {it.applied_by for it in one.comments if it.applied_by is not None}
    for it in one.events:
        people |= {it.person, *it.people}
    return people
