"""Whatever is sent, the answer is a sentence and never a failure of ours."""

import itertools

import pytest

from trailbook.api import ROUTES
from trailbook.api.openapi import verbs
from trailbook.api.verbs import JSON_BYTES

from .bench import Bench
from .test_closed import address
from .world import World

WITH_BODY = [(p, m) for p, m, verb in verbs(ROUTES) if verb.body is not None]
ODD_IDS = [
    "nonsense", "0" * 31, "0" * 33, "A" * 32, "..", "%2e%2e", "..%2f..%2fetc", "%00", "%", "%zz",
    "'", "0" * 5000, "%ff", "\u00e9".encode().hex(), "-1", "1e9", "99999999999999999999", "%20",
    "*",
]  # fmt: skip
ODD_BODIES = [
    b"", b"{", b"null", b"[]", b"5", b"\xff\xfe", b'"' + b"a" * 1000, b"[" * 50_000,
    b'{"name": 5}', b'{"unknown": 1}', b'{"name": ""}', b'{"name": "  "}', b'{"text": "\\ud800"}',
    b'{"role": ["viewer"]}', b'{"space": "x", "path": null}', b'{"name": "a", "name": "b", "c": 1}',
]  # fmt: skip


def fine(answer_status: int, code: str) -> bool:
    return 400 <= answer_status < 500 and code != "error"


@pytest.mark.parametrize("odd", ODD_IDS)
def test_an_odd_id_is_absent(bench: Bench, odd: str) -> None:
    for pattern, method in [(p, m) for p, m, _ in verbs(ROUTES) if "{" in p]:
        if (pattern, method) in WITH_BODY:
            continue
        path = address(pattern).replace("0" * 32, odd).replace("/1", f"/{odd}")
        answer = bench.call(method.upper(), path, "hub" if "servers" in pattern else "alice")
        assert answer.status in {400, 404, 405}, path


@pytest.mark.parametrize(("pattern", "method"), WITH_BODY)
def test_an_odd_body_is_refused(bench: Bench, pattern: str, method: str) -> None:
    for body in ODD_BODIES:
        answer = bench.call(method.upper(), address(pattern), "alice", raw=body)
        assert fine(answer.status, answer.code), body


def test_unknown_fields_and_arguments_are_refused(bench: Bench, world: World) -> None:
    assert bench.post("projects", "alice", {"name": "x", "admin": True}).code == "bad-request"
    assert bench.get("me", "alice", unknown="x").code == "bad-request"
    notebook = world.ids["notebook"]
    for query in (
        {"limit": 0}, {"limit": 10_000}, {"limit": "x"}, {"after": -1}, {"around": "x"},
        {"newest": 2}, {"after": "1' OR 1=1"},
    ):  # fmt: skip
        answer = bench.get(f"notebooks/{notebook}/steps", "alice", **query)
        assert (answer.status, answer.code) == (400, "bad-request"), query
    assert bench.get("notebooks", "alice").code == "bad-request"


def test_an_argument_given_twice_counts_once(bench: Bench) -> None:
    assert bench.get("notebooks?mine=0&mine=1", "alice").status == 200


@pytest.mark.parametrize(
    "path", ["..", "../x", "/etc/passwd", "a\x00b", "\u202egpj.ipynb", "<b>", "x" * 4096]
)
def test_an_odd_path_is_just_a_path_without_history(bench: Bench, world: World, path: str) -> None:
    answer = bench.get("notebooks", "alice", space=world.ids["space"], path=path)
    assert answer.status in {200, 400}
    if answer.status == 200:
        assert answer.json == []


def test_a_body_over_the_limit_is_refused(bench: Bench, world: World) -> None:
    body = {"text": "x" * (JSON_BYTES + 1)}
    answer = bench.post(f"steps/{world.ids['step']}/notes", "bob", body)
    assert (answer.status, answer.code) == (413, "too-large")


def test_a_posted_notebook_that_is_none_is_said(bench: Bench, world: World) -> None:
    for content in ({}, {"nbformat": 4, "cells": 5}, {"nbformat": 99}):
        body = {"snapshot": world.ids["snapshot"], "content": content}
        assert bench.post("diff", "bob", body).code == "not-readable"
        sides = {"base": {"cells": [], "metadata": {}, "nbformat": 4}, "target": content}
        answer = bench.post("diff/contents", "bob", sides)
        assert (answer.code, "no notebook" in answer.json["message"]) == ("bad-request", True)


@pytest.mark.parametrize(
    "slug", ["new", "A", "a b", "a--b", "-a", "a-", "..", "a/b", "x" * 41, "é", "p_1"]
)
def test_a_slug_that_is_no_slug_is_refused(bench: Bench, slug: str) -> None:
    assert bench.post("projects", "alice", {"name": "x", "slug": slug}).code == "bad-request"


def test_names_in_any_script_make_a_slug(bench: Bench) -> None:
    slugs = [
        bench.post("projects", "alice", {"name": name}).json["slug"]
        for name in ("数据", "New", "🙂", "x" * 100, "A & B")
    ]
    assert slugs == ["project", "project-new", "project-2", "x" * 40, "a-b"]


def test_nothing_of_the_inside_shows_in_an_error(bench: Bench, world: World) -> None:
    store, world.store.notebook = world.store.notebook, None  # type: ignore[method-assign]
    try:
        answer = bench.get(f"notebooks/{world.ids['notebook']}", "alice")
    finally:
        world.store.notebook = store  # type: ignore[method-assign]
    assert answer.status == 500
    assert answer.json == {"code": "error", "message": "Internal Server Error."}


def test_many_requests_at_once_all_get_their_own_answer(bench: Bench, world: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    names = list(itertools.islice(itertools.cycle(["alice", "bob", "carol", "dave"]), 80))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda name: bench.get("me", name).json["name"], names))
    assert answers == names
