"""The reader: pages of the hub, made on the server, with small scripts.

Everything is decided by the API's own verbs and `trailbook.access`; a page adds words.
"""

import re
from typing import Any

from trailbook.api import Host

from .base import Page
from .cells import Cell
from .diffs import Diff, StepDiff
from .home import BeginProject, Home, Welcome
from .notebooks import AtStep, Version
from .projects import CharterPage, People, Project, Recording, Restart
from .reviews import Inbox, ProjectReviews
from .reviews_ask import Ask
from .reviews_changes import Changes
from .reviews_page import Conversation
from .reviews_steps import Steps
from .reviews_told import Notifications
from .reviews_writing import (
    Asking,
    Comment,
    Edit,
    Looked,
    Preview,
    State,
    StepThread,
    Submit,
    Thread,
)
from .served import Frame, Static
from .steps import DeleteStep, Note, Step, StepNotes, Story

ROUTES: list[tuple[str, type[Page]]] = [
    ("", Home),
    ("welcome", Welcome),
    ("projects/new", BeginProject),
    ("projects/{slug}", Project),
    ("projects/{slug}/charter", CharterPage),
    ("projects/{slug}/people", People),
    ("projects/{slug}/reviews", ProjectReviews),
    ("projects/{slug}/recording", Recording),
    ("projects/{slug}/restart", Restart),
    ("notebooks/{id}", Story),
    ("notebooks/{id}/cells/{n}", Cell),
    ("steps/{id}", Step),
    ("steps/{id}/notebook", AtStep),
    ("steps/{id}/diff", StepDiff),
    ("steps/{id}/delete", DeleteStep),
    ("steps/{id}/outputs/{n}/delete", DeleteStep),
    ("steps/{id}/notes", StepNotes),
    ("notes/{id}", Note),
    ("snapshots/{id}", Version),
    ("diff", Diff),
    ("reviews", Inbox),
    ("reviews/new", Ask),
    ("reviews/{id}", Conversation),
    ("reviews/{id}/steps", Steps),
    ("reviews/{id}/changes", Changes),
    ("reviews/{id}/submit", Submit),
    ("reviews/{id}/state", State),
    ("reviews/{id}/asks", Asking),
    ("reviews/{id}/edit", Edit),
    ("reviews/{id}/look", Looked),
    ("reviews/{id}/threads", StepThread),
    ("threads/{id}", Thread),
    ("comments/{id}", Comment),
    ("markdown", Preview),
    ("notifications", Notifications),
    ("frame.html", Frame),
    ("static/{name}", Static),
]
PARTS = {
    "{id}": "([0-9a-f]{32})",
    "{slug}": "([^/]+)",
    "{n}": "([0-9]{1,9})",
    "{name}": r"([A-Za-z0-9_-][A-Za-z0-9._-]*)",
}


def routes(prefix: str, base: type[Host], **facts: Any) -> list[tuple[str, type[Host]]]:
    """The pages, mounted under `prefix`; `facts` are attributes of `Page` that differ here."""
    return [
        (
            re.escape(prefix) + re.sub(r"\{\w+\}", lambda part: PARTS[part.group()], pattern),
            type(handler.__name__, (handler, base), {"prefix": prefix, **facts}),
        )
        for pattern, handler in ROUTES
    ]
