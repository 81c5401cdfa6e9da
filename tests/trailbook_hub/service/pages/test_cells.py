"""One cell through the versions of its notebook, on a page of its own."""

import re

import pytest

FIT = "model = Forest(trees={})\nmodel.fit(frame, labels)\nmodel.score(frame, labels)"


def cell(id_, source, kind="code"):
    made = {"cell_type": kind, "id": id_, "metadata": {}, "source": source}
    return made if kind != "code" else {**made, "execution_count": None, "outputs": []}


@pytest.fixture(scope="module")
def told(service):
    """A notebook whose first cell was overwritten, and copied into another notebook."""
    trail = service.team.trail("alice", "cells.ipynb", service.team.project)
    run = trail.run(FIT.format(200), cell="fit")
    trail.save([cell("fit", FIT.format(200)), cell("m", "# <b>Title</b>", "markdown")])
    trail.run(FIT.format(400), cell="fit")
    trail.save([cell("fit", FIT.format(400)), cell("m", "# <b>Title</b>", "markdown")])
    other = service.team.trail("alice", "other.ipynb", service.team.project)
    other.save([cell("x", FIT.format(400))])
    trail.save([cell("fit", FIT.format(400))])
    return run


def words(answer):
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main))


def test_a_step_leads_to_the_history_of_its_cell(visitor, service, told):
    carol = visitor("carol")
    step = carol.at(f"steps/{told}")
    [link] = re.findall(
        r'href="[^"]*?(notebooks/[0-9a-f]{32}/cells/0)">History of this cell', step.text
    )
    page = carol.at(link)
    said = words(page)
    assert "It is number 1 in the notebook now." in said
    assert said.index("Edited by") < said.index("Written by") < said.index("When it ran")
    assert "It was copied to a cell of other.ipynb" in said
    assert page.text.count(f"steps/{told}") == 1


def test_a_cell_that_is_gone_still_has_its_history(visitor, service, told):
    notebook = service.team.store.step(told).notebook
    page = visitor("carol").at(f"notebooks/{notebook}/cells/1")
    said = words(page)
    assert "It is no longer in the notebook." in said
    assert "Taken out by" in said
    assert "No run of this cell is recorded." in said
    assert "<b>Title</b>" not in page.text


def test_whose_notebook_one_may_not_see_has_no_cells_either(visitor, service, told):
    notebook = service.team.store.step(told).notebook
    private = service.team.store.step(service.private).notebook
    carol = visitor("carol")
    assert carol.at(f"notebooks/{private}/cells/0").status_code == 404
    assert carol.at(f"notebooks/{notebook}/cells/99").status_code == 404


def test_a_step_that_was_never_saved_leads_to_no_cell(visitor, service):
    trail = service.team.trail("alice", "unsaved.ipynb", service.team.project)
    assert "History of this cell" not in visitor("carol").at(f"steps/{trail.run('1')}").text


def test_a_cell_that_was_deleted_is_not_called_empty(visitor, service):
    alice = service.team.trail("alice", "gone.ipynb", service.team.project)
    run = alice.run(FIT.format(800), cell="gone")
    alice.save([cell("gone", FIT.format(800)), cell("e", "")])
    notebook = service.team.store.step(run).notebook
    service.team.store.delete_step(run, by=alice.owner.person)
    carol = visitor("carol")
    said = [words(carol.at(f"notebooks/{notebook}/cells/{n}")) for n in (0, 1)]
    assert said[0].startswith(" A cell How this")
    assert "What stood here was deleted" in said[0]
    assert said[1].startswith(" An empty cell How this")
