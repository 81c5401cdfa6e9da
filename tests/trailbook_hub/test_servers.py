"""Servers of people and of projects at a real hub."""

import time

import pytest

import hubs

pytestmark = pytest.mark.hub


def test_a_server_starts_in_its_persons_home(hub: hubs.RunningHub) -> None:
    browser = hub.consenting("alice")
    hub.start_server("alice")
    try:
        page = browser.get("/user/alice/lab")
        assert page.status_code == 200
        assert page.url.endswith("/user/alice/lab")
        kernel = hub.kernel("alice")
        printed = kernel.run("import os; print(os.environ['HOME'], os.getcwd())")
        home = next((hub.data / "homes").glob("alice-*"))
        assert printed.split() == [str(home), str(home)]
        told = kernel.run("print([k for k in os.environ if k.startswith('TRAILBOOK')])")
        for name in ("TRAILBOOK_SERVICE_URL", "TRAILBOOK_ENVIRONMENT", "TRAILBOOK_SIZE"):
            assert name in told
    finally:
        hub.stop_server("alice")


def test_members_find_the_projects_folder_in_their_own_server(hub: hubs.RunningHub) -> None:
    account = hub.project("shared", carl="contributor", vera="viewer")
    for name in ("carl", "vera"):
        hub.start_server(name)
    try:
        written = hub.kernel("carl").run("open('projects/shared/here.txt', 'w').write('hello')")
        assert "Error" not in written
        assert (hub.data / "projects" / account / "here.txt").read_text() == "hello"
        listed = hub.api("GET", "/user/carl/api/contents/projects/shared").json()
        assert [item["name"] for item in listed["content"]] == ["here.txt"]
        assert "FileNotFoundError" in hub.kernel("vera").run("open('projects/shared/here.txt')")
    finally:
        for name in ("carl", "vera"):
            hub.stop_server(name)


def test_members_work_together_and_others_stay_out(hub: hubs.RunningHub) -> None:
    account = hub.project("together", mia="contributor", vito="viewer")
    member = hub.sign_in("mia")
    started = member.post(
        f"/hub/api/users/{account}/server", headers=member.xsrf("/hub/api"), json={}
    )
    assert started.status_code in {201, 202}, started.text
    hubs.until(lambda: hub.server(account), 60)
    try:
        page = member.get(f"/user/{account}/lab")
        assert page.status_code == 200
        assert "Authorize access" not in page.text
        me = member.get(f"/user/{account}/api/me").json()
        assert me["identity"]["username"] == "mia"
        kernel = hub.kernel(account)
        assert str(hub.data / "projects" / account) in kernel.run("import os; print(os.getcwd())")
        for name in ("vito", "stranger"):
            other = hub.sign_in(name)
            assert other.get(f"/user/{account}/lab").status_code == 403
    finally:
        began = time.monotonic()
        hub.stop_server(account)
    assert time.monotonic() - began < hubs.patience(10), "a project's server stops within seconds"


def test_real_time_collaboration_is_for_projects_servers(hub: hubs.RunningHub) -> None:
    account = hub.project("realtime", rosa="contributor")
    hub.start_server("rosa")
    hub.start_server(account)
    try:
        config = '"disableRTC": {}'
        own = hub.api("GET", "/user/rosa/lab").text
        shared = hub.api("GET", f"/user/{account}/lab").text
        assert config.format("true") in own
        assert config.format("false") in shared
    finally:
        hub.stop_server("rosa")
        hub.stop_server(account)


def test_what_collaboration_keeps_is_not_in_the_projects_folder(hub: hubs.RunningHub) -> None:
    account = hub.project("tidy", tom="contributor")
    hub.start_server(account)
    try:
        assert list((hub.data / "projects" / account).iterdir()) == []
    finally:
        hub.stop_server(account)


def test_a_removed_member_loses_access(hub: hubs.RunningHub) -> None:
    account = hub.project("leaving", lea="contributor", leo="contributor")
    member = hub.sign_in("lea")
    for name in (account, "lea"):
        hub.start_server(name)
    assert member.get(f"/user/{account}/lab").status_code == 200
    kernel = hub.kernel("lea")
    assert "Error" not in kernel.run("open('projects/leaving/x', 'w').write('1')")
    admin = hub.sign_in("admin")
    assert admin.trail("DELETE", "projects/leaving/members/lea").ok
    assert member.trail("GET", "projects/leaving").status_code == 404, "at the next request"
    hubs.until(lambda: hub.shares(account) == {"admin", "leo"})
    hubs.until(lambda: hub.server("lea") is None)
    assert hub.server(account), "others may be working in it"
    hub.stop_server(account)
    started = member.post(f"/hub/api/users/{account}/server", headers=member.xsrf("/hub/api"))
    assert started.status_code in {403, 404}
    for name in (account, "lea"):
        hub.start_server(name)
    try:
        assert member.get(f"/user/{account}/lab").status_code == 403
        gone = hub.kernel("lea").run("open('projects/leaving/x')")
        assert "FileNotFoundError" in gone
        assert hub.sign_in("leo").get(f"/user/{account}/lab").status_code == 200
    finally:
        for name in (account, "lea"):
            hub.stop_server(name)


def test_file_names_reach_the_server_through_the_proxy(hub: hubs.RunningHub) -> None:
    hub.sign_in("nora")
    hub.start_server("nora")
    try:
        for name in ("100 % sure #1?.txt", "a;b.txt", "back\\slash.txt", "grüße 😀.txt"):
            path = "/user/nora/api/contents/" + hubs.requests.utils.quote(name, safe="")
            body = {"type": "file", "format": "text", "content": name}
            assert hub.api("PUT", path, json=body).status_code == 201, name
            assert hub.api("GET", path).json()["content"] == name
    finally:
        hub.stop_server("nora")


def test_no_secret_is_in_a_servers_arguments(hub: hubs.RunningHub) -> None:
    hub.sign_in("otto")
    hub.start_server("otto")
    try:
        kernel = hub.kernel("otto")
        tokens = kernel.run(
            "import os, pathlib\n"
            "print(os.environ['JUPYTERHUB_API_TOKEN'])\n"
            "for p in pathlib.Path('/proc').glob('[0-9]*/cmdline'):\n"
            "    try: print(p.read_bytes())\n"
            "    except OSError: pass"
        )
        own, *lines = tokens.splitlines()
        secrets = [own, hub.token, *(p.read_text() for p in (hub.data / "hub").glob("*-token"))]
        assert not any(secret.strip() in line for secret in secrets for line in lines)
    finally:
        hub.stop_server("otto")
