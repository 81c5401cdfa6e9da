"""The reader in a browser: walk a story by keys, open steps in place, write notes, compare."""

import pytest
from playwright.sync_api import expect

import desk

PLOT = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00"
    b"\x00\x00\x00IEND\xaeB`\x82"
)
TABLE = "<table class='dataframe'><tr><th>tenure</th></tr><tr><td>37</td></tr></table>"


def code(source, name, *outputs):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "execution_count": 1,
        "outputs": list(outputs),
    }


@pytest.fixture
def service(tmp_path):
    running = desk.Service(desk.Team(tmp_path))
    yield running
    running.close()


@pytest.fixture
def trail(service):
    """Some work in the project: an error that is fixed, a plot, two versions."""
    trail = service.team.trail("bob", "features.ipynb", service.team.project)
    others = [code(f"x{n} = {n}", f"u{n}") for n in range(5)]
    error = ("error", {"text/plain": "no"}, "KeyError", "'tenure'")
    trail.run("df.tenure", error, status="error", cell="a")
    trail.run("# Fill in the tenure\ndf['tenure'] = 37", cell="a")
    trail.save([code("model(200)", "m"), *others])
    printed = ("stream", {"text/plain": "auc 0.87\n"}, "stdout")
    plot = ("display_data", {"image/png": PLOT, "text/plain": "<Figure>"})
    trail.run("model(400)", printed, plot, cell="m")
    trail.run("df", ("execute_result", {"text/html": TABLE, "text/plain": "tenure"}), cell="b")
    trail.save([code("model(400)", "m"), *others])
    return trail


@pytest.fixture
def reader(service, somebody, trail):
    """Calling it opens the reader's page of the notebook for somebody."""

    def opened(name, path=None):
        page = somebody()
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.said = said
        page.context.add_cookies([{"name": "who", "value": name, "url": service.origin}])
        space = service.team.project.space
        notebook = service.team.store.notebook_at(space, "features.ipynb").id
        page.goto(service.url + (path if path is not None else f"notebooks/{notebook}"))
        return page

    return opened


def test_a_story_is_walked_and_opened_by_keys(reader):
    page = reader("carol")
    expect(page.locator(".line")).to_have_count(4)
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    opened = page.locator(".line").nth(2)
    expect(opened.locator(".record .out-text")).to_have_text("auc 0.87\n")
    expect(opened.locator("img")).to_be_visible()
    assert page.evaluate("location.hash") == "#" + opened.get_attribute("id")
    page.keyboard.press("Escape")
    expect(opened.locator(".record")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.said == []


def test_an_error_says_what_it_was_and_when_it_was_fixed(reader):
    page = reader("carol")
    failed = page.locator(".line.failed")
    expect(failed).to_contain_text("KeyError: 'tenure'")
    failed.get_by_role("link", name="fixed").click()
    expect(page.locator(".line").nth(1).locator(".record")).to_be_visible()


def test_a_permanent_link_opens_the_step_in_its_story(reader, service):
    page = reader("carol")
    id_ = page.locator(".line").nth(3).get_attribute("id")
    page.goto(page.url + "#" + id_)
    page.reload()
    frame = page.locator(f"#{id_} iframe")
    expect(frame).to_be_visible()
    expect(frame.content_frame.locator("td")).to_have_text("37")


def test_a_note_is_one_key_away_and_its_author_changes_it(reader):
    page = reader("bob")
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("n is for notes, j and k are letters here")
    page.get_by_label("Dead end").check()
    page.locator("textarea").press("Control+Enter")
    note = page.locator(".line").first.locator(".note")
    expect(note).to_contain_text("Dead end")
    expect(note).to_contain_text("j and k are letters here")
    page.reload()
    note.locator("summary").click()
    note.locator("textarea").fill("It was not **that** bad")
    note.get_by_role("button", name="Save").click()
    expect(page.locator(".note strong").last).to_have_text("that")
    page.locator(".note summary").click()
    page.get_by_role("button", name="Delete this note").click()
    expect(page.locator(".note")).to_have_count(0)


def test_a_viewer_is_offered_no_note(reader):
    page = reader("carol")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("form.tb-note-form")).to_have_count(0)


def test_changes_are_drawn_cell_by_cell(reader):
    page = reader("carol")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.locator(".tb-Diff-cell")).to_have_count(1, timeout=60_000)
    expect(page.locator("#summary")).to_have_text("1 changed of 6 cells.")
    expect(page.locator(".cm-content").first).to_contain_text("model(200)")
    expect(page.locator(".cm-content").last).to_contain_text("model(400)")
    page.get_by_role("button", name="5 unchanged cells").click()
    expect(page.locator(".jp-Cell-diff")).to_have_count(6)
    expect(page.get_by_text("Trust")).to_have_count(0)
    assert page.said == []


def test_a_moved_cell_is_two_lines_and_no_wall_of_red_and_green(reader, trail):
    others = [code(f"x{n} = {n}", f"u{n}") for n in range(5)]
    trail.run("x0 = 0", cell="u0")
    trail.save([*others, code("model(400)", "m")])
    page = reader("carol")
    for _ in range(5):
        page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.locator("#summary")).to_have_text("1 moved of 6 cells.", timeout=60_000)
    expect(page.locator(".jp-Cell-diff")).to_have_count(0)
    page.get_by_role("button", name="Cell 1 moved, and is cell 6 now").click()
    there = page.locator(".tb-Diff-unchanged", has_text="Cell 6 was cell 1 before, unchanged")
    expect(there).to_be_focused()
    there.get_by_role("button").click()
    expect(page.locator(".cm-content").first).to_contain_text("model(400)")
    assert page.said == []


def test_the_theme_is_chosen_and_kept(reader):
    page = reader("carol")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light or dark").click()
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert before != after
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == after


def test_everything_can_be_read_and_written_without_scripts(reader, chromium, service):
    page = reader("bob")
    href = page.locator(".line .title").nth(2).get_attribute("href")
    plain = chromium.new_context(java_script_enabled=False)
    plain.add_cookies([{"name": "who", "value": "bob", "url": service.origin}])
    page = plain.new_page()
    page.goto(service.origin + href)
    expect(page.locator(".source")).to_have_text("model(400)")
    page.locator(".add-note summary").click()
    page.locator("textarea[name=text]").fill("Written by a plain form")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".note")).to_contain_text("Written by a plain form")
    plain.close()
