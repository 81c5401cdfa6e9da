"""A review from the question to what was learned, in three people's browsers."""

import pytest
from playwright.sync_api import expect

import desk


def code(source, name, *outputs):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "execution_count": 1,
        "outputs": list(outputs),
    }


def printed(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def model(trees, auc):
    return code(f"model = Forest(\n    trees={trees},\n)\nscore(model)", "m", printed(auc))


OTHERS = [code(f"x{n} = {n}", f"u{n}") for n in range(5)]


@pytest.fixture
def service(tmp_path):
    team = desk.Team(tmp_path)
    running = desk.Service(team)
    running.trail = team.trail("alice", "features.ipynb", team.project)
    running.base = running.trail.save([model(200, "auc 0.85\n"), *OTHERS])
    running.trail.run("score(model)", cell="m")
    running.head = running.trail.save([model(400, "auc 0.87\n"), *OTHERS])
    running.notebook = team.store.notebook_at(team.project.space, "features.ipynb").id
    yield running
    running.close()


@pytest.fixture
def reader(service, somebody):
    def opened(name, path):
        page = somebody()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.context.add_cookies([{"name": "who", "value": name, "url": service.origin}])
        page.goto(service.url + path)
        return page

    return opened


@pytest.fixture
def review(service, reader):
    """Alice asks bob and carol."""
    page = reader("alice", f"reviews/new?base={service.base}")
    page.get_by_label("Title").fill("More trees")
    page.get_by_label("Bob").check()
    page.get_by_label("Carol").check()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", name="More trees")).to_be_visible()
    return page.url.rsplit("/", 1)[1]


def changes(page, cells=1):
    expect(page.locator(".tb-Diff-cell:not(:empty)")).to_have_count(cells, timeout=60_000)
    expect(page.locator(".diff-room[aria-busy]")).to_have_count(0)


def line(page, number):
    editor = page.locator(".cm-diff-right-editor .tb-Diff-lineGutter .cm-gutterElement")
    return editor.filter(visible=True).nth(number - 1)


def test_work_is_asked_about_commented_changed_approved_and_concluded(service, reader, review):
    bob = reader("bob", "")
    bob.get_by_role("link", name="1 review waits for you").click()
    bob.get_by_role("link", name="More trees").click()
    bob.get_by_role("link", name="Changes").click()
    changes(bob)
    bob.locator(".cm-diff-right-editor .cm-line", has_text="trees=400").click()
    bob.keyboard.press("c")
    form = bob.locator(".new-thread")
    expect(form.locator(".tb-quote")).to_have_text("    trees=400,")
    bob.keyboard.type("Does it *hold* on 2024?")
    bob.keyboard.press("Control+Enter")
    thread = bob.locator(".tb-thread")
    expect(thread.locator("em")).to_have_text("hold")
    expect(thread).to_contain_text("draft, only you see it")
    expect(bob.locator("#drafts")).to_have_text(
        "1 draft comment of yours will go out with it, in one notification."
    )
    bob.get_by_role("button", name="Request changes").click()
    expect(bob.locator(".state").first).to_have_text("changes requested")

    alice = reader("alice", "notifications")
    alice.get_by_role("link", name="More trees").first.click()
    expect(alice.locator(".tb-thread")).to_contain_text("Does it hold on 2024?")
    newer = [model(300, "auc 0.88\n"), *OTHERS, code("check(2024)", "n")]
    service.trail.save(newer)

    bob.get_by_role("link", name="Changes").click()
    changes(bob, 2)
    expect(bob.locator("#since")).to_have_value("look")
    expect(bob.locator(".cm-diff-right-editor .cm-line", has_text="trees=300")).to_be_visible()
    expect(bob.locator(".cm-diff-left-editor .cm-line", has_text="trees=400")).to_be_visible()
    expect(bob.locator(".tb-thread")).to_contain_text("changed since this was written")
    bob.get_by_role("button", name="Approve").click()
    expect(bob.locator(".state").first).to_have_text("approved")

    alice.goto(f"{service.url}reviews/{review}")
    alice.get_by_label("What did we learn").fill("300 trees hold on 2024")
    alice.get_by_role("button", name="Conclude", exact=True).click()
    expect(alice.locator(".state").first).to_have_text("concluded")
    alice.goto(f"{service.url}projects/churn")
    expect(alice.locator(".learned")).to_contain_text("300 trees hold on 2024")
    expect(alice.locator(".learned")).to_contain_text("approved by Bob")
    assert bob.said == alice.said == []


def test_cells_are_ticked_by_keys_and_stay_so(service, reader, review):
    page = reader("carol", f"reviews/{review}/changes")
    changes(page)
    page.locator(".tb-Diff-cell").first.focus()
    page.keyboard.press("v")
    expect(page.locator("#viewed")).to_have_text("viewed 1/1")
    expect(page.locator(".tb-Diff-body").first).to_be_hidden()
    page.reload()
    changes(page)
    expect(page.get_by_label("viewed")).to_be_checked()
    page.get_by_role("button", name="Show", exact=True).first.click()
    service.trail.save([model(500, "auc 0.9\n"), *OTHERS])
    page.goto(f"{service.url}reviews/{review}/changes?since=all")
    changes(page)
    expect(page.get_by_label("viewed")).not_to_be_checked()
    assert page.said == []


def test_a_suggestion_is_written_and_lines_are_widened(service, reader, review):
    page = reader("carol", f"reviews/{review}/changes")
    changes(page)
    line(page, 2).click()
    page.get_by_label("Last line").fill("3")
    page.get_by_label("Last line").blur()
    expect(page.locator(".new-thread .tb-quote")).to_have_text("    trees=400,\n)")
    page.get_by_role("button", name="Suggest a change").click()
    page.get_by_label("Suggested source").fill("    trees=300,\n)")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".tb-suggestion .tb-ins")).to_contain_text("trees=300")
    expect(page.locator(".tb-suggestion .tb-del")).to_contain_text("trees=400")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(".tb-thread-state")).to_have_text("resolved, Carol")
    expect(page.locator("#open-threads")).to_have_text("0 threads open")
    assert page.said == []


def test_what_is_typed_survives_a_refusal(service, reader, review):
    page = reader("carol", f"reviews/{review}/changes")
    changes(page)
    page.get_by_role("button", name="Comment", exact=True).first.click()
    page.locator(".new-thread textarea").first.fill("A long thought")
    store, carol = service.team.store, service.team.people["carol"]
    store.remove_member(service.team.project.id, carol.id, by=None)
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("alert")).to_contain_text("not shared with you")
    expect(page.locator(".new-thread textarea").first).to_have_value("A long thought")
