"""Saved notebooks are in the history, byte for byte, and no save ever fails for it."""

import asyncio
import hashlib
import json
import os

import nbformat
import nbformat.v4
import pytest
from tornado.httpclient import HTTPClientError

from trailbook.store.records import (
    Gap,
    Mount,
    NotebookCopied,
    NotebookDeleted,
    NotebookMoved,
    NotebookSaved,
    RecordingPaused,
    RecordingResumed,
)

from .conftest import KEY


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def written(*sources):
    return nbformat.writes(notebook(*sources)).encode()


@pytest.fixture
def put(jp_fetch):
    async def put(path, *sources, headers=None, content=None):
        content = notebook(*sources) if content is None else content
        body = json.dumps({"type": "notebook", "format": "json", "content": content})
        parts = ("api", "contents", *path.split("/"))
        return await jp_fetch(*parts, method="PUT", body=body, headers=headers)

    return put


@pytest.fixture
def get(jp_fetch):
    async def get(path, **params):
        return await jp_fetch("api", "contents", *path.split("/"), params=params)

    return get


async def until(service, kind, count=1):
    return await asyncio.to_thread(service.wait_for, kind, count)


async def settled(trail):
    """Everything that has happened is at the service."""
    for _ in range(400):
        if trail.recorder.spool.flush() and trail.status()["pending_events"] == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(trail.status())


@pytest.mark.parametrize(
    "name",
    ["a.ipynb", "ünï çode 中文.ipynb", "<img src=x onerror=alert(1)>.ipynb", "a b/c d/e.ipynb"],
)
async def test_a_save_is_recorded_byte_for_byte(put, jp_root_dir, service, name):
    (jp_root_dir / name).parent.mkdir(parents=True, exist_ok=True)
    await put(name, "1 + 1")
    (saved,) = await until(service, NotebookSaved)
    assert (saved.path, saved.space, saved.cause) == (name, "home", "save")
    assert saved.author
    assert saved.durability == "durable"
    assert service.notebook(saved) == (jp_root_dir / name).read_bytes()


async def test_the_same_content_is_recorded_once(put, service, trail):
    content = notebook("1")
    for _ in range(3):
        await put("a.ipynb", content=content)
    await put("a.ipynb", "2")
    await settled(trail)
    assert len(service.of(NotebookSaved)) == 2


async def test_only_notebooks_outside_hidden_folders_are_recorded(jp_fetch, put, service, trail):
    body = json.dumps({"type": "file", "format": "text", "content": "secret"})
    await jp_fetch("api", "contents", "notes.txt", method="PUT", body=body)
    await jp_fetch(
        "api", "contents", "a.ipynb", "checkpoints", method="POST", body=""
    ) if 0 else None
    await put("a.ipynb", "1")  # makes a checkpoint in a hidden folder as well
    await settled(trail)
    assert [saved.path for saved in service.of(NotebookSaved)] == ["a.ipynb"]


async def test_a_broken_notebook_is_kept_exactly(get, jp_root_dir, service):
    broken = b'{"cells": [ this is no JSON \xff\x00'
    (jp_root_dir / "broken.ipynb").write_bytes(broken)
    with pytest.raises(HTTPClientError):
        await get("broken.ipynb")
    (jp_root_dir / "old.ipynb").write_text('{"nbformat": 3, "worksheets": []}')
    await get("old.ipynb", type="file", format="text")
    (saved,) = await until(service, NotebookSaved)
    assert service.notebook(saved) == (jp_root_dir / "old.ipynb").read_bytes()


async def test_fifty_megabytes_are_saved_and_recorded(put, jp_root_dir, service):
    cell = nbformat.v4.new_code_cell("big")
    cell.outputs = [nbformat.v4.new_output("stream", text="x" * 99 + "\n")]
    cell.outputs[0].text *= 500_000
    await put("big.ipynb", content=nbformat.v4.new_notebook(cells=[cell]))
    (saved,) = await until(service, NotebookSaved)
    assert service.notebook(saved) == (jp_root_dir / "big.ipynb").read_bytes()


async def test_rename_copy_and_delete_are_recorded(put, jp_fetch, service, trail):
    await put("a.ipynb", "1")
    await jp_fetch("api", "contents", "a.ipynb", method="PATCH", body='{"path": "b.ipynb"}')
    await jp_fetch("api", "contents", "", method="POST", body='{"copy_from": "b.ipynb"}')
    await jp_fetch("api", "contents", "b.ipynb", method="DELETE")
    (moved,) = await until(service, NotebookMoved)
    (copied,) = await until(service, NotebookCopied)
    (deleted,) = await until(service, NotebookDeleted)
    assert (moved.path, moved.to_path, moved.to_space) == ("a.ipynb", "b.ipynb", "home")
    assert (copied.path, copied.to_path) == ("b.ipynb", "b-Copy1.ipynb")
    assert (deleted.path, deleted.is_folder) == ("b.ipynb", False)
    assert moved.author
    assert [saved.path for saved in service.of(NotebookSaved)] == ["a.ipynb", "b-Copy1.ipynb"]


