"""The demo project that ships with the package."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hubs
from trailbook.access import Role
from trailbook.review.showing import Showing
from trailbook.store.recording.importing import import_recording
from trailbook.store.sql import SqlStore
from trailbook.store.views import StepView
from trailbook_hub import demonstration
from trailbook_hub.service.demo_review import ask_first_person


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[StepView]]]:
    """The steps of each notebook of the recording, in a store of its own."""
    store = SqlStore.open(tmp_path_factory.mktemp("demo") / "store.sqlite")
    project = import_recording(store, demonstration.RECORDING)
    assert store.check() == []
    yield {
        notebook.path: store.steps(notebook.id, limit=500).steps
        for notebook in store.notebooks(project.space)
    }
    store.close()


def test_the_recording_has_what_the_story_tells(steps: dict[str, list[StepView]]) -> None:
    every = [step for notebook in steps.values() for step in notebook]
    assert {step.author for step in every} == {"ada", "bob"}
    assert any(step.status == "error" and step.fixed_by for step in every)
    assert {"why", "dead-end", "decision"} <= {note.kind for step in every for note in step.notes}
    images = [p for step in every for o in step.outputs for p in o.parts if p.mime == "image/png"]
    assert len(images) >= 3


def test_a_hypothesis_is_overwritten_and_the_measure_gets_better(
    steps: dict[str, list[StepView]],
) -> None:
    models = [step for step in steps["2 Models.ipynb"] if step.type == "run"]
    assert len({step.source for step in models if step.cell_id == "model"}) == 4
    printed = "".join(p.text or "" for s in models for o in s.outputs for p in o.parts)
    shares = [float(share) for share in re.findall(r"spared = (0\.\d+)", printed)]
    assert shares[0] < max(shares)
    assert max(shares) == shares[-1]


def test_the_recording_names_no_place_of_the_machine_that_made_it(
    steps: dict[str, list[StepView]],
) -> None:
    every = [output for notebook in steps.values() for step in notebook for output in step.outputs]
    text = "".join(part.text or "" for output in every for part in output.parts)
    assert "/root/" not in text
    assert "/home/" not in text


def test_the_shipped_notebooks_are_the_recorded_ones(steps: dict[str, list[StepView]]) -> None:
    shipped = {path.name for path in demonstration.FILES.glob("*.ipynb")}
    assert shipped == set(steps)


def test_a_review_waits_for_the_first_person_and_for_nobody_else(tmp_path: Path) -> None:
    store = SqlStore.open(tmp_path / "store.sqlite")
    try:
        project = import_recording(store, demonstration.RECORDING)
        first, second = (store.person(name, "2026-01-01T00:00:00Z") for name in ("ruth", "sam"))
        for person in (first, second):
            store.set_member(project.id, person.id, Role.CONTRIBUTOR, by=None)
            ask_first_person(store, project, person.id)
        [facts] = store.reviews([project.space], ["open"])
        turns = Showing(facts, first.id).line().turns
        assert [(turn.person.id, turn.why) for turn in turns] == [(first.id, "asked")]
        [thread] = store.review(facts.id).threads
        assert thread.resolved_at is None
        assert thread.anchor.quote.startswith("score = judge(RandomForest")
        assert store.notifications(first.id, [project.space], after=None, limit=5)[1] == 1
        assert store.notifications(second.id, [project.space], after=None, limit=5)[1] == 0
        assert store.check() == []
    finally:
        store.close()


@pytest.mark.hub
def test_a_new_workspace_shows_the_demo_and_lets_people_open_it(tmp_path: Path) -> None:
    hub = hubs.start_hub(tmp_path, options=[])
    try:
        admin = hub.consenting("admin")
        assert "1 review waits for you" in admin.get("/services/trailbook/").text
        page = admin.get("/services/trailbook/projects/second-look")
        assert page.status_code == 200
        assert "2 Models" in page.text
        hub.start_server("admin")
        listed = hub.api("GET", "/user/admin/api/contents/projects/second-look").json()["content"]
        names = {entry["name"] for entry in listed}
        assert {path.name for path in demonstration.FILES.iterdir()} <= names
    finally:
        assert hub.stop() == 0, hub.said()
