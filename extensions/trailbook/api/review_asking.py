"""Asking for a review: which stretch of which notebook it is about."""

from ..access import Actor, Place
from ..errors import BadRequest, NotFound
from ..review import mentions
from ..review.asking import reviewers
from ..store.base import Store
from ..store.review_facts import NewNotebook
from .review_bodies import NewReview, Stretch


def stretch(store: Store, space: str, wanted: Stretch) -> NewNotebook:
    """Base and head of what is wanted. All of it blocks."""
    view = store.notebook(wanted.notebook)
    if view.space != space:
        raise NotFound("notebook")
    if wanted.first_step is None and wanted.last_step is None:
        return NewNotebook(
            notebook=wanted.notebook,
            base=wanted.base,
            head=wanted.head or _newest(store, wanted.notebook),
            following=wanted.head is None,
        )
    if wanted.base is not None or wanted.head is not None:
        raise BadRequest("A stretch is named by versions or by steps, not by both.")
    for step in (wanted.first_step, wanted.last_step):
        if step is not None and _notebook_of(store, space, step) != wanted.notebook:
            raise NotFound("step")
    first, last = wanted.first_step, wanted.last_step
    return NewNotebook(
        notebook=wanted.notebook,
        base=None if first is None else store.version_before_step(first),
        head=_newest(store, wanted.notebook) if last is None else store.snapshot_at_step(last).id,
        following=last is None,
        first_step=first,
        last_step=last,
    )


def _newest(store: Store, notebook: str) -> str:
    version = next((it for it in store.snapshots(notebook, limit=50) if it.readable), None)
    if version is None:
        raise BadRequest("This notebook has no version to review yet: save it first.")
    return version.id


def _notebook_of(store: Store, space: str, step: str) -> str:
    if store.place_of_step(step).space != space:
        raise NotFound("step")
    return store.step(step).notebook


def create(
    store: Store, actor: Actor, place: Place, members: dict[str, str], body: NewReview
) -> tuple[str, list[str]]:
    """The new review, and whom mentions in its description do not reach; `members` by name."""
    if len({it.notebook for it in body.notebooks}) < len(body.notebooks):
        raise BadRequest("Each notebook is named once.")
    person = actor.person or ""
    people = reviewers(members, body.reviewers, person)
    mentioned, missed = mentions.reached([body.description], members)
    tell = {} if body.draft else dict.fromkeys(mentioned, "mentioned")
    tell |= {} if body.draft else dict.fromkeys(people, "asked")
    tell.pop(person, None)
    made = store.create_review(
        place.space,
        title=body.title.strip(),
        description=body.description,
        author=person,
        draft=body.draft,
        notebooks=[stretch(store, place.space, it) for it in body.notebooks],
        reviewers=people,
        tell=tell,
    )
    return made, missed
