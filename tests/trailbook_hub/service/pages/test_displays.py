"""A display that a later run has updated: the page shows the update, and leads to that run."""

import re

import pytest


@pytest.fixture(scope="module")
def told(service):
    trail = service.team.trail("alice", "displays.ipynb", service.team.project)
    shows = trail.run("show()", ("display_data", {"image/png": b"1"}, None, None, "d"), cell="a")
    parts = {"image/png": b"2"}
    updates = trail.run("again()", ("update_display_data", parts, None, None, "d"), cell="b")
    return shows, updates


def test_a_step_shows_what_a_later_run_made_of_it(visitor, told):
    shows, updates = told
    carol = visitor("carol")
    page = carol.at(f"steps/{shows}").text
    address = re.search(r'src="[^"]*?/(api/steps/(\w+)/payloads/\d+)"', page)
    assert address.group(2) == updates
    assert carol.at(address.group(1)).content == b"2"
    assert re.search(rf'As <a href="[^"]*/steps/{updates}">a later run</a> has updated it', page)


def test_the_run_that_updated_it_leads_to_what_it_updated(visitor, told):
    shows, updates = told
    page = visitor("carol").at(f"steps/{updates}").text
    assert re.search(rf'updated what <a href="[^"]*/steps/{shows}">an earlier run</a>', page)
    assert "It gave no output." not in page
    assert "has updated it" not in page
