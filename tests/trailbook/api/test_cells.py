"""Cells and their relations over HTTP."""

from typing import Any

from trailbook.clock import now_us
from trailbook.store.records import NotebookCopied

from .bench import Bench
from .world import Recorder, World, notebook, save

TELLING = "model = Forest(trees=200)\nmodel.fit(frame, labels)\nmodel.score(frame, labels)"


def notebook_at(bench: Bench, world: World, who: str, path: str, space: str = "space") -> str:
    [found] = bench.get("notebooks", who, space=world.ids[space], path=path).json
    return found["id"]


def test_how_a_cell_became_what_it_is(bench: Bench, world: World) -> None:
    place, recorder = world.ids["space"], Recorder(world.store, world.owner("bob"))
    for source in ("fit(1)", "fit(2)"):
        recorder.record(save(place, "bob", "cells.ipynb", notebook("load()", source)))
    id_ = notebook_at(bench, world, "carol", "cells.ipynb")
    cells = bench.get(f"notebooks/{id_}/cells", "carol").json
    assert [(cell["number"], cell["starts"]) for cell in cells] == [(0, "load()"), (1, "fit(2)")]
    found = bench.get(f"notebooks/{id_}/cells/1", "carol").json
    assert [version["source"] for version in found["versions"]] == ["fit(2)", "fit(1)"]
    assert bench.get(f"notebooks/{id_}/cells/7", "carol").status == 404
    assert bench.get(f"notebooks/{id_}/cells/1", "dave").status == 404


def test_where_a_cell_was_copied_from_is_told_to_who_may_see_it(bench: Bench, world: World) -> None:
    mine, place = world.ids["personal space"], world.ids["space"]
    recorder = Recorder(world.store, world.owner("alice"))
    recorder.record(save(mine, "alice", "own.ipynb", notebook("x = 1", TELLING)))
    copied = NotebookCopied(
        space=mine, at=now_us(), author="alice", path="own.ipynb", to_space=place, to_path="c.ipynb"
    )
    recorder.record([(copied, [])])
    recorder.record(save(place, "alice", "c.ipynb", notebook("x = 1", TELLING)))
    copy = notebook_at(bench, world, "carol", "c.ipynb")

    def origins(who: str, route: str) -> list[Any]:
        return [
            it["notebook"] for it in bench.get(f"notebooks/{copy}/{route}", who).json["origins"]
        ]

    own = notebook_at(bench, world, "alice", "own.ipynb", "personal space")
    for route in ("cells/1", "lineage"):
        assert origins("alice", route) == [own]
        assert origins("carol", route) == []
    [link] = bench.get(f"notebooks/{own}/cells/1", "alice").json["descendants"]
    assert (link["kind"], link["notebook"], link["number"]) == ("copy", copy, 1)
