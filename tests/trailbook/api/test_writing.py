"""Writing over HTTP: projects, members, notes, deletions, presence."""

from .bench import Bench
from .world import Recorder, World, notebook, run, save


def test_a_project_begins_and_its_maker_maintains_it(bench: Bench, world: World) -> None:
    first = bench.post("projects", "dave", {"name": "Prévision d'été"})
    assert first.status == 201
    assert (first.json["slug"], first.json["role"]) == ("prevision-d-ete", "maintainer")
    assert bench.changed[-1] == first.json["id"]
    second = bench.post("projects", "dave", {"name": "Prévision d'été"})
    assert second.json["slug"] == "prevision-d-ete-2"
    taken = bench.post("projects", "dave", {"name": "x", "slug": "churn"})
    assert (taken.status, taken.code) == (409, "conflict")
    charter = {"goal": "Find leavers"}
    changed = bench.patch("projects/prevision-d-ete", "dave", {"charter": charter}).json
    assert changed["charter"]["goal"] == "Find leavers"
    assert changed["name"] == "Prévision d'été"
    assert not bench.patch("projects/prevision-d-ete", "dave", {"recording": False}).json[
        "recording"
    ]
    assert bench.patch("projects/churn", "bob", {"name": "x"}).code == "not-allowed"
    switched = bench.patch("projects/prevision-d-ete", "root", {"recording": True})
    assert switched.json["recording"]
    both = {"recording": False, "name": "x"}
    assert bench.patch("projects/prevision-d-ete", "root", both).code == "not-allowed"
    assert bench.post("projects", "dave's server", {"name": "x"}).code == "sign-in-needed"


def test_members_come_change_and_go(bench: Bench, world: World) -> None:
    slug = bench.post("projects", "alice", {"name": "Members"}).json["slug"]
    where = f"projects/{slug}/members"
    assert bench.get(f"projects/{slug}", "dave").status == 404
    assert bench.put(f"{where}/dave", "alice", {"role": "viewer"}).status == 204
    assert bench.get(f"projects/{slug}", "dave").json["role"] == "viewer"
    assert bench.put(f"{where}/bob", "dave", {"role": "viewer"}).code == "not-allowed"
    assert bench.put(f"{where}/bob", "root", {"role": "viewer"}).status == 204
    assert bench.put(f"{where}/nobody", "alice", {"role": "viewer"}).status == 404
    assert bench.put(f"{where}/dave", "alice", {"role": "owner"}).status == 400
    roles = {m["person"]["name"]: m["role"] for m in bench.get(where, "dave").json}
    assert roles == {"alice": "maintainer", "dave": "viewer", "bob": "viewer"}
    assert bench.delete(f"{where}/dave", "alice").status == 204
    assert bench.get(f"projects/{slug}", "dave").status == 404
    assert bench.delete(f"{where}/dave", "alice").status == 404


def test_a_project_keeps_a_maintainer(bench: Bench) -> None:
    slug = bench.post("projects", "alice", {"name": "Kept"}).json["slug"]
    where = f"projects/{slug}/members"
    assert bench.delete(f"{where}/alice", "alice").code == "conflict"
    assert bench.put(f"{where}/alice", "alice", {"role": "viewer"}).code == "conflict"
    assert bench.put(f"{where}/bob", "alice", {"role": "maintainer"}).status == 204
    assert bench.delete(f"{where}/alice", "alice").status == 204


def test_an_administrator_looks_as_a_viewer_and_that_is_noted(bench: Bench, world: World) -> None:
    assert bench.put("me/viewing", "root", {"project": "churn"}).status == 204
    assert bench.viewing == [world.ids["project"]]
    assert bench.put("me/viewing", "root", {"project": None}).status == 204
    assert bench.viewing == [world.ids["project"], None]
    assert bench.put("me/viewing", "root", {"project": "nothing"}).status == 404
    assert bench.put("me/viewing", "alice", {"project": "churn"}).code == "not-allowed"
    assert bench.put("me/viewing", "root's server", {"project": "churn"}).code == "sign-in-needed"


def test_consent_is_kept(bench: Bench) -> None:
    assert not bench.get("me", "dave").json["consented"]
    assert bench.put("me/consent", "dave's server").status == 204
    assert bench.get("me", "dave").json["consented"]


