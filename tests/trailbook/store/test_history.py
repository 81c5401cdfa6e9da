"""Reading the trail: order, pages, versions, payloads."""

import itertools
from typing import Any

import pytest

from trailbook.access import Role
from trailbook.clock import now_us
from trailbook.errors import NotFound
from trailbook.ids import new_id
from trailbook.store.records import ExecutionStarted

HOUR = 3_600_000_000


def sources(store: Any, notebook: str, **page: Any) -> list[str]:
    return [step.source for step in store.steps(notebook, **page).steps]


def test_a_run_is_a_step(store: Any, ada: Any) -> None:
    run = ada.run("print(1)", printed="1\n")
    page = store.steps(ada.notebook())
    (step,) = page.steps
    assert (step.id, step.type, step.status, step.source) == (run, "run", "ok", "print(1)")
    assert (step.path, step.cell_id, step.position, step.execution_count) == (
        "a.ipynb",
        "cell",
        0,
        1,
    )
    assert step.finished_at >= step.at
    (output,) = step.outputs
    assert (output.type, output.name, output.parts[0].text) == ("stream", "stdout", "1\n")
    assert (page.total, page.before, page.after) == (1, None, None)
    assert page.kernel_sessions[0].id == step.kernel_session
    assert store.step(run) == step


def test_runs_are_in_the_order_of_their_kernel_not_of_the_clock(store: Any, ada: Any) -> None:
    session, now = ada.start_kernel("a.ipynb"), now_us()
    for position, started in ((0, now - HOUR), (2, now - 3 * HOUR), (1, now - 2 * HOUR)):
        ada.tell(
            ExecutionStarted,
            f"{position}".encode(),
            execution=new_id(),
            kernel_session=session,
            position=position,
            source=0,
            path="a.ipynb",
            started_at=started,
        )
    assert sources(store, ada.notebook()) == ["0", "1", "2"]


def test_a_late_spool_takes_its_place(
    store: Any, project: Any, project_owner: Any, owner_of: Any, recorder: Any
) -> None:
    """A server that was away recorded before the others, and arrives after them."""
    owner = owner_of("ada")
    store.set_member(project.id, owner.person, Role.CONTRIBUTOR, by=None)
    shared, own = recorder(store, project_owner), recorder(store, owner, "projects/churn")
    early, late = now_us() - 5 * HOUR, now_us() - HOUR
    waiting = own.batch(
        (
            ExecutionStarted(
                space=own.space,
                at=early,
                execution=new_id(),
                kernel_session=new_id(),
                position=0,
                source=0,
                path="a.ipynb",
                started_at=early,
            ),
            [b"early"],
        )
    )
    shared.run("late", at=late)
    store.ingest(owner, own.writer, waiting)
    assert sources(store, shared.notebook()) == ["early", "late"]
    (newest,) = store.steps(shared.notebook(), newest=True, limit=1).steps
    assert newest.source == "late"


def test_pages_lead_through_all_steps_both_ways(store: Any, ada: Any) -> None:
    for n in range(25):
        if n % 10 == 0:
            ada.start_kernel("a.ipynb")
        ada.run(f"x{n} = {n}")
    notebook, everything = ada.notebook(), [f"x{n} = {n}" for n in range(25)]
    forwards, page = [], store.steps(notebook, limit=7)
    assert page.before is None
    assert page.total == 25
    while True:
        forwards += [step.source for step in page.steps]
        if page.after is None:
            break
        page = store.steps(notebook, after=page.after, limit=7)
    assert forwards == everything
    backwards, page = [], store.steps(notebook, newest=True, limit=7)
    assert page.after is None
    while True:
        backwards = [step.source for step in page.steps] + backwards
        if page.before is None:
            break
        page = store.steps(notebook, before=page.before, limit=7)
        assert page.after is not None
    assert backwards == everything


