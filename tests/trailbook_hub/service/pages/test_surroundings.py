"""What was around a run's kernel: language, image, and the commit that its folder stood at."""

import re

import pytest

COMMIT = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"


@pytest.fixture(scope="module")
def told(service):
    """Runs in three kernels: at a commit with changes, at a clean one, and where git is not."""
    trail = service.team.trail("alice", "at-commits.ipynb", service.team.project)
    around = [
        {"git_commit": COMMIT, "git_dirty": "yes", "language_version": "3.11.2"},
        {"git_commit": "f" * 40, "git_dirty": "no"},
        {"git_commit": "<script>", "git_dirty": "yes"},
    ]
    return [trail.start(**environment).run("fit()") for environment in around]


def strip(visitor, step):
    page = visitor("carol").at(f"steps/{step}").text
    return re.search(r'<p class="strip quiet">(.*?)</p>', page, re.DOTALL).group(1)


def test_a_step_says_which_commit_its_folder_stood_at(visitor, told):
    changed, clean, _ = (strip(visitor, step) for step in told)
    assert ">1a2b3c4</code>" in changed
    assert COMMIT in changed  # in full on hover
    assert "with changes" in changed
    assert "language version 3.11.2" in changed
    assert ">fffffff</code>" in clean
    assert "with changes" not in clean


def test_what_is_no_commit_is_not_shown(visitor, told):
    said = strip(visitor, told[2])
    assert "commit" not in said
    assert "script" not in said


def test_a_new_kernel_in_the_story_says_its_commit(visitor, service, told):
    notebook = service.team.store.step(told[0]).notebook
    lines = re.findall(
        r'<li class="kernel quiet">(.*?)</li>', visitor("carol").at(f"notebooks/{notebook}").text
    )
    assert len(lines) == 2
    assert "It began at commit <code" in lines[0]
    assert "fffffff" in lines[0]
    assert "commit" not in lines[1]
