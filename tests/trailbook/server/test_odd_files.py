"""Notebooks that are no files, or far too large: opening, saving and starting go on."""

import asyncio
import json
import os
import resource
import time
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hubs
from trailbook.server import files
from trailbook.server.index import Index
from trailbook.store.records import Gap, NotebookSaved

from .processes import Process

MALFORMED = [b"", b"{", b"\xff\xfe{", b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"cells": NaN}', b"\x00"]


async def get(jp_fetch, path):
    try:
        return (await jp_fetch("api", "contents", path)).code
    except Exception as error:
        return getattr(error, "code", None)


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.ipynb")
    (tmp_path / "b.ipynb").mkdir()
    (tmp_path / "c.ipynb").symlink_to("/dev/zero")
    for path in tmp_path.iterdir():
        before = time.monotonic()
        with pytest.raises(OSError, match=r"no file|directory"):
            files.read(str(path))
        assert time.monotonic() - before < 1


def test_a_sparse_file_of_two_gigabytes_takes_no_memory(tmp_path):
    sparse = tmp_path / "a.ipynb"
    with sparse.open("wb") as file:
        file.truncate(2 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(files.TooLargeToRecord):
        files.read(str(sparse))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.fixture
def limit(monkeypatch):
    """Notebooks of more than 2 kB are too large."""
    monkeypatch.setattr(files, "LARGEST", 2000)


async def test_a_save_that_is_too_large_is_a_gap_and_the_next_is_recorded(
    jp_fetch, jp_root_dir, service, trail, limit
):
    await put(jp_fetch, 5000)
    assert await get(jp_fetch, "a.ipynb") == 200
    await put(jp_fetch, 10)
    (saved,) = await wait(service, NotebookSaved)
    assert service.notebook(saved) == (jp_root_dir / "a.ipynb").read_bytes()
    (gap,) = await wait(service, Gap)
    assert (gap.reason, gap.path, gap.dropped_events) == ("too-large", "a.ipynb", 1)
    assert gap.dropped_bytes > 5000


async def test_a_notebook_that_is_opened_and_too_large_is_one_gap_for_each_version(
    jp_fetch, jp_root_dir, service, trail, limit
):
    for count, size in ((1, 5000), (2, 6000)):
        (jp_root_dir / "a.ipynb").write_bytes(notebook(size))
        for _ in range(3):
            assert await get(jp_fetch, "a.ipynb") == 200
        gaps = await settled(service, trail)
        assert [gap.reason for gap in gaps] == count * ["too-large"]
        assert gaps[-1].author is None
        assert gaps[-1].dropped_bytes == len(notebook(size))
    assert not service.of(NotebookSaved)


async def test_a_notebook_that_is_found_and_too_large_is_one_gap_for_all_servers(
    jp_fetch, jp_serverapp, jp_root_dir, spool_folder, service, trail, limit
):
    await put(jp_fetch, 10)
    file = jp_root_dir / "a.ipynb"
    file.write_bytes(notebook(5000))
    app = jp_serverapp.web_app.settings["trailbook"]
    for _ in range(3):
        await asyncio.to_thread(app._look_for_changes)
    (gap,) = await settled(service, trail)
    assert (gap.reason, gap.path) == ("too-large", "a.ipynb")
    known = Index(spool_folder, str(jp_serverapp.root_dir)).get("a.ipynb")
    assert known.is_at(file.stat().st_mtime_ns, file.stat().st_size)
    file.write_bytes(notebook(20))
    await asyncio.to_thread(app._look_for_changes)
    *_, saved = await wait(service, NotebookSaved, 2)
    assert (saved.cause, service.notebook(saved)) == ("changed-outside", notebook(20))


async def test_what_a_save_overwrites_and_a_checkpoint_brings_back_may_be_too_large(
    jp_fetch, jp_root_dir, service, trail, limit, monkeypatch
):
    await put(jp_fetch, 1000)
    (jp_root_dir / "a.ipynb").write_bytes(notebook(5000))
    await put(jp_fetch, 20)
    (gap,) = await settled(service, trail)
    assert gap.dropped_bytes == len(notebook(5000))
    checkpoints = ("api", "contents", "a.ipynb", "checkpoints")
    (checkpoint,) = json.loads((await jp_fetch(*checkpoints)).body)
    monkeypatch.setattr(files, "LARGEST", 500)
    await jp_fetch(*checkpoints, checkpoint["id"], method="POST", allow_nonstandard_methods=True)
    _, gap = await settled(service, trail)
    assert (gap.reason, gap.path) == ("too-large", "a.ipynb")


async def put(jp_fetch, size):
    body = json.dumps({"type": "notebook", "content": json.loads(notebook(size))})
    answer = await jp_fetch("api", "contents", "a.ipynb", method="PUT", body=body)
    assert answer.code in {200, 201}


def notebook(size):
    cell = {"cell_type": "raw", "id": "a", "metadata": {}, "source": "x" * size}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    ).encode()


