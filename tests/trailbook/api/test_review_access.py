"""Who may do what in reviews, and what is left when somebody or something goes."""

from typing import Any

import pytest

from trailbook.access import Role
from trailbook.ids import new_id
from trailbook.store.records import NotebookDeleted, NotebookMoved

from .bench import Bench
from .reviewing import SOURCE, Reviewing, notebook
from .test_closed import shape
from .world import World, save

ABSENT = "f" * 32


@pytest.fixture
def member(bench: Bench, world: World) -> Any:
    """Makes somebody a member with this role, or takes them out."""

    def change(name: str, role: Role | None) -> None:
        project, person = world.ids["project"], world.people[name]
        if role is None:
            world.store.remove_member(project, person, by=None)
        else:
            world.store.set_member(project, person, role, by=None)

    yield change
    change("dave", None)
    change("carol", Role.VIEWER)
    change("alice", Role.MAINTAINER)
    change("bob", Role.CONTRIBUTOR)


def verbs(review: dict[str, Any], thread: dict[str, Any], cell: dict[str, Any]) -> list[Any]:
    own = f"reviews/{review['id']}"
    comment = thread["comments"][0]["id"]
    ask = {"title": "x", "project": "churn", "notebooks": [{"notebook": cell["notebook"]}]}
    tick = {"notebook": cell["notebook"], "cell": 0, "digest": "0" * 32}
    return [
        ("POST", "reviews", ask),
        ("PATCH", own, {"title": "x"}),
        ("PUT", f"{own}/state", {"state": "abandoned", "seen": 99}),
        ("POST", f"{own}/asks", {"reviewers": ["alice"], "seen": 99}),
        ("POST", f"{own}/submissions", {"text": "x", "revision": 1, "seen": 99}),
        ("POST", f"{own}/submissions", {"verdict": "approve", "revision": 1, "seen": 99}),
        ("PUT", f"{own}/look", {"revision": 1, "seen": 99}),
        ("PUT", f"{own}/viewed", tick),
        ("POST", f"{own}/threads", {"anchor": {}, "comment": {"text": "x"}}),
        ("POST", f"threads/{thread['id']}/comments", {"text": "x"}),
        ("PATCH", f"threads/{thread['id']}", {"resolved": True}),
        ("PATCH", f"comments/{comment}", {"text": "x"}),
        ("DELETE", f"comments/{comment}", None),
        ("PUT", f"comments/{comment}/applied", {}),
    ]