def test_a_note_is_written_changed_and_deleted_by_its_author(bench: Bench, world: World) -> None:
    step, snapshot = world.ids["step"], world.ids["snapshot"]
    made = bench.post(f"steps/{step}/notes", "bob's server", {"text": "tried *it*", "kind": "why"})
    assert made.status == 201
    assert (made.json["author"], made.json["author_basis"], made.json["mine"]) == (
        "bob",
        "verified",
        True,
    )
    note = made.json["id"]
    [seen] = bench.get(f"steps/{step}", "carol").json["notes"]
    assert (seen["text"], seen["mine"]) == ("tried *it*", False)
    for who in ("alice", "root", "carol"):
        assert bench.patch(f"notes/{note}", who, {"text": "x"}).status in {403, 404}
        assert bench.delete(f"notes/{note}", who).status in {403, 404}
    changed = bench.patch(f"notes/{note}", "bob", {"text": "x", "kind": "dead-end"}).json
    assert (changed["kind"], changed["text"]) == ("dead-end", "x")
    assert bench.delete(f"notes/{note}", "bob").status == 204
    assert bench.get(f"steps/{step}", "carol").json["notes"] == []
    on_version = bench.post(f"snapshots/{snapshot}/notes", "alice", {"text": "good"})
    assert on_version.json["snapshot"] == snapshot
    assert bench.post(f"steps/{step}/notes", "carol", {"text": "x"}).code == "not-allowed"


def test_a_step_is_deleted_by_who_ran_it_and_is_gone(bench: Bench, world: World) -> None:
    space = world.ids["space"]
    recorder = Recorder(world.store, world.owner("bob"))
    recorder.record(
        run(space, "bob", "gone.ipynb", "token = 'quince'", [{"text/plain": b"quince"}])
    )
    recorder.record(save(space, "bob", "gone.ipynb", notebook("token = 'quince'")))
    [found] = bench.get("notebooks", "bob", space=space, path="gone.ipynb").json
    steps = bench.get(f"notebooks/{found['id']}/steps", "bob").json["steps"]
    step = next(s["id"] for s in steps if s["type"] == "run")
    [version] = bench.get(f"notebooks/{found['id']}/snapshots", "bob").json
    before = bench.get(f"snapshots/{version['id']}/content", "carol")
    pair = {"base": version["id"], "target": world.ids["snapshot"]}
    assert b"quince" in bench.get("diff", "carol", **pair).body
    for who in ("alice", "root", "carol"):
        assert bench.delete(f"steps/{step}", who).status in {403, 404}
    assert bench.delete(f"steps/{step}/outputs/0", "bob").status == 204
    assert b"quince" not in str(bench.get(f"steps/{step}", "carol").json["outputs"]).encode()
    assert bench.delete(f"steps/{step}", "bob's server").status == 204
    told = bench.get(f"notebooks/{found['id']}/steps", "carol").body
    told += bench.get(f"steps/{step}", "carol").body + bench.get("diff", "carol", **pair).body
    asked_again = {"If-None-Match": before.headers["etag"]}
    content = f"snapshots/{version['id']}/content"
    told += bench.call("GET", content, "carol", headers=asked_again).body
    assert b"quince" not in told
    assert bench.get(f"steps/{step}/payloads/0", "carol").status == 404


def test_who_has_a_notebook_open_is_known_while_it_is_open(bench: Bench, world: World) -> None:
    here = {"space": world.ids["space"], "path": "wörk/fit me.ipynb"}
    assert bench.get("presence", "carol", **here).json == []
    assert bench.put("presence", "bob's server", here).status == 204
    [bob] = bench.get("presence", "carol", **here).json
    assert (bob["name"], bob["server"]) == ("bob", "")
    assert bob["url"] == "/user/bob/lab/tree/projects/churn/w%C3%B6rk/fit%20me.ipynb"
    assert bench.put("presence", "bob's server", here).status == 204
    assert bench.get("presence", "carol", **here).json == [bob]
    assert bench.put("presence", "bob", here).code == "not-allowed"


def test_a_projects_server_reports_which_member_is_at_the_screen(
    bench: Bench, world: World
) -> None:
    here = {"space": world.ids["space"], "path": "shared.ipynb"}
    for name, status in (("", 400), ("dave", 400), ("carol", 204)):
        answer = bench.call(
            "PUT", "presence", "project server", here, headers={"X-Trailbook-User": name}
        )
        assert answer.status == status
    [carol] = bench.get("presence", "bob", **here).json
    assert carol["name"] == "carol"
    assert carol["url"] == f"/user/{world.ids['account']}/lab/tree/shared.ipynb"
