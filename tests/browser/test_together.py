"""Two people in one project: together in its server, and beside each other in their own."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import hubs

READER = "/services/trailbook/"
PROJECT = "projects/tides"
MEMBERS = {"alice": "contributor", "bob": "contributor", "carol": "viewer"}
BY_ITSELF = 20_000
"""Milliseconds in which what one person does has reached the other's screen."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.RunningHub]:
    """A hub with one project; its server and those of its contributors start when first asked."""
    running = hubs.start_hub(tmp_path_factory.mktemp("together"))
    yield running
    assert running.stop() == 0, running.said()


@pytest.fixture(scope="module")
def account(hub) -> str:
    """The account that the project's server runs as."""
    return hub.project("tides", **MEMBERS)


@pytest.fixture(autouse=True)
def later() -> None:
    """A busy machine needs longer for everything."""
    expect.set_options(timeout=hubs.patience(15) * 1000)


class Seat:
    """One person in front of one notebook of some server."""

    def __init__(self, page: Page, hub: hubs.RunningHub, name: str) -> None:
        self.page, self.hub, self.name = page, hub, name
        page.set_default_timeout(hubs.patience(20) * 1000)
        page.goto(hub.url + READER)
        page.fill("#username_input", name)
        page.fill("#password_input", hub.passwords[name])
        page.click("#login_submit")
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()

    def enter(self, door: str) -> None:
        """Through one of the two doors on the project's page."""
        self.page.goto(f"{self.hub.url}{READER}{PROJECT}")
        self.page.get_by_role("link", name=door).first.click()
        self.page.wait_for_url("**/lab/**", timeout=hubs.patience(90) * 1000)

    def open(self, server: str, path: str) -> None:
        """Open a notebook; JupyterLab remembers what was open before, and is told to forget it."""
        self.page.goto(f"{self.hub.url}/user/{server}/lab/workspaces/{self.name}/tree/{path}?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell .cm-content", timeout=60_000)

    def ready(self) -> "Seat":
        """Wait until the kernel can be used."""
        bar = self.page.locator("#jp-main-statusbar")
        expect(bar).to_contain_text("Python 3 (ipykernel) | Idle", timeout=60_000)
        return self

    def cell(self, number: int) -> Any:
        """The editor of one cell, from 1."""
        return self.page.locator(".jp-Notebook .jp-CodeCell .cm-content").nth(number - 1)

    def outputs(self, words: str) -> Any:
        """What the notebook shows below its cells."""
        return self.page.locator(".jp-Notebook .jp-OutputArea-output", has_text=words)

    def run(self, number: int, source: str) -> None:
        """Write a cell, from 1, and run it."""
        self.cell(number).fill(source)
        self.page.keyboard.press("Control+Enter")

    def save(self) -> None:
        """Save with the keyboard."""
        self.page.locator(".jp-Notebook").first.press("Control+s")

    def press(self, label: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=label, exact=True).last.click()

    def dialog(self) -> Any:
        """What JupyterLab asks."""
        return self.page.locator(".jp-Dialog")

    def history(self) -> Any:
        """The lines of the panel, newest first."""
        panel = self.page.locator(".trailbook-History")
        if not panel.is_visible():
            self.page.locator(".jp-SideBar [data-id='trailbook-history']").click()
        return panel.locator(".trailbook-Step-line")

    def read(self, name: str, number: int) -> None:
        """Go to a step of a notebook in the reader, from 0, once the notebook is there."""
        self.page.goto(f"{self.hub.url}{READER}{PROJECT}")
        link = self.page.get_by_role("link", name=name).first
        hubs.until(lambda: self.page.reload() and link.count(), 30, every=1)
        link.click()
        step = self.page.locator(".line .title").nth(number)
        self.page.goto(self.hub.url + str(step.get_attribute("href")))


@pytest.fixture
def sit(hub, account, somebody) -> Callable[[str], Seat]:
    """Calling it signs somebody in, in a browser of their own."""
    return lambda name: Seat(somebody(), hub, name)


