"""The same API in Jupyter Server: one person, signed in there."""

import json
from pathlib import Path
from typing import Any, cast

import nbformat.v4
import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from trailbook.api import ROUTES
from trailbook.api.openapi import verbs

from .test_closed import address

VERBS = [(pattern, method) for pattern, method, _ in verbs(ROUTES)]


@pytest.fixture
def jp_server_config(tmp_path: Path) -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"trailbook": True},
            "allow_unauthenticated_access": False,
        },
        "TrailbookApp": {
            "spool_path": str(tmp_path / "spool"),
            "store_path": str(tmp_path / "store" / "store.sqlite"),
            "start_delay": 0.0,
            "look_delay": -1.0,
        },
    }


@pytest.fixture
def ask(jp_fetch: Any) -> Any:
    async def call(method: str, path: str, body: Any = None, **query: Any) -> HTTPResponse:
        content = json.dumps(body) if body is not None else None
        if method in {"POST", "PUT", "PATCH"} and content is None:
            content = ""
        try:
            answer: HTTPResponse = await jp_fetch(
                "trailbook", "api", path, method=method, body=content, params=query
            )
        except HTTPClientError as error:
            return cast(HTTPResponse, error.response)
        return answer

    return call


async def recorded(jp_fetch: Any, ask: Any) -> tuple[str, list[dict[str, Any]]]:
    """Two versions of a notebook, once they are in the store: its id and they."""
    import asyncio

    for source in ("one()", "two()"):
        cell = nbformat.v4.new_code_cell(source, id="cell")
        output = nbformat.v4.new_output("stream", text="x")
        content = nbformat.v4.new_notebook(cells=[{**cell, "outputs": [output]}])
        body = json.dumps({"type": "notebook", "format": "json", "content": content})
        await jp_fetch("api", "contents", "a.ipynb", method="PUT", body=body)
    for _ in range(200):
        [*found] = json.loads((await ask("GET", "notebooks", mine=1)).body)
        if found and found[0]["versions"] == 2:
            path = f"notebooks/{found[0]['id']}/snapshots"
            return found[0]["id"], json.loads((await ask("GET", path)).body)
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def test_versions_are_listed_shown_and_compared(jp_fetch: Any, ask: Any) -> None:
    notebook, versions = await recorded(jp_fetch, ask)
    new, old = (version["id"] for version in versions)
    answer = await ask("GET", "diff", base=old, target=new)
    assert json.loads(answer.body)["diff"]
    content = json.loads((await ask("GET", f"snapshots/{old}/content")).body)
    assert content["cells"][0]["source"] == "one()"
    against = await ask("POST", "diff", {"snapshot": new, "content": content})
    assert "one()" in against.body.decode()
    steps = json.loads((await ask("GET", f"notebooks/{notebook}/steps")).body)["steps"]
    note = await ask("POST", f"steps/{steps[-1]['id']}/notes", {"text": "why"})
    assert note.code == 201
    assert json.loads(note.body)["mine"]
    deleted = await ask("DELETE", f"steps/{steps[-1]['id']}")
    assert (deleted.code, deleted.body) == (204, b"")


async def test_a_deleted_notebook_can_be_found_and_what_a_cell_lacks(
    jp_fetch: Any, ask: Any
) -> None:
    import asyncio

    notebook, [version, _] = await recorded(jp_fetch, ask)
    lacking = json.loads((await ask("GET", f"notebooks/{notebook}/last-runs")).body)
    assert (lacking["version"], lacking["runs"]) == (version["id"], [])
    assert (await ask("GET", f"steps/{'0' * 32}/outputs")).code == 404
    await jp_fetch("api", "contents", "a.ipynb", method="DELETE")
    for _ in range(200):
        [found] = json.loads((await ask("GET", "notebooks", mine=1, deleted=1)).body)
        if found["deleted_at"]:
            break
        await asyncio.sleep(0.05)
    assert found["id"] == notebook
    assert json.loads((await ask("GET", "notebooks", mine=1)).body) == []


