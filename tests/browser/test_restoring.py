"""A deleted notebook of a project: its reader finds it, and who works there gets it back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

import hubs

READER = "/services/trailbook/"
FOLDER = "/user/alice/api/contents/projects/tides/"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.RunningHub]:
    """A hub with one project: alice contributes, carol reads."""
    running = hubs.start_hub(tmp_path_factory.mktemp("restoring"))
    running.project("tides", alice="contributor", carol="viewer")
    running.start_server("alice")
    yield running
    assert running.stop() == 0, running.said()


def enter(hub: hubs.RunningHub, page: Page, name: str) -> Page:
    """Somebody at the reader."""
    page.set_default_timeout(hubs.patience(20) * 1000)
    page.goto(hub.url + READER)
    page.fill("#username_input", name)
    page.fill("#password_input", hub.passwords[name])
    page.click("#login_submit")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    return page


def gone(hub: hubs.RunningHub, name: str) -> bytes:
    """A notebook that alice's server saved in the project's folder, and deleted."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "high = 3", "outputs": []}
    content = {
        "cells": [{**cell, "execution_count": None}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    file = {"type": "notebook", "content": content}
    made = hub.api("PUT", FOLDER + name, json=file)
    assert made.status_code == 201, made.text
    raw: str = hub.api("GET", f"{FOLDER}{name}?type=file&format=text").json()["content"]
    assert hub.api("DELETE", FOLDER + name).status_code == 204
    return raw.encode()


def find(hub: hubs.RunningHub, page: Page, name: str) -> None:
    """Through the project's page to the steps of a deleted notebook."""

    def listed() -> int:
        page.goto(f"{hub.url}{READER}projects/tides")
        return page.locator(".deleted a.path", has_text=name).count()

    hubs.until(listed, 30, every=1)
    page.locator(".deleted summary").click()
    page.locator(".deleted a.path", has_text=name).click()
    expect(page.get_by_text("The file was deleted")).to_be_visible()


def test_who_works_in_the_project_gets_it_back_from_the_reader(hub, somebody) -> None:
    raw = gone(hub, "ebb.ipynb")
    alice = enter(hub, somebody(), "alice")
    find(hub, alice, "ebb.ipynb")
    alice.get_by_role("link", name="Restore in JupyterLab").click()
    alice.wait_for_url("**/user/alice/lab**", timeout=hubs.patience(90) * 1000)
    dialog = alice.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Restore projects/tides/ebb.ipynb", timeout=60_000)
    alice.get_by_role("button", name="Restore", exact=True).last.click()
    expect(alice.get_by_role("tab", name="ebb.ipynb")).to_be_visible(timeout=60_000)
    back = hub.api("GET", f"{FOLDER}ebb.ipynb?type=file&format=text").json()["content"]
    assert back.encode() == raw


def test_who_only_reads_can_download_it(hub, somebody) -> None:
    raw = gone(hub, "flow.ipynb")
    carol = enter(hub, somebody(), "carol")
    find(hub, carol, "flow.ipynb")
    expect(carol.get_by_role("link", name="Restore in JupyterLab")).to_have_count(0)
    with carol.expect_download() as waiting:
        carol.get_by_role("link", name="Download its last version").click()
    assert waiting.value.suggested_filename == "flow.ipynb"
    assert waiting.value.path().read_bytes() == raw
