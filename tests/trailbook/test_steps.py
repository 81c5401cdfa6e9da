"""Retries in one line, work in bursts."""

from typing import Any

from trailbook.steps import PAUSE_US, Moment, episodes, fold_retries
from trailbook.store.views import NoteView, StepView


def run(step: str, source: str = "fit(x)", **fields: Any) -> StepView:
    says = {"status": "ok", "author": "ada", "cell_id": "cell", **fields}
    return StepView(id=step, type="run", notebook="n", path="a.ipynb", at=0, source=source, **says)


def folded(*steps: StepView) -> dict[str, str]:
    fold_retries(list(steps))
    return {step.id: step.retry_of for step in steps if step.retry_of}


def test_the_same_source_again_is_a_retry_of_the_last() -> None:
    assert folded(run("1"), run("2"), run("3")) == {"1": "3", "2": "3"}


def test_a_failed_run_folds_into_its_repaired_one() -> None:
    failed = run("1", "model.fit(X, y, deph=3)", status="error")
    assert folded(failed, run("2", "model.fit(X, y, depth=3)")) == {"1": "2"}


def test_another_parameter_is_no_retry() -> None:
    assert folded(run("1", "fit(trees=200)"), run("2", "fit(trees=400)")) == {}


def test_an_error_before_something_quite_different_stays() -> None:
    failed = run("1", "lstm = build_lstm(clicks)", status="error")
    assert folded(failed, run("2", "forest = RandomForest().fit(X, y)")) == {}


def test_another_cell_or_person_is_no_retry() -> None:
    assert folded(run("1"), run("2", cell_id="other")) == {}
    assert folded(run("1"), run("2", author="bob")) == {}
    assert folded(run("1", cell_id=None), run("2")) == {}


def test_without_cell_ids_the_first_line_tells() -> None:
    one = run("1", "# load\nread(1)", cell_id=None, status="error")
    assert folded(one, run("2", "# load\nread(2)", cell_id=None)) == {"1": "2"}
    other = run("1", "# plot\nread(1)", cell_id=None, status="error")
    assert folded(other, run("2", "# load\nread(1)", cell_id=None)) == {}


def test_what_has_a_note_stays() -> None:
    note = NoteView(
        id="n",
        step="1",
        snapshot=None,
        kind="dead-end",
        text="",
        author="ada",
        author_basis="verified",
        at=0,
    )
    assert folded(run("1", notes=[note]), run("2")) == {}


def test_an_edit_between_two_runs_keeps_them_apart() -> None:
    edit = StepView(id="e", type="edit", notebook="n", path="a.ipynb", at=0, author="ada")
    assert folded(run("1"), edit, run("2")) == {}
    assert folded() == folded(run("1")) == {}


def moment(step: str, at: int, author: str = "ada", notebook: str = "n", **fields: str) -> Moment:
    says = {"author_basis": "verified", "type": "run", "status": "ok", **fields}
    return Moment(step=step, notebook=notebook, author=author, at=at, **says)


def test_a_long_pause_ends_a_burst() -> None:
    bursts = episodes([moment("1", 0), moment("2", PAUSE_US), moment("3", 3 * PAUSE_US)])
    assert [(burst.first_step, burst.runs) for burst in bursts] == [("1", 2), ("3", 1)]


def test_each_person_and_notebook_has_bursts_of_its_own() -> None:
    bursts = episodes(
        [
            moment("1", 0),
            moment("2", 1, author="bob", status="error"),
            moment("3", 2, notebook="m"),
            moment("4", 3, type="edit", status=""),
        ]
    )
    assert [(b.first_step, b.runs, b.errors) for b in bursts] == [
        ("2", 1, 1),
        ("3", 1, 0),
        ("1", 1, 0),
    ]
    assert bursts[-1].last_at == 3
