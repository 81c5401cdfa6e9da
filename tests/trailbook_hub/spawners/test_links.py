"""Links to projects' folders in a home that its person may change at any time."""

from pathlib import Path

import pytest

from trailbook_hub.spawners.links import link_projects


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    folder = tmp_path / "projects"
    for name in ("p-1", "p-2"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def links(home: Path) -> dict[str, str]:
    return {link.name: str(link.readlink()) for link in (home / "projects").iterdir()}


def test_members_get_a_link_for_each_project(home: Path, ours: Path) -> None:
    wanted = {"churn": ours / "p-1", "ads": ours / "p-2"}
    assert link_projects(home, wanted, ours) == []
    assert links(home) == {"churn": str(ours / "p-1"), "ads": str(ours / "p-2")}
    assert link_projects(home, wanted, ours) == [], "twice is once"


def test_a_link_goes_with_the_membership_and_follows_a_new_name(home: Path, ours: Path) -> None:
    link_projects(home, {"churn": ours / "p-1", "ads": ours / "p-2"}, ours)
    link_projects(home, {"leavers": ours / "p-1"}, ours)
    assert links(home) == {"leavers": str(ours / "p-1")}


def test_a_name_can_change_hands(home: Path, ours: Path) -> None:
    link_projects(home, {"churn": ours / "p-1"}, ours)
    assert link_projects(home, {"churn": ours / "p-2"}, ours) == []
    assert links(home) == {"churn": str(ours / "p-2")}


def test_what_people_put_there_stays_and_is_named(home: Path, ours: Path) -> None:
    (home / "projects" / "churn").mkdir(parents=True)
    (home / "projects" / "mine").symlink_to("/somewhere")
    assert link_projects(home, {"churn": ours / "p-1"}, ours) == ["churn"]
    assert (home / "projects" / "churn").is_dir()
    assert (home / "projects" / "mine").is_symlink()


def test_whoever_is_in_no_project_gets_no_folder(home: Path, ours: Path) -> None:
    assert link_projects(home, {}, ours) == []
    assert not (home / "projects").exists()


def test_a_link_in_place_of_the_folder_is_not_followed(
    home: Path, ours: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (home / "projects").symlink_to(elsewhere)
    assert link_projects(home, {"churn": ours / "p-1"}, ours) == ["churn"]
    assert list(elsewhere.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_left(home: Path, ours: Path) -> None:
    (home / "projects").write_text("mine")
    assert link_projects(home, {"churn": ours / "p-1"}, ours) == ["churn"]
    assert (home / "projects").read_text() == "mine"