def test_a_page_around_a_step(store: Any, ada: Any) -> None:
    runs = [ada.run(f"x{n} = {n}") for n in range(20)]
    notebook = ada.notebook()
    for n, limit in itertools.product((0, 1, 10, 18, 19), (1, 2, 5)):
        page = store.steps(notebook, around=runs[n], limit=limit)
        ids = [step.id for step in page.steps]
        assert runs[n] in ids
        start = runs.index(ids[0])
        assert ids == runs[start : start + len(ids)]
        assert (page.before is None) == (start == 0)
        assert (page.after is None) == (start + len(ids) == len(runs))
    with pytest.raises(NotFound):
        store.steps(notebook, around=new_id())


def test_a_step_of_another_notebook_is_not_around(store: Any, ada: Any) -> None:
    ada.run("1")
    other = ada.run("2", path="b.ipynb")
    with pytest.raises(NotFound):
        store.steps(ada.notebook(), around=other)


def test_a_cursor_of_a_deleted_step_still_leads_on(store: Any, ada: Any) -> None:
    runs = [ada.run(f"x{n} = {n}") for n in range(6)]
    page = store.steps(ada.notebook(), limit=3)
    store.delete_step(runs[2], by=ada.owner.person)
    assert sources(store, ada.notebook(), after=page.after) == ["x3 = 3", "x4 = 4", "x5 = 5"]


def test_neighbours(store: Any, ada: Any) -> None:
    one, two, three = (ada.run(source) for source in ("1", "2", "3"))
    assert store.neighbours(two) == (one, three)
    assert store.neighbours(one) == (None, two)
    assert store.neighbours(three) == (two, None)


def test_a_change_without_a_run_is_an_edit(store: Any, ada: Any, notebook_bytes: Any) -> None:
    first = ada.save(notebook_bytes("a"))
    run = ada.run("a")
    ada.save(notebook_bytes("a", outputs={0: "1"}))
    edited = ada.save(notebook_bytes("b", outputs={0: "1"}))
    steps = store.steps(ada.notebook()).steps
    assert [(step.type, step.id) for step in steps] == [
        ("edit", first),
        ("run", run),
        ("edit", edited),
    ]


def test_edits_in_a_row_are_one_step(store: Any, ada: Any, notebook_bytes: Any) -> None:
    early = [ada.save(notebook_bytes(f"a{n}")) for n in range(5)]
    run = ada.run("a4")
    ada.save(notebook_bytes("a4", outputs={0: "!"}))
    late = [ada.save(notebook_bytes(f"b{n}")) for n in range(3)]
    page = store.steps(ada.notebook())
    assert [step.id for step in page.steps] == [early[-1], run, late[-1]]
    assert page.total == 3
    assert store.step(early[0]).type == "edit"
    assert store.neighbours(early[0]) == (None, None)


def test_outputs_alone_are_no_edit(store: Any, ada: Any, notebook_bytes: Any) -> None:
    ada.save(notebook_bytes("a"))
    run = ada.run("a")
    ada.save(notebook_bytes("a"))
    ada.save(notebook_bytes("a", outputs={0: "late"}))
    assert [step.type for step in store.steps(ada.notebook()).steps] == ["edit", "run"]
    assert store.step(run).type == "run"


def test_a_save_without_a_change_is_no_new_version(
    store: Any, ada: Any, notebook_bytes: Any
) -> None:
    first, same, other = (ada.save(notebook_bytes(s)) for s in ("a", "a", "b"))
    assert [view.id for view in store.snapshots(ada.notebook())] == [other, first]
    assert store.notebook(ada.notebook()).versions == 2
    assert store.snapshot_bytes(same) == store.snapshot_bytes(first)


