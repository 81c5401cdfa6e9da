"""Merges over HTTP: in parts, of what the asker may read, and nothing is written."""

import json
from typing import Any

import pytest

from .bench import Bench
from .world import World, notebook


def content(*sources: str) -> dict[str, Any]:
    return json.loads(notebook(*sources))


def sides(base: Any, ours: Any, theirs: Any) -> dict[str, Any]:
    return {"base": base, "ours": ours, "theirs": theirs}


def test_versions_and_notebooks_are_brought_together(bench: Bench, world: World) -> None:
    version = {"snapshot": world.ids["first snapshot"]}
    saved = bench.get(f"snapshots/{world.ids['first snapshot']}/content", "bob").json
    more = {**saved, "cells": [*saved["cells"], *content("new()")["cells"]]}
    answer = bench.post("merges", "bob's server", sides(version, version, {"content": more})).json
    assert [part["kind"] for part in answer["parts"]] == ["same", "theirs"]
    assert answer["conflicts"] == 0
    assert answer["around"]["metadata"] == saved["metadata"]


def test_a_side_that_may_not_be_read_looks_absent(bench: Bench, world: World) -> None:
    open_, foreign = {"content": content("a")}, {"snapshot": world.ids["private snapshot"]}
    for body in (sides(foreign, open_, open_), sides(open_, open_, foreign)):
        assert bench.post("merges", "bob", body).code == "not-found"


@pytest.mark.parametrize(
    "side", [{}, {"snapshot": "0" * 32, "content": {}}, {"snapshot": "x"}, {"other": 1}, [], None]
)
def test_a_side_that_is_neither_or_both_is_refused(bench: Bench, side: Any) -> None:
    open_ = {"content": content("a")}
    assert bench.post("merges", "bob", sides(open_, side, open_)).code == "bad-request"


@pytest.mark.parametrize("wrong", [{}, 5, {"nbformat": 4, "cells": 5}, {"nbformat": 99}])
def test_a_side_that_is_no_notebook_is_said(bench: Bench, wrong: Any) -> None:
    open_ = {"content": content("a")}
    assert bench.post("merges", "bob", sides(open_, open_, {"content": wrong})).code == (
        "not-readable"
    )
    assert bench.post("merges/results", "bob", {"content": wrong}).code == "not-readable"


def test_what_both_came_from_is_told_to_who_may_read_both(bench: Bench, world: World) -> None:
    first, last = world.ids["first snapshot"], world.ids["snapshot"]
    assert bench.get("merges/base", "carol", ours=last, theirs=first).json["id"] == first
    private = world.ids["private snapshot"]
    assert bench.get("merges/base", "bob", ours=last, theirs=private).code == "not-found"
    assert bench.get("merges/base", "bob", ours=private, theirs=last).code == "not-found"
    assert bench.get("merges/base", "alice", ours=private, theirs=last).json is None


def test_a_version_says_what_it_brought_together(bench: Bench, world: World) -> None:
    last, first = world.ids["snapshot"], world.ids["first snapshot"]
    path = f"snapshots/{last}/parents"
    assert bench.call("PUT", path, "bob's server", {"parents": [first]}).status == 204
    assert bench.get(f"snapshots/{last}", "carol").json["parents"] == [first]
    assert bench.call("PUT", path, "carol", {"parents": [first]}).status == 403
    assert bench.call("PUT", path, "project server", {"parents": [first]}).status == 403
    assert bench.call("PUT", path, "bob", {"parents": [last]}).code == "bad-request"
    assert bench.call("PUT", path, "bob", {"parents": []}).code == "bad-request"
    private = world.ids["private snapshot"]
    assert bench.call("PUT", path, "bob", {"parents": [private]}).code == "not-found"
    assert bench.get(f"snapshots/{last}", "carol").json["parents"] == [first]


def test_a_parent_in_another_space_is_not_told(bench: Bench, world: World) -> None:
    last, private = world.ids["snapshot"], world.ids["private snapshot"]
    assert (
        bench.call("PUT", f"snapshots/{last}/parents", "alice", {"parents": [private]}).status
        == 204
    )
    for who in ("alice", "bob"):
        assert bench.get(f"snapshots/{last}", who).json["parents"] == []


def test_what_was_decided_comes_back_with_one_id_to_a_cell(bench: Bench) -> None:
    once = content("a", "b")
    twice = {**once, "cells": once["cells"] + once["cells"]}
    cells = bench.post("merges/results", "dave", {"content": twice}).json["cells"]
    assert [cell["source"] for cell in cells] == ["a", "b", "a", "b"]
    assert len({cell["id"] for cell in cells}) == 4


def test_nobody_is_answered_without_signing_in(bench: Bench) -> None:
    open_ = {"content": content("a")}
    assert bench.post("merges", None, sides(open_, open_, open_)).status == 403
    assert bench.post("merges/results", None, open_).status == 403
