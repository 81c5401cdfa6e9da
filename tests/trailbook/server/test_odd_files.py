"""Notebooks that are no files, or far too large: opening, saving and starting go on."""

import asyncio
import json
import os
import resource
import time

import pytest

from trailbook.server import files
from trailbook.store.records import Gap, NotebookSaved

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


async def test_a_save_that_is_too_large_is_a_gap_and_the_next_is_recorded(
    jp_fetch, jp_root_dir, service, trail, monkeypatch
):
    monkeypatch.setattr(files, "LARGEST", 2000)
    for size in (5000, 10):
        cell = {"cell_type": "raw", "id": "a", "metadata": {}, "source": "x" * size}
        content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
        body = json.dumps({"type": "notebook", "content": content})
        answer = await jp_fetch("api", "contents", "a.ipynb", method="PUT", body=body)
        assert answer.code in {200, 201}
    (saved,) = await wait(service, NotebookSaved)
    assert service.notebook(saved) == (jp_root_dir / "a.ipynb").read_bytes()
    (gap,) = await wait(service, Gap)
    assert (gap.reason, gap.path, gap.dropped_events) == ("too-large", "a.ipynb", 1)
    assert gap.dropped_bytes > 5000


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
async def test_a_malformed_notebook_that_is_found_is_kept_exactly(
    jp_fetch, jp_root_dir, service, raw
):
    (jp_root_dir / "a.ipynb").write_bytes(raw)
    assert await get(jp_fetch, "a.ipynb") in {200, 400}
    await jp_fetch("api", "contents", "a.ipynb", params={"type": "file", "format": "base64"})
    (saved,) = await wait(service, NotebookSaved)
    assert service.notebook(saved) == raw


async def wait(service, kind):
    return await asyncio.to_thread(service.wait_for, kind)
