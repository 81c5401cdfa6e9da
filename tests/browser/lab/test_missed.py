"""What a run gave after its tab was closed is offered, and goes into the notebook in one step."""

import json
import re
from typing import Any

from playwright.sync_api import expect

import hubs

from .conftest import TOKEN

WAIT = (
    "import os, time\n"
    "def wait_for(word):\n"
    "    while not os.path.exists(os.environ['JPY_SESSION_NAME'] + word):\n"
    "        time.sleep(0.05)\n"
)
"""A run can wait until `let` says that it goes on: a tab is closed, whatever that takes."""
TICKS = WAIT + (
    "for n in range(10):\n    if n == 4:\n        wait_for('.go')\n    print('tick', n, flush=True)"
)
TOCKS = "\nwait_for('.end')\nfor n in range(10):\n    print('tock', n, flush=True)"
PLOT = WAIT + (
    "import base64\nfrom IPython.display import display, Image, HTML\n"
    "print('drawing', flush=True)\nwait_for('.go')\n"
    "pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=='\n"
    "display(Image(base64.b64decode(pixel), width=40))\n"
    "HTML('<b>bold</b><script>document.title = \"taken\"</script>')"
)
PROGRESS = WAIT + (
    "import sys\nfor n in range(0, 101, 10):\n    if n == 20:\n        wait_for('.go')\n"
    "    print(f'\\r{n} %', end='', file=sys.stderr, flush=True)"
)


def let(lab, name: str, word: str = ".go") -> None:
    """The run of this notebook goes on."""
    (lab.folder / (name + word)).touch()


def ended(lab, name: str, runs: int = 1) -> list[dict[str, Any]]:
    """The runs of a notebook, once all of them are over."""

    def over() -> list[dict[str, Any]]:
        found = [step for step in lab.steps(name) if step["type"] == "run"]
        done = [step for step in found if step["status"] != "running"]
        return done if len(done) >= runs else []

    found: list[dict[str, Any]] = hubs.until(over, 60)
    return found


def recorded(lab, step: dict[str, Any]) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = lab.ask(f"api/steps/{step['id']}/outputs")
    return outputs


def left(lab, desk, name: str, *sources: str) -> None:
    """Somebody starts these cells, sees the first output and closes the tab; then they go on."""
    lab.write(name, *sources)
    at = desk(lab, name).open(history=False)
    for number in range(1, len(sources) + 1):
        at.start(number)
    expect(at.page.locator(".jp-InputPrompt", has_text="[*]")).to_have_count(len(sources))
    expect(at.page.locator(".jp-Notebook .jp-OutputArea-output").first).to_be_visible()
    at.page.wait_for_timeout(1000)  # what the page has asked for and shared is on its way
    at.page.close(run_before_unload=False)
    let(lab, name)


def bar(at):
    return at.page.locator(".trailbook-OfferBar")


def shown(at) -> list[dict[str, Any]]:
    """The cells of the open document."""
    found: list[dict[str, Any]] = at.page.evaluate(
        """() => {
            const widgets = Array.from(window.jupyterapp.shell.widgets('main'));
            const panel = widgets.find(widget => widget.context && widget.content.model);
            return panel.content.model.sharedModel.toJSON().cells;
        }"""
    )
    return found


def saved(lab, name: str) -> list[dict[str, Any]]:
    return json.loads((lab.folder / name).read_text())["cells"]


def text(output: dict[str, Any]) -> str:
    return "".join(output["text"])


def test_what_came_after_the_tab_was_closed_goes_in_with_one_click(lab, desk) -> None:
    left(lab, desk, "ticks.ipynb", TICKS)
    [step] = ended(lab, "ticks.ipynb")
    at = desk(lab, "ticks.ipynb").open(history=False)
    expect(bar(at)).to_contain_text("1 output arrived while you were away.")
    before = shown(at)
    at.press("Put them into the notebook")
    expect(bar(at)).to_have_count(0)
    [cell] = shown(at)
    assert cell["outputs"] == recorded(lab, step)
    assert text(cell["outputs"][0]) == "".join(f"tick {n}\n" for n in range(10))
    assert cell["execution_count"] == step["execution_count"] == 1
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("tick 9")
    at.page.keyboard.press("Control+z")
    expect(at.page.locator(".jp-OutputArea-output")).to_have_count(0)
    assert shown(at) == before
    at.page.keyboard.press("Shift+z")
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("tick 9")
    at.save()
    expect(at.page.locator(".jp-mod-dirty")).to_have_count(0)
    assert text(saved(lab, "ticks.ipynb")[0]["outputs"][0]).endswith("tick 9\n")
    place = lab.ask("notebook", path="ticks.ipynb")
    [found] = lab.ask("api/notebooks", space=place["space"], path=place["path"])

    def newest() -> bool:
        versions = lab.ask(f"api/notebooks/{found['id']}/snapshots")
        content = lab.ask(f"api/snapshots/{versions[0]['id']}/content")
        return bool(content["cells"][0]["outputs"])

    hubs.until(newest)
    at.arrive()
    at.page.wait_for_timeout(5500)
    expect(bar(at)).to_have_count(0)


