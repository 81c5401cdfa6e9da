"""The service behind a real hub: who gets in, as whom, and what the hub is told."""

import os
import re
import signal
import sqlite3
from typing import Any

import pytest
import requests

import hubs
from trailbook import api
from trailbook.api.openapi import verbs
from trailbook_hub.service import pages
from trailbook_hub.service.reconcile import WORKING

from .conftest import PREFIX, Reader

pytestmark = pytest.mark.hub


def filled(pattern: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: "1" if m[1] == "n" else "0" * 32, pattern)


VERBS = [(method.upper(), f"api/{filled(p)}") for p, method, _ in verbs(api.ROUTES)]
PAGES = [
    (method.upper(), filled(pattern))
    for pattern, page in pages.ROUTES
    for method in ("get", "post")
    if getattr(page, method).__qualname__ != "RequestHandler._unimplemented_method"
]


@pytest.fixture(scope="module")
def project(hub: hubs.RunningHub, browsers: Any) -> dict[str, Any]:
    """Alice's project, with bob in it."""
    browsers("bob")
    made = browsers("alice").ask("POST", "api/projects", {"name": "Churn"})
    assert made.status_code == 201, made.text
    added = browsers("alice").ask("PUT", "api/projects/churn/members/bob", {"role": "contributor"})
    assert added.status_code == 204, added.text
    view: dict[str, Any] = made.json()
    return view


