"""Saved notebooks are in the history, byte for byte, and no save ever fails for it."""

import json

import nbformat.v4

from trailbook.store.records import NotebookSaved


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


async def put(jp_fetch, path, content):
    body = json.dumps({"type": "notebook", "format": "json", "content": content})
    return await jp_fetch("api", "contents", *path.split("/"), method="PUT", body=body)


async def test_a_save_is_recorded_byte_for_byte(jp_fetch, jp_root_dir, service):
    await put(jp_fetch, "a.ipynb", notebook("1 + 1"))
    (saved,) = service.wait_for(NotebookSaved)
    assert saved.path == "a.ipynb"
    assert saved.space == "home"
    assert service.notebook(saved) == (jp_root_dir / "a.ipynb").read_bytes()
