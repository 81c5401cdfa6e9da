"""Deleted notebooks come back as they were saved, and never over something else."""

import json

import pytest
import requests
from playwright.sync_api import expect

import hubs

from .conftest import TOKEN, notebook


def delete(lab, path: str) -> None:
    headers = {"Authorization": f"token {TOKEN}"}
    url = f"{lab.url}api/contents/{path}"
    requests.delete(url, headers=headers, timeout=20).raise_for_status()


def deleted(lab, path: str) -> str:
    """The identity of a deleted notebook, once the history knows."""

    def known() -> str:
        found = lab.ask("api/notebooks", mine="1", deleted="1")
        return next((n["id"] for n in found if n["path"] == path and n["deleted_at"]), "")

    identity: str = hubs.until(known)
    return identity


@pytest.fixture
def gone(lab, request):
    """Calling it makes, opens and deletes a notebook; answers its bytes and its identity."""

    def make(path: str) -> tuple[bytes, str]:
        file = lab.folder / path
        file.parent.mkdir(exist_ok=True)
        # Bytes as no stock writer would put them.
        raw = json.dumps(notebook("x = 1", path), indent=3).encode() + b"\n\n"
        file.write_bytes(raw)
        headers = {"Authorization": f"token {TOKEN}"}
        url = f"{lab.url}api/contents/{path}"
        requests.get(url, headers=headers, timeout=20).raise_for_status()
        hubs.until(lambda: lab.ask("api/notebooks", mine="1") and lab.steps(path))
        delete(lab, path)
        return raw, deleted(lab, path)

    return make


def start(at) -> None:
    """JupyterLab with nothing open."""
    at.page.goto(f"{at.lab.url}lab?reset&token={TOKEN}")
    at.page.locator(".jp-SideBar [data-id='trailbook-history']").click()


def test_a_deleted_notebook_comes_back_byte_for_byte(lab, desk, gone) -> None:
    raw, identity = gone("gone/away.ipynb")
    delete(lab, "gone")
    at = desk(lab, "gone/away.ipynb")
    start(at)
    at.press("Deleted notebooks…")
    listed = at.page.locator(".trailbook-DeletedList label").first
    expect(listed).to_contain_text("gone/away.ipynb")
    expect(listed).to_contain_text("1 version")
    expect(listed.locator("input")).to_be_focused()
    at.page.keyboard.press("Enter")
    expect(at.page.get_by_role("tab", name="away.ipynb")).to_be_visible()
    expect(at.page.get_by_text("gone/away.ipynb is back, as it was last saved.")).to_be_visible()
    assert (lab.folder / "gone/away.ipynb").read_bytes() == raw
    hubs.until(lambda: lab.ask(f"api/notebooks/{identity}")["deleted_at"] is None)
    assert lab.ask(f"api/notebooks/{identity}")["path"] == "gone/away.ipynb"


def test_what_lies_at_its_place_is_not_overwritten(lab, desk, gone) -> None:
    raw, _ = gone("taken.ipynb")
    lab.write("taken.ipynb", "another = 1")
    at = desk(lab, "taken.ipynb")
    start(at)
    at.page.evaluate("() => void window.jupyterapp.commands.execute('trailbook:deleted-notebooks')")
    at.page.locator(".trailbook-DeletedList label", has_text="taken.ipynb").click()
    at.press("Restore")
    expect(at.page.get_by_role("tab", name="taken (restored).ipynb")).to_be_visible()
    assert lab.sources("taken.ipynb") == ["another = 1"]
    assert (lab.folder / "taken (restored).ipynb").read_bytes() == raw


def test_a_deleted_notebook_can_be_read_first(lab, desk, gone) -> None:
    gone("read.ipynb")
    at = desk(lab, "read.ipynb")
    start(at)
    at.press("Deleted notebooks…")
    at.page.locator(".trailbook-DeletedList label", has_text="read.ipynb").click()
    at.press("Read")
    expect(at.page.get_by_role("tab", name="read-only")).to_be_visible()
    assert not (lab.folder / "read.ipynb").exists()


def test_a_link_asks_before_it_writes_and_only_once(lab, desk, gone) -> None:
    raw, identity = gone("linked.ipynb")
    at = desk(lab, "linked.ipynb")
    at.page.goto(f"{lab.url}lab?token={TOKEN}&trailbook-restore={identity}")
    dialog = at.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Restore linked.ipynb", timeout=60_000)
    at.press("Cancel")
    expect(dialog).to_have_count(0)
    assert not (lab.folder / "linked.ipynb").exists()
    at.page.reload()
    at.page.wait_for_selector(".jp-DirListing-content", timeout=60_000)
    at.page.wait_for_timeout(2000)
    expect(dialog).to_have_count(0)
    at.page.goto(f"{lab.url}lab?trailbook-restore={identity}")
    expect(dialog).to_contain_text("Restore linked.ipynb", timeout=60_000)
    at.press("Restore")
    expect(at.page.get_by_role("tab", name="linked.ipynb")).to_be_visible()
    assert (lab.folder / "linked.ipynb").read_bytes() == raw
