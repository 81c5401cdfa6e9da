"""A display that a later run updates is shown with the update, and says whose it is."""

import pytest

from trailbook.access import Role
from trailbook.errors import NotFound


@pytest.fixture
def shown(ada):
    """A run that shows a display, and an output without a name before it."""
    run = ada.run("handle = display('one', display_id='d')", cell="show")
    ada.output(run, 0, "display_data", text="'nameless'")
    ada.output(run, 1, "display_data", text="'one'", display_id="d")
    return run


def update(recorder, text, cell="update", **fields):
    run = recorder.run(f"handle.update({text!r})", cell=cell, **fields)
    recorder.output(run, 0, "update_display_data", text=text, display_id="d")
    return run


def outputs(store, run):
    """What a step shows: the text, and the run that has updated it."""
    return [(output.parts[0].text, output.updated_by) for output in store.step(run).outputs]


def test_the_last_update_is_shown_with_its_run(store, ada, shown):
    update(ada, "'two'")
    last = update(ada, "'three'")
    assert outputs(store, shown) == [("'nameless'", None), ("'three'", last)]
    assert outputs(store, last) == []
    page = {step.id: step for step in store.steps(ada.notebook()).steps}
    assert page[shown].outputs == store.step(shown).outputs


def test_who_updates_says_whose_output_it_was(store, ada, shown):
    last = update(ada, "'two'")
    assert store.step(last).updated == [shown]
    assert store.step(shown).updated == []
    again = ada.run("handle = display('again', display_id='d')", cell="show")
    ada.output(again, 0, "display_data", text="'again'", display_id="d")
    page = {step.id: step for step in store.steps(ada.notebook()).steps}
    assert page[last].updated == [shown]
    assert store.step(update(ada, "'three'")).updated == [again]
    ada.start_kernel("a.ipynb")
    assert store.step(update(ada, "'four'")).updated == []
    store.delete_step(shown, by=ada.owner.person)
    assert store.step(last).updated == []


def test_its_parts_are_payloads_of_the_run_that_updated_it(store, ada, shown):
    last = update(ada, "'two'")
    (part,) = store.step(shown).outputs[1].parts
    assert store.step_payload(last, part.payload) == ("text/plain", b"'two'")
    texts = [output["data"]["text/plain"] for output in store.step_outputs(shown)]
    assert texts == ["'nameless'", "'two'"]


def test_an_update_by_the_run_itself_that_comes_later_still_counts(store, ada, shown):
    update(ada, "'two'")
    ada.output(shown, 2, "update_display_data", text="'three'", display_id="d")
    assert outputs(store, shown)[1] == ("'three'", None)


def test_another_kernel_updates_nothing(store, ada, shown):
    ada.start_kernel("a.ipynb")
    update(ada, "'two'")
    assert outputs(store, shown)[1] == ("'one'", None)


def test_what_a_cell_showed_before_it_ran_again_is_not_updated(store, ada, shown):
    again = ada.run("handle = display('again', display_id='d')", cell="show")
    ada.output(again, 0, "display_data", text="'again'", display_id="d")
    last = update(ada, "'two'")
    assert outputs(store, shown)[1] == ("'one'", None)
    assert outputs(store, again) == [("'two'", last)]


def test_a_run_of_another_space_updates_nothing_here(store, project, owner_of, recorder):
    both = owner_of("ada")
    store.set_member(project.id, both.person, Role.CONTRIBUTOR, by=None)
    own = recorder(store, both)
    run = own.run("display('one', display_id='d')")
    own.output(run, 0, "display_data", text="'one'", display_id="d")
    own.mount = own.mounts[f"projects/{project.slug}"]
    own.space = own.mount.space
    update(own, "'two'", path="b.ipynb")
    assert outputs(store, run) == [("'one'", None)]


def test_an_update_that_is_deleted_is_shown_nowhere(store, ada, shown):
    last = update(ada, "'two'")
    store.delete_step(last, by=ada.owner.person)
    assert outputs(store, shown)[1] == ("'one'", None)


def test_with_a_display_go_its_updates(store, ada, shown):
    first, last = update(ada, "'two'"), update(ada, "'three'")
    (part,) = store.step(shown).outputs[1].parts
    store.delete_output(shown, 1, by=ada.owner.person)
    assert [text for text, _ in outputs(store, shown)] == ["'nameless'"]
    for run in (first, last):
        with pytest.raises(NotFound):
            store.step_payload(run, part.payload)


def test_a_purged_update_is_nowhere(store, ada, shown):
    last = update(ada, "'two'")
    (part,) = store.step(shown).outputs[1].parts
    store.purge(last, part.payload)
    assert "two" not in (outputs(store, shown)[1][0] or "")
    assert store.step_payload(last, part.payload)[1] == b""
    assert store.check() == []
