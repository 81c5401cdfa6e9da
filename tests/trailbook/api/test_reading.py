"""Reading the trail over HTTP."""

import base64
import json
from typing import Any

import pytest

from trailbook.clock import now_us
from trailbook.store.records import (
    DataFile,
    DataSeen,
    ExecutionStarted,
    FilesSaved,
    NotebookDeleted,
    SavedFile,
)

from .bench import Bench
from .world import HOSTILE, PIXEL, Recorder, World, notebook, run, save


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "bob's server", "project server"])
def test_a_member_reads_a_notebooks_steps(bench: Bench, world: World, who: str) -> None:
    [found] = bench.get("notebooks", who, space=world.ids["space"], path="wörk/fit me.ipynb").json
    assert found == bench.get(f"notebooks/{found['id']}", who).json
    page = bench.get(f"notebooks/{found['id']}/steps", who).json
    assert [step["source"] for step in page["steps"] if step["type"] == "run"] == ["fit()"]
    assert bench.get(f"notebooks/{found['id']}/snapshots", who).json[0]["cells"] == 2


def test_a_path_without_history_is_an_empty_answer(bench: Bench, world: World) -> None:
    space = world.ids["space"]
    assert bench.get("notebooks", "bob", space=space, path="new.ipynb").json == []


def test_own_notebooks_are_listed_for_their_owner(bench: Bench) -> None:
    [own] = bench.get("notebooks", "alice", mine=1).json
    assert own["path"] == "secret.ipynb"
    assert own["project"] is None
    assert bench.get("notebooks", "bob", mine=1).json == []
    assert bench.get("notebooks", "project server", mine=1).json == []


def test_deleted_notebooks_are_listed_for_who_asks_for_them(bench: Bench, world: World) -> None:
    for name, space in (("bob", "space"), ("alice", "personal space")):
        place, recorder = world.ids[space], Recorder(world.store, world.owner(name))
        recorder.record(save(place, name, "gone.ipynb", notebook("x")))
        gone = NotebookDeleted(space=place, at=now_us(), author=name, path="gone.ipynb")
        recorder.record([(gone, [])])

    def deleted(route: str, who: str, **query: Any) -> list[str]:
        views = bench.get(route, who, **query).json
        return [view["path"] for view in views if view["deleted_at"]]

    assert deleted("projects/churn/notebooks", "carol") == []
    assert deleted("projects/churn/notebooks", "carol", deleted=1) == ["gone.ipynb"]
    assert deleted("notebooks", "alice", mine=1) == []
    assert deleted("notebooks", "alice", mine=1, deleted=1) == ["gone.ipynb"]
    assert bench.get("projects/churn/notebooks", "dave", deleted=1).status == 404


def test_a_project_tells_what_happened_in_it(bench: Bench) -> None:
    paths = {view["path"] for view in bench.get("projects/churn/notebooks", "carol").json}
    assert paths == {"wörk/fit me.ipynb", "broken.ipynb"}
    [burst, *_] = bench.get("projects/churn/activity", "carol", limit=5).json
    assert burst["author"] == "bob"


def test_a_version_comes_back_byte_for_byte(bench: Bench, world: World) -> None:
    answer = bench.get(f"snapshots/{world.ids['snapshot']}/file", "carol")
    assert answer.body == notebook("fit(2)", "score()")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''fit%20me.ipynb"