def test_a_projects_server_does_nothing_in_reviews(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    thread = reviewing.thread(review, "alice").json["thread"]
    for method, path, body in verbs(review, thread, reviewing.on_cell()):
        answer = reviewing.bench.call(method, path, "project server", body)
        assert (answer.status, answer.code) == (403, "sign-in-needed"), path
    assert reviewing.bench.get("notifications", "project server").status == 403
    assert reviewing.read(review, "project server")["drafts"] == 0


def test_strangers_see_nothing_of_a_review(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    thread = reviewing.thread(review, "alice").json["thread"]
    absent = {"id": ABSENT}
    nothing = {"id": ABSENT, "comments": [{"id": ABSENT}]}
    there = [("GET", f"reviews/{review['id']}", None)]
    there += verbs(review, thread, reviewing.on_cell())[1:]
    nowhere = [("GET", f"reviews/{ABSENT}", None)]
    nowhere += verbs(absent, nothing, {"notebook": ABSENT})[1:]
    for who in ("dave", "root", "dave's server", "hub"):
        for one, other in zip(there, nowhere, strict=True):
            answers = [reviewing.bench.call(m, p, who, b) for m, p, b in (one, other)]
            assert shape(answers[0]) == shape(answers[1]), one
            assert answers[0].status == 404, one
        for path in ("projects/churn/reviews", "projects/churn/conclusions"):
            assert reviewing.bench.get(path, who).status in {403, 404}


def test_what_is_signed_needs_ones_own_sign_in(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    thread = reviewing.thread(review, "alice").json["thread"]
    signed = {"reviews", "state", "asks"}
    for method, path, body in verbs(review, thread, reviewing.on_cell()):
        verdict = "verdict" in (body or {})
        answer = reviewing.bench.call(method, path, "alice's server", body)
        if path.rsplit("/", 1)[-1] in signed or verdict:
            assert (answer.status, answer.code) == (403, "sign-in-needed"), path
        else:
            assert answer.status < 300 or answer.status in {404, 409}, (path, answer.body)
    rights = reviewing.read(review, "alice's server")["rights"]
    assert (rights["comment"], rights["decide"], rights["sign_in_needed"]) == (True, False, True)
    assert not reviewing.read(review, "alice")["rights"]["sign_in_needed"]


def test_a_viewer_writes_and_decides_where_asked(reviewing: Reviewing) -> None:
    other, asked = reviewing.begin(), reviewing.begin(reviewers=["carol"])
    assert not reviewing.read(other, "carol")["rights"]["comment"]
    assert reviewing.thread(other, "carol").status == 403
    assert reviewing.submit(other, "carol", verdict="approve").status == 403
    assert reviewing.ask("carol", reviewers=[]).status == 403
    assert reviewing.to(other, "abandoned", "carol").status == 403
    assert reviewing.look(other, "carol").status == 204
    assert reviewing.thread(asked, "carol").status == 201
    assert reviewing.submit(asked, "carol", verdict="approve").status == 201


def test_who_asked_and_maintainers_end_a_review(reviewing: Reviewing, member: Any) -> None:
    member("dave", Role.CONTRIBUTOR)
    review = reviewing.begin()
    for answer in (
        reviewing.to(review, "abandoned", "dave"),
        reviewing.bench.patch(f"reviews/{review['id']}", "dave", {"title": "x"}),
    ):
        assert (answer.status, answer.code) == (403, "not-allowed")
    seen = reviewing.read(review)["seen"]
    body = {"reviewers": ["dave"], "seen": seen}
    assert reviewing.bench.post(f"reviews/{review['id']}/asks", "dave", body).status == 200
    assert reviewing.to(review, "abandoned", "alice").status == 200


def test_who_loses_access_in_the_middle(reviewing: Reviewing, member: Any) -> None:
    member("dave", Role.CONTRIBUTOR)
    review = reviewing.begin(reviewers=["dave"])
    reviewing.submit(review, "dave", verdict="changes", text="no")
    reviewing.thread(review, "dave", "a draft", draft=True)
    assert reviewing.told("dave")
    member("dave", None)
    assert reviewing.bench.get(f"reviews/{review['id']}", "dave").status == 404
    assert reviewing.told("dave") == []
    assert reviewing.bench.get("notifications", "dave").json["unseen"] == 0
    body = {"verdict": "approve", "revision": 1, "seen": 99}
    late = reviewing.bench.post(f"reviews/{review['id']}/submissions", "dave", body)
    assert late.status == 404
    view = reviewing.read(review)
    [dave] = view["reviewers"]
    assert (dave["person"]["gone"], view["state"], view["turns"]) == (True, "open", [])
    assert reviewing.thread(review, "bob", "@dave").json["not_reached"] == ["dave"]
    member("dave", Role.VIEWER)
    again = reviewing.read(review, "dave")
    assert (again["drafts"], again["state"]) == (1, "changes-requested")


def test_a_deleted_notebook_stays_readable(reviewing: Reviewing, world: World) -> None:
    review = reviewing.begin()
    thread = reviewing.thread(review, "alice", anchor=reviewing.on_cell()).json["thread"]
    event = NotebookDeleted(space=world.ids["space"], at=0, author="bob", path=reviewing.path)
    reviewing.recorder.record([(event, [])])
    view = reviewing.read(review, "alice")
    [under] = view["notebooks"]
    assert under["deleted_at"] is not None
    assert under["head"]["id"] == reviewing.base
    assert view["threads"][0]["id"] == thread["id"]
    assert reviewing.submit(review, "alice", verdict="approve").status == 201


def test_no_comment_reaches_a_version_from_before_the_notebook_came(
    reviewing: Reviewing, world: World
) -> None:
    mine, space = world.store.personal_space(world.people["bob"]), world.ids["space"]
    path = "was private.ipynb"
    reviewing.recorder.record(save(mine, "bob", path, notebook("salary = 5")))
    found = world.store.notebook_at(mine, path)
    private = world.store.snapshots(found.id)[0].id
    moved = NotebookMoved(space=mine, at=0, author="bob", path=path, to_space=space, to_path=path)
    reviewing.recorder.record([(moved, [])])
    reviewing.save(notebook("shared"), path)
    review = reviewing.begin(notebooks=[{"notebook": found.id}])
    anchor = {"notebook": found.id, "snapshot": private, "cell": 0}
    assert reviewing.thread(review, "alice", anchor=anchor).status == 404
    shown = {**anchor, "snapshot": review["notebooks"][0]["head"]["id"]}
    assert reviewing.thread(review, "alice", anchor=shown).status == 201


def test_deleted_versions_are_said(reviewing: Reviewing, world: World) -> None:
    second = reviewing.save(notebook(SOURCE, "other(2)"))
    stretch = {"notebook": reviewing.notebook, "base": reviewing.base, "head": second}
    review = reviewing.begin(notebooks=[stretch])
    anchor = reviewing.on_cell(first_line=1)
    reviewing.thread(review, "alice", anchor=anchor)
    by = world.people["bob"]
    for version in (reviewing.base, second):
        world.store.delete_step(version, by=by)
    view = reviewing.read(review, "alice")
    [under] = view["notebooks"]
    assert (under["base"], under["base_gone"]) == (None, True)
    assert (under["head"], under["head_gone"], under["cells"]) == (None, True, [])
    assert view["revisions"][0]["heads"][0]["gone"]
    assert view["threads"][0]["placement"]["state"] == "gone"
    assert view["threads"][0]["placement"]["was"] == "rows = load()"
    assert reviewing.submit(review, "alice", verdict="changes").status == 201


def test_a_purged_notebook_leaves_a_review_that_opens(reviewing: Reviewing, world: World) -> None:
    review = reviewing.begin()
    anchor = reviewing.on_cell(first_line=1)
    reviewing.thread(review, "alice", "", anchor=anchor, suggestion="x")
    world.store.purge(reviewing.notebook)  # type: ignore[attr-defined]
    view = reviewing.read(review, "alice")
    assert view["notebooks"][0]["head_gone"]
    assert SOURCE.split("\n")[0] not in str(view)
    assert view["threads"][0]["comments"][0]["suggestion"] is None
    assert reviewing.submit(review, "alice", text="x").status == 201


def test_bad_bodies_are_refused_with_a_sentence(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    own = f"reviews/{review['id']}"
    seen = reviewing.read(review)["seen"]
    for method, path, body in (
        ("POST", f"{own}/submissions", {"verdict": "maybe", "revision": 1, "seen": 1}),
        ("POST", f"{own}/submissions", {"text": "x", "revision": 9, "seen": seen}),
        ("POST", f"{own}/submissions", {"text": "x"}),
        ("PUT", f"{own}/state", {"state": "approved", "seen": 1}),
        ("PUT", f"{own}/look", {"revision": 9, "seen": seen}),
        ("PUT", f"{own}/viewed", {"notebook": reviewing.notebook, "cell": 0, "digest": "x"}),
        ("PUT", "notifications", {"ids": ["x"]}),
        ("PATCH", own, {"title": ""}),
        ("POST", f"{own}/threads", {"anchor": {"side": "left"}, "comment": {"text": "x"}}),
    ):
        answer = reviewing.bench.call(method, path, "alice", body)
        assert (answer.status, answer.code) == (400, "bad-request"), (path, body)
    assert [it["kind"] for it in reviewing.read(review)["conversation"]] == ["opened", "asked"]
    assert reviewing.bench.get(f"reviews/{new_id()}", "alice").status == 404