def test_two_cells_come_back_as_one_change(lab, desk) -> None:
    left(lab, desk, "two.ipynb", TICKS, "'between'", "print('second')\n3 * 4")
    ended(lab, "two.ipynb", 3)
    at = desk(lab, "two.ipynb").open(history=False)
    expect(bar(at)).to_contain_text("4 outputs in 3 cells arrived while you were away.")
    at.write(2, "'edited meanwhile'")
    at.press("Put them into the notebook")
    expect(at.page.locator(".jp-OutputArea-output", has_text="tick 9")).to_be_visible()
    first, edited, third = shown(at)
    assert edited["outputs"] == []
    assert [output["output_type"] for output in third["outputs"]] == ["stream", "execute_result"]
    assert third["outputs"][1]["data"] == {"text/plain": "12"}
    assert (first["execution_count"], third["execution_count"]) == (1, 3)
    at.page.keyboard.press("Control+z")
    expect(at.page.locator(".jp-OutputArea-output")).to_have_count(0)
    assert at.sources()[1] == "'edited meanwhile'"


def test_pictures_come_back_whole_and_html_is_trusted_no_further_than_the_notebook(
    lab, desk
) -> None:
    left(lab, desk, "plot.ipynb", PLOT)
    [step] = ended(lab, "plot.ipynb")
    at = desk(lab, "plot.ipynb").open(history=False)
    expect(bar(at)).to_contain_text("3 outputs arrived while you were away.")
    at.press("Put them into the notebook")
    expect(at.page.locator(".jp-OutputArea-output b", has_text="bold")).to_be_visible()
    [cell] = shown(at)
    assert cell["outputs"] == recorded(lab, step)
    assert cell["outputs"][1]["metadata"] == {"image/png": {"width": 40}}
    picture = at.page.locator(".jp-OutputArea-output img")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 1
    assert at.page.title() != "taken"
    assert not at.page.evaluate(
        """() => Array.from(window.jupyterapp.shell.widgets('main'))
            .find(widget => widget.context).content.model.cells.get(0).trusted"""
    )


def test_a_cell_that_was_edited_meanwhile_is_left_alone(lab, desk) -> None:
    left(lab, desk, "edited.ipynb", TICKS)
    ended(lab, "edited.ipynb")
    lab.write("edited.ipynb", TICKS.replace("tick", "tock"))
    at = desk(lab, "edited.ipynb").open(history=False)
    at.page.wait_for_timeout(5500)
    expect(bar(at)).to_have_count(0)
    at.page.evaluate("() => window.jupyterapp.commands.execute('trailbook:put-in-outputs')")
    expect(at.page.get_by_text("A cell that was edited since is left alone")).to_be_visible()


def test_a_run_that_goes_on_is_offered_again_when_it_is_done(lab, desk) -> None:
    left(lab, desk, "going.ipynb", TICKS + TOCKS)
    at = desk(lab, "going.ipynb")
    at.arrive()
    expect(bar(at)).to_contain_text("still going on")
    at.press("Put them into the notebook")
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("tick")
    let(lab, "going.ipynb", ".end")
    expect(bar(at)).to_contain_text("1 output arrived while you were away.", timeout=60_000)
    at.press("Put them into the notebook")
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("tock 9")
    [step] = ended(lab, "going.ipynb")
    [cell] = shown(at)
    assert cell["outputs"] == recorded(lab, step)


def test_a_progress_bar_comes_back_as_one_line(lab, desk) -> None:
    lab.write("bar.ipynb", PROGRESS)
    at = desk(lab, "bar.ipynb").open(history=False)
    at.start(1)
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("10 %")
    at.save()
    hubs.until(lambda: saved(lab, "bar.ipynb")[0]["outputs"])
    at.page.close(run_before_unload=False)
    let(lab, "bar.ipynb")
    ended(lab, "bar.ipynb")
    [before] = saved(lab, "bar.ipynb")[0]["outputs"]
    assert "100" not in text(before)
    at = desk(lab, "bar.ipynb").open(history=False)
    at.press("Put them into the notebook")
    expect(at.page.locator(".jp-OutputArea-output")).to_have_text("100 %")


