"""Deleted notebooks: listed, read, downloaded, and the way back for who worked there."""

import re

import pytest

import desk

CELL = {
    "cell_type": "code",
    "id": "c",
    "metadata": {},
    "source": "kept = 1",
    "execution_count": 1,
    "outputs": [],
}


@pytest.fixture
def gone(service, request):
    """A notebook of the project that bob saved and deleted; its trail and its identity."""
    trail = service.team.trail("bob", f"{request.node.name}.ipynb", service.team.project)
    trail.run("kept = 1")
    trail.save([CELL])
    identity = service.team.store.notebook_at(trail.space, trail.path).id
    trail.delete()
    return trail, identity


def links(answer, words):
    return re.findall(rf'href="([^"]*)"[^>]*>{words}<', answer.text)


def test_a_project_lists_what_was_deleted_with_a_way_back_for_who_works_in_it(visitor, gone):
    _, identity = gone
    for name, expected in (("bob", 1), ("carol", 0)):
        page = visitor(name).at("projects/churn")
        assert f"/notebooks/{identity}" in page.text
        ways = [link for link in links(page, "Restore") if identity in link]
        assert len(ways) == expected, name
        assert ways == [f"/hub/user-redirect/lab?trailbook-restore={identity}"] * expected


def test_ones_own_are_listed_at_home(visitor, service):
    trail = service.team.trail("bob", "own and gone.ipynb")
    trail.save([CELL])
    identity = service.team.store.notebook_at(trail.space, trail.path).id
    assert "own and gone" in visitor("bob").at("").text
    trail.delete()
    home = visitor("bob").at("")
    assert any(identity in link for link in links(home, "Restore"))
    assert identity not in visitor("alice").at("").text


def test_its_steps_and_its_last_version_say_that_it_is_gone(visitor, service, gone):
    _, identity = gone
    [version] = service.team.store.snapshots(identity)
    for path in (f"notebooks/{identity}", f"snapshots/{version.id}"):
        for name in ("bob", "carol"):
            page = visitor(name).at(path)
            assert "The file was deleted" in page.text
            [file] = links(page, "Download its last version")
            assert file.endswith(f"/snapshots/{version.id}/file")
            assert bool(links(page, "Restore in JupyterLab")) is (name == "bob")


def test_a_notebook_that_was_never_saved_has_no_way_back(visitor, service):
    trail = service.team.trail("bob", "unsaved.ipynb", service.team.project)
    trail.run("x = 1")
    identity = service.team.store.notebook_at(trail.space, trail.path).id
    trail.delete()
    page = visitor("bob").at(f"notebooks/{identity}")
    assert "no version to get back" in page.text
    assert not links(page, "Restore in JupyterLab")
    assert not any(identity in way for way in links(visitor("bob").at("projects/churn"), "Restore"))


def test_what_lies_there_again_and_what_lay_there_lead_to_each_other(visitor, service, gone):
    trail, identity = gone
    bob = visitor("bob")
    assert "of this name" not in bob.at(f"notebooks/{identity}").text
    trail.at += desk.SECOND
    trail.save([CELL])
    again = service.team.store.notebook_at(trail.space, trail.path).id
    assert again != identity
    [there] = links(bob.at(f"notebooks/{identity}"), "a notebook of this name again")
    [before] = links(bob.at(f"notebooks/{again}"), "An earlier notebook of this name")
    assert (there[-32:], before[-32:]) == (again, identity)
