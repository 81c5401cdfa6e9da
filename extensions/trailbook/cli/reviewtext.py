"""How reviews look in a terminal."""

from collections.abc import Iterator

from ..store.review_views import (
    CommentView,
    ParticipantView,
    ReviewedNotebookView,
    ReviewLineView,
    ReviewView,
    ThreadView,
    TurnView,
)
from .phrases import counted, moment, one_line, plain

WHY = {
    "asked": "is asked to review",
    "asked-again": "is asked again",
    "changed-since-approval": "approved an earlier version",
    "answered": "has an answer",
    "mentioned": "is mentioned",
    "draft": "has not sent it yet",
    "changes-requested": "is asked for changes",
    "approved": "can conclude it",
    "threads-waiting": "has threads to answer",
}
STANDING = {
    "holds": "",
    "rerun": ", before a re-run that changed outputs only",
    "stale": ", of earlier sources",
    "asked-again": ", and is asked again",
}
VERDICTS = {"approve": "approves", "changes": "asks for changes"}


def review_line(view: ReviewLineView) -> str:
    """A review in a list."""
    waits = f"; waits: {', '.join(turn_words(turn) for turn in view.turns)}" if view.turns else ""
    threads = f", {counted(view.open_threads, 'open thread')}" if view.open_threads else ""
    where = "" if view.project is None else f"{view.project} "
    return (
        f"{view.id}  {where}{view.number}  {one_line(view.title)}  "
        f"({view.state.replace('-', ' ')}{threads}{waits})"
    )


def turn_words(turn: TurnView) -> str:
    """Whose turn it is, and why."""
    return f"{name(turn.person)} {WHY.get(turn.why, turn.why)}"


def review_text(view: ReviewView) -> list[str]:
    """A review from top to bottom."""
    state = view.state.replace("-", " ")
    lines = [f"Review {view.number}  {one_line(view.title)}  ({state})"]
    asked = [name(it.person) for it in view.reviewers if it.asked]
    lines.append(f"{name(view.author)} asks {', '.join(asked) or 'nobody'}")
    lines += [notebook_words(it) for it in view.notebooks]
    lines += [
        f"{name(it.person)} {VERDICTS[it.verdict]}{STANDING.get(it.standing, '')}"
        for it in view.reviewers
        if it.verdict is not None
    ]
    lines += [f"Waits: {turn_words(turn)}" for turn in view.turns]
    if view.description.strip():
        lines += ["", *plain(view.description).splitlines()]
    for entry in view.conversation:
        if entry.comment is not None:
            lines += ["", *comment_text(entry.comment, "")]
    for thread in view.threads:
        lines += ["", *thread_text(thread)]
    if view.conclusion is not None:
        said = plain(view.conclusion.text).splitlines()
        lines += ["", f"Concluded by {name(view.conclusion.by)}:", *said]
    return lines


def notebook_words(view: ReviewedNotebookView) -> str:
    """What is compared of a notebook."""
    base = "nothing" if view.base is None else moment(view.base.at)
    head = "a version that is gone" if view.head is None else moment(view.head.at)
    changed = sum(cell.change != "same" for cell in view.cells)
    return f"{plain(view.path)}  {base} → {head}, {counted(changed, 'cell')} changed"


def thread_text(view: ThreadView) -> Iterator[str]:
    """A thread with its comments."""
    state = "resolved" if view.resolved else "open"
    doubt = {"gone": "; the cell is gone", "changed": "; it changed since"}
    yield f"{view.id}  {about(view)}  ({state}{doubt.get(view.placement.state, '')})"
    for line in plain(view.anchor.quote).splitlines()[:5]:
        yield f"    | {line}"
    for comment in view.comments:
        yield from comment_text(comment, "  ")


def about(thread: ThreadView) -> str:
    """What a thread is about; cells are counted as people do, from 1, as they stand now."""
    anchor, place = thread.anchor, thread.placement.place
    if anchor.kind == "review":
        return "The whole review"
    if anchor.kind == "step":
        return "A step"
    where = "A cell" if place is None else f"Cell {place + 1}"
    words = where + (f" “{one_line(anchor.starts)}”" if anchor.starts else "")
    if anchor.kind == "lines":
        last = "" if anchor.last_line == anchor.first_line else f" to {anchor.last_line}"
        return f"{words}, line {anchor.first_line}{last}"
    return f"{words}, output" if anchor.kind == "output" else words


def comment_text(view: CommentView, indent: str) -> Iterator[str]:
    """A comment with who wrote it when."""
    draft = ", a draft that only you see" if view.draft else ""
    yield f"{indent}{name(view.author)}, {moment(view.at)}{draft}"
    text = "(deleted)" if view.deleted else plain(view.text)
    yield from (f"{indent}  {line}" for line in text.splitlines())
    if view.suggestion is not None:
        applied = " (applied)" if view.suggestion.applied_at is not None else ""
        yield f"{indent}  suggests{applied}:"
        yield from (f"{indent}  + {line}" for line in plain(view.suggestion.source).splitlines())


def name(person: ParticipantView) -> str:
    """A person as a terminal shows them."""
    return plain(person.name) + (" (no longer in the project)" if person.gone else "")
