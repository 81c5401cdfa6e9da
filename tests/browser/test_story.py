"""The story that Trailbook is for: one works in a shared project, another reads what was run."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

import hubs

READER = "/services/trailbook/"
ANALYSIS = "print('auc', 0.81 + 0.06)"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.RunningHub]:
    """A hub with one project: alice contributes, bob reads, carol is no member."""
    running = hubs.start_hub(tmp_path_factory.mktemp("story"))
    admin = running.sign_in("admin")
    for name in ("alice", "bob", "carol"):
        running.sign_in(name)
    api = READER + "api/projects"
    admin.get(READER)
    made = admin.post(api, json={"name": "Churn"}, headers=admin.xsrf(READER))
    assert made.status_code == 201, made.text
    for name, role in (("alice", "contributor"), ("bob", "viewer")):
        path = f"{api}/churn/members/{name}"
        done = admin.put(path, json={"role": role}, headers=admin.xsrf(READER))
        assert done.status_code in {200, 204}, done.text
    yield running
    assert running.stop() == 0, running.said()


@pytest.fixture
def person(hub, somebody) -> Callable[[str], Page]:
    """Somebody's browser, signed in through the login page, past the first screen."""

    def signed_in(name: str) -> Page:
        page = somebody()
        page.goto(hub.url + READER)
        page.fill("#username_input", name)
        page.fill("#password_input", hub.passwords[name])
        page.click("#login_submit")
        page.wait_for_url("**" + READER + "**")
        understood = page.get_by_role("button", name="I understand, continue")
        if understood.count():
            understood.click()
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()
        return page

    return signed_in


def open_lab(hub: hubs.RunningHub, page: Page, name: str) -> None:
    """A new notebook in the project's folder, on one's own server, as the button says."""
    page.get_by_role("link", name="Churn").click()
    page.get_by_role("link", name="Work alone").first.click()
    page.wait_for_url("**/lab/**", timeout=90_000)
    page.wait_for_selector(".jp-DirListing-content", timeout=60_000)
    path = f"projects/churn/{name}"
    write_notebook(hub, "alice", path)
    page.goto(f"{hub.url}/user/alice/lab/tree/{path}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell .cm-content")
    idle(page)


