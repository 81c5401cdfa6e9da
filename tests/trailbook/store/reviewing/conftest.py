"""A project in which ada asks bob and carol to look at her notebook."""

from types import SimpleNamespace
from typing import Any

import pytest

from trailbook.access import Role
from trailbook.ids import new_id
from trailbook.store.review_facts import NewNotebook
from trailbook.store.review_views import AnchorView


@pytest.fixture
def team(store: Any, project: Any, owner_of: Any, recorder: Any) -> SimpleNamespace:
    owners = {name: owner_of(name) for name in ("ada", "bob", "carol")}
    for owner in owners.values():
        store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    made = {name: owner.person for name, owner in owners.items()}
    return SimpleNamespace(
        **made,
        space=project.space,
        project=project.id,
        record=recorder(store, owners["ada"], "projects/churn"),
        record_bob=recorder(store, owners["bob"], "projects/churn"),
    )


@pytest.fixture
def begin(store: Any, team: Any) -> Any:
    """Begins a review of the notebook a.ipynb, from nothing to its newest version."""

    def make(*, head: str | None = None, base: str | None = None, **fields: Any) -> str:
        notebook = team.record.notebook()
        newest = store.snapshots(notebook)[0].id
        wanted = NewNotebook(
            notebook=notebook, base=base, head=head or newest, following=head is None
        )
        fields = {
            "title": "Better tenure",
            "description": "",
            "author": team.ada,
            "draft": False,
            "notebooks": [wanted],
            "reviewers": [team.bob],
            "tell": {team.bob: "asked"},
            **fields,
        }
        return store.create_review(team.space, **fields)

    return make


@pytest.fixture
def submit(store: Any) -> Any:
    """Submits as somebody, on what the review is now."""

    def make(review: str, by: str, **fields: Any) -> Any:
        found = store.review(review)
        fields = {
            "verdict": None,
            "text": "",
            "revision": len(found.revisions),
            "seen": found.changes,
            "submission": new_id(),
            "tell": [],
            **fields,
        }
        return store.submit(review, by=by, **fields)

    return make


@pytest.fixture
def whole() -> AnchorView:
    return AnchorView(kind="review")
