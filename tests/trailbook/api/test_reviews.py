"""A review from asking to conclusion, over HTTP."""

from typing import Any

import pytest

from .bench import Bench
from .reviewing import SOURCE, Reviewing, notebook
from .world import World

ABSENT = "f" * 32


def test_a_review_is_asked_for_and_read(reviewing: Reviewing) -> None:
    review = reviewing.begin(description="**why**")
    view = reviewing.read(review, "alice")
    assert (view["title"], view["description"], view["state"]) == (
        "Better tenure",
        "**why**",
        "open",
    )
    [under] = view["notebooks"]
    assert (under["base"], under["following"]) == (None, True)
    assert under["head"]["id"] == reviewing.base
    assert [it["change"] for it in under["cells"]] == ["added", "added"]
    assert (view["why"], view["author"]["name"]) == ("asked", "bob")
    assert [it["kind"] for it in view["conversation"]] == ["opened", "asked"]
    assert reviewing.told("alice")[0] == ("asked", "bob")
    assert view["seen"] == reviewing.read(review)["seen"]


def test_a_stretch_of_versions_and_of_steps(reviewing: Reviewing) -> None:
    second = reviewing.save(notebook(SOURCE, "other(2)"))
    third = reviewing.save(notebook(SOURCE, "other(3)"))
    steps = [reviewing.base, second, third]  # a version is a step too
    wanted: list[tuple[dict[str, Any], str | None, str, bool]] = [
        ({"base": reviewing.base}, reviewing.base, third, True),
        ({"base": reviewing.base, "head": second}, reviewing.base, second, False),
        ({"first_step": steps[1], "last_step": steps[1]}, reviewing.base, second, False),
        ({"first_step": steps[2]}, second, third, True),
        ({"last_step": steps[0]}, None, reviewing.base, False),
    ]
    for fields, base, head, following in wanted:
        stretch = {"notebook": reviewing.notebook, **fields}
        [under] = reviewing.begin(notebooks=[stretch])["notebooks"]
        found = (under["base"] or {"id": None})["id"], under["head"]["id"], under["following"]
        assert found == (base, head, following)


def test_what_cannot_be_reviewed_is_said(reviewing: Reviewing, world: World) -> None:
    here = {"notebook": reviewing.notebook}
    step = world.ids["step"]
    for fields, status in (
        ({"title": "  "}, 400),
        ({"notebooks": []}, 400),
        ({"notebooks": [here, here]}, 400),
        ({"notebooks": [{"notebook": ABSENT}]}, 404),
        ({"notebooks": [{"notebook": world.ids["private notebook"]}]}, 404),
        ({"notebooks": [{**here, "base": world.ids["private snapshot"]}]}, 404),
        ({"notebooks": [{**here, "base": world.ids["snapshot"]}]}, 404),
        ({"notebooks": [{**here, "first_step": step}]}, 404),
        ({"notebooks": [{**here, "first_step": world.ids["private step"]}]}, 404),
        ({"notebooks": [{**here, "first_step": step, "base": reviewing.base}]}, 400),
        ({"notebooks": [{"notebook": world.ids["broken notebook"]}]}, 400),
        ({"reviewers": ["dave"]}, 400),
        ({"reviewers": ["nobody"]}, 400),
        ({"reviewers": ["bob"]}, 400),
        ({"project": None}, 400),
        ({"project": "nothing"}, 404),
        ({"description": "x" * 20_001}, 400),
    ):
        answer = reviewing.ask(**fields)
        assert (answer.status, fields) == (status, fields)
    dave, nobody = (reviewing.ask(reviewers=[it]).json["message"] for it in ("dave", "nobody"))
    assert dave.replace("dave", "nobody") == nobody
    reviews = reviewing.bench.get("projects/churn/reviews", "bob").json["reviews"]
    assert not [it for it in reviews if reviewing.path in it["paths"]]