def write(hub: hubs.RunningHub, account: str, name: str, cells: int = 2) -> None:
    """A notebook of empty cells in the project's folder."""
    empty = {"cell_type": "code", "metadata": {}, "source": "", "outputs": []}
    content = {
        "cells": [{**empty, "id": f"c{n}", "execution_count": None} for n in range(cells)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (hub.data / "projects" / account / name).write_text(hubs.json.dumps(content))


def sources(hub: hubs.RunningHub, account: str, name: str) -> list[str]:
    """The cells of a notebook as it lies in the project's folder."""
    text = (hub.data / "projects" / account / name).read_text()
    return ["".join(cell["source"]) for cell in hubs.json.loads(text)["cells"]]


def steps(hub: hubs.RunningHub, name: str) -> list[dict[str, Any]]:
    """What is recorded of a notebook of the project, as a viewer reads it."""
    reader = hub.sign_in("carol")
    found = reader.trail("GET", f"{PROJECT}/notebooks").json()
    known = [each for each in found if each["path"] == name]
    return reader.trail("GET", f"notebooks/{known[0]['id']}/steps").json()["steps"] if known else []


def ask(page: Page, method: str, route: str, body: Any = None) -> tuple[int, Any]:
    """What the server of an open JupyterLab answers to a script of its own."""
    answer = page.evaluate(
        """async ([method, route, body]) => {
            const base = JSON.parse(document.getElementById('jupyter-config-data').textContent);
            const cookie = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/);
            const answer = await fetch(`${base.baseUrl}trailbook/api/${route}`, {
                method,
                headers: {'X-XSRFToken': cookie ? cookie[1] : ''},
                body: body === null ? undefined : JSON.stringify(body),
            });
            return [answer.status, await answer.json()];
        }""",
        [method, route, body],
    )
    return answer[0], answer[1]


def test_two_people_work_in_one_notebook_and_a_third_reads_who_ran_what(hub, account, sit):
    alice, bob = sit("alice"), sit("bob")
    for person in (alice, bob):
        person.enter("Work together")
        assert f"/user/{account}/" in person.page.url
    write(hub, account, "shared.ipynb")
    for person in (alice, bob):
        person.open(account, "shared.ipynb")
        person.ready()
    alice.cell(1).fill("low, high = 0.4, 3.9")
    expect(bob.cell(1)).to_have_text("low, high = 0.4, 3.9", timeout=BY_ITSELF)
    bob.cell(2).fill("print('range', high - low)")
    expect(alice.cell(2)).to_have_text("print('range', high - low)", timeout=BY_ITSELF)

    alice.run(1, "low, high = 0.5, 4.0; print('low water', low)")
    expect(bob.outputs("low water 0.5")).to_be_visible(timeout=BY_ITSELF)
    bob.cell(2).click()
    bob.page.keyboard.press("Control+Enter")
    expect(alice.outputs("range 3.5")).to_be_visible(timeout=BY_ITSELF)
    for person in (alice, bob):
        lines = person.history()
        expect(lines.filter(has_text="low, high").first).to_be_visible(timeout=BY_ITSELF)
        expect(lines.filter(has_text="print('range'").first).to_be_visible(timeout=BY_ITSELF)

    carol = sit("carol")
    for number, name in ((0, "alice"), (1, "bob")):
        carol.read("shared.ipynb", number)
        strip = carol.page.locator(".strip")
        expect(strip).to_contain_text(name)
        expect(strip).to_contain_text("reported")


def test_what_needs_ones_own_sign_in_is_refused_with_the_way_to_it(hub, account, sit):
    alice = sit("alice")
    if not hub.server(account):
        hub.start_server(account)
    write(hub, account, "signed.ipynb")
    alice.open(account, "signed.ipynb")
    alice.ready().run(1, "'worth a note'")
    lines = alice.history()
    expect(lines.filter(has_text="worth a note")).to_be_visible(timeout=BY_ITSELF)
    step = next(step for step in steps(hub, "signed.ipynb") if step["type"] == "run")
    for method, route in (("DELETE", f"steps/{step['id']}"), ("POST", f"steps/{step['id']}/notes")):
        body = {"kind": "why", "text": "because"} if method == "POST" else None
        status, answer = ask(alice.page, method, route, body)
        assert (status, answer["code"]) == (403, "sign-in-needed")
        assert answer["message"] == "This needs your own sign-in: open it in the reader."

    lines.filter(has_text="worth a note").focus()
    alice.press("Note")
    expect(alice.page.locator(".trailbook-NoteForm")).to_contain_text("A note carries your name")
    with alice.page.context.expect_page() as opened:
        alice.page.get_by_role("link", name="Write it in the reader").click()
    reader = opened.value
    reader.locator(".add-note summary").click()
    reader.locator(".add-note textarea").fill("because")
    reader.locator(".add-note").get_by_role("button").first.click()
    hubs.until(lambda: [n["text"] for s in steps(hub, "signed.ipynb") for n in s["notes"]])
    (note,) = (note for step in steps(hub, "signed.ipynb") for note in step["notes"])
    assert (note["text"], note["author"], note["author_basis"]) == ("because", "alice", "verified")


def test_output_of_a_shared_run_is_kept_when_the_tab_is_closed(hub, account, sit):
    alice = sit("alice")
    write(hub, account, "night.ipynb")
    alice.open(account, "night.ipynb")
    alice.ready()
    alice.run(1, "import time\nfor n in range(8):\n    print('tide', n)\n    time.sleep(1)")
    expect(alice.outputs("tide 1")).to_be_visible()
    alice.page.context.close()

    carol = sit("carol")
    carol.read("night.ipynb", 0)
    page = carol.page
    hubs.until(lambda: page.reload() and page.get_by_text("tide 7").count(), 30, every=1)
    (run,) = (step for step in steps(hub, "night.ipynb") if step["type"] == "run")
    printed = "".join(part["text"] for each in run["outputs"] for part in each["parts"])
    assert printed == "".join(f"tide {n}\n" for n in range(8))
    assert (run["author"], run["author_basis"], run["status"]) == ("alice", "reported", "ok")


def test_whoever_opens_it_alone_is_led_to_where_it_is_shared(hub, account, sit):
    alice, bob = sit("alice"), sit("bob")
    bob.enter("Work alone")
    write(hub, account, "met.ipynb")
    alice.open(account, "met.ipynb")
    alice.ready()
    bob.open("bob", f"{PROJECT}/met.ipynb")
    expect(bob.dialog()).to_contain_text("alice has this notebook open")
    expect(bob.dialog()).to_contain_text("Join, and you see each other type")
    with bob.page.context.expect_page() as opened:
        bob.press("Join")
    assert opened.value.url.startswith(f"{hub.url}/user/{account}/lab")
    bob.page = opened.value
    bob.page.wait_for_selector(".jp-Notebook .jp-CodeCell .cm-content", timeout=60_000)
    bob.cell(1).fill("'from bob'")
    expect(alice.cell(1)).to_have_text("'from bob'", timeout=BY_ITSELF)


def test_a_projects_server_stops_within_seconds_of_use(hub, account):
    if not hub.server(account):
        hub.start_server(account)
    kernel = hub.kernel(account)
    assert kernel.run("print('used')") == "used\n"
    began = time.monotonic()
    hub.stop_server(account)
    assert time.monotonic() - began < hubs.patience(10)


def test_two_who_work_alone_hear_of_each_other(hub, account, sit):
    alice, bob = sit("alice"), sit("bob")
    for person in (alice, bob):
        person.enter("Work alone")
    write(hub, account, "both.ipynb")
    alice.open("alice", f"{PROJECT}/both.ipynb")
    alice.ready().run(1, "'first draft'")
    alice.save()
    bob.open("bob", f"{PROJECT}/both.ipynb")
    expect(bob.dialog()).to_contain_text("alice has this notebook open")
    expect(bob.dialog()).to_contain_text("In their own server, since")
    expect(bob.dialog().get_by_role("button", name="Join")).to_have_count(0)
    bob.press("Read only")
    reading = bob.page.locator(".trailbook-VersionTab")
    expect(reading).to_contain_text("first draft")

    bob.open("bob", f"{PROJECT}/both.ipynb")
    bob.press("Make a copy")
    expect(bob.page.get_by_role("tab", name="both-Copy1.ipynb")).to_be_visible()
    assert sources(hub, account, "both-Copy1.ipynb") == ["'first draft'", ""]


def test_nobody_saves_over_a_colleague(hub, account, sit):
    alice, bob = sit("alice"), sit("bob")
    for person in (alice, bob):
        person.enter("Work alone")
    write(hub, account, "rates.ipynb")
    for person in (alice, bob):
        person.open(person.name, f"{PROJECT}/rates.ipynb")
    bob.press("Open here too")
    bob.ready()
    alice.ready().run(1, "rate = 'of alice'")
    alice.save()
    hubs.until(lambda: "rate = 'of alice'" in sources(hub, account, "rates.ipynb"))
    bob.cell(1).fill("rate = 'of bob'")
    bob.save()
    expect(bob.dialog()).to_contain_text("rates.ipynb is newer on disk")
    expect(bob.dialog()).to_contain_text("alice saved this notebook after you opened it")
    assert sources(hub, account, "rates.ipynb") == ["rate = 'of alice'", ""]
    bob.press("See the difference")
    tab = bob.page.locator(".trailbook-DiffTab")
    for words in ("by alice", "1 of 2 cells changed", "rate = 'of alice'", "rate = 'of bob'"):
        expect(tab).to_contain_text(words)
    bob.press("Keep mine as a copy")
    expect(bob.page.get_by_role("tab", name="rates (mine).ipynb")).to_be_visible()
    assert sources(hub, account, "rates (mine).ipynb") == ["rate = 'of bob'", ""]
    assert sources(hub, account, "rates.ipynb") == ["rate = 'of alice'", ""]
