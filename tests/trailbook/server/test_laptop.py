"""Without a hub the same extension keeps one person's history in a store of its own."""

import asyncio
import json

import nbformat.v4
import pytest
from tornado.httpclient import HTTPClientError

from .clients import Client


@pytest.fixture
def trailbook_config(spool_folder, tmp_path):
    return {
        "spool_path": str(spool_folder),
        "store_path": str(tmp_path / "store" / "store.sqlite"),
        "start_delay": 0.0,
        "look_delay": -1.0,
    }


async def save(jp_fetch, path, source):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    body = json.dumps({"type": "notebook", "format": "json", "content": content})
    await jp_fetch("api", "contents", path, method="PUT", body=body)


async def get(jp_fetch, *parts, **params):
    answer = await jp_fetch("trailbook", *parts, params=params)
    return json.loads(answer.body)


async def until_recorded(jp_fetch):
    for _ in range(200):
        status = await get(jp_fetch, "status")
        if status["state"] == "recorded" and status["pending_events"] == 0:
            return status
        await asyncio.sleep(0.05)
    raise AssertionError(status)


async def until_run(jp_fetch, count):
    """The page of steps with so many runs that are done: the recorder hears a kernel for itself."""
    for _ in range(200):
        await until_recorded(jp_fetch)
        place = await get(jp_fetch, "notebook", path="a.ipynb")
        (notebook,) = await get(
            jp_fetch, "api", "notebooks", space=place["space"], path=place["path"]
        )
        page = await get(jp_fetch, "api", "notebooks", notebook["id"], "steps")
        runs = [step for step in page["steps"] if step["type"] == "run"]
        if [run["status"] != "running" for run in runs] == [True] * count:
            return page, runs
        await asyncio.sleep(0.05)
    raise AssertionError(page)


async def test_a_save_can_be_read_back_through_the_api(jp_fetch, jp_root_dir):
    await save(jp_fetch, "a.ipynb", "1 + 1")
    status = await until_recorded(jp_fetch)
    assert status["mode"] == "laptop"
    place = await get(jp_fetch, "notebook", path="a.ipynb")
    (notebook,) = await get(jp_fetch, "api", "notebooks", space=place["space"], path=place["path"])
    (snapshot,) = await get(jp_fetch, "api", "notebooks", notebook["id"], "snapshots")
    answer = await jp_fetch("trailbook", "api", "snapshots", snapshot["id"], "file")
    assert answer.body == (jp_root_dir / "a.ipynb").read_bytes()
    assert snapshot["author_basis"] == "verified"


async def test_runs_are_steps_with_their_outputs(jp_fetch, jp_ws_fetch):
    await save(jp_fetch, "a.ipynb", "1 + 1")
    client = await Client(jp_fetch, jp_ws_fetch).open("a.ipynb")
    await client.run("print('hello')", cell_id="c1")
    await client.run("1 / 0", cell_id="c2")
    page, runs = await until_run(jp_fetch, 2)
    assert [run["source"] for run in runs] == ["print('hello')", "1 / 0"]
    assert [run["status"] for run in runs] == ["ok", "error"]
    assert runs[0]["outputs"][0]["parts"][0]["text"] == "hello\n"
    assert {run["author_basis"] for run in runs} == {"verified"}
    (session,) = page["kernel_sessions"]
    assert session["language"] == "python"


async def test_nobody_reads_without_signing_in(jp_fetch, http_server_client, jp_base_url):
    for path in ("status", "notebook?path=a.ipynb", "api/me", "api/notebooks?mine=1"):
        with pytest.raises(HTTPClientError) as refused:
            await http_server_client.fetch(
                jp_base_url + "trailbook/" + path, follow_redirects=False
            )
        assert refused.value.code in {302, 403}
