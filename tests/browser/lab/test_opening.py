"""What JupyterLab says before anything is run: what is recorded, and who else is here."""

import json
import time

import pytest
from playwright.sync_api import expect

THERE = "/user/p-0abc/lab/tree/open.ipynb"


def change_answer(page, route: str, change) -> None:
    """Let the server answer, and change what a laptop cannot know by itself."""

    def answer(request) -> None:
        if request.request.method != "GET":
            request.continue_()
            return
        response = request.fetch()
        request.fulfill(response=response, body=json.dumps(change(response.json())))

    page.route(f"**/trailbook/api/{route}*", answer)


def test_what_is_recorded_is_said_until_it_was_read(lab, desk) -> None:
    lab.write("notice.ipynb", "1")
    at = desk(lab, "notice.ipynb")
    change_answer(at.page, "me", lambda me: {**me, "consented": False})
    at.arrive()
    notice = at.page.locator(".jp-Dialog")
    for words in ("What", "Who sees it", "For how long", "How to pause"):
        expect(notice.get_by_text(words, exact=True)).to_be_visible()
    with at.page.expect_request("**/trailbook/api/me/consent") as agreed:
        at.press("I understand, continue")
    assert agreed.value.response().status == 204


@pytest.fixture
def met(lab, desk):
    """A notebook that bob has open in the project's server, opened here too."""
    if not (lab.folder / "open.ipynb").exists():  # the history that it has then serves all tests
        lab.write("open.ipynb", "here = 1")
        first = desk(lab, "open.ipynb").open()
        first.run(1)
        first.page.close()
    bob = {"name": "bob", "display_name": "Bob", "server": "", "url": THERE}
    at = desk(lab, "open.ipynb")
    since = time.time_ns() // 1000
    change_answer(at.page, "presence", lambda _: [{**bob, "since": since}])
    at.open(history=False)
    expect(at.page.locator(".jp-Dialog")).to_contain_text("Bob has this notebook open")
    return at


def test_who_has_it_open_elsewhere_can_be_joined(met) -> None:
    with met.page.context.expect_page() as joined:
        met.press("Join")
    joined.value.wait_for_url(f"**{THERE}")
    expect(met.page.locator(".jp-NotebookPanel")).to_have_count(0)


def test_it_can_be_read_instead(met) -> None:
    met.press("Read only")
    expect(met.page.locator(".trailbook-VersionView .cm-content")).to_have_text("here = 1")
    expect(met.page.locator(".jp-NotebookPanel")).to_have_count(0)


def test_or_copied(met, lab) -> None:
    met.press("Make a copy")
    expect(met.page.get_by_role("tab", name="open-Copy1.ipynb")).to_be_visible()
    assert lab.sources("open-Copy1.ipynb") == ["here = 1"]


def test_or_opened_here_too(met) -> None:
    met.press("Open here too")
    expect(met.page.locator(".jp-NotebookPanel")).to_be_visible()
    expect(met.page.locator(".jp-Dialog")).to_have_count(0)
