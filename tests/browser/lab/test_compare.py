""" "Compare with…": any two notebooks, and a notebook with its versions, from the file browser."""

import json
import os
import re

import pytest
from playwright.sync_api import expect

import hubs

from .conftest import TOKEN, notebook


@pytest.fixture
def folder(lab, desk, request):
    """JupyterLab without an open notebook, in a folder of this test's own; its file browser."""
    name = request.node.name.removeprefix("test_")[:40]
    (lab.folder / name).mkdir()
    at = desk(lab, name)
    at.folder = lab.folder / name
    return at


def write(at, name, *sources):
    (at.folder / name).write_text(json.dumps(notebook(*sources)))


def browse(at):
    at.page.goto(f"{at.lab.url}lab/tree/{at.name}?reset&token={TOKEN}")
    return at.page.locator(".jp-DirListing-item")


def choose_from_menu(at, item, words):
    item.click(button="right")
    at.page.locator(".lm-Menu-itemLabel", has_text=words).click()


def difference(at):
    return at.page.locator(".trailbook-DiffTab")


def test_two_selected_notebooks(folder) -> None:
    at = folder
    write(at, "old.ipynb", "rate = 0.1", "same = 1")
    write(at, "new.ipynb", "rate = 0.2", "same = 1")
    os.utime(at.folder / "old.ipynb", (1_700_000_000, 1_700_000_000))
    items = browse(at)
    items.filter(has_text="new.ipynb").click()
    items.filter(has_text="old.ipynb").click(modifiers=["Control"])
    choose_from_menu(at, items.filter(has_text="old.ipynb"), "Compare Selected Notebooks")
    expect(difference(at)).to_contain_text("1 of 2 cells changed")
    sentence = difference(at).locator(".trailbook-DiffTab-head")
    expect(sentence).to_contain_text("old.ipynb, saved Tue, Nov 14, 2023")
    words = sentence.inner_text()
    assert words.index("old.ipynb") < words.index("new.ipynb")  # which was saved later
    at.press("Swap sides")
    other_way = re.compile(rf"From {at.name}/new.ipynb, saved .*, to {at.name}/old.ipynb")
    expect(sentence).to_have_text(other_way)
    expect(difference(at)).to_have_count(1)


def test_one_notebook_has_no_entry_for_two_and_a_text_has_none_at_all(folder) -> None:
    at = folder
    write(at, "a.ipynb", "1")
    (at.folder / "notes.txt").write_text("x")
    items = browse(at)
    items.filter(has_text="a.ipynb").click(button="right")
    menu = at.page.locator(".lm-Menu-itemLabel")
    expect(menu.filter(has_text="Compare Notebook With…")).to_be_visible()
    expect(menu.filter(has_text="Compare Selected Notebooks")).to_be_hidden()
    at.page.keyboard.press("Escape")
    items.filter(has_text="notes.txt").click(button="right")
    expect(menu.filter(has_text="Rename")).to_be_visible()
    expect(menu.filter(has_text="Compare")).to_have_count(0)


def test_another_notebook_is_chosen_in_a_dialog(folder) -> None:
    at = folder
    write(at, "mine.ipynb", "x = 1")
    write(at, "theirs.ipynb", "x = 1", "y = 2")
    (at.folder / "data.csv").write_text("x")
    items = browse(at)
    choose_from_menu(at, items.filter(has_text="mine.ipynb"), "Compare Notebook With…")
    dialog = at.page.locator(".jp-Dialog")
    listed = dialog.locator(".jp-DirListing-item")
    expect(listed).to_have_count(1)
    listed.filter(has_text="theirs.ipynb").click()
    dialog.get_by_role("button", name="Select").click()
    expect(difference(at)).to_contain_text("1 added")


def test_a_version_of_its_history(folder) -> None:
    at = folder
    write(at, "kept.ipynb", "rate = 0.1", "same = 1")
    name = f"{at.name}/kept.ipynb"
    here = at.__class__(at.page, at.lab, name).open()
    for source in ("rate = 0.2", "rate = 0.3"):
        here.write(1, source)
        here.save()
        hubs.until(lambda source=source: at.lab.sources(name)[0] == source, 20)
    items = here.page.locator("#filebrowser .jp-DirListing-item")
    choose_from_menu(at, items.filter(has_text="kept.ipynb"), "Compare Notebook With…")
    dialog = at.page.locator(".jp-Dialog")
    expect(dialog.locator(".trailbook-ChoiceList label").first).to_contain_text("newest")
    expect(dialog.locator("input:checked")).to_be_focused()
    dialog.locator("label").nth(1).click()
    dialog.get_by_role("button", name="This version").click()
    expect(difference(at)).to_contain_text("rate = 0.2")
    expect(difference(at)).to_contain_text("rate = 0.3")
    expect(difference(at)).to_contain_text("1 of 2 cells changed")


def test_what_is_no_notebook_is_said_in_a_sentence(folder) -> None:
    at = folder
    write(at, "good.ipynb", "1")
    (at.folder / "cut.ipynb").write_text('{"cells": [')
    items = browse(at)
    items.filter(has_text="good.ipynb").click()
    items.filter(has_text="cut.ipynb").click(modifiers=["Control"])
    choose_from_menu(at, items.filter(has_text="cut.ipynb"), "Compare Selected Notebooks")
    dialog = at.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("cut.ipynb is no notebook that can be read.")
    dialog.get_by_role("button", name="Close").click()
    (at.folder / "cut.ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "cells": 7}')
    at.may_complain = True  # of the refusal itself
    choose_from_menu(at, items.filter(has_text="cut.ipynb"), "Compare Selected Notebooks")
    expect(dialog).to_contain_text("One of the two is no notebook")