def test_new_work_is_a_new_revision_once_somebody_has_looked(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    reviewing.save(notebook(SOURCE, "other(2)"))
    assert len(reviewing.read(review, "alice")["revisions"]) == 1
    assert reviewing.look(review, "alice").status == 204
    head = reviewing.save(notebook(SOURCE, "other(3)"))
    view = reviewing.read(review, "alice")
    assert [it["heads"][0]["snapshot"] for it in view["revisions"]][1:] == [head]
    [under] = view["notebooks"]
    assert (view["look"], under["look"]) == (1, view["revisions"][0]["heads"][0]["snapshot"])
    assert [it["number"] for it in under["cells"] if it["since_look"]] == [1]
    assert view["conversation"][-1]["kind"] == "revision"
    reviewing.look(review, "alice")
    assert reviewing.read(review, "alice")["notebooks"][0]["look"] is None


def test_a_verdict_goes_stale_with_the_sources_alone(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    assert reviewing.submit(review, "alice", verdict="approve").json["review"]["state"] == (
        "approved"
    )
    assert reviewing.told("bob")[0] == ("approved", "alice")
    reviewing.save(notebook(SOURCE, "other()", out="0.82"))
    view = reviewing.read(review)
    assert (view["state"], view["reviewers"][0]["standing"]) == ("approved", "rerun")
    assert (view["why"], view["notebooks"][0]["cells"][0]["change"]) == ("approved", "added")
    reviewing.save(notebook(SOURCE, "other(2)"))
    view = reviewing.read(review, "alice")
    assert (view["state"], view["reviewers"][0]["standing"]) == ("open", "stale")
    assert view["why"] == "changed-since-approval"


def test_of_two_who_decide_at_once_the_later_is_told(reviewing: Reviewing) -> None:
    review = reviewing.begin(reviewers=["alice", "carol"])
    seen = reviewing.read(review)["seen"]
    address = f"reviews/{review['id']}/submissions"
    body = {"verdict": "approve", "text": "", "revision": 1, "seen": seen}
    assert reviewing.bench.post(address, "alice", body).status == 201
    reviewing.thread(review, "carol", "a draft", draft=True)
    late = reviewing.bench.post(address, "carol", {**body, "verdict": "changes", "text": "no"})
    assert (late.status, late.code) == (409, "conflict")
    assert late.json["message"].startswith("alice approved revision 1 meanwhile.")
    view = reviewing.read(review, "carol")
    assert (view["state"], view["drafts"]) == ("approved", 1)
    again = reviewing.submit(review, "carol", verdict="changes", text="no")
    assert again.json["review"]["state"] == "changes-requested"
    assert again.json["review"]["drafts"] == 0


def test_who_wrote_it_does_not_approve_it(reviewing: Reviewing) -> None:
    review = reviewing.begin("alice", reviewers=["bob"])
    rights = reviewing.read(review, "bob")["rights"]
    assert (rights["decide"], rights["approve"]) == (True, False)
    assert reviewing.submit(review, "bob", verdict="approve").status == 403
    assert reviewing.submit(review, "bob", verdict="changes").status == 201
    assert reviewing.submit(review, "alice", verdict="changes").status == 403
    later = reviewing.begin("alice", notebooks=[
        {"notebook": reviewing.notebook, "base": reviewing.base}
    ], reviewers=["bob"])  # fmt: skip
    assert reviewing.submit(later, "bob", verdict="approve").status == 201


def test_drafts_go_out_together_as_one_notification(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    before = len(reviewing.told("bob"))
    written = reviewing.thread(review, "alice", "one", draft=True).json["thread"]
    reviewing.bench.post(f"threads/{written['id']}/comments", "alice", {"text": "two @carol @eve"})
    assert reviewing.read(review, "bob")["threads"] == []
    assert reviewing.read(review, "alice")["drafts"] == 2
    assert len(reviewing.told("bob")) == before
    answer = reviewing.submit(review, "alice", text="three", verdict="changes")
    assert answer.json["not_reached"] == ["eve"]
    assert len(reviewing.told("bob")) == before + 1
    assert reviewing.told("bob")[0] == ("changes-requested", "alice")
    assert reviewing.told("carol")[0] == ("mentioned", "alice")
    [entry] = [it for it in answer.json["review"]["conversation"] if it["kind"] == "submitted"]
    assert (entry["comment"]["text"], entry["threads"]) == ("three", [written["id"]])
    nothing = reviewing.submit(review, "alice")
    assert (nothing.status, nothing.code) == (400, "bad-request")


def test_a_conclusion_is_written_at_the_end_and_shown_by_the_project(
    reviewing: Reviewing,
) -> None:
    review = reviewing.begin()
    reviewing.submit(review, "alice", verdict="approve")
    assert reviewing.to(review, "concluded", conclusion=" \n").status == 400
    done = reviewing.to(review, "concluded", conclusion="Tenure beats spend.")
    assert done.json["review"]["state"] == "concluded"
    [found] = [
        it
        for it in reviewing.bench.get("projects/churn/conclusions", "carol").json
        if it["review"] == review["id"]
    ]
    assert (found["text"], found["by"]["name"]) == ("Tenure beats spend.", "bob")
    assert [it["name"] for it in found["approved_by"]] == ["alice"]
    assert reviewing.told("alice")[0] == ("concluded", "bob")
    assert reviewing.submit(review, "alice", verdict="changes").status == 409
    assert reviewing.submit(review, "alice", text="and yet").status == 201
    assert reviewing.to(review, "open").json["review"]["state"] == "approved"
    assert reviewing.to(review, "abandoned", "alice").json["review"]["state"] == "abandoned"
    assert reviewing.to(review, "concluded", conclusion="x").status == 409


def test_who_ends_a_review_is_told_what_came_meanwhile(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    seen = reviewing.read(review)["seen"]
    reviewing.submit(review, "alice", verdict="changes")
    body = {"state": "concluded", "seen": seen, "conclusion": "x"}
    late = reviewing.bench.put(f"reviews/{review['id']}/state", "bob", body)
    assert late.status == 409
    assert "alice asked for changes" in late.json["message"]
    assert reviewing.read(review)["state"] == "changes-requested"


def test_people_are_asked_again(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    reviewing.submit(review, "alice", verdict="changes", text="no")
    seen = reviewing.read(review)["seen"]
    body = {"reviewers": ["alice", "carol"], "seen": seen}
    answer = reviewing.bench.post(f"reviews/{review['id']}/asks", "bob", body)
    assert answer.status == 200
    turns = {it["person"]["name"]: it["why"] for it in answer.json["review"]["turns"]}
    assert turns == {"alice": "asked-again", "carol": "asked"}
    assert reviewing.told("alice")[0] == ("asked-again", "bob")
    for wrong in (["dave"], ["bob"], []):
        body = {"reviewers": wrong, "seen": seen}
        assert reviewing.bench.post(f"reviews/{review['id']}/asks", "bob", body).status == 400


def test_a_draft_asks_nobody_before_it_is_opened(reviewing: Reviewing) -> None:
    before = reviewing.told("alice")
    review = reviewing.begin(draft=True, description="@carol")
    view = reviewing.read(review)
    assert (view["state"], view["why"], view["rights"]["open"]) == ("draft", "draft", True)
    assert reviewing.told("alice") == before
    assert reviewing.submit(review, "alice", verdict="approve").status == 409
    assert reviewing.to(review, "open").json["review"]["why"] is None
    assert reviewing.told("alice")[0] == ("asked", "bob")


def test_title_and_description_are_changed(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    body = {"title": " Other ", "description": "for @eve"}
    answer = reviewing.bench.patch(f"reviews/{review['id']}", "alice", body)
    assert answer.json["review"]["title"] == "Other"
    assert answer.json["not_reached"] == ["eve"]
    assert reviewing.read(review)["conversation"][-1]["kind"] == "retitled"


def test_ticks_hold_while_a_cell_is_the_same(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    [cell, _] = reviewing.read(review, "alice")["notebooks"][0]["cells"]
    address = f"reviews/{review['id']}/viewed"
    tick = {"notebook": reviewing.notebook, "cell": cell["number"], "digest": cell["digest"]}
    assert reviewing.bench.put(address, "alice", tick).status == 204

    def viewed(who: str = "alice") -> bool:
        cells = reviewing.read(review, who)["notebooks"][0]["cells"]
        return next(it["viewed"] for it in cells if it["number"] == cell["number"])

    assert (viewed(), viewed("bob")) == (True, False)
    reviewing.save(notebook("x = 1", "other()"))
    assert not viewed()
    reviewing.save(notebook(SOURCE, "other()"))
    assert viewed()
    reviewing.bench.put(address, "alice", {**tick, "viewed": False})
    assert not viewed()
    assert reviewing.bench.put(address, "alice", {**tick, "notebook": ABSENT}).status == 404


def test_the_inbox_says_what_waits_and_why(reviewing: Reviewing) -> None:
    bench = reviewing.bench
    asked, own = reviewing.begin(), reviewing.begin("alice", reviewers=["bob"])
    ended = reviewing.begin()
    reviewing.to(ended, "abandoned")

    def found(who: str, **query: Any) -> dict[str, str | None]:
        page = bench.get("reviews", who, limit=200, **query).json
        ids = {asked["id"], own["id"], ended["id"]}
        return {it["id"]: it["why"] for it in page["reviews"] if it["id"] in ids}

    assert found("alice") == {asked["id"]: "asked", own["id"]: None, ended["id"]: None}
    assert found("alice", waiting=1) == {asked["id"]: "asked"}
    assert found("alice", mine=1) == {own["id"]: None}
    assert found("bob", mine=1, state="abandoned") == {ended["id"]: None}
    assert found("carol", state="open,approved") == {asked["id"]: None, own["id"]: None}
    assert found("bob", project="churn", waiting=1) == {own["id"]: "asked"}
    assert found("dave") == {}
    assert bench.get("reviews", "dave").json == {"reviews": [], "waiting": 0, "after": None}
    assert bench.get("reviews", "dave", project="churn").status == 404
    assert bench.get("reviews", "bob", state="odd").status == 400
    assert bench.get("reviews", "bob", after="odd").status == 400
    waiting = bench.get("reviews", "alice", waiting=1, limit=200).json
    assert waiting["waiting"] == len(waiting["reviews"])
    reviewing.submit(asked, "alice", verdict="approve")
    reviewing.save(notebook("new", "other()"))
    assert found("alice", waiting=1) == {asked["id"]: "changed-since-approval"}


def test_the_inbox_comes_in_pages(reviewing: Reviewing) -> None:
    made = [reviewing.begin() for _ in range(3)]
    reviewing.to(made[1], "abandoned")
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = reviewing.bench.get("projects/churn/reviews", "carol", limit=2, **after).json
        assert len(page["reviews"]) <= 2
        seen += [it["id"] for it in page["reviews"]]
        if page["after"] is None:
            break
        after = {"after": page["after"]}
    assert len(seen) == len(set(seen))
    assert [it for it in seen if it in {m["id"] for m in made}] == [
        made[1]["id"],
        made[2]["id"],
        made[0]["id"],
    ]


def test_notifications_are_seen(reviewing: Reviewing, bench: Bench) -> None:
    reviewing.begin()
    page = bench.get("notifications", "alice", limit=1).json
    [newest] = page["notifications"]
    assert (newest["seen"], newest["title"], newest["project"]) == (
        False,
        "Better tenure",
        "churn",
    )
    assert bench.put("notifications", "alice", {"ids": [newest["id"]]}).status == 204
    after = bench.get("notifications", "alice", limit=1).json
    assert (after["notifications"][0]["seen"], after["unseen"]) == (True, page["unseen"] - 1)
    assert bench.put("notifications", "alice", {"until": newest["id"]}).status == 204
    assert bench.get("notifications", "alice").json["unseen"] == 0


@pytest.mark.parametrize("path", ["reviews/{}", "reviews/{}/state", "reviews/{}/look"])
def test_a_review_that_is_not_there(bench: Bench, path: str) -> None:
    method, body = ("GET", None) if path.endswith("{}") else ("PUT", {"revision": 1, "seen": 0})
    body = {"state": "open", "seen": 0} if path.endswith("state") else body
    assert bench.call(method, path.format(ABSENT), "alice", body).status == 404