def test_what_was_declined_is_not_offered_again_but_can_be_asked_for(lab, desk) -> None:
    left(lab, desk, "declined.ipynb", TICKS)
    ended(lab, "declined.ipynb")
    at = desk(lab, "declined.ipynb").open(history=False)
    at.press("Show")
    expect(at.page.locator(".trailbook-StepView-outputs")).to_contain_text("tick 9")
    at.page.locator(".lm-TabBar-tab", has_text="declined.ipynb").click()
    at.page.get_by_role("button", name="Not now").focus()
    at.page.keyboard.press("Enter")
    expect(bar(at)).to_have_count(0)
    at.arrive()
    at.page.wait_for_timeout(5500)
    expect(bar(at)).to_have_count(0)
    at.page.evaluate("() => window.jupyterapp.commands.execute('trailbook:put-in-outputs')")
    button = at.page.get_by_role("button", name="Put them into the notebook")
    expect(button).to_be_focused()
    at.page.keyboard.press("Enter")
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("tick 9")
    at.page.evaluate("() => window.jupyterapp.commands.execute('trailbook:put-in-outputs')")
    expect(at.page.get_by_text("No cell lacks outputs of its last run")).to_be_visible()


def test_deleted_outputs_are_not_offered(lab, desk) -> None:
    import requests

    left(lab, desk, "deleted.ipynb", TICKS)
    [step] = ended(lab, "deleted.ipynb")
    url = f"{lab.url}trailbook/api/steps/{step['id']}"
    requests.delete(url, headers={"Authorization": f"token {TOKEN}"}, timeout=20).raise_for_status()
    at = desk(lab, "deleted.ipynb").open(history=False)
    at.page.wait_for_timeout(5500)
    expect(bar(at)).to_have_count(0)


def test_outputs_that_were_cleared_and_saved_are_not_offered(lab, desk) -> None:
    lab.write("cleared.ipynb", "print('cleared')")
    at = desk(lab, "cleared.ipynb").open()
    at.run(1)
    at.page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    at.save()
    expect(at.page.locator(".jp-mod-dirty")).to_have_count(0)
    at.page.close(run_before_unload=False)
    at = desk(lab, "cleared.ipynb").open(history=False)
    at.page.wait_for_timeout(5500)
    expect(bar(at)).to_have_count(0)


def test_a_run_that_this_tab_follows_is_not_offered(lab, desk) -> None:
    lab.write("followed.ipynb", TICKS)
    at = desk(lab, "followed.ipynb").open(history=False)
    at.start(1)
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("tick 3")
    at.page.evaluate("() => window.jupyterapp.commands.execute('trailbook:put-in-outputs')")
    expect(at.page.get_by_text("No cell lacks outputs of its last run")).to_be_visible()
    let(lab, "followed.ipynb")
    expect(at.page.locator(".jp-InputPrompt").first).to_have_text(re.compile(r"\[1\]"))
    at.page.wait_for_timeout(2000)
    at.page.evaluate("() => window.jupyterapp.commands.execute('trailbook:put-in-outputs')")
    expect(bar(at)).to_have_count(0)


def test_a_shared_document_gets_its_outputs_back_too(shared_lab, desk) -> None:
    left(shared_lab, desk, "room.ipynb", TICKS)
    [step] = ended(shared_lab, "room.ipynb")
    at = desk(shared_lab, "room.ipynb").open(history=False)
    expect(bar(at)).to_contain_text("1 output arrived while you were away.")
    before = shown(at)
    assert text(before[0]["outputs"][0]).startswith("tick 0\n")
    at.press("Put them into the notebook")
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("tick 9")
    assert shown(at)[0]["outputs"] == recorded(shared_lab, step)
    at.page.keyboard.press("Control+z")
    expect(at.page.locator(".jp-OutputArea-output")).not_to_contain_text("tick 9")
    assert shown(at)[0]["outputs"] == before[0]["outputs"]
    at.page.keyboard.press("Shift+z")
    expect(at.page.locator(".jp-OutputArea-output")).to_contain_text("tick 9")
    at.save()

    def is_saved() -> bool:
        outputs = saved(shared_lab, "room.ipynb")[0]["outputs"]
        return bool(outputs) and text(outputs[0]).endswith("tick 9\n")

    hubs.until(is_saved)


def test_outputs_that_another_person_watches_are_not_put_in_twice(shared_lab, desk) -> None:
    name = "watched.ipynb"
    shared_lab.write(name, TICKS)
    her = desk(shared_lab, name).open(history=False)
    her.start(1)
    expect(her.page.locator(".jp-OutputArea-output")).to_contain_text("tick 2")
    let(shared_lab, name)
    him = desk(shared_lab, name).open(history=False)
    expect(him.page.locator(".jp-OutputArea-output")).to_contain_text("tick 9")
    him.page.wait_for_timeout(5500)
    expect(bar(him)).to_have_count(0)
    assert shown(him)[0]["outputs"] == shown(her)[0]["outputs"]
