"""Every route is closed to the anonymous, and to strangers looks as if nothing were there."""

import re

import pytest

from trailbook.api import ROUTES
from trailbook.api.openapi import verbs

from .bench import Answer, Bench
from .world import World

VERBS = [(pattern, method) for pattern, method, _ in verbs(ROUTES)]


def address(pattern: str) -> str:
    """The route with something in each of its places."""
    return re.sub(r"\{(\w+)\}", lambda m: "1" if m[1] == "n" else "0" * 32, pattern)


@pytest.mark.parametrize(("pattern", "method"), VERBS)
def test_an_anonymous_request_is_refused(bench: Bench, pattern: str, method: str) -> None:
    answer = bench.call(method.upper(), address(pattern))
    assert answer.status in {302, 403}
    assert answer.status == 403 or method == "get"


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in ROUTES])
def test_a_verb_that_a_route_lacks_is_refused(bench: Bench, pattern: str) -> None:
    known = {method for of, method in VERBS if of == pattern}
    for method in {"get", "post", "put", "patch", "delete"} - known:
        answer = bench.call(method.upper(), address(pattern), "alice")
        assert (answer.status, answer.code) == (405, "bad-method")


def shape(answer: Answer) -> tuple[int, bytes, set[str]]:
    return answer.status, answer.body, set(answer.headers)


THINGS = [
    ("GET", "notebooks/{notebook}"),
    ("GET", "notebooks/{notebook}/steps"),
    ("GET", "notebooks/{notebook}/last-runs"),
    ("GET", "notebooks/{notebook}/snapshots"),
    ("GET", "steps/{step}"),
    ("DELETE", "steps/{step}"),
    ("GET", "steps/{step}/outputs"),
    ("DELETE", "steps/{step}/outputs/0"),
    ("GET", "steps/{step}/snapshot"),
    ("GET", "steps/{step}/payloads/0"),
    ("GET", "snapshots/{snapshot}"),
    ("GET", "snapshots/{snapshot}/content"),
    ("GET", "snapshots/{snapshot}/file"),
    ("GET", "snapshots/{snapshot}/payloads/0"),
    ("GET", "diff?base={snapshot}&target={snapshot}"),
    ("GET", "presence?space={space}&path=x.ipynb"),
    ("GET", "notebooks?space={space}&path=x.ipynb"),
    ("GET", "steps/{step}/files"),
    ("GET", "steps/{step}/file?path=x.py"),
    ("GET", "data?space={space}&path=x.csv"),
]
WRITES = [
    ("POST", "steps/{step}/notes", {"text": "x"}),
    ("POST", "snapshots/{snapshot}/notes", {"text": "x"}),
    ("PATCH", "notes/{note}", {"text": "x"}),
    ("DELETE", "notes/{note}", None),
    ("POST", "diff", {"snapshot": "{snapshot}", "content": {}}),
    ("PUT", "presence", {"space": "{space}", "path": "x.ipynb"}),
]


def filled(thing: object, names: dict[str, str]) -> object:
    if isinstance(thing, dict):
        return {key: filled(value, names) for key, value in thing.items()}
    return thing.format(**names) if isinstance(thing, str) and "{" in thing else thing


@pytest.mark.parametrize(
    "who", ["dave", "dave's server", "root", "root's server", "project server", "hub"]
)
def test_what_is_private_looks_absent_to_everybody_else(
    bench: Bench, world: World, who: str
) -> None:
    private = {key: world.ids[f"private {key}"] for key in ("notebook", "step", "snapshot", "note")}
    private["space"] = world.ids["personal space"]
    absent = dict.fromkeys(private, "f" * 32)
    for method, path, body in [(*thing, None) for thing in THINGS] + WRITES:
        answers = [
            bench.call(method, path.format(**names), who, filled(body, names))
            for names in (private, absent)
        ]
        assert shape(answers[0]) == shape(answers[1]), path
        assert answers[0].status == 404, path


def test_a_project_looks_absent_to_somebody_who_is_no_member(bench: Bench, world: World) -> None:
    names = {key: world.ids[key] for key in ("notebook", "step", "snapshot", "space")}
    absent = dict.fromkeys(names, "f" * 32)
    for method, path in THINGS:
        there, nowhere = (bench.call(method, path.format(**n), "dave") for n in (names, absent))
        assert shape(there) == shape(nowhere), path
    for path in ("", "/members", "/notebooks", "/activity"):
        there, nowhere = (bench.get(f"projects/{s}{path}", "dave") for s in ("churn", "nothing"))
        assert shape(there) == shape(nowhere)
        assert there.status == 404
    assert bench.get("projects", "dave").json == []
    for method, path, body in (
        ("PATCH", "projects/churn", {"name": "x"}),
        ("PUT", "projects/churn/members/dave", {"role": "viewer"}),
        ("DELETE", "projects/churn/members/bob", None),
    ):
        assert bench.call(method, path, "dave", body).status == 404


def test_a_diff_needs_both_versions_to_be_readable(bench: Bench, world: World) -> None:
    own, foreign = world.ids["private snapshot"], world.ids["snapshot"]
    assert bench.get("diff", "alice", base=own, target=foreign).status == 200
    for pair in ((own, foreign), (foreign, own)):
        assert bench.get("diff", "bob", base=pair[0], target=pair[1]).status == 404


def test_an_administrator_reads_no_history_but_sees_that_a_project_exists(
    bench: Bench, world: World
) -> None:
    [project] = [p for p in bench.get("projects", "root").json if p["slug"] == "churn"]
    assert project["role"] is None
    assert bench.get("projects/churn/members", "root").status == 200
    for path in ("notebooks", "activity"):
        answer = bench.get(f"projects/churn/{path}", "root")
        assert (answer.status, answer.code) == (403, "not-allowed")
    assert bench.get(f"steps/{world.ids['step']}", "root").status == 404
    assert bench.get("projects/churn", "root's server").status == 404


def test_a_projects_server_signs_nothing(bench: Bench, world: World) -> None:
    step = world.ids["step"]
    for method, path, body in (
        ("POST", "projects", {"name": "x"}),
        ("PATCH", "projects/churn", {"name": "x"}),
        ("PUT", "projects/churn/members/dave", {"role": "viewer"}),
        ("DELETE", "projects/churn/members/bob", None),
        ("PUT", "me/consent", None),
        ("PUT", "me/viewing", {"project": None}),
        ("POST", f"steps/{step}/notes", {"text": "x"}),
        ("DELETE", f"steps/{step}", None),
        ("DELETE", f"steps/{step}/outputs/0", None),
    ):
        answer = bench.call(method, path, "project server", body)
        assert (answer.status, answer.code) == (403, "sign-in-needed"), path
    assert bench.get(f"steps/{step}", "project server").status == 200


def test_only_the_hub_learns_what_servers_mount(bench: Bench, world: World) -> None:
    for who in ("alice", "alice's server", "root", "project server"):
        assert bench.get("servers/alice/mounts", who).status == 403
    folder = {
        "prefix": "projects/churn",
        "project": "churn",
        "account": world.ids["account"],
        "role": "maintainer",
    }
    assert folder in bench.get("servers/alice/mounts", "hub").json
    assert folder["project"] not in str(bench.get("servers/carol/mounts", "hub").json)
    assert bench.get("servers/nobody/mounts", "hub").status == 404
    own = bench.get(f"servers/{world.ids['account']}/mounts", "hub").json
    assert own == [{**folder, "prefix": "", "role": "contributor"}]
