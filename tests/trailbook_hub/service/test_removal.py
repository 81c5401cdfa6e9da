"""A member is removed from a project whose server is open: who hears of it, and what ends when."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

import hubs

pytestmark = pytest.mark.hub

WARNING = 15


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.RunningHub]:
    running = hubs.start_hub(
        tmp_path_factory.mktemp("hub"), options=("--no-demo", f"--removal-warning={WARNING}")
    )
    yield running
    assert running.stop() == 0, running.said()


class Office:
    """A project with an open server, seen by its maintainer."""

    def __init__(self, hub: hubs.RunningHub, slug: str, **members: str) -> None:
        self.hub, self.slug = hub, slug
        self.account = hub.project(slug, **members)
        hub.start_server(self.account)
        self.life = self.started(self.account)
        self.admin = hub.sign_in("admin")

    def started(self, name: str) -> str | None:
        found = self.hub.server(name)
        return found and found["started"]

    def remove(self, name: str) -> None:
        assert self.admin.trail("DELETE", f"projects/{self.slug}/members/{name}").ok
        hubs.until(lambda: name not in self.hub.shares(self.account))

    def coming(self) -> Any:
        answer = self.admin.trail("GET", f"projects/{self.slug}/server")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, part: str = "") -> str:
        return self.admin.get(f"/services/trailbook/projects/{self.slug}{part}").text

    def wait_until_new(self) -> None:
        hubs.until(lambda: self.started(self.account) not in {None, self.life}, 60)


def test_others_are_told_before_the_server_restarts_without_the_removed(
    hub: hubs.RunningHub,
) -> None:
    office = Office(hub, "warned", lea="contributor", leo="contributor", vera="viewer")
    hub.start_server("lea")
    lea, leo = hub.sign_in("lea"), hub.sign_in("leo")
    assert lea.get(f"/user/{office.account}/lab").status_code == 200
    assert office.coming() == {"restarts_at": None, "restarts_in": None}
    began = time.monotonic()
    office.remove("lea")
    assert lea.trail("GET", "projects/warned").status_code == 404, "at the next request"
    hubs.until(lambda: hub.server("lea") is None, WARNING - 2)
    assert time.monotonic() - began < WARNING, "their own server waits for nobody"
    told = leo.trail("GET", "projects/warned/server").json()
    assert 0 < told["restarts_in"] <= WARNING
    for person in ("leo", "vera"):
        page = hub.sign_in(person).get("/services/trailbook/projects/warned").text
        assert "server restarts in" in page
        assert "because a member was removed from it" in page
        assert "Restart it now" not in page
    assert office.started(office.account) == office.life, "it goes on meanwhile"
    office.wait_until_new()
    assert time.monotonic() - began >= WARNING - 1
    assert lea.get(f"/user/{office.account}/lab").status_code == 403
    assert leo.get(f"/user/{office.account}/lab").status_code == 200
    hubs.until(lambda: office.coming()["restarts_at"] is None)
    assert "server restarts" not in office.page()
    second = office.started(office.account)
    time.sleep(3)
    assert office.started(office.account) == second, "once"


def test_the_maintainer_reads_what_will_happen_and_need_not_wait(hub: hubs.RunningHub) -> None:
    office = Office(hub, "urgent", ben="contributor", leo="contributor")
    people = office.admin.get("/services/trailbook/projects/urgent/people")
    assert f"{WARNING}.0 s later: who works in it is told before" in people.text
    page = office.admin.submit(people, "/people", name="ben", do="remove")
    assert "server restarts in" in page.text, "on the page that answers"
    assert "Restart it now" in page.text
    refused = hub.sign_in("leo").trail("POST", "projects/urgent/server")
    assert refused.status_code == 403
    began = time.monotonic()
    office.admin.submit(page, "/restart")
    office.wait_until_new()
    assert time.monotonic() - began < hubs.patience(WARNING - 3)


def test_only_a_life_in_which_something_was_open_is_ended(hub: hubs.RunningHub) -> None:
    office = Office(hub, "quiet", gus="contributor", vic="viewer")
    office.remove("vic")
    assert office.coming()["restarts_at"] is None, "to a viewer nothing was open"
    office.remove("gus")
    assert office.coming()["restarts_at"] is not None
    hub.stop_server(office.account)
    hub.start_server(office.account)
    after = office.started(office.account)
    hubs.until(lambda: office.coming()["restarts_at"] is None, WARNING + 10)
    time.sleep(2)
    assert office.started(office.account) == after, "somebody restarted it before"
    hub.stop_server(office.account)
    hub.sign_in("pia")
    put = office.admin.trail("PUT", "projects/quiet/members/pia", json={"role": "contributor"})
    assert put.ok
    hubs.until(lambda: "pia" in hub.shares(office.account))
    office.remove("pia")
    assert office.coming()["restarts_at"] is None, "a server that is not up"


def test_whoever_comes_back_in_time_ends_nothing(hub: hubs.RunningHub) -> None:
    office = Office(hub, "mistaken", ida="contributor", kai="contributor")
    for name in ("ida", "kai"):
        office.remove(name)
    coming = office.coming()["restarts_at"]
    assert coming is not None
    for name, still in (("ida", coming), ("kai", None)):
        where = f"projects/mistaken/members/{name}"
        assert office.admin.trail("PUT", where, json={"role": "contributor"}).ok
        hubs.until(lambda name=name: name in hub.shares(office.account))
        hubs.until(lambda still=still: office.coming()["restarts_at"] == still, 5)
    assert office.started(office.account) == office.life


def test_an_end_is_carried_out_after_a_restart_of_the_service(hub: hubs.RunningHub) -> None:
    office = Office(hub, "interrupted", max="contributor")
    office.remove("max")
    told = office.coming()
    for pid in service_of(hub):
        os.kill(pid, signal.SIGKILL)
    assert office.started(office.account) == office.life
    hubs.until(lambda: service_of(hub), 60)
    office.wait_until_new()
    hubs.until(
        lambda: office.admin.trail("GET", "projects/interrupted/server").status_code == 200, 60
    )
    assert told["restarts_at"] <= time.time() * 1e6
    hubs.until(lambda: office.coming()["restarts_at"] is None)


def service_of(hub: hubs.RunningHub) -> list[int]:
    """The process of the hub's service."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as command:
                words = command.read()
            with open(f"/proc/{entry}/environ", "rb") as environment:
                ours = str(hub.data).encode() in environment.read()
        except OSError:
            continue
        if ours and b"trailbook_hub.service" in words:
            found.append(int(entry))
    return found
