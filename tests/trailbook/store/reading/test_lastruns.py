"""What a notebook's cells may lack: last runs, and their outputs as a notebook holds them."""

import base64
from types import SimpleNamespace
from typing import Any

import pytest

from trailbook.store.records import OutputRecorded

IMAGE = b"\x89PNG\r\n\x1a\nnot much of a picture"


def last(store: Any, who: Any, **asked: Any) -> list[str]:
    found = store.last_runs(who.notebook(), who.owner, **asked)
    return [run.id for run in found.runs]


def show(recorder: Any, run: str, index: int, kind: str, **parts: bytes) -> None:
    mimes = {"png": "image/png", "text": "text/plain", "json": "application/json"}
    numbered = {mimes[name]: n for n, name in enumerate(parts)}
    recorder.tell(
        OutputRecorded,
        *parts.values(),
        b'{"image/png":{"width":4}}',
        execution=run,
        index=index,
        type=kind,
        parts=numbered,
        metadata=len(parts),
    )


def test_only_what_went_on_after_the_newest_version_is_told(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    ada.run("before", cell="a", printed="1")
    going_on = ada.run("slow", cell="b", printed="1")
    version = ada.save(notebook_bytes("before", "slow"))
    assert last(store, ada) == []
    ada.output(going_on, 1, "stream", name="stdout", text="2")
    after = ada.run("after", cell="c")
    assert last(store, ada) == [going_on, after]
    answer = store.last_runs(ada.notebook(), ada.owner)
    assert answer.version == version
    ada.save(notebook_bytes("before", "slow", "after"))
    assert last(store, ada) == []
    assert last(store, ada, since=answer.since) == [going_on, after]


def test_from_the_beginning_it_is_the_last_run_of_every_cell(store: Any, ada: Any) -> None:
    ada.run("x", cell="a", printed="1")
    ada.run("nowhere", cell=None, printed="1")
    ada.start_kernel("a.ipynb")
    newest = ada.run("x", cell="a", printed="2")
    other = ada.run("y", cell="b")
    assert last(store, ada, since=0) == [newest, other]
    assert store.last_runs(ada.notebook(), ada.owner).version is None


def test_a_deleted_run_is_not_replaced_by_the_one_before(store: Any, ada: Any) -> None:
    ada.run("x", printed="1")
    gone = ada.run("x", printed="secret")
    store.delete_step(gone, by=ada.owner.person)
    assert last(store, ada, since=0) == []


def test_a_deleted_output_is_not_among_those_of_its_run(store: Any, ada: Any) -> None:
    run = ada.run("x", printed="secret")
    ada.output(run, 1, "stream", name="stderr", text="kept")
    store.delete_output(run, 0, by=ada.owner.person)
    assert [output["text"] for output in store.step_outputs(run)] == ["kept"]


def test_what_others_run_on_their_own_servers_is_not_ones_own_to_miss(
    store: Any, recorder: Any, owner_of: Any, project: Any, project_owner: SimpleNamespace
) -> None:
    from trailbook.access import Role

    people = [owner_of("ada"), owner_of("bob")]
    for owner in people:
        store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    ada, bob = (recorder(store, owner, "projects/churn") for owner in people)
    together = recorder(store, project_owner)
    hers = ada.run("hers", cell="a", printed="1")
    his = bob.run("his", cell="b", printed="1")
    theirs = together.run("theirs", cell="c", printed="1")
    assert [last(store, who) for who in (ada, bob, together)] == [[hers], [his], [theirs]]
    bob.run("hers", cell="a", printed="later, by him")
    assert last(store, ada) == []


def test_outputs_come_as_a_notebook_holds_them(store: Any, ada: Any) -> None:
    run = ada.run("x")
    ada.output(run, 0, "stream", name="stderr", text="10%\r")
    ada.output(run, 1, "stream", name="stderr", text="100%\n")
    show(ada, run, 2, "execute_result", png=IMAGE, text=b"<Figure>", json=b'{"a":[1]}')
    ada.output(run, 3, "error", name="ValueError", value="no", text="first\nsecond")
    picture = base64.b64encode(IMAGE).decode()
    assert store.step_outputs(run) == [
        {"output_type": "stream", "name": "stderr", "text": "100%\n"},
        {
            "output_type": "execute_result",
            "data": {
                "image/png": picture,
                "text/plain": "<Figure>",
                "application/json": {"a": [1]},
            },
            "metadata": {"image/png": {"width": 4}},
            "execution_count": 1,
        },
        {
            "output_type": "error",
            "ename": "ValueError",
            "evalue": "no",
            "traceback": ["first", "second"],
        },
    ]


def test_clears_and_updates_are_carried_out(store: Any, ada: Any) -> None:
    run = ada.run("x", printed="gone")
    ada.output(run, 1, "clear_output", wait=True)
    ada.output(run, 2, "display_data", display_id="d", text="old")
    ada.output(run, 3, "update_display_data", display_id="d", text="new")
    [shown] = store.step_outputs(run)
    assert shown == {"output_type": "display_data", "data": {"text/plain": "new"}, "metadata": {}}


@pytest.mark.parametrize("content", [b"not json", b"\xff"])
def test_json_that_is_none_stays_text(store: Any, ada: Any, content: bytes) -> None:
    run = ada.run("x")
    show(ada, run, 0, "display_data", json=content)
    [shown] = store.step_outputs(run)
    assert shown["data"] == {"application/json": content.decode("utf-8", "replace")}
