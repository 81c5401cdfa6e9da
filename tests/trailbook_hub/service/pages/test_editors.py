"""A notebook that several people write at the same time names all of them where it names one."""

import re

import pytest


@pytest.fixture(scope="module")
def written(service):
    """A version by three people, the last of them not to be told; then one by its author alone."""
    trail = service.team.trail("alice", "shared.ipynb", service.team.project)
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "outputs": [], "execution_count": None}
    together = trail.save([{**cell, "source": "1"}], editors=["<b>", "alice", None])
    alone = trail.save([{**cell, "source": "2"}], editors=["alice"])
    return together, alone


def said(html):
    """The words of a piece of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


def lead(page):
    return said(re.search(r'<p class="lead">(.*?)</p>', page.text, re.DOTALL).group(1))


def test_a_version_names_all_who_wrote_it(visitor, written):
    together, alone = (visitor("carol").at(f"snapshots/{one}") for one in written)
    assert "by &lt;b&gt;name only, alice and somebodynot known, 1 cell" in lead(together)
    assert "by alice, 1 cell" in lead(alone)
    assert "saved by &lt;b&gt;, alice and somebody, 1 cell" in said(alone.text)


def test_a_step_and_its_line_in_the_story_name_them_too(visitor, service, written):
    carol = visitor("carol")
    step = carol.at(f"steps/{written[0]}")
    assert "alice and somebodynot known changed this" in lead(step)
    notebook = service.team.store.snapshot(written[0]).notebook
    story = said(carol.at(f"notebooks/{notebook}").text)
    assert "by &lt;b&gt;, alice and somebody" in story
    assert "by alice" not in story.partition("Changed, not run")[2]
