"""Persons, projects, members, notes."""

import re
from typing import Any

import pytest

from trailbook.access import Role
from trailbook.errors import BadRequest, Conflict, NotFound
from trailbook.ids import new_id
from trailbook.store.views import Charter


def test_a_person_is_bound_to_the_hub_account_not_to_its_name(store: Any) -> None:
    first = store.person("ada", "2024", "Ada")
    assert store.person("ada", "2024") == first
    second = store.person("ada", "2025", "Another Ada")
    assert second.id != first.id
    assert store.find_person("ada") == second
    assert store.find_person("nobody") is None


def test_a_display_name_can_change(store: Any) -> None:
    first = store.person("ada", "2024")
    assert first.display_name == "ada"
    changed = store.person("ada", "2024", "Ada L.")
    assert (changed.id, changed.display_name) == (first.id, "Ada L.")
    assert store.person("ada", "2024").display_name == "Ada L."


def test_a_demo_person_is_nobody_to_invite(store: Any) -> None:
    store.person("ada", "demo", "Ada")
    assert store.find_person("ada") is None


def test_who_makes_a_project_maintains_it(store: Any) -> None:
    ada = store.person("ada", "2024")
    project = store.create_project("churn", "Churn", Charter(goal="x"), by=ada.id)
    assert (project.slug, project.members, project.charter.goal) == ("churn", 1, "x")
    assert store.roles(ada.id) == {project.id: Role.MAINTAINER}
    assert store.project("churn") == store.project(project.id) == project
    assert store.place_of_space(project.space).project == project.id


def test_a_projects_account_says_nothing_and_is_a_valid_user_name(store: Any, project: Any) -> None:
    account = store.project_account(project.id)
    assert re.fullmatch(r"p-[a-z0-9]{10}", account)
    assert store.project_of_account(account) == project.id
    assert store.project_of_account("ada") is None


@pytest.mark.parametrize("slug", ["", "A", "a b", "-a", "a-", "a/b", "ä", "a" * 64, "a\n"])
def test_a_short_name_has_a_form(store: Any, slug: str) -> None:
    with pytest.raises(BadRequest):
        store.create_project(slug, "Name", Charter(), by=None)


def test_a_short_name_is_taken_once(store: Any, project: Any) -> None:
    with pytest.raises(Conflict):
        store.create_project("churn", "Other", Charter(), by=None)


def test_a_project_changes_only_where_it_is_told(store: Any, project: Any) -> None:
    assert store.update_project(project.id, name="New").name == "New"
    changed = store.update_project(project.id, charter=Charter(goal="y"), recording=False)
    assert (changed.name, changed.charter.goal, changed.recording) == ("New", "y", False)
    assert store.update_project(project.id) == changed
    with pytest.raises(NotFound):
        store.update_project(new_id(), name="x")


def test_projects_by_name(store: Any) -> None:
    made = [store.create_project(slug, slug.upper(), Charter(), by=None) for slug in "bca"]
    assert [view.slug for view in store.projects()] == ["a", "b", "c"]
    assert store.projects([made[1].id]) == [made[1]]
    assert store.projects([]) == []


def test_members_come_change_and_go(store: Any, project: Any) -> None:
    ada, bob = store.person("ada", "2024"), store.person("bob", "2024")
    store.set_member(project.id, bob.id, Role.VIEWER, by=ada.id)
    store.set_member(project.id, ada.id, Role.MAINTAINER, by=None)
    store.set_member(project.id, bob.id, Role.CONTRIBUTOR, by=ada.id)
    store.set_member(project.id, bob.id, Role.CONTRIBUTOR, by=ada.id)
    assert [(view.person.name, view.role) for view in store.members(project.id)] == [
        ("ada", "maintainer"),
        ("bob", "contributor"),
    ]
    store.remove_member(project.id, bob.id, by=ada.id)
    assert store.roles(bob.id) == {}
    assert store.project(project.id).members == 1
    store.set_member(project.id, bob.id, Role.VIEWER, by=ada.id)
    assert store.roles(bob.id) == {project.id: Role.VIEWER}
    for wrong in ((new_id(), ada.id), (project.id, new_id())):
        with pytest.raises(NotFound):
            store.set_member(*wrong, Role.VIEWER, by=None)


def test_consent_is_to_one_version(store: Any) -> None:
    ada = store.person("ada", "2024")
    assert not store.has_consented(ada.id, "1")
    store.consent(ada.id, "1")
    store.consent(ada.id, "1")
    assert store.has_consented(ada.id, "1")
    assert not store.has_consented(ada.id, "2")


def test_access_can_be_logged(store: Any, project: Any) -> None:
    store.log_access(store.person("ada", "2024").id, "viewed as a viewer", project.id)


def test_notes_on_steps_and_versions(store: Any, ada: Any) -> None:
    run, version = ada.run("1"), ada.save(b"{}")
    person = ada.owner.person
    says = {"author": "ada", "author_basis": "verified", "person": person}
    why = store.add_note(step=run, snapshot=None, kind="why", text="because", **says)
    there = store.add_note(step=None, snapshot=version, kind="note", text="here", **says)
    assert store.step(run, person=person).notes == [why]
    assert store.step(version, person=person).notes == [there]
    assert not store.step(run).notes[0].mine
    assert store.place_of_note(why.id).space == ada.space
    assert store.note_owner(why.id) == person
    edited = store.edit_note(why.id, kind="dead-end", text="it was not")
    assert (edited.kind, edited.text, edited.at) == ("dead-end", "it was not", why.at)
    assert edited.edited_at >= edited.at
    store.delete_note(why.id)
    assert store.step(run).notes == []
    for call in (store.delete_note, store.note_owner, store.place_of_note):
        with pytest.raises(NotFound):
            call(why.id)
    with pytest.raises(NotFound):
        store.edit_note(why.id, kind="note", text="x")


def test_a_note_has_one_place_a_kind_and_a_limit(store: Any, ada: Any) -> None:
    run = ada.run("1")
    says = {"author": "ada", "author_basis": "verified", "person": None}
    for step, snapshot, kind, text in (
        (run, "0" * 32, "why", "x"),
        (None, None, "why", "x"),
        (run, None, "opinion", "x"),
        (run, None, "why", "x" * 20_001),
    ):
        with pytest.raises(BadRequest):
            store.add_note(step=step, snapshot=snapshot, kind=kind, text=text, **says)
    for step, snapshot in ((new_id(), None), (None, new_id()), (None, run)):
        with pytest.raises(NotFound):
            store.add_note(step=step, snapshot=snapshot, kind="why", text="x", **says)