async def test_a_folder_with_notebooks_is_moved_and_deleted_as_one(
    put, jp_fetch, jp_root_dir, service
):
    (jp_root_dir / "old").mkdir()
    (jp_root_dir / "other").mkdir()
    await put("old/a.ipynb", "1")
    await jp_fetch("api", "contents", "old", method="PATCH", body='{"path": "new"}')
    await jp_fetch("api", "contents", "other", method="DELETE")
    await jp_fetch("api", "contents", "new", method="DELETE")
    (moved,) = await until(service, NotebookMoved)
    (deleted,) = await until(service, NotebookDeleted)
    assert (moved.path, moved.to_path, moved.is_folder) == ("old", "new", True)
    assert (deleted.path, deleted.is_folder) == ("new", True)


@pytest.mark.parametrize(
    "mounts",
    [
        [
            Mount(prefix="", space="home", key=KEY),
            Mount(prefix="projects/churn", space="churn", key=KEY, project="churn"),
            Mount(prefix="projects/off", space="off", key=KEY, recording=False),
        ]
    ],
)
async def test_a_project_folder_is_a_space_of_its_own(put, jp_fetch, jp_root_dir, service, trail):
    for folder in ("churn", "churn-2", "off"):
        (jp_root_dir / "projects" / folder).mkdir(parents=True)
        await put(f"projects/{folder}/a.ipynb", folder)
    there = json.dumps({"path": "projects/churn/b.ipynb"})
    old = ("projects", "churn-2", "a.ipynb")
    await jp_fetch("api", "contents", *old, method="PATCH", body=there)
    (moved,) = await until(service, NotebookMoved)
    assert [(saved.space, saved.path) for saved in service.of(NotebookSaved)] == [
        ("churn", "a.ipynb"),
        ("home", "projects/churn-2/a.ipynb"),
    ]
    assert (moved.space, moved.path) == ("home", "projects/churn-2/a.ipynb")
    assert (moved.to_space, moved.to_path) == ("churn", "b.ipynb")
    assert trail.status("projects/off/a.ipynb")["state"] == "off"
    answer = await jp_fetch("trailbook", "notebook", params={"path": "projects/churn/b.ipynb"})
    place = {"space": "churn", "path": "b.ipynb", "project": "churn"}
    assert json.loads(answer.body) == place


# -- what never fails a save -----------------------------------------------------------------


async def test_a_save_succeeds_whatever_breaks_in_the_recorder(
    put, trail, monkeypatch, jp_root_dir
):
    def broken(*_, **__):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(trail.recorder, "emit", broken)
    assert (await put("a.ipynb", "1")).code == 201
    monkeypatch.setattr("trailbook.server.contents.read", broken)
    assert (await put("a.ipynb", "2")).code == 200
    monkeypatch.setattr("trailbook.server.contents.current_handler", broken)
    assert (await put("a.ipynb", "3")).code == 200
    assert b'"3"' in (jp_root_dir / "a.ipynb").read_bytes()


async def test_a_save_does_not_wait_for_a_slow_disk(put, service, trail, monkeypatch):
    await put("a.ipynb", "1")
    await settled(trail)
    sync = trail.recorder.spool.segments.sync
    blocked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow_sync():
        asyncio.run_coroutine_threadsafe(blocked.wait(), loop).result(10)
        sync()

    monkeypatch.setattr(trail.recorder.spool.segments, "sync", slow_sync)
    before = loop.time()
    await put("a.ipynb", "2")
    assert loop.time() - before < 1.0
    assert trail.status()["state"] == "pending"
    assert trail.status()["pending_events"] == 1
    blocked.set()
    _, late = await until(service, NotebookSaved, 2)
    assert late.durability == "pending"


# -- a notebook that somebody else has changed -------------------------------------------------


def code_of(error):
    return error.value.code, json.loads(error.value.response.body).get("reason")


async def test_a_save_over_a_newer_file_is_refused_and_overwrites_nothing(
    put, get, jp_root_dir, service
):
    await put("a.ipynb", "mine")
    theirs = written("theirs")
    (jp_root_dir / "a.ipynb").write_bytes(theirs)
    with pytest.raises(HTTPClientError) as refused:
        await put("a.ipynb", "mine again")
    assert code_of(refused) == (409, "newer-on-disk")
    assert "nothing was overwritten" in refused.value.response.body.decode()
    assert (jp_root_dir / "a.ipynb").read_bytes() == theirs


