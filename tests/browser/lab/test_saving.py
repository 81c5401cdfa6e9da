"""Saving over a newer notebook: nothing is lost, and the person decides with the facts at hand."""

import pytest
from playwright.sync_api import expect

BEFORE = ["mine_or_theirs = 0", "untouched = 1"]
MINE = ["mine_or_theirs = 'mine'", "untouched = 1"]
THEIRS = ["mine_or_theirs = 'theirs'", "untouched = 1"]


@pytest.fixture
def torn(lab, desk, request):
    """A notebook that was changed here, and on disk by another program."""
    name = f"{request.node.name}.ipynb"
    lab.write(name, *BEFORE)
    at = desk(lab, name).open(history=False)
    at.write(1, MINE[0])
    lab.write(name, *THEIRS)
    at.save()
    expect(at.page.locator(".jp-Dialog")).to_contain_text(f"{name} is newer on disk")
    assert lab.sources(name) == THEIRS
    return at


def dirty(at):
    return at.page.locator(".jp-mod-current.jp-mod-dirty")


def test_theirs_can_be_taken_and_mine_brought_back(torn) -> None:
    torn.press("Take theirs")
    torn.page.get_by_role("button", name="Bring mine back").wait_for()
    assert torn.sources() == THEIRS
    torn.press("Bring mine back")
    expect(torn.cell(1)).to_have_text(MINE[0])
    torn.save()
    expect(dirty(torn)).to_have_count(0)
    assert torn.lab.sources(torn.name) == MINE


def test_overwriting_is_said_in_so_many_words(torn) -> None:
    torn.press("Overwrite with mine")
    expect(dirty(torn)).to_have_count(0)
    assert torn.lab.sources(torn.name) == MINE
    torn.write(1, "later = 2")
    torn.save()
    expect(dirty(torn)).to_have_count(0)
    assert torn.lab.sources(torn.name)[0] == "later = 2"


def test_mine_can_be_kept_as_a_copy(torn) -> None:
    torn.press("Keep mine as a copy")
    copy = torn.name.replace(".ipynb", " (mine).ipynb")
    expect(torn.page.get_by_role("tab", name=copy)).to_be_visible()
    assert torn.lab.sources(copy) == MINE
    assert torn.lab.sources(torn.name) == THEIRS


def test_the_difference_is_shown_before_deciding(torn) -> None:
    torn.press("See the difference")
    tab = torn.page.locator(".trailbook-DiffTab")
    expect(tab).to_contain_text("1 of 2 cells changed")
    expect(tab.locator(".tb-Diff")).to_contain_text(THEIRS[0])
    expect(tab.locator(".tb-Diff")).to_contain_text(MINE[0])
    assert torn.lab.sources(torn.name) == THEIRS
    torn.press("Overwrite with mine")
    expect(tab).to_have_count(0)
    expect(torn.page.locator(".jp-mod-dirty")).to_have_count(0)
    assert torn.lab.sources(torn.name) == MINE


def test_putting_it_off_changes_nothing(torn) -> None:
    torn.page.keyboard.press("Escape")
    expect(torn.page.locator(".jp-Dialog")).to_have_count(0)
    assert torn.sources() == MINE
    assert torn.lab.sources(torn.name) == THEIRS