def test_the_notebook_as_it_was_at_a_step(store: Any, ada: Any, notebook_bytes: Any) -> None:
    early = ada.run("before any save")
    first = ada.save(notebook_bytes("1"))
    middle = ada.run("between")
    second = ada.save(notebook_bytes("2"))
    late = ada.run("after the last")
    for step, version in ((early, first), (middle, second), (late, second), (first, first)):
        assert store.snapshot_at_step(step).id == version
        assert store.step(step).snapshot == version
    page = {step.id: step.snapshot for step in store.steps(ada.notebook()).steps}
    assert page == {early: first, middle: second, late: second}


def test_a_run_that_was_never_saved_has_no_version(store: Any, ada: Any) -> None:
    run = ada.run("1")
    assert store.step(run).snapshot is None
    with pytest.raises(NotFound):
        store.snapshot_at_step(run)


def test_versions_come_back_exact(store: Any, ada: Any, notebook_bytes: Any) -> None:
    files = [notebook_bytes("a", "ü"), notebook_bytes("a"), b"", b"\xff\x00 no notebook", b"{}"]
    versions = [ada.save(raw) for raw in files]
    assert [store.snapshot_bytes(version) for version in versions] == files
    views = [store.snapshot(version) for version in versions]
    assert [view.readable for view in views] == [True, True, False, False, False]
    assert [view.size for view in views] == [len(raw) for raw in files]
    assert [view.cells for view in views][:2] == [2, 1]


def test_what_made_an_error_go_away(store: Any, ada: Any) -> None:
    failed = ada.run("load(path)", status="error")
    other = ada.run("other()", cell="other")
    again = ada.run("something quite different now", status="error")
    repaired = ada.run("load(the_path)")
    ada.run("load(the_path, 2)")
    fixed = {step.id: step.fixed_by for step in store.steps(ada.notebook()).steps}
    assert fixed[failed] == fixed[again] == repaired
    assert fixed[other] is None
    assert store.step(failed).fixed_by == repaired


def test_without_cell_ids_the_start_of_the_source_tells(store: Any, ada: Any) -> None:
    failed = ada.run("# load\nread(1)", cell=None, status="error")
    ada.run("# plot\nplot()", cell=None)
    repaired = ada.run("# load\nread(2)", cell=None)
    assert store.step(failed).fixed_by == repaired


def test_retries_fold_across_pages(store: Any, ada: Any) -> None:
    runs = [ada.run("fit(X, y)", status="error") for _ in range(3)] + [ada.run("fit(X, y)")]
    steps = store.steps(ada.notebook()).steps
    assert [step.retry_of for step in steps] == [runs[3]] * 3 + [None]
    (step,) = store.steps(ada.notebook(), limit=1).steps
    assert step.retry_of == runs[1]


def test_outputs_are_shown_as_the_notebook_would(store: Any, ada: Any) -> None:
    run = ada.run("bar()")
    ada.output(run, 0, "stream", name="stdout", text="10%\r")
    ada.output(run, 1, "stream", name="stdout", text="20%\n")
    ada.output(run, 2, "display_data", text="old", display_id="d")
    ada.output(run, 3, "update_display_data", text="new", display_id="d")
    ada.output(run, 4, "error", name="KeyError", value="'x'", text="Traceback")
    stream, display, error = store.step(run).outputs
    assert stream.parts[0].text == "20%\n"
    assert display.parts[0].text == "new"
    assert (error.name, error.value) == ("KeyError", "'x'")
    for output, content in ((stream, b"20%\n"), (display, b"new"), (error, b"Traceback")):
        payload = output.parts[0].payload
        assert store.step_payload(run, payload) == ("text/plain", content)


def test_long_text_is_cut_and_there_in_full(store: Any, ada: Any) -> None:
    run = ada.run("x" * 30_000, printed="y" * 300_000)
    step = store.step(run)
    (part,) = step.outputs[0].parts
    assert (len(part.text), part.cut, part.size) == (20_000, True, 300_000)
    assert store.step_payload(run, part.payload)[1] == b"y" * 300_000
    assert (len(step.source), step.source_cut) == (20_000, True)
    assert store.step_payload(run, 0) == ("text/plain", b"x" * 30_000)


