"""The review of the demo project, which waits for the first person who comes."""

from trailbook.ids import new_id
from trailbook.store.base import Store
from trailbook.store.people.persons import DEMO
from trailbook.store.review_facts import ABANDONED, CONCLUDED, DRAFT, OPEN, NewNotebook
from trailbook.store.review_views import AnchorView
from trailbook.store.views import NotebookView, ProjectView

AUTHOR, OTHER = "bob", "ada"
NOTEBOOK = "2 Models.ipynb"
STATES = (DRAFT, OPEN, CONCLUDED, ABANDONED)
CELL = 5  # the number of the cell in which the forest is tried
TITLE = "A forest and a support vector machine"
DESCRIPTION = """\
The logistic regression was the best so far. Here are two models that can bend: a random forest,
and a support vector machine, each judged in the same way, and a plot of both.

This review is part of the demo, and waits for you. *Changes* shows what is new. Comment on a line,
tick what you have seen, then approve it or ask for changes: nobody is disappointed.
"""
QUESTION = """\
Four hundred trees take their time. How many more second looks must it spare than the logistic
regression for us to keep it?
"""


def ask_first_person(store: Store, project: ProjectView, person: str) -> None:
    """Ask somebody for the demo's review, unless it was asked for before."""
    found = [it for it in store.notebooks(project.space) if it.path == NOTEBOOK]
    if not found or store.reviews([project.space], STATES):
        return
    [notebook] = found
    stretch = _stretch(store, notebook)
    author = store.person(AUTHOR, DEMO).id
    review = store.create_review(
        project.space,
        title=TITLE,
        description=DESCRIPTION,
        author=author,
        draft=False,
        notebooks=[stretch],
        reviewers=[person],
        tell={person: "asked"},
    )
    _comment(store, review, stretch)


def _stretch(store: Store, notebook: NotebookView) -> NewNotebook:
    """From the last version without the forest to the newest one."""
    newest, *older = store.snapshots(notebook.id, limit=100)
    without = (it.id for it in older if all(c.number < CELL for c in store.version_cells(it.id)))
    return NewNotebook(
        notebook=notebook.id, base=next(without, None), head=newest.id, following=True
    )


def _comment(store: Store, review: str, stretch: NewNotebook) -> None:
    """One open thread, about the last line of the forest's cell."""
    key = (stretch.head, CELL)
    lines = store.cell_sources([key]).get(key, "").split("\n")
    anchor = AnchorView(
        kind="lines",
        notebook=stretch.notebook,
        snapshot=stretch.head,
        cell=CELL,
        first_line=len(lines),
        last_line=len(lines),
        quote=lines[-1],
        starts=lines[0],
    )
    other = store.person(OTHER, DEMO).id
    store.open_thread(review, anchor, by=other, text=QUESTION, suggestion=None)
    facts = store.review(review)
    store.submit(
        review,
        by=other,
        verdict=None,
        text="",
        revision=facts.revisions[-1].number,
        seen=facts.changes,
        submission=new_id(),
        tell=[],
    )
