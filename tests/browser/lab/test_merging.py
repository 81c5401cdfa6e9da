"""Bringing two notebooks together: what both changed is decided, and nothing is written alone."""

import json
import time

import pytest
from playwright.sync_api import expect

from .conftest import notebook

BEFORE = ["a = 0", "b = 0", "c = 0"]
MINE = ["a = 'mine'", "b = 0", "c = 0"]
THEIRS = ["a = 'theirs'", "b = 0", "c = 'theirs'"]


@pytest.fixture
def torn(lab, desk, request):
    """A notebook that was changed here, and on disk by another program; the merge is open."""
    name = f"{request.node.name}.ipynb"
    lab.write(name, *BEFORE)
    at = desk(lab, name).open(history=False)
    at.write(1, MINE[0])
    lab.write(name, *THEIRS)
    at.save()
    at.press("See the difference")
    at.press("Bring both together…")
    expect(at.page.locator(".trailbook-MergeTab")).to_contain_text("1 place is to be decided")
    return at


def tab(at):
    return at.page.locator(".trailbook-MergeTab")


def put(at):
    return tab(at).get_by_role("button", name="Put it into the notebook")


def saved(at):
    """Save, and wait until it is done: the next save knows of it then."""
    at.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")


def parents_of_newest(lab, name):
    """How many versions the newest one brought together, as soon as that is known."""
    place = lab.ask("notebook", path=name)
    [found] = lab.ask("api/notebooks", space=place["space"], path=place["path"])
    for _ in range(40):
        newest = lab.ask(f"api/notebooks/{found['id']}/snapshots")[0]
        if newest["parents"]:
            break
        time.sleep(0.5)
    return len(newest["parents"])


def test_a_refused_save_can_end_in_both(torn) -> None:
    expect(put(torn)).to_be_disabled()
    expect(tab(torn)).to_contain_text("Cell 1: both changed it, to be decided")
    expect(tab(torn)).to_contain_text("Cell 3: changed by them")
    conflict = tab(torn).locator(".trailbook-MergePart").first
    expect(conflict.locator(".trailbook-MergeColumn").nth(0)).to_contain_text(MINE[0])
    expect(conflict.locator(".trailbook-MergeColumn").nth(1)).to_contain_text(THEIRS[0])
    conflict.get_by_label("Mine, then theirs").check()
    expect(tab(torn)).to_contain_text("All is decided")
    put(torn).click()
    expect(tab(torn)).to_have_count(0)
    together = [MINE[0], THEIRS[0], "b = 0", "c = 'theirs'"]
    assert torn.sources() == together
    assert torn.lab.sources(torn.name) == THEIRS  # nothing was written yet
    torn.save()
    expect(torn.page.locator(".jp-mod-current.jp-mod-dirty")).to_have_count(0)
    assert torn.lab.sources(torn.name) == together


def test_what_is_taken_can_be_edited_and_what_was_mine_brought_back(torn) -> None:
    conflict = tab(torn).locator(".trailbook-MergePart").first
    conflict.get_by_label("Edit").check()
    editor = conflict.locator(".trailbook-mod-edited .cm-content")
    editor.fill("a = 'decided'")
    put(torn).click()
    expect(tab(torn)).to_have_count(0)
    assert torn.sources() == ["a = 'decided'", "b = 0", "c = 'theirs'"]
    torn.press("Bring mine back")
    expect(torn.cell(1)).to_have_text(MINE[0])
    assert torn.sources() == MINE


def test_what_is_typed_meanwhile_is_never_lost(torn) -> None:
    tab(torn).get_by_label("Theirs", exact=True).first.check()
    torn.page.get_by_role("tab", name=torn.name, exact=True).click()
    torn.write(2, "b = 'later'")
    torn.page.get_by_role("tab", name="merge").click()
    put(torn).click()
    expect(tab(torn).get_by_role("alert")).to_contain_text("changed since this was opened")
    torn.page.get_by_role("tab", name=torn.name, exact=True).click()
    assert torn.sources() == [MINE[0], "b = 'later'", "c = 0"]


def test_a_third_save_on_disk_is_not_overwritten(torn) -> None:
    third = ["a = 'third'", "b = 0", "c = 0"]
    tab(torn).get_by_label("Mine", exact=True).first.check()
    torn.lab.write(torn.name, *third)
    put(torn).click()
    expect(tab(torn).get_by_role("alert")).to_contain_text("on disk changed again")
    assert torn.lab.sources(torn.name) == third


def test_a_copy_is_merged_into_what_it_was_copied_from(lab, desk, request) -> None:
    name = f"{request.node.name}.ipynb"
    lab.write(name, *BEFORE)
    at = desk(lab, name).open(history=False)
    saved(at)
    copy = name.replace(".ipynb", f"-{time.time_ns()}.ipynb")
    at.page.evaluate(
        """async ([from, to]) => {
            const { contents } = window.jupyterapp.serviceManager;
            const made = await contents.copy(from, '');
            await contents.rename(made.path, to);
        }""",
        [name, copy],
    )
    at.write(1, MINE[0])
    saved(at)
    lab.write(copy, *["a = 0", "b = 0", "c = 'theirs'"])
    at.page.evaluate("path => window.jupyterapp.serviceManager.contents.get(path)", copy)
    at.page.evaluate(
        "path => void window.jupyterapp.commands.execute('trailbook:merge-with', { path })", copy
    )
    expect(tab(at)).to_contain_text("All is decided")
    put(at).click()
    expect(tab(at)).to_have_count(0)
    assert at.sources() == [MINE[0], "b = 0", "c = 'theirs'"]
    at.save()
    expect(at.page.locator(".jp-mod-current.jp-mod-dirty")).to_have_count(0)
    assert parents_of_newest(lab, name) == 2
    assert json.loads((lab.folder / copy).read_text()) == notebook("a = 0", "b = 0", "c = 'theirs'")


def test_notebooks_without_a_common_past_say_so(lab, desk, request) -> None:
    name = f"{request.node.name}.ipynb"
    lab.write(name, *BEFORE)
    lab.write(f"other-{name}", "print('another question altogether')")
    at = desk(lab, name).open(history=False)
    at.save()
    at.page.evaluate("path => window.jupyterapp.serviceManager.contents.get(path)", f"other-{name}")
    at.page.evaluate(
        "path => void window.jupyterapp.commands.execute('trailbook:merge-with', { path })",
        f"other-{name}",
    )
    expect(at.page.locator(".jp-Dialog")).to_contain_text("no past in common")
