"""Threads follow what they are about; comments are their writers'."""

from typing import Any

from .reviewing import SOURCE, Reviewing, notebook
from .world import World

ABSENT = "f" * 32
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"


def the(reviewing: Reviewing, review: dict[str, Any], thread: dict[str, Any]) -> dict[str, Any]:
    views = reviewing.read(review, "alice")["threads"]
    found: dict[str, Any] = next(it for it in views if it["id"] == thread["id"])
    return found


def placed(reviewing: Reviewing, review: Any, thread: Any) -> tuple[str, int | None, int | None]:
    place = the(reviewing, review, thread)["placement"]
    return place["state"], place["place"], place["first_line"]


def test_a_comment_on_lines_follows_them(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    anchor = reviewing.on_cell(first_line=2, last_line=2)
    thread = reviewing.thread(review, "alice", anchor=anchor).json["thread"]
    assert (thread["anchor"]["kind"], thread["anchor"]["quote"]) == (
        "lines",
        "rows = rows.dropna()",
    )
    assert thread["anchor"]["starts"] == "rows = load()"
    assert placed(reviewing, review, thread) == ("here", 0, 2)
    reviewing.save(notebook("# first\n" + SOURCE, "other()"))
    assert placed(reviewing, review, thread) == ("here", 0, 3)
    reviewing.save(notebook(SOURCE.replace("dropna()", "fillna(0)"), "other()"))
    assert placed(reviewing, review, thread) == ("changed", 0, 2)
    reviewing.save(notebook("other()", "other()"))
    assert placed(reviewing, review, thread)[0] == "gone"
    assert the(reviewing, review, thread)["placement"]["was"] == SOURCE


def test_a_comment_on_a_cell_that_is_gone_keeps_what_it_was_about(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    thread = reviewing.thread(review, "alice", anchor=reviewing.on_cell(1)).json["thread"]
    reviewing.save(notebook(SOURCE))
    assert placed(reviewing, review, thread) == ("gone", None, None)
    assert the(reviewing, review, thread)["placement"]["was"] == "other()"
    reviewing.save(notebook(SOURCE, "other()"))
    assert placed(reviewing, review, thread) == ("here", 1, None)


def test_a_comment_on_an_output(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    anchor = reviewing.on_cell(output=0, quote="0.81")
    thread = reviewing.thread(review, "alice", anchor=anchor).json["thread"]
    assert thread["anchor"]["quote"] == "0.81"
    assert the(reviewing, review, thread)["placement"]["output"] == 0
    reviewing.save(notebook(SOURCE, "other()", out="0.82"))
    assert placed(reviewing, review, thread)[0] == "changed"


def test_a_comment_on_the_side_of_the_base_stays_there(reviewing: Reviewing) -> None:
    reviewing.save(notebook("x", "other()"))
    stretch = {"notebook": reviewing.notebook, "base": reviewing.base}
    review = reviewing.begin(notebooks=[stretch])
    anchor = {**reviewing.on_cell(first_line=1), "snapshot": reviewing.base, "side": "base"}
    thread = reviewing.thread(review, "alice", anchor=anchor).json["thread"]
    assert (thread["placement"]["state"], thread["placement"]["snapshot"]) == (
        "here",
        reviewing.base,
    )
    there = {**anchor, "side": "head"}
    ported = reviewing.thread(review, "alice", anchor=there).json["thread"]
    assert ported["placement"]["state"] == "gone"


def test_a_comment_on_a_step_says_when_the_step_is_deleted(
    reviewing: Reviewing, world: World
) -> None:
    review = reviewing.begin()
    second = reviewing.save(notebook(SOURCE, "other(2)"))
    thread = reviewing.thread(review, "alice", anchor={"step": second}).json["thread"]
    assert (thread["anchor"]["kind"], thread["placement"]["state"]) == ("step", "here")
    world.store.delete_step(second, by=world.people["bob"])
    assert placed(reviewing, review, thread)[0] == "gone"


def test_what_cannot_be_commented_on_is_said(reviewing: Reviewing, world: World) -> None:
    review = reviewing.begin()
    cell = reviewing.on_cell()
    for anchor, status in (
        ({**cell, "cell": 9}, 400),
        ({**cell, "first_line": 9}, 400),
        ({**cell, "first_line": 2, "last_line": 1}, 400),
        ({**cell, "first_line": 0}, 400),
        ({**cell, "output": 3}, 400),
        ({**cell, "output": 0, "first_line": 1}, 400),
        ({"notebook": reviewing.notebook}, 400),
        ({**cell, "snapshot": world.ids["snapshot"]}, 404),
        ({**cell, "snapshot": world.ids["private snapshot"]}, 404),
        ({**cell, "notebook": world.ids["notebook"]}, 404),
        ({"step": world.ids["step"]}, 404),
        ({"step": world.ids["private step"]}, 404),
        ({"step": ABSENT}, 404),
    ):
        answer = reviewing.thread(review, "alice", anchor=anchor)
        assert (answer.status, anchor) == (status, anchor)
    for fields in ({"text": " \n"}, {"text": "x" * 20_001}, {"suggestion": "x = 1"}):
        assert reviewing.thread(review, "alice", **fields).status == 400
    assert reviewing.read(review, "alice")["threads"] == []


def test_a_published_comment_is_one_notification(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    before = len(reviewing.told("bob"))
    answer = reviewing.thread(review, "alice", "look @carol and @eve")
    assert (answer.status, answer.json["not_reached"]) == (201, ["eve"])
    assert len(reviewing.told("bob")) == before + 1
    assert reviewing.told("carol")[0] == ("mentioned", "alice")
    view = reviewing.read(review, "carol")
    assert (view["why"], view["drafts"]) == ("mentioned", 0)
    thread = answer.json["thread"]
    reply = reviewing.bench.post(
        f"threads/{thread['id']}/comments", "bob", {"text": "it does", "draft": False}
    )
    assert [it["text"] for it in reply.json["thread"]["comments"]] == [
        "look @carol and @eve",
        "it does",
    ]
    assert reviewing.read(review, "alice")["why"] == "answered"


def test_who_is_mentioned_without_access_learns_nothing(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    answers = [
        reviewing.thread(review, "alice", f"@{name}").json["not_reached"]
        for name in ("dave", "nobody")
    ]
    assert answers == [["dave"], ["nobody"]]
    assert reviewing.told("dave") == []
    assert reviewing.bench.get(f"reviews/{review['id']}", "dave").status == 404


def test_markdown_is_kept_as_it_was_written(reviewing: Reviewing) -> None:
    review = reviewing.begin(description=HOSTILE, title="<b>x</b>")
    thread = reviewing.thread(review, "alice", HOSTILE).json["thread"]
    view = reviewing.read(review)
    assert (view["title"], view["description"]) == ("<b>x</b>", HOSTILE)
    assert the(reviewing, review, thread)["comments"][0]["text"] == HOSTILE


def test_a_comment_is_changed_and_deleted_by_its_writer(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    thread = reviewing.thread(review, "alice", "one").json["thread"]
    address = f"comments/{thread['comments'][0]['id']}"
    bench = reviewing.bench
    assert bench.patch(address, "bob", {"text": "x"}).status == 403
    assert bench.call("DELETE", address, "bob").status == 403
    assert bench.patch(address, "alice", {"text": " "}).status == 400
    changed = bench.patch(address, "alice", {"text": "two @carol @eve"})
    [comment] = changed.json["thread"]["comments"]
    assert (comment["text"], comment["edited_at"] is None) == ("two @carol @eve", False)
    assert changed.json["not_reached"] == ["eve"]
    told = len(reviewing.told("carol"))
    assert reviewing.told("carol")[0] == ("mentioned", "alice")
    bench.patch(address, "alice", {"text": "three"})
    bench.patch(address, "alice", {"text": "@carol again"})
    assert len(reviewing.told("carol")) == told
    assert bench.call("DELETE", address, "alice").status == 204
    [comment] = the(reviewing, review, thread)["comments"]
    assert (comment["text"], comment["deleted"]) == ("", True)
    assert bench.patch(address, "alice", {"text": "x"}).status == 404


def test_others_drafts_look_absent(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    thread = reviewing.thread(review, "alice", "mine", draft=True).json["thread"]
    comment = thread["comments"][0]["id"]
    for method, path, body in (
        ("POST", "threads/{thread}/comments", {"text": "x"}),
        ("PATCH", "threads/{thread}", {"resolved": True}),
        ("PATCH", "comments/{comment}", {"text": "x"}),
        ("DELETE", "comments/{comment}", None),
        ("PUT", "comments/{comment}/applied", {}),
    ):
        there = path.format(thread=thread["id"], comment=comment)
        nowhere = path.format(thread=ABSENT, comment=ABSENT)
        answers = [reviewing.bench.call(method, it, "bob", body) for it in (there, nowhere)]
        assert [it.status for it in answers] == [404, 404], path
        assert answers[0].body == answers[1].body
    resolved = reviewing.bench.patch(f"threads/{thread['id']}", "alice", {"resolved": True})
    assert resolved.status == 400
    assert reviewing.bench.call("DELETE", f"comments/{comment}", "alice").status == 204
    assert reviewing.read(review, "alice")["threads"] == []


def test_a_thread_is_resolved_and_opened_again(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    thread = reviewing.thread(review, "alice").json["thread"]
    address = f"threads/{thread['id']}"
    assert reviewing.read(review)["why"] == "threads-waiting"
    done = reviewing.bench.patch(address, "bob", {"resolved": True}).json["thread"]
    assert (done["resolved"], done["resolved_by"]["name"]) == (True, "bob")
    assert reviewing.read(review)["why"] is None
    again = reviewing.bench.patch(address, "alice", {"resolved": False}).json["thread"]
    assert (again["resolved"], again["resolved_by"]) == (False, None)


def test_a_suggestion_is_applied(reviewing: Reviewing, world: World) -> None:
    review = reviewing.begin()
    anchor = reviewing.on_cell(first_line=2)
    thread = reviewing.thread(review, "alice", "", anchor=anchor, suggestion="pass")
    comment = thread.json["thread"]["comments"][0]
    assert comment["suggestion"]["source"] == "pass"
    address = f"comments/{comment['id']}/applied"
    bench = reviewing.bench
    for wrong in (world.ids["private snapshot"], ABSENT):
        assert bench.put(address, "bob", {"snapshot": wrong}).status == 404
    version = reviewing.save(notebook(SOURCE, "other(2)"))
    done = bench.put(address, "bob's server", {"snapshot": version}).json["thread"]
    applied = done["comments"][0]["suggestion"]
    assert (applied["applied_by"]["name"], applied["applied_snapshot"]) == ("bob", version)
    plain = reviewing.thread(review, "alice", "x").json["comment"]
    assert bench.put(f"comments/{plain}/applied", "bob", {}).status == 409
