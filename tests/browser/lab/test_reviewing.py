"""A review beside the notebook: comments on cells, suggestions that are applied with one click."""

import json

import pytest
from playwright.sync_api import expect

SOURCES = ["x = load()", "y = fit(x)\nprint(y)", "plot(y)"]


@pytest.fixture
def reviewed(lab, desk, request):
    """A notebook that was saved, with a review of it begun from the toolbar."""
    name = f"{request.node.name}.ipynb"
    lab.write(name, *SOURCES)
    at = desk(lab, name).open(history=False)
    at.write(3, "plot(y, 'fit')")
    at.save()
    at.page.get_by_role("button", name="Ask for review").first.click()
    at.page.get_by_label("What is it about?").fill("Does the fit hold?")
    at.page.get_by_role("button", name="Begin").click()
    at.page.get_by_role("tab", name="Reviews").click()
    expect(panel(at)).to_contain_text("Does the fit hold?")
    return at


def panel(at):
    return at.page.locator(".trailbook-Reviews")


def comment(at, cell, text):
    at.cell(cell).click()
    panel(at).get_by_role("button", name="Comment on the active cell").click()
    panel(at).get_by_label("Comment", exact=True).fill(text)
    panel(at).get_by_role("button", name="Answer").click()
    expect(panel(at).locator(".tb-comment")).to_contain_text(text)


def test_a_comment_stands_beside_its_cell_until_it_is_resolved(reviewed) -> None:
    comment(reviewed, 2, "Is this the 2024 slice?")
    mark = reviewed.page.get_by_role("button", name="1 open thread")
    expect(mark).to_have_count(1)
    assert mark.evaluate("it => it.closest('.jp-Cell').innerText").find("fit(x)") >= 0
    mark.click()
    expect(panel(reviewed).locator(".tb-thread")).to_be_focused()
    panel(reviewed).get_by_role("button", name="Resolve").click()
    expect(panel(reviewed)).to_contain_text("1 resolved thread")
    expect(mark).to_have_count(0)


def test_markdown_of_a_comment_brings_nothing_that_acts_or_loads(reviewed) -> None:
    asked = []
    reviewed.page.on("request", lambda request: asked.append(request.url))
    hostile = (
        "**bold** <img src='https://example.invalid/x.png' onerror='window.fired = 1'>"
        "<a href='javascript:window.fired = 1'>here</a> <b style='position:fixed'>over</b>"
        "<script>window.fired = 1</script> ![p](https://example.invalid/y.png)"
        " <button data-commandlinker-command='filebrowser:delete'>Delete</button>"
    )
    comment(reviewed, 1, hostile.split(" <")[0].replace("**", ""))
    panel(reviewed).get_by_role("button", name="Change").click()
    panel(reviewed).get_by_label("Comment", exact=True).fill(hostile)
    panel(reviewed).get_by_role("button", name="Save").click()
    shown = panel(reviewed).locator(".tb-comment .prose")
    expect(shown.locator("strong")).to_have_text("bold")
    assert (
        shown.locator("img, script, a, button, [style], [data-commandlinker-command]").count() == 0
    )
    assert reviewed.page.evaluate("window.fired") is None
    assert not [url for url in asked if "example.invalid" in url]


def test_a_suggestion_is_applied_as_one_change_and_told(reviewed, lab) -> None:
    reviewed.cell(2).click()
    review = lab.ask("api/reviews")["reviews"][0]["id"]
    whole = lab.ask(f"api/reviews/{review}")
    notebook = whole["notebooks"][0]
    reviewed.page.evaluate(
        """async ([review, body]) => {
            const { serverSettings } = window.jupyterapp.serviceManager;
            const answer = await fetch(
                `${serverSettings.baseUrl}trailbook/api/reviews/${review}/threads`,
                {
                    method: 'POST',
                    body: JSON.stringify(body),
                    headers: { Authorization: `token ${serverSettings.token}` }
                }
            );
            if (!answer.ok) throw new Error(await answer.text());
            window.dispatchEvent(new Event('focus'));
        }""",
        [
            review,
            {
                "anchor": {
                    "notebook": notebook["notebook"],
                    "snapshot": notebook["head"]["id"],
                    "cell": notebook["cells"][1]["number"],
                    "first_line": 1,
                    "last_line": 1,
                },
                "comment": {
                    "text": "On all of it",
                    "suggestion": "y = fit(all_of(x))",
                    "draft": False,
                },
            },
        ],
    )
    panel(reviewed).get_by_role("button", name="Apply").click()
    expect(reviewed.cell(2)).to_contain_text("all_of(x)")
    assert reviewed.sources()[1] == "y = fit(all_of(x))\nprint(y)"
    expect(panel(reviewed)).to_contain_text("Suggested change, applied")
    assert json.loads((lab.folder / reviewed.name).read_text())["cells"][1]["source"] != ""
    assert lab.sources(reviewed.name)[1] == SOURCES[1]  # saved by its person, and by nobody else
