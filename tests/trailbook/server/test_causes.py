"""Each version says how it came about, and a name that comes again is another notebook."""

import base64
import json

import pytest

from trailbook.store.records import NotebookDeleted, NotebookSaved

from .clients import until
from .test_saves import notebook, put, settled, written  # noqa: F401 -- fixtures


@pytest.fixture
def upload(jp_fetch):
    """As JupyterLab's file browser does it, large files in pieces."""

    async def upload(path, raw, pieces=1):
        size = -(-len(raw) // pieces)
        for number in range(pieces):
            piece = raw[number * size : (number + 1) * size]
            body = {"type": "file", "format": "base64", "name": path.rpartition("/")[2],
                    "content": base64.b64encode(piece).decode()}  # fmt: skip
            if pieces > 1:
                body["chunk"] = -1 if number == pieces - 1 else number + 1
            await jp_fetch("api", "contents", *path.split("/"), method="PUT", body=json.dumps(body))

    return upload


def causes(service):
    return [(saved.path, saved.cause) for saved in service.of(NotebookSaved)]


@pytest.mark.parametrize("pieces", [1, 3])
async def test_an_upload(upload, put, service, trail, pieces):  # noqa: F811
    raw = written("uploaded", "x" * 100_000)
    await upload("a.ipynb", raw, pieces)
    await put("a.ipynb", "edited")
    await settled(trail)
    assert causes(service) == [("a.ipynb", "upload"), ("a.ipynb", "save")]
    first, second = service.of(NotebookSaved)
    assert service.notebook(first) == raw
    assert first.author
    assert second.author


async def test_a_deleted_notebook_that_is_put_back_names_its_version(jp_fetch, service, trail):
    raw = written("x = 1")

    async def put_back(path, version):
        body = {"type": "file", "format": "base64", "content": base64.b64encode(raw).decode()}
        body["trailbook_restores"] = version
        await jp_fetch("api", "contents", path, method="PUT", body=json.dumps(body))

    await put_back("a.ipynb", "1" * 32)
    await put_back("b.ipynb", "no identity")
    await settled(trail)
    told = [(saved.path, saved.cause, saved.restores) for saved in service.of(NotebookSaved)]
    assert told == [("a.ipynb", "restore", "1" * 32), ("b.ipynb", "upload", None)]


async def test_a_checkpoint_that_comes_back(put, jp_fetch, jp_root_dir, service, trail):  # noqa: F811
    await put("a.ipynb", "one")
    before = (jp_root_dir / "a.ipynb").read_bytes()
    checkpoints = ("api", "contents", "a.ipynb", "checkpoints")
    answer = await jp_fetch(*checkpoints, method="POST", allow_nonstandard_methods=True)
    made = json.loads(answer.body)["id"]
    await put("a.ipynb", "two")
    await jp_fetch(*checkpoints, made, method="POST", allow_nonstandard_methods=True)
    await settled(trail)
    assert [cause for _, cause in causes(service)] == ["save", "save", "restore"]
    restored = service.of(NotebookSaved)[-1]
    assert service.notebook(restored) == before == (jp_root_dir / "a.ipynb").read_bytes()
    assert restored.author
    await put("a.ipynb", "three")  # the restored file is known: nothing to refuse


async def test_a_save_as_is_a_version_of_a_new_notebook(put, service, trail):  # noqa: F811
    content = notebook("1")
    await put("a.ipynb", content=content)
    await put("elsewhere.ipynb", content=content)
    await settled(trail)
    assert causes(service) == [("a.ipynb", "save"), ("elsewhere.ipynb", "save")]


async def test_a_notebook_that_is_made_again_after_its_deletion(put, jp_fetch, service, trail):  # noqa: F811
    content = notebook("the same")
    await put("a.ipynb", content=content)
    await jp_fetch("api", "contents", "a.ipynb", method="DELETE")
    await until(service, NotebookDeleted)
    await put("a.ipynb", content=content)
    await settled(trail)
    kinds = [type(e) for e in service.events if type(e) in (NotebookSaved, NotebookDeleted)]
    assert kinds == [NotebookSaved, NotebookDeleted, NotebookSaved]


NO_IDS = {"metadata": {}, "nbformat": 4, "nbformat_minor": 4, "cells": [
    {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
]}  # fmt: skip
SAME_ID = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [
    {"id": "same", "cell_type": "markdown", "metadata": {}, "source": text} for text in "12"
]}  # fmt: skip


@pytest.mark.parametrize("content", [NO_IDS, SAME_ID], ids=["no ids", "the same id twice"])
async def test_cells_without_an_id_and_with_the_same_one(
    upload, jp_root_dir, service, trail, content
):
    raw = json.dumps(content).encode()
    await upload("a.ipynb", raw)
    await settled(trail)
    (saved,) = service.of(NotebookSaved)
    assert service.notebook(saved) == raw == (jp_root_dir / "a.ipynb").read_bytes()
