"""Recording that is switched off, at a real hub: nothing of a run reaches the history."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hubs

pytestmark = pytest.mark.hub


def runs(hub: hubs.RunningHub) -> list[str]:
    """The notebooks of all recorded runs."""
    store = sqlite3.connect(hub.data / "service" / "trailbook.sqlite")
    try:
        found = store.execute(
            "SELECT notebook.path FROM execution JOIN notebook ON notebook.id = execution.notebook"
        )
        return [row[0] for row in found]
    finally:
        store.close()


def state(hub: hubs.RunningHub, account: str, path: str) -> str:
    answer = hub.api("GET", f"/user/{account}/trailbook/status", params={"path": path})
    assert answer.ok, answer.text
    return str(answer.json()["state"])


def run_notebook(hub: hubs.RunningHub, account: str, path: str) -> None:
    """A notebook with a session, as JupyterLab has it, and one run in it."""
    file: dict[str, Any] = {
        "type": "notebook",
        "content": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
    }
    made = hub.api("PUT", f"/user/{account}/api/contents/{path}", json=file)
    assert made.status_code == 201, made.text
    kernel = hub.kernel(account)
    session = {"path": path, "name": path, "type": "notebook", "kernel": {"id": kernel.id}}
    begun = hub.api("POST", f"/user/{account}/api/sessions", json=session)
    assert begun.status_code == 201, begun.text
    assert kernel.run("print(6 * 7)") == "42\n"


def test_a_run_in_a_project_that_is_not_recorded_is_not_in_the_history(
    hub: hubs.RunningHub,
) -> None:
    account = hub.project("quiet")
    admin = hub.sign_in("admin")
    page = admin.get("/services/trailbook/projects/quiet/people")
    page = admin.submit(page, "quiet/recording", recording="off")
    assert "Recording is switched off for this project" in page.text
    hub.start_server("admin")
    hub.start_server(account)
    try:
        hubs.until(lambda: state(hub, account, "a.ipynb") == "off")
        run_notebook(hub, account, "a.ipynb")
        hubs.until(lambda: state(hub, "admin", "projects/quiet/b.ipynb") == "off")
        run_notebook(hub, "admin", "projects/quiet/b.ipynb")
        run_notebook(hub, "admin", "own.ipynb")
        hubs.until(lambda: runs(hub))
        hubs.until(lambda: state(hub, "admin", "own.ipynb") == "recorded")
        assert runs(hub) == ["own.ipynb"]
    finally:
        hub.stop_server(account)
        hub.stop_server("admin")


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[hubs.RunningHub]:
    running = hubs.start_hub(tmp_path, options=["--no-recording"])
    yield running
    assert running.stop() == 0, running.said()


def test_a_workspace_without_recording_says_so_and_has_its_demo(silent: hubs.RunningHub) -> None:
    alice = silent.consenting("alice")
    home = alice.get("/services/trailbook/").text
    assert "Recording is switched off in this workspace" in home
    assert "demo" in home
    before = runs(silent)
    assert before
    silent.start_server("alice")
    try:
        hubs.until(lambda: state(silent, "alice", "a.ipynb") == "off")
        run_notebook(silent, "alice", "a.ipynb")
        assert state(silent, "alice", "a.ipynb") == "off"
    finally:
        silent.stop_server("alice")
    assert runs(silent) == before