async def settled(service, trail):
    """The gaps, when everything has arrived."""
    until = time.monotonic() + hubs.patience(20)
    while not trail.recorder.spool.flush() or trail.status()["pending_events"]:
        assert time.monotonic() < until, trail.status()
        await asyncio.sleep(0.02)
    return service.of(Gap)


@pytest.fixture
def start(tmp_path, service):
    """A server that people start, and later one that comes after it."""
    started = []

    def start():
        environment = {"TRAILBOOK_SERVICE_URL": service.url}
        started.append(Process(tmp_path, environment, {"look_delay": 0.0}))
        return started[-1]

    yield start
    for process in started:
        process.close()


def test_two_gigabytes_that_are_found_and_opened_hold_up_nobody(start, service):
    """The server answers and records others all the while, and takes no memory for it."""
    before = start()
    before.save("found.ipynb", "small")
    service.wait_for(NotebookSaved)
    before.end()
    for name in ("found", "new"):
        path = before.root / f"{name}.ipynb"
        path.touch()
        os.truncate(path, 2 << 30)
    server = start()
    (gap,) = service.wait_for(Gap)
    assert (gap.reason, gap.path, gap.dropped_bytes) == ("too-large", "found.ipynb", 2 << 30)
    used = peak_of(server)
    with ThreadPoolExecutor(4) as people:
        opened = [
            people.submit(refused, server, f"api/contents/{name}.ipynb?content=1{how}")
            for name in ("found", "new")
            for how in ("", "&type=notebook")
        ]
        small = server.save("small.ipynb", "beside it")
        answers = [answered(server) for _ in range(10)]
        assert max(answers) < hubs.patience(2)
        for code, said in (answer.result() for answer in opened):
            assert (code, said["reason"]) == (413, "too-large")
            assert "more than 1 GB" in said["message"]
    saved = service.wait_for(NotebookSaved, 2)[-1]
    assert (saved.path, service.notebook(saved)) == ("small.ipynb", small)
    assert peak_of(server) - used < 50_000_000
    for path in ("found", "new"):
        assert server.ask("GET", f"api/contents/{path}.ipynb?content=0")["size"] == 2 << 30
    server.end()
    assert sorted(gap.path for gap in service.of(Gap)) == ["found.ipynb", "new.ipynb"]


def refused(server, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        server.ask("GET", path)
    with refused.value as answer:
        return answer.code, json.loads(answer.read())


def answered(server):
    """Seconds until the server said how it is."""
    before = time.monotonic()
    server.ask("GET", "api/status")
    return time.monotonic() - before


def peak_of(server):
    """The most bytes of memory that a server had."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
async def test_a_malformed_notebook_that_is_found_is_kept_exactly(
    jp_fetch, jp_root_dir, service, raw
):
    (jp_root_dir / "a.ipynb").write_bytes(raw)
    assert await get(jp_fetch, "a.ipynb") in {200, 400}
    await jp_fetch("api", "contents", "a.ipynb", params={"type": "file", "format": "base64"})
    (saved,) = await wait(service, NotebookSaved)
    assert service.notebook(saved) == raw


async def wait(service, kind, count=1):
    return await asyncio.to_thread(service.wait_for, kind, count)