async def test_answers_have_their_own_type_and_headers(jp_fetch: Any, ask: Any) -> None:
    _, [version, _] = await recorded(jp_fetch, ask)
    me = await ask("GET", "me")
    assert json.loads(me.body)["via"] == "laptop"
    assert me.headers["Content-Type"] == "application/json"
    payload = await ask("GET", f"snapshots/{version['id']}/payloads/0")
    assert payload.headers["Content-Type"] == "text/plain; charset=utf-8"
    file = await ask("GET", f"snapshots/{version['id']}/file")
    assert file.headers["Content-Type"] == "application/octet-stream"
    for answer in (me, payload, file):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    unknown = await ask("GET", f"snapshots/{'0' * 32}")
    assert (unknown.code, json.loads(unknown.body)["code"]) == (404, "not-found")


async def test_the_anonymous_are_refused_on_every_route(
    http_server_client: Any, jp_base_url: str, jp_serverapp: Any
) -> None:
    for pattern, method in VERBS:
        body = "{}" if method in {"post", "put", "patch"} else None
        with pytest.raises(HTTPClientError) as refused:
            await http_server_client.fetch(
                f"{jp_base_url}trailbook/api/{address(pattern)}",
                method=method.upper(),
                body=body,
                follow_redirects=False,
            )
        assert refused.value.code == 403, pattern


async def test_a_write_by_cookie_needs_the_pages_own_token(
    http_server_client: Any, jp_base_url: str, jp_serverapp: Any
) -> None:
    """Generated from the routes, so that a new one cannot be forgotten."""
    token = jp_serverapp.identity_provider.token
    signed_in = await http_server_client.fetch(
        f"{jp_base_url}login?token={token}", follow_redirects=False, raise_error=False
    )
    cookies = "; ".join(c.split(";")[0] for c in signed_in.headers.get_list("Set-Cookie"))
    assert "username" in cookies
    read = await http_server_client.fetch(
        f"{jp_base_url}trailbook/api/me", headers={"Cookie": cookies}
    )
    assert json.loads(read.body)["via"] == "laptop"
    for pattern, method in VERBS:
        if method == "get":
            continue
        with pytest.raises(HTTPClientError) as refused:
            await http_server_client.fetch(
                f"{jp_base_url}trailbook/api/{address(pattern)}",
                method=method.upper(),
                headers={"Cookie": cookies},
                body="{}" if method != "delete" else None,
                follow_redirects=False,
            )
        assert refused.value.code == 403, (method, pattern)


async def test_there_is_nothing_to_sign_for_a_hub(ask: Any) -> None:
    assert (await ask("GET", "servers/alice/mounts")).code == 403
    assert (await ask("PUT", "me/viewing", {"project": None})).code == 403


async def test_a_review_of_ones_own_work_needs_nobody_else(jp_fetch: Any, ask: Any) -> None:
    notebook, [new, old] = await recorded(jp_fetch, ask)
    asked = {"title": "Tenure", "notebooks": [{"notebook": notebook, "base": old["id"]}]}
    begun = await ask("POST", "reviews", asked)
    assert begun.code == 201
    review = json.loads(begun.body)["review"]
    assert (review["project"], review["number"]) == (None, 1)
    assert review["notebooks"][0]["head"]["id"] == new["id"]
    rights = review["rights"]
    assert (rights["comment"], rights["conclude"], rights["decide"], rights["ask"]) == (
        True,
        True,
        False,
        False,
    )
    anchor = {"notebook": notebook, "snapshot": new["id"], "cell": 0}
    comment = {"text": "does it hold?", "suggestion": "three()", "draft": False}
    path = f"reviews/{review['id']}"
    written = await ask("POST", f"{path}/threads", {"anchor": anchor, "comment": comment})
    assert written.code == 201
    seen = json.loads((await ask("GET", path)).body)["seen"]
    verdict = {"verdict": "approve", "revision": 1, "seen": seen}
    assert (await ask("POST", f"{path}/submissions", verdict)).code == 403
    end = {"state": "concluded", "seen": seen, "conclusion": "It holds."}
    done = json.loads((await ask("PUT", f"{path}/state", end)).body)
    assert done["review"]["conclusion"]["text"] == "It holds."
    lines = json.loads((await ask("GET", "reviews")).body)["reviews"]
    assert [it["state"] for it in lines] == ["concluded"]
    assert json.loads((await ask("GET", "notifications")).body)["notifications"] == []
    strangers = {**asked, "reviewers": ["bob"]}
    assert (await ask("POST", "reviews", strangers)).code == 400