def test_a_version_comes_as_a_notebook_and_is_asked_for_again_cheaply(
    bench: Bench, world: World
) -> None:
    path = f"snapshots/{world.ids['snapshot']}/content"
    answer = bench.get(path, "carol")
    assert [cell["source"] for cell in answer.json["cells"]] == ["fit(2)", "score()"]
    again = bench.call("GET", path, "carol", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert "immutable" not in answer.headers["cache-control"]


def test_an_unreadable_version_says_so_and_can_be_downloaded(bench: Bench, world: World) -> None:
    snapshot = world.ids["broken snapshot"]
    answer = bench.get(f"snapshots/{snapshot}/content", "carol")
    assert (answer.status, answer.code) == (422, "not-readable")
    assert bench.get(f"snapshots/{snapshot}/file", "carol").body == b"{ not JSON"
    assert bench.get("diff", "carol", base=snapshot, target=snapshot).status == 422


def parts_of(bench: Bench, world: World) -> dict[str, int]:
    step = bench.get(f"steps/{world.ids['step']}", "carol").json
    return {part["mime"]: part["payload"] for o in step["outputs"] for part in o["parts"]}


def test_only_images_are_served_as_what_they_are(bench: Bench, world: World) -> None:
    parts = parts_of(bench, world)
    expected = {
        "image/png": ("image/png", PIXEL),
        "text/html": ("text/plain; charset=utf-8", HOSTILE.encode()),
        "text/plain": ("text/plain; charset=utf-8", b"<Figure>"),
        "image/svg+xml": ("application/octet-stream", b"<svg onload='alert(1)'/>"),
    }
    for mime, (served, body) in expected.items():
        answer = bench.get(f"steps/{world.ids['step']}/payloads/{parts[mime]}", "carol")
        assert (answer.headers["content-type"], answer.body) == (served, body)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["cache-control"].startswith("private")


def test_every_answer_carries_the_headers_that_make_it_data(bench: Bench, world: World) -> None:
    for path, who in (("me", "alice"), ("steps/nonsense", "alice"), ("me", None)):
        headers = bench.get(path, who).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert headers["cache-control"] == "private, no-store"


def test_the_notebook_as_it_was_at_a_step(bench: Bench, world: World) -> None:
    view = bench.get(f"steps/{world.ids['step']}/snapshot", "carol").json
    assert view["id"] == world.ids["first snapshot"]


def test_what_changed_between_two_versions(bench: Bench, world: World) -> None:
    pair = {"base": world.ids["first snapshot"], "target": world.ids["snapshot"]}
    answer = bench.get("diff", "carol", **pair).json
    assert not answer["coarse"]
    assert answer["base_view"]["id"] == pair["base"]
    assert answer["target_view"]["id"] == pair["target"]
    assert "score()" in json.dumps(answer["diff"])
    assert bench.get("diff", "carol", **pair).json == answer
    assert bench.get("diff", "carol", **pair, counts=1).json["diff"] != answer["diff"]
    assert bench.get("diff", "carol", base=pair["base"], target=pair["base"]).json["diff"] == []


def test_what_changed_since_a_version_and_what_is_on_the_screen(bench: Bench, world: World) -> None:
    content = json.loads(notebook("fit()", "new()"))
    body = {"snapshot": world.ids["first snapshot"], "content": content}
    answer = bench.post("diff", "bob's server", body).json
    assert answer["target_view"] is None
    assert "new()" in json.dumps(answer["diff"])
    hidden = bench.post("diff", "bob", {**body, "outputs": False}).json
    assert "image/png" not in json.dumps(hidden["diff"])


def test_what_changed_between_two_notebooks_of_which_none_is_recorded(bench: Bench) -> None:
    body = {"base": json.loads(notebook("a")), "target": json.loads(notebook("a", "new()"))}
    answer = bench.post("diff/contents", "dave", body).json
    assert set(answer) == {"base", "diff", "moves", "coarse"}
    assert "new()" in json.dumps(answer["diff"])
    assert answer["base"]["cells"][0]["source"] == "a"
    hidden = bench.post("diff/contents", "dave", {**body, "outputs": False}).json
    assert "image/png" not in json.dumps(hidden)


def test_who_asks_is_told_who_they_are(bench: Bench, world: World) -> None:
    me = bench.get("me", "carol").json
    assert (me["name"], me["via"], me["admin"]) == ("carol", "browser", False)
    assert [project["role"] for project in me["projects"]] == ["viewer"]
    assert bench.get("me", "project server").json["person"] is None


def test_the_api_describes_itself(bench: Bench) -> None:
    assert bench.get("openapi.json", "dave").json["openapi"] == "3.1.0"


def test_a_server_learns_what_its_own_notebook_lacks(bench: Bench, world: World) -> None:
    space, path = world.ids["space"], "lacking.ipynb"
    recorder = Recorder(world.store, world.owner("bob"))
    recorder.record(save(space, "bob", path, notebook("fit(2)")))
    events = run(space, "bob", path, "fit(2)", [{"image/png": PIXEL, "text/plain": b"<Figure>"}])
    recorder.record(events)
    found = world.store.notebook_at(space, path)
    route = f"notebooks/{found.id}/last-runs"
    answer = bench.get(route, "bob's server").json
    assert answer["version"] == world.store.snapshots(found.id)[0].id
    [lacking] = answer["runs"]
    assert (lacking["cell_id"], lacking["source"]) == ("cell-0", "fit(2)")
    assert bench.get(route, "bob's server", since=answer["since"]).json == answer
    assert bench.get(route, "alice's server").json["runs"] == []
    assert bench.get(route, "project server").json["runs"] == []
    [output] = bench.get(f"steps/{lacking['id']}/outputs", "bob's server").json
    assert output["data"]["image/png"] == base64.b64encode(PIXEL).decode()
    assert bench.get(f"steps/{lacking['id']}/outputs", "dave").status == 404


def test_what_a_run_depended_on(bench: Bench, world: World) -> None:
    space, recorder = world.ids["space"], Recorder(world.store, world.owner("bob"))
    who = {"space": space, "at": now_us(), "author": "bob"}
    code = [SavedFile("model é.py", 5, 1, 0), SavedFile("big.sql", 9_000_000, 1, None, "too-large")]
    recorder.record([(FilesSaved(path="lib", files=code, **who), [b"<b>1<"])])
    for size in (1, 1, 2):
        events = run(space, "bob", "d.ipynb", "pd.read_csv('x.csv')", [])
        step = next(e.execution for e, _ in events if isinstance(e, ExecutionStarted))
        seen = [DataFile("x.csv", "read", size, 5, f"{size:032x}")]
        data = DataSeen(execution=step, moment="start", files=seen, **who)
        recorder.record([*events, (data, [])])
    view = bench.get(f"steps/{step}", "carol").json
    assert view["files_total"] == 2
    assert [(file["path"], file["kept"]) for file in view["files"]] == [
        ("lib/big.sql", False),
        ("lib/model é.py", True),
    ]
    assert bench.get(f"steps/{step}/files", "carol").json == view["files"]
    content = bench.get(f"steps/{step}/file", "carol", path="lib/model é.py")
    assert (content.body, content.headers["content-type"]) == (
        b"<b>1<",
        "text/plain; charset=utf-8",
    )
    assert bench.get(f"steps/{step}/file", "carol", path="lib/big.sql").status == 404
    assert bench.get(f"steps/{step}/file", "carol", path="../../etc/passwd").status == 404
    assert [data["state"] for data in view["data"]] == ["changed"]
    answer = bench.get("data", "carol", space=space, path="x.csv").json
    assert [one["data"]["state"] for one in answer] == ["changed", "same", "first"]
    assert answer[0]["step"] == step
    assert bench.get("data", "dave", space=space, path="x.csv").status == 404