def write_notebook(hub: hubs.RunningHub, name: str, path: str) -> None:
    """A notebook with one empty cell on somebody's server."""
    cell = {"cell_type": "code", "id": "first", "metadata": {}, "source": "", "outputs": []}
    spec = {"name": "python3", "display_name": "Python 3"}
    content = {
        "cells": [{**cell, "execution_count": None}],
        "metadata": {"kernelspec": spec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    file = {"type": "notebook", "content": content}
    made = hub.api("PUT", f"/user/{name}/api/contents/{path}", json=file)
    assert made.status_code == 201, made.text


def idle(page: Page) -> None:
    """Until the kernel is there (the notebook's own mark says idle before that) and waits."""
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")


def run(page: Page, source: str) -> None:
    """Type into the last cell, and run it."""
    cell = page.locator(".jp-Notebook .jp-CodeCell .cm-content").last
    cell.click()
    cell.fill(source)
    page.keyboard.press("Shift+Enter")


def story(hub: hubs.RunningHub, page: Page, name: str) -> None:
    """A notebook's steps, as soon as there are any."""
    page.goto(hub.url + READER + "projects/churn")
    link = page.get_by_role("link", name=name).first
    hubs.until(lambda: page.reload() and link.count(), 30, every=1)
    link.click()


def status(hub: hubs.RunningHub) -> dict[str, Any]:
    """What alice's recorder says of itself."""
    return hub.api("GET", "/user/alice/trailbook/status").json()


def service_process(hub: hubs.RunningHub) -> psutil.Process:
    """The service that keeps the history."""
    children = psutil.Process(hub.process.pid).children(recursive=True)
    return next(p for p in children if "trailbook_hub.service" in p.cmdline())


def notebook_kernel(hub: hubs.RunningHub, name: str, path: str) -> hubs.Kernel:
    """A kernel for a new notebook of somebody, as JupyterLab starts it."""
    write_notebook(hub, name, path)
    session = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
    made = hub.api("POST", f"/user/{name}/api/sessions", json=session)
    assert made.status_code == 201, made.text
    return hubs.Kernel(hub, name, made.json()["kernel"]["id"])


def test_a_colleague_reads_what_was_run(hub, person):
    alice = person("alice")
    open_lab(hub, alice, "features.ipynb")
    run(alice, ANALYSIS)
    expect(alice.locator(".jp-OutputArea-output", has_text="auc 0.87")).to_be_visible()
    run(alice, "tenure_days")
    expect(alice.locator(".jp-OutputArea-output", has_text="NameError")).to_be_visible()
    alice.keyboard.press("Control+s")

    bob = person("bob")
    story(hub, bob, "features.ipynb")
    expect(bob.locator(".line")).to_have_count(2)
    expect(bob.locator(".line").nth(0)).to_contain_text("auc")
    expect(bob.locator(".line").nth(1)).to_contain_text("NameError")
    bob.locator(".line .title").first.click()
    expect(bob.get_by_text("auc 0.87")).to_be_visible()
    expect(bob.get_by_text("alice").first).to_be_visible()


def test_output_after_the_tab_was_closed_is_recorded(hub, person):
    alice = person("alice")
    open_lab(hub, alice, "overnight.ipynb")
    run(
        alice,
        "import time\nfor n in range(6):\n    print('epoch', n, flush=True)\n    time.sleep(1)",
    )
    expect(alice.locator(".jp-OutputArea-output", has_text="epoch 1")).to_be_visible()
    alice.context.close()

    bob = person("bob")
    story(hub, bob, "overnight.ipynb")
    shown = bob.locator(".line .title").first
    shown.click()
    hubs.until(lambda: bob.reload() and bob.get_by_text("epoch 5").count(), 30, every=1)


def test_restoring_puts_an_old_version_back_and_undo_takes_it_away(hub, person):
    alice = person("alice")
    open_lab(hub, alice, "model.ipynb")
    run(alice, "depth = 3")
    alice.keyboard.press("Control+s")
    idle(alice)
    first = alice.locator(".jp-Notebook .jp-CodeCell .cm-content").first
    first.click()
    first.fill("depth = 12")
    alice.keyboard.press("Shift+Enter")
    alice.keyboard.press("Control+s")

    panel = alice.locator(".trailbook-History")
    if not panel.is_visible():
        alice.get_by_role("tab", name="History").click()
    oldest = panel.locator(".trailbook-Step", has_text="depth = 3")
    oldest.first.click()
    panel.get_by_role("button", name="Restore").click()
    alice.get_by_role("button", name="The whole notebook").click()
    expect(first).to_contain_text("depth = 3")
    alice.get_by_role("button", name="Undo").click()
    expect(first).to_contain_text("depth = 12")


def test_nothing_is_missing_after_the_service_was_away(hub):
    if not hub.server("alice"):
        hub.start_server("alice")
    path = "projects/churn/away.ipynb"
    kernel = notebook_kernel(hub, "alice", path)
    service = service_process(hub)
    service.suspend()
    printed = [kernel.run(f"print('away', {n})") for n in range(5)]
    assert printed == [f"away {n}\n" for n in range(5)]
    assert status(hub)["pending_events"] > 0
    service.kill()  # the hub starts it anew
    hubs.until(lambda: status(hub)["pending_events"] == 0, 90)
    kernel.close()

    bob = hub.sign_in("bob")
    found = bob.get(READER + "api/projects/churn/notebooks").json()
    notebook = next(each for each in found if each["path"] == "away.ipynb")
    steps = bob.get(f"{READER}api/notebooks/{notebook['id']}/steps").json()["steps"]
    runs = [step for step in steps if step["type"] == "run"]
    assert [run["source"] for run in runs] == [f"print('away', {n})" for n in range(5)]
    assert [run["outputs"][0]["parts"][0]["text"] for run in runs] == printed


def test_somebody_else_learns_nothing(hub, person):
    carol = person("carol")
    assert carol.get_by_role("link", name="Churn").count() == 0
    for path in ("projects/churn", "projects/nothing", "api/projects/churn"):
        answer = carol.goto(hub.url + READER + path)
        assert answer is not None
        assert answer.status == 404
    assert not re.search("features", carol.content())
