"""What its author deletes is gone from every answer."""

import json
from typing import Any

import pytest

from trailbook.errors import NotFound
from trailbook.store.records import OutputRecorded


def test_a_deleted_step_is_gone_everywhere(store: Any, ada: Any, project: Any) -> None:
    kept, gone = ada.run("kept", printed="1"), ada.run("secret", printed="token", status="error")
    note = store.add_note(
        step=gone,
        snapshot=None,
        kind="why",
        text="secret",
        person=ada.owner.person,
        author="ada",
        author_basis="verified",
    )
    store.delete_step(gone, by=ada.owner.person)
    page = store.steps(ada.notebook())
    assert [step.id for step in page.steps] == [kept]
    assert page.total == 1
    assert (page.notebook.runs, page.notebook.errors) == (1, 0)
    assert store.neighbours(kept) == (None, None)
    for call in (
        store.step,
        store.place_of_step,
        store.step_owner,
        store.neighbours,
        store.snapshot_at_step,
    ):
        with pytest.raises(NotFound):
            call(gone)
    for n in (0, 1):
        with pytest.raises(NotFound):
            store.step_payload(gone, n)
    with pytest.raises(NotFound):
        store.note_owner(note.id)
    with pytest.raises(NotFound):
        store.delete_step(gone, by=ada.owner.person)
    assert "secret" not in repr(store.steps(ada.notebook()))
    assert "token" not in repr(store.steps(ada.notebook()))


def test_a_deleted_output_is_gone_and_the_others_stay(store: Any, ada: Any) -> None:
    run = ada.run("x")
    ada.output(run, 0, "stream", name="stdout", text="se")
    ada.output(run, 1, "stream", name="stdout", text="cret")
    ada.output(run, 2, "error", name="E", value="kept", text="kept")
    first = store.step(run).outputs[0]
    store.delete_output(run, first.index, by=ada.owner.person)
    (output,) = store.step(run).outputs
    assert output.value == "kept"
    with pytest.raises(NotFound):
        store.step_payload(run, first.parts[0].payload)
    with pytest.raises(NotFound):
        store.delete_output(run, first.index, by=ada.owner.person)
    with pytest.raises(NotFound):
        store.delete_output("0" * 32, 0, by=ada.owner.person)


def test_nothing_comes_back_after_a_deletion(store: Any, ada: Any) -> None:
    run = ada.run("x", printed="1")
    store.delete_step(run, by=ada.owner.person)
    ada.output(run, 1, "stream", text="late")
    with pytest.raises(NotFound):
        store.step(run)
    other = ada.run("y", printed="1")
    store.delete_output(other, 0, by=ada.owner.person)
    ada.tell(OutputRecorded, b"again", execution=other, index=0, type="stream", parts={"a": 0})
    assert store.step(other).outputs == []


def test_saved_versions_withhold_what_only_a_deleted_step_said(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    ada.run("import os")
    run = ada.run("print(token)", cell="b", printed="s3cret")
    raw = notebook_bytes("import os", "print(token)", outputs={1: "s3cret"})
    version = ada.save(raw)
    assert store.snapshot_bytes(version) == raw
    assert not store.snapshot(version).withheld
    store.delete_output(run, 0, by=ada.owner.person)
    shown = store.snapshot_bytes(version)
    assert b"s3cret" not in shown
    assert b"print(token)" in shown
    assert store.snapshot(version).withheld
    assert store.snapshots(ada.notebook())[0].withheld
    with pytest.raises(NotFound):
        store.snapshot_payload(version, 2)


def test_versions_withhold_a_stream_however_it_was_cut(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    """The record has pieces, the file has them joined, and a save in between only some."""
    ada.start_kernel("a.ipynb")
    run = ada.run("login()", cell="cell-0")
    for n, text in enumerate(("to", "ken=", "s3cret\n")):
        ada.output(run, n, "stream", name="stdout", text=text)
    versions = [
        ada.save(notebook_bytes("login()", outputs={0: text}))
        for text in ("token=s3", "token=s3cret\n")
    ]
    other = ada.save(notebook_bytes("moved()", "login()", outputs={1: "token=s3cret\n"}))
    store.delete_output(run, 0, by=ada.owner.person)
    ada.run("login()", cell="cell-0", printed="ok\n")
    later = ada.save(notebook_bytes("login()", outputs={0: "ok\n"}))
    for version in (*versions, other):
        assert b"s3" not in store.snapshot_bytes(version)
        assert b"login()" in store.snapshot_bytes(version)
        assert store.snapshot(version).withheld
    assert store.snapshot_bytes(later) == notebook_bytes("login()", outputs={0: "ok\n"})
    assert not store.snapshot(later).withheld


def test_versions_withhold_all_parts_of_an_output(store: Any, ada: Any) -> None:
    run = ada.run("x", cell="c")
    ada.output(run, 0, "error", name="E", value="s3cret", text="Traceback\ns3cret")
    error = {"output_type": "error", "ename": "E", "evalue": "s3cret"}
    error["traceback"] = ["Traceback", "s3cret"]
    cells = [{"cell_type": "code", "id": "other", "source": "x", "outputs": [error]}]
    version = ada.save(json.dumps({"cells": cells}).encode())
    store.delete_step(run, by=ada.owner.person)
    assert b"s3cret" not in store.snapshot_bytes(version)


def test_what_another_step_says_too_stays_in_versions(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    one, two = ada.run("import os"), ada.run("import os")
    version = ada.save(notebook_bytes("import os"))
    store.delete_step(one, by=ada.owner.person)
    assert store.snapshot_bytes(version) == notebook_bytes("import os")
    store.delete_step(two, by=ada.owner.person)
    assert b"import os" not in store.snapshot_bytes(version)


def test_a_deleted_version_is_gone(store: Any, ada: Any, notebook_bytes: Any) -> None:
    first, second = ada.save(notebook_bytes("1")), ada.save(notebook_bytes("2"))
    store.delete_step(second, by=ada.owner.person)
    assert store.steps(ada.notebook()).steps == []
    assert [view.id for view in store.snapshots(ada.notebook())] == [first]
    for call in (store.snapshot, store.snapshot_bytes, store.place_of_snapshot):
        with pytest.raises(NotFound):
            call(second)


def test_diffs_of_a_notebook_are_dropped_with_what_they_show(store: Any, ada: Any) -> None:
    run, version = ada.run("1"), ada.save(b"{}")
    store.cache_diff(b"key", [version, ada.space], b"diff")
    store.cache_diff(b"other", ["elsewhere"], b"diff")
    store.cache_diff(b"other", ["elsewhere", "elsewhere"], b"diff 2")
    assert store.cached_diff(b"key") == b"diff"
    store.delete_step(run, by=ada.owner.person)
    assert store.cached_diff(b"key") is None
    assert store.cached_diff(b"other") == b"diff 2"
