"""Somebody works in a project's server while a member is removed from it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

import hubs

READER = "/services/trailbook/projects/tides"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.RunningHub]:
    """A hub with the usual warning."""
    running = hubs.start_hub(tmp_path_factory.mktemp("removal"))
    yield running
    assert running.stop() == 0, running.said()


def sign_in(page, hub: hubs.RunningHub, name: str) -> None:
    page.goto(hub.url + READER)
    page.fill("#username_input", name)
    page.fill("#password_input", hub.passwords[name])
    page.click("#login_submit")
    expect(page.get_by_role("heading", name="Tides")).to_be_visible()


def test_whoever_works_there_is_told_once_and_the_maintainer_can_end_it_now(hub, somebody):
    expect.set_options(timeout=hubs.patience(20) * 1000)
    account = hub.project("tides", alice="contributor", bob="contributor")
    hub.start_server(account)
    life = hub.server(account)["started"]
    alice, admin = somebody(), somebody()
    sign_in(alice, hub, "alice")
    alice.goto(f"{hub.url}/user/{account}/lab")
    expect(alice.locator("#jp-main-statusbar")).to_be_visible(timeout=60_000)

    sign_in(admin, hub, "admin")
    admin.goto(f"{hub.url}{READER}/people")
    row = admin.get_by_role("row").filter(has_text="bob")
    row.get_by_role("button", name="Remove").click()
    notice = admin.locator(".notice")
    expect(notice).to_contain_text("The project's server restarts in")

    told = alice.locator(".Toastify__toast", has_text="a member was removed")
    expect(told).to_contain_text("This server restarts in")
    expect(told).to_contain_text("Open documents are saved, kernels end.")
    alice.wait_for_timeout(12_000)
    expect(told).to_have_count(1)
    assert hub.server(account)["started"] == life

    notice.get_by_role("button", name="Restart it now").click()
    hubs.until(lambda: (hub.server(account) or {}).get("started", life) != life, 45)
    alice.goto(f"{hub.url}/user/{account}/lab")
    expect(alice.locator("#jp-main-statusbar")).to_be_visible(timeout=60_000)
    expect(told).to_have_count(0)