def test_a_step_with_very_much_output_is_a_small_answer(store: Any, ada: Any) -> None:
    run = ada.run("loop()")
    for index in range(0, 300):
        ada.output(run, index, "display_data", text=f"{index}" + "x" * 5_000)
    outputs = store.step(run).outputs
    assert len(outputs) == 100
    assert sum(len(part.text or "") for output in outputs for part in output.parts) < 250_000


def test_payloads_of_a_version(store: Any, ada: Any, notebook_bytes: Any) -> None:
    version = ada.save(notebook_bytes("a = 1", outputs={0: "printed"}))
    assert store.snapshot_payload(version, 0) == ("text/plain", b"a = 1")
    assert store.snapshot_payload(version, 1) == ("text/plain", b"printed")
    for n in (2, 3, 99, -1):
        with pytest.raises(NotFound):
            store.snapshot_payload(version, n)


def test_activity_is_newest_first(
    store: Any, project: Any, project_owner: Any, recorder: Any
) -> None:
    server = recorder(store, project_owner)
    server.run("1", path="a.ipynb", author="ada")
    server.run("2", path="b.ipynb", author="bob", status="error")
    server.run("3", path="a.ipynb", author="ada")
    activity = store.activity(project.id)
    assert [(line.notebook.path, line.author, line.runs, line.errors) for line in activity] == [
        ("a.ipynb", "ada", 2, 0),
        ("b.ipynb", "bob", 1, 1),
    ]
    assert len(store.activity(project.id, limit=1)) == 1
    assert store.activity(new_id()) == []


def test_what_a_notebook_view_counts(store: Any, ada: Any, notebook_bytes: Any) -> None:
    ada.run("1")
    ada.run("2", status="error")
    ada.save(notebook_bytes("1"))
    view = store.notebook(ada.notebook())
    assert (view.runs, view.errors, view.versions, view.authors) == (2, 1, 1, ["ada"])
    assert view.first_at <= view.last_at
    assert store.notebooks(ada.space) == [view]


def test_wrong_identities_are_not_found(store: Any, ada: Any) -> None:
    ada.run("1")
    calls = [
        store.place_of_space,
        store.place_of_notebook,
        store.place_of_step,
        store.place_of_snapshot,
        store.place_of_note,
        store.personal_space,
        store.notebook,
        store.steps,
        store.step,
        store.step_owner,
        store.neighbours,
        store.snapshots,
        store.snapshot,
        store.snapshot_at_step,
        store.snapshot_bytes,
        store.note_owner,
        store.delete_note,
        store.project,
        store.project_account,
    ]
    for call in calls:
        for wrong in (new_id(), "", "x' OR 1=1", ada.space + "0"):
            with pytest.raises(NotFound):
                call(wrong)
    for n in (0, 1, -1, 10**30):
        with pytest.raises(NotFound):
            store.step_payload(new_id(), n)
        with pytest.raises(NotFound):
            store.snapshot_payload(new_id(), n)
    with pytest.raises(NotFound):
        store.notebook_at(ada.space, "b.ipynb")
    with pytest.raises(NotFound):
        store.notebook_at(ada.space, "../a.ipynb")


def test_places(store: Any, ada: Any, project: Any, project_owner: Any, recorder: Any) -> None:
    run, version = ada.run("1"), ada.save(b"{}")
    for place in (
        store.place_of_space(ada.space),
        store.place_of_notebook(ada.notebook()),
        store.place_of_step(run),
        store.place_of_step(version),
        store.place_of_snapshot(version),
    ):
        assert (place.space, place.person, place.project) == (ada.space, ada.owner.person, None)
    server = recorder(store, project_owner)
    place = store.place_of_step(server.run("1"))
    assert (place.space, place.person, place.project) == (project.space, None, project.id)
