"""What reviews say of themselves, in words for people: states, turns, verdicts, places."""

import difflib
from collections.abc import Sequence

from trailbook.store.review_views import (
    AnchorView,
    EntryView,
    ParticipantView,
    PlacementView,
    ReviewedCellView,
    ReviewedNotebookView,
    ReviewerView,
    ReviewView,
    ThreadView,
    TurnView,
)

STATES = {
    "draft": "draft",
    "open": "open",
    "changes-requested": "changes requested",
    "approved": "approved",
    "concluded": "concluded",
    "abandoned": "abandoned",
}
FINISHED = frozenset({"concluded", "abandoned"})
MINE = {
    "asked": "you are asked to review it",
    "asked-again": "you are asked to look again",
    "changed-since-approval": "the code changed since you approved it",
    "answered": "what you wrote was answered",
    "mentioned": "you were mentioned",
    "draft": "it is a draft, and nobody is asked yet",
    "changes-requested": "changes are requested",
    "approved": "it is approved, and a conclusion is missing",
    "threads-waiting": "comments wait for an answer",
}
THEIRS = {
    "asked": "was asked to review it",
    "asked-again": "was asked to look again",
    "changed-since-approval": "approved it before the code changed",
    "answered": "has an answer to read",
    "mentioned": "was mentioned",
    "draft": "has not asked anybody yet",
    "changes-requested": "was asked for changes",
    "approved": "can write the conclusion",
    "threads-waiting": "has comments to answer",
}
TOLD = {
    "asked": "asks you to review",
    "asked-again": "asks you to look again at",
    "mentioned": "mentioned you in",
    "commented": "commented on",
    "approved": "approved",
    "changes-requested": "asks for changes in",
    "concluded": "concluded",
    "abandoned": "abandoned",
    "reopened": "opened again",
}
"""Of notifications: what somebody did, before the review's title."""

ENTRIES = {
    "drafted": "began this as a draft",
    "opened": "opened it",
    "retitled": "changed the title or the description",
    "concluded": "concluded it",
    "abandoned": "abandoned it",
    "reopened": "opened it again",
}


def name(person: ParticipantView) -> str:
    """What a person is called."""
    return person.display_name or person.name


def because(why: str, *, mine: bool) -> str:
    """Why it is somebody's turn; a reason that this page does not know yet says nothing."""
    return (MINE if mine else THEIRS).get(why, "")


def others(turns: Sequence[TurnView], me: str | None) -> list[TurnView]:
    """Everybody else for whom it waits."""
    return [turn for turn in turns if turn.person.id != me]


def standing(reviewer: ReviewerView) -> str:
    """What a reviewer decided, and whether it still stands."""
    if reviewer.verdict is None:
        return "asked, not decided yet" if reviewer.asked else "wrote"
    decided = "approved" if reviewer.verdict == "approve" else "asks for changes"
    at = f" (revision {reviewer.verdict_revision})" if reviewer.verdict_revision else ""
    doubt = {
        "rerun": ", before a re-run that changed outputs only",
        "stale": "; the code changed since, so this no longer counts",
        "asked-again": "; asked to look again",
    }.get(reviewer.standing, "")
    return f"{decided}{at}{doubt}"


def said(entry: EntryView) -> str:
    """What an entry of the conversation says its person did."""
    if entry.kind == "submitted":
        verdict = {"approve": "approved", "changes": "asked for changes"}.get(entry.verdict or "")
        at = f" in revision {entry.revision}" if entry.revision and verdict else ""
        return f"{verdict}{at}" if verdict else "commented"
    return ENTRIES.get(entry.kind, "")


def about(anchor: AnchorView, placement: PlacementView, path: str) -> str:
    """What a thread is about: `features.ipynb, cell 7, lines 3 to 5`."""
    if anchor.kind == "review":
        return "The whole review"
    if anchor.kind == "step":
        return f"{path}, the step “{anchor.starts}”" if anchor.starts else f"{path}, a step"
    number = placement.place
    words = [path, "a cell that is gone" if number is None else f"cell {number + 1}"]
    if anchor.kind == "lines":
        first = placement.first_line or anchor.first_line
        last = placement.last_line or anchor.last_line or first
        words.append(f"line {first}" if first == last else f"lines {first}\N{EN DASH}{last}")
    elif anchor.kind == "output":
        output = anchor.output if placement.output is None else placement.output
        words.append(f"output {(output or 0) + 1}")
    if anchor.side == "base":
        words.append("as it was before")
    return ", ".join(part for part in words if part)


def doubt(thread: ThreadView) -> str:
    """What has happened to the place since; nothing where it is as it was."""
    place = thread.placement
    if thread.anchor.kind == "step":
        return "" if place.state == "here" else "The step was deleted."
    if place.state == "gone" and place.place is None:
        return "The cell is no longer in the notebook."
    what = {"lines": "These lines", "output": "This output"}.get(thread.anchor.kind, "The cell")
    if place.state == "gone":
        return f"{what} {'are' if thread.anchor.kind == 'lines' else 'is'} gone from the cell."
    return f"{what} changed since this was written." if place.state == "changed" else ""


def changed(notebook: ReviewedNotebookView) -> list[ReviewedCellView]:
    """The cells that differ from the base."""
    return [cell for cell in notebook.cells if cell.change != "same"]


def to_view(review: ReviewView) -> tuple[int, int]:
    """How many of the changed cells are ticked as viewed, and how many there are."""
    cells = [cell for notebook in review.notebooks for cell in changed(notebook) if cell.digest]
    return sum(cell.viewed for cell in cells), len(cells)


def cells_in_all(review: ReviewView) -> int:
    """How many cells the heads have."""
    return sum(notebook.head.cells for notebook in review.notebooks if notebook.head)


def lines_changed(before: str, after: str) -> list[tuple[str, str]]:
    """A suggestion beside what stands there: (sign, line), sign is ` `, `-` or `+`."""
    told = []
    for line in difflib.ndiff(before.splitlines()[:2000], after.splitlines()[:2000]):
        if line[0] != "?":
            told.append((line[0], line[2:]))
    return told
