"""The history panel beside a notebook, on a laptop: what was run is there, and can be used."""

from playwright.sync_api import expect


def test_runs_appear_in_the_panel_by_themselves(lab, desk) -> None:
    lab.write("runs.ipynb", "1 + 1", "undefined_name", "'third'")
    at = desk(lab, "runs.ipynb").open()
    for number in (1, 2, 3):
        at.run(number)
    expect(at.steps.filter(has_text="'third'")).to_be_visible()
    expect(at.steps.filter(has_text="undefined_name")).to_contain_text("✗ NameError")
    expect(at.steps.filter(has_text="1 + 1")).to_contain_text("[1]")
    newest = at.steps.first.inner_text()
    assert "'third'" in newest
    expect(at.page.locator(".trailbook-History .trailbook-State")).to_have_text("● recorded")


def test_without_a_notebook_the_panel_says_what_will_be_here(lab, desk) -> None:
    at = desk(lab, "fresh.ipynb")
    at.page.goto(f"{lab.url}lab?reset&token=only-for-this-test")
    at.page.locator(".jp-SideBar [data-id='trailbook-history']").click()
    expect(at.page.locator(".trailbook-Empty")).to_contain_text("Open a notebook")


def test_output_of_a_closed_tab_is_recorded(lab, desk) -> None:
    lab.write(
        "long.ipynb", "import time\nfor n in range(6):\n    print('tick', n)\n    time.sleep(1)"
    )
    at = desk(lab, "long.ipynb").open()
    at.start(1)
    expect(at.steps.first).to_contain_text("running")
    at.page.close(run_before_unload=False)
    again = desk(lab, "long.ipynb").open()
    expect(again.steps.first).to_contain_text("import time")
    expect(again.steps.first).not_to_contain_text("running", timeout=20_000)
    again.steps.first.click()
    expect(again.page.locator(".trailbook-StepView-outputs")).to_contain_text("tick 5")


def test_a_step_opens_with_its_source_and_output_to_read(lab, desk) -> None:
    lab.write("step.ipynb", "print('seen')")
    at = desk(lab, "step.ipynb").open()
    at.run(1)
    at.steps.first.click()
    view = at.page.locator(".trailbook-StepView")
    expect(view.locator(".cm-content")).to_have_text("print('seen')")
    expect(view.locator(".cm-content")).to_have_attribute("aria-readonly", "true")
    expect(view.locator(".trailbook-StepView-outputs")).to_contain_text("seen")
    expect(view.locator(".trailbook-Facts")).to_contain_text("finished")


def test_active_output_runs_in_a_closed_frame_only(lab, desk) -> None:
    hostile = (
        "from IPython.display import HTML\n"
        "HTML('<b>here</b><script>document.body.append(\" origin \" + window.origin);'\n"
        "     'try { parent.document.title = \"taken\" } catch (e) {}</script>')"
    )
    lab.write("hostile.ipynb", hostile)
    at = desk(lab, "hostile.ipynb").open()
    at.run(1)
    at.steps.first.click()
    at.press("Run this output")
    frame = at.page.frame_locator(".trailbook-StepView iframe.tb-frame")
    expect(frame.locator("body")).to_contain_text("origin null")
    assert at.page.title() != "taken"


def test_diff_against_now_shows_what_changed(lab, desk) -> None:
    lab.write("diff.ipynb", "rate = 0.1", "untouched = 1")
    at = desk(lab, "diff.ipynb").open()
    at.run(1)
    expect(at.steps.filter(has_text="rate")).to_be_visible()
    at.save()
    at.write(1, "rate = 0.2")
    at.choose(1)
    at.press("Diff with now")
    tab = at.page.locator(".trailbook-DiffTab")
    expect(tab).to_contain_text("1 of 2 cells changed")
    expect(tab.locator(".tb-Diff")).to_contain_text("rate = 0.1")
    expect(tab.locator(".tb-Diff")).to_contain_text("rate = 0.2")
    expect(tab.locator(".tb-Diff")).to_contain_text("1 unchanged cell")


def test_a_note_takes_one_key(lab, desk) -> None:
    lab.write("note.ipynb", "42")
    at = desk(lab, "note.ipynb").open()
    at.run(1)
    expect(at.steps).not_to_have_count(0)
    at.choose(1)
    at.page.keyboard.press("n")
    form = at.page.locator(".trailbook-NoteForm")
    expect(form.locator("textarea")).to_be_focused()
    form.get_by_label("Dead end").check()
    form.locator("textarea").fill("nothing to be found here")
    form.locator("textarea").press("Control+Enter")
    note = at.page.locator(".trailbook-Note")
    expect(note).to_contain_text("nothing to be found here")
    expect(note).to_contain_text("Dead end")
    assert [note["kind"] for note in lab.steps("note.ipynb")[-1]["notes"]] == ["dead-end"]


def test_recording_can_be_paused_and_resumed(lab, desk) -> None:
    lab.write("pause.ipynb", "'before'", "'meanwhile'", "'after'")
    at = desk(lab, "pause.ipynb").open()
    at.run(1)
    expect(at.steps.filter(has_text="before")).to_be_visible()
    state = at.page.locator(".trailbook-StatusItem .trailbook-State")
    state.click()
    at.press("Pause for this notebook")
    expect(state).to_have_text("‖ paused")
    at.start(2)
    expect(at.page.locator(".jp-OutputArea-output").filter(has_text="meanwhile")).to_be_visible()
    state.click()
    at.press("Resume for this notebook")
    expect(state).to_have_text("● recorded")
    at.run(3)
    expect(at.steps.filter(has_text="after")).to_be_visible()
    expect(at.steps.filter(has_text="meanwhile")).to_have_count(0)


def test_tries_fold_into_the_one_that_worked(lab, desk) -> None:
    lab.write("tries.ipynb", "total = lenght([1, 2, 3])")
    at = desk(lab, "tries.ipynb").open()
    at.run(1)
    at.write(1, "total = lengt([1, 2, 3])")
    at.run(1)
    at.write(1, "total = len([1, 2, 3])")
    at.run(1)
    tries = at.page.locator(".trailbook-Fold")
    expect(tries).to_contain_text("2 earlier tries ✗ NameError → fixed")
    shown = at.steps.count()
    tries.click()
    expect(at.steps.filter(has_text="lenght")).to_contain_text("→ fixed")
    assert at.steps.count() > shown


def test_without_the_history_the_panel_says_what_is_kept(lab, desk) -> None:
    lab.write("away.ipynb", "1")
    at = desk(lab, "away.ipynb")
    away = '{"code": "unreachable", "message": "The history is away. Runs are kept here."}'
    at.page.route("**/trailbook/api/notebooks*", lambda route: route.fulfill(status=503, body=away))
    at.may_complain = True  # of the 503 itself
    at.open()
    expect(at.page.locator(".trailbook-History .trailbook-trouble")).to_have_text(
        "The history is away. Runs are kept here."
    )
    at.page.unroute("**/trailbook/api/notebooks*")
    at.run(1)
    expect(at.page.locator(".trailbook-trouble")).to_have_count(0)