def account_of(hub: hubs.RunningHub, slug: str) -> str:
    token = (hub.data / "hub" / "service-token").read_text()
    name = {"churn": "bob", "shared": "alice"}[slug]
    answer = requests.get(
        f"{hub.url}{PREFIX}api/servers/{name}/mounts",
        headers={"Authorization": f"token {token}"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return next(folder["account"] for folder in answer.json() if folder["project"] == slug)


@pytest.mark.parametrize("how", ["nothing", "a wrong token", "a wrong cookie"])
def test_the_anonymous_are_refused_everywhere(hub: hubs.RunningHub, how: str) -> None:
    headers = {
        "nothing": {},
        "a wrong token": {"Authorization": "token 0123"},
        "a wrong cookie": {"Cookie": "service-trailbook=forged"},
    }[how]
    stranger = Reader(hub, requests.Session(), headers)
    for method, path in VERBS:
        assert stranger.ask(method, path).status_code == 403, (method, path)
    for method, path in PAGES:
        answer = stranger.ask(method, path)
        assert answer.status_code in {302, 403}, (method, path)
        if answer.status_code == 302:
            assert "/hub/api/oauth2/authorize" in answer.headers["Location"]


def test_health_is_for_who_is_signed_in_and_says_nothing(
    hub: hubs.RunningHub, browsers: Any
) -> None:
    assert Reader(hub, requests.Session(), {}).ask("GET", "health").status_code == 403
    answer = browsers("bob").ask("GET", "health")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_a_browser_is_its_person(browsers: Any, project: dict[str, Any]) -> None:
    me = browsers("bob").get("me")
    assert (me["name"], me["via"], me["admin"]) == ("bob", "browser", False)
    assert [p["slug"] for p in me["projects"]] == ["churn"]


def test_a_write_by_cookie_needs_the_pages_token(browsers: Any, project: dict[str, Any]) -> None:
    bob = browsers("bob")
    forged = Reader(bob.hub, bob.session, {"Sec-Fetch-Mode": "cors"})
    wrong = Reader(bob.hub, bob.session, {**bob.headers, "X-XSRFToken": "wrong"})
    for method, path in VERBS:
        if method != "GET":
            for reader in (forged, wrong):
                assert reader.ask(method, path, {}).status_code == 403, (method, path)
    assert forged.ask("GET", "api/me").status_code == 403
    assert bob.ask("PUT", "api/me/consent").status_code == 204


def test_a_persons_own_server_is_them_and_signs_nothing(
    servers: Any, project: dict[str, Any]
) -> None:
    server = servers("bob")
    me = server.get("me")
    assert (me["name"], me["via"]) == ("bob", "own-server")
    refused = server.ask("POST", "api/projects", {"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "sign-in-needed")


def test_a_projects_server_is_nobody_and_reads_its_project(
    hub: hubs.RunningHub, servers: Any, project: dict[str, Any]
) -> None:
    server = servers(account_of(hub, "churn"))
    me = server.get("me")
    assert (me["person"], me["via"]) == (None, "project-server")
    assert server.ask("GET", "api/projects/churn/notebooks").status_code == 200
    refused = server.ask("PATCH", "api/projects/churn", {"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "sign-in-needed")


def test_other_services_of_the_hub_are_refused(hub: hubs.RunningHub) -> None:
    answer = hub.api("GET", f"{PREFIX}api/me")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


def test_to_somebody_who_is_no_member_a_project_is_not_there(
    browsers: Any, project: dict[str, Any]
) -> None:
    carol = browsers("carol")
    for path in ("api/projects/{}", "api/projects/{}/notebooks", "projects/{}"):
        there, nowhere = (carol.ask("GET", path.format(s)) for s in ("churn", "nothing"))
        assert there.status_code == nowhere.status_code == 404
        assert there.text.replace("churn", "") == nowhere.text.replace("nothing", "")


def test_an_administrator_looks_as_a_viewer_and_it_is_noted(
    hub: hubs.RunningHub, browsers: Any, project: dict[str, Any]
) -> None:
    admin = browsers("admin")
    assert admin.ask("GET", "api/projects/churn/notebooks").status_code == 403
    assert admin.ask("PUT", "api/me/viewing", {"project": "churn"}).status_code == 204
    assert admin.ask("GET", "api/projects/churn/notebooks").status_code == 200
    assert admin.get("me")["viewing_as"] == project["id"]
    refused = admin.ask("PATCH", "api/projects/churn", {"name": "x"})
    assert refused.json()["code"] == "not-allowed"
    admin.ask("PUT", "api/me/viewing", {"project": None})
    assert admin.ask("GET", "api/projects/churn/notebooks").status_code == 403
    with sqlite3.connect(hub.data / "service" / "trailbook.sqlite") as store:
        seen = store.execute("SELECT what FROM access_log ORDER BY rowid").fetchall()
    store.close()
    assert seen == [("view-as",), ("view-as-end",)]


def test_somebody_elses_choice_of_view_is_not_taken_over(
    browsers: Any, project: dict[str, Any]
) -> None:
    admin, carol = browsers("admin"), browsers("carol")
    admin.ask("PUT", "api/me/viewing", {"project": "churn"})
    value = admin.session.cookies.get("trailbook-viewing")
    assert value
    carol.session.cookies.set("trailbook-viewing", value, path=PREFIX)
    assert carol.ask("GET", "api/projects/churn/notebooks").status_code == 404
    admin.ask("PUT", "api/me/viewing", {"project": None})


def shares(hub: hubs.RunningHub, account: str) -> dict[str, set[str]]:
    answer = hub.api("GET", f"/hub/api/shares/{account}")
    return {
        share["user"]["name"]: {scope.partition("!")[0] for scope in share["scopes"]}
        for share in answer.json().get("items", [])  # none before the account is made
        if share["user"]
    }


WORK = set(WORKING)


def test_members_open_the_projects_server_and_nobody_else(
    hub: hubs.RunningHub, browsers: Any
) -> None:
    alice = browsers("alice")
    for name in ("bob", "carol"):
        browsers(name)
    assert alice.ask("POST", "api/projects", {"name": "Shared"}).status_code == 201
    account = account_of(hub, "shared")
    where = "api/projects/shared/members"
    hubs.until(lambda: shares(hub, account) == {"alice": WORK})
    alice.ask("PUT", f"{where}/bob", {"role": "contributor"})
    alice.ask("PUT", f"{where}/carol", {"role": "viewer"})
    hubs.until(lambda: shares(hub, account) == {"alice": WORK, "bob": WORK})
    alice.ask("PUT", f"{where}/bob", {"role": "maintainer"})
    hubs.until(lambda: shares(hub, account) == {"alice": WORK, "bob": WORK})
    foreign = {"user": "carol", "scopes": [f"access:servers!server={account}/"]}
    assert hub.api("POST", f"/hub/api/shares/{account}/", json=foreign).status_code == 200
    assert "carol" in shares(hub, account)
    alice.ask("DELETE", f"{where}/bob")
    hubs.until(lambda: shares(hub, account) == {"alice": WORK})
    assert browsers("bob").ask("GET", "api/projects/shared").status_code == 404


def test_a_successor_of_the_same_name_inherits_nothing(
    hub: hubs.RunningHub, browsers: Any, servers: Any
) -> None:
    browsers("dora")
    made = browsers("dora").ask("POST", "api/projects", {"name": "Doras own"})
    assert made.status_code == 201
    first = browsers("dora").get("me")["person"]
    old = servers("dora")
    assert old.get("me")["person"] == first
    assert hub.api("DELETE", "/hub/api/users/dora").status_code == 204
    assert hub.api("POST", "/hub/api/users/dora").status_code == 201
    hubs.until(lambda: old.ask("GET", "api/me").status_code == 403, seconds=45)
    successor = servers("dora")
    me = successor.get("me")
    assert me["person"] != first
    assert me["projects"] == []


def test_every_answer_carries_the_headers(browsers: Any, project: dict[str, Any]) -> None:
    bob = browsers("bob")
    for path in ("", "projects/churn", "nowhere", "api/me", "api/nowhere", "health", "frame.html"):
        answer = bob.ask("GET", path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert "Server" not in answer.headers, path
        assert (
            "unsafe-inline"
            not in answer.headers["Content-Security-Policy"]
            .partition("script-src")[2]
            .partition(";")[0]
            or path == "frame.html"
        ), path


def test_large_answers_are_compressed(browsers: Any) -> None:
    answer = browsers("bob").ask("GET", "api/openapi.json")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["openapi"] == "3.1.0"


def test_the_data_are_closed_to_others(hub: hubs.RunningHub, browsers: Any) -> None:
    folder = hub.data / "service"
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "cookie-secret").stat().st_mode & 0o777 == 0o600


def test_a_stopped_service_comes_back_with_everything(
    hub: hubs.RunningHub, browsers: Any, project: dict[str, Any]
) -> None:
    [pid] = [
        int(entry)
        for entry in os.listdir("/proc")
        if entry.isdigit() and is_service_of(hub, int(entry))
    ]
    os.kill(pid, signal.SIGTERM)
    bob = browsers("bob")
    hubs.until(lambda: not os.path.exists(f"/proc/{pid}") or is_zombie(pid))
    hubs.until(lambda: bob.ask("GET", "health").status_code == 200, seconds=60)
    assert [p["slug"] for p in bob.get("me")["projects"]] == ["churn"]


def is_service_of(hub: hubs.RunningHub, pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as command, open(f"/proc/{pid}/environ", "rb") as e:
            return b"trailbook_hub.service" in command.read() and str(hub.data).encode() in e.read()
    except OSError:
        return False


def is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
