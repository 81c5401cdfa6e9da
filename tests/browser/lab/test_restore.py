"""A restore is one change of the open document, and undo takes it back."""

import pytest
from playwright.sync_api import expect

BEFORE = ["first = 1", "second = 2"]
AFTER = ["first = 100", "second = 2", "third = 3"]


@pytest.fixture
def changed(lab, desk):
    """A notebook whose recorded version differs from what is open."""
    return change(lab, desk, "restore.ipynb")


def change(lab, desk, name):
    lab.write(name, *BEFORE)
    at = desk(lab, name).open()
    at.run(1)
    expect(at.steps.filter(has_text="first = 1")).not_to_have_count(0)
    at.save()
    expect(at.page.locator(".jp-mod-dirty")).to_have_count(0)
    at.write(1, "first = 100")
    at.cell(2).click()
    at.page.keyboard.press("Escape")
    at.page.keyboard.press("b")
    at.write(3, "third = 3")
    assert at.sources() == AFTER
    at.page.locator(".trailbook-Step-line", has_text="first = 1").last.focus()
    return at


def restore(at, what: str) -> None:
    at.press("Restore…")
    at.press(what)


def test_restore_brings_back_the_notebook_and_ctrl_z_takes_it_back(changed) -> None:
    restore(changed, "The whole notebook")
    expect(changed.page.get_by_text("The notebook is as it was")).to_be_visible()
    assert changed.sources() == BEFORE
    changed.page.keyboard.press("Control+z")
    expect(changed.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(3)
    assert changed.sources() == AFTER


def test_the_edit_menu_undoes_a_restore(changed) -> None:
    restore(changed, "The whole notebook")
    expect(changed.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(2)
    changed.page.locator(".lm-MenuBar-item", has_text="Edit").click()
    changed.page.locator(".lm-Menu-item[data-command='editmenu:undo']").click()
    expect(changed.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(3)
    assert changed.sources() == AFTER


def test_the_toast_undoes_a_restore_even_after_other_changes(changed) -> None:
    restore(changed, "The whole notebook")
    expect(changed.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(2)
    changed.page.keyboard.press("b")
    expect(changed.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(3)
    changed.press("Undo")
    expect(changed.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(3)
    assert changed.sources() == AFTER


def test_one_source_goes_back_into_its_cell(changed) -> None:
    restore(changed, "This cell only")
    expect(changed.page.get_by_text("The cell has its earlier source again")).to_be_visible()
    expect(changed.cell(1)).to_have_text("first = 1")
    assert changed.sources() == ["first = 1", *AFTER[1:]]
    changed.page.keyboard.press("Control+z")
    expect(changed.cell(1)).to_have_text("first = 100")


def test_restore_is_undone_in_a_shared_document_too(shared_lab, desk) -> None:
    at = change(shared_lab, desk, "shared.ipynb")
    restore(at, "The whole notebook")
    expect(at.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(2)
    assert at.sources() == BEFORE
    at.page.keyboard.press("Control+z")
    expect(at.page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(3)
    assert at.sources() == AFTER