async def test_a_save_may_overwrite_what_its_person_has_seen(put, jp_root_dir, service):
    await put("a.ipynb", "mine")
    theirs = written("theirs")
    (jp_root_dir / "a.ipynb").write_bytes(theirs)
    wrong = {"X-Trailbook-Overwrite": hashlib.sha256(b"older").hexdigest()}
    with pytest.raises(HTTPClientError):
        await put("a.ipynb", "mine again", headers=wrong)
    seen = {"X-Trailbook-Overwrite": hashlib.sha256(theirs).hexdigest()}
    await put("a.ipynb", "mine again", headers=seen)
    saved = await until(service, NotebookSaved, 3)
    assert [event.cause for event in saved] == ["save", "changed-outside", "save"]
    assert service.notebook(saved[1]) == theirs


async def test_reading_the_newer_file_allows_the_save(put, get, jp_root_dir):
    await put("a.ipynb", "mine")
    (jp_root_dir / "a.ipynb").write_bytes(written("theirs"))
    await get("a.ipynb", content=0)  # a listing is no reading
    await get("")
    with pytest.raises(HTTPClientError):
        await put("a.ipynb", "mine again")
    await get("a.ipynb")
    await put("a.ipynb", "merged")


async def test_ordinary_saves_are_never_refused(put, get, jp_fetch, jp_root_dir):
    await put("new.ipynb", "1")
    await put("new.ipynb", "2")
    os.utime(jp_root_dir / "new.ipynb")  # touched, the same content
    await put("new.ipynb", "3")
    await jp_fetch("api", "contents", "new.ipynb", method="PATCH", body='{"path": "b.ipynb"}')
    await put("b.ipynb", "4")
    (jp_root_dir / "there.ipynb").write_bytes(written("there"))
    await put("there.ipynb", "upload over a file that nobody has opened here")
    (jp_root_dir / "b.ipynb").unlink()
    await put("b.ipynb", "5")
    answer = await jp_fetch("api", "contents", "", method="POST", body='{"type": "notebook"}')
    untitled = json.loads(answer.body)["path"]
    await put(untitled, "6")
    await jp_fetch("api", "contents", untitled, method="DELETE")
    (jp_root_dir / untitled).write_bytes(written("another one"))
    await put(untitled, "7")


# -- what changed while nobody recorded --------------------------------------------------------


async def test_what_changed_outside_is_one_version_with_a_gap(
    put, jp_serverapp, jp_root_dir, service, trail
):
    await put("a.ipynb", "1")
    await put("same.ipynb", "1")
    await settled(trail)
    (jp_root_dir / "a.ipynb").write_bytes(written("from a terminal"))
    os.utime(jp_root_dir / "same.ipynb")
    app = jp_serverapp.web_app.settings["trailbook"]
    await asyncio.to_thread(app._look_for_changes)
    *_, changed = await until(service, NotebookSaved, 3)
    (gap,) = service.of(Gap)
    assert (changed.path, changed.cause, changed.author) == ("a.ipynb", "changed-outside", None)
    assert (gap.reason, gap.path) == ("changed-outside", "a.ipynb")
    assert gap.since <= gap.until


async def test_a_notebook_that_was_never_recorded_is_recorded_when_it_is_opened(
    get, jp_root_dir, service, trail
):
    (jp_root_dir / "cloned.ipynb").write_bytes(written("cloned"))
    await get("")
    await get("cloned.ipynb")
    await get("cloned.ipynb")
    await settled(trail)
    (saved,) = service.of(NotebookSaved)
    assert (saved.path, saved.cause) == ("cloned.ipynb", "changed-outside")
    assert not service.of(Gap)


# -- pausing -------------------------------------------------------------------------------------


async def pause(jp_fetch, path, paused):
    body = json.dumps({"path": path, "paused": paused})
    answer = await jp_fetch("trailbook", "pause", method="PUT", body=body)
    return json.loads(answer.body)


async def test_a_paused_notebook_is_not_recorded_until_it_goes_on(put, jp_fetch, service, trail):
    assert (await pause(jp_fetch, "a.ipynb", True))["state"] == "paused"
    await put("a.ipynb", "private")
    await put("b.ipynb", "recorded")
    assert (await pause(jp_fetch, "a.ipynb", False))["paused"] == []
    await put("a.ipynb", "recorded again")
    await settled(trail)
    assert [saved.path for saved in service.of(NotebookSaved)] == ["b.ipynb", "a.ipynb"]
    (paused,), (resumed,) = service.of(RecordingPaused), service.of(RecordingResumed)
    assert paused.path == resumed.path == "a.ipynb"
    assert paused.author


async def test_the_whole_server_can_be_paused(put, jp_fetch, service, trail):
    await pause(jp_fetch, None, True)
    await put("a.ipynb", "private")
    assert trail.status("a.ipynb")["state"] == "paused"
    await pause(jp_fetch, None, False)
    await settled(trail)
    assert not service.of(NotebookSaved)


async def test_a_pause_that_makes_no_sense_is_refused(jp_fetch):
    with pytest.raises(HTTPClientError) as refused:
        await jp_fetch("trailbook", "pause", method="PUT", body='{"paused": "yes"}')
    assert refused.value.code == 400
