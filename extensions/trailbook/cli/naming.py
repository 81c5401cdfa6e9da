"""What people name in the commands: a notebook by its path, a moment by an id or a link."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..errors import Conflict, NotFound, TrailbookError
from ..store.views import NotebookView
from .sources import Source

T = TypeVar("T")

ID = re.compile(r"(?:^|/)([0-9a-f]{32})(?:$|[/?#])")


def id_in(text: str) -> str | None:
    """The id in an id, or in a link of the reader."""
    found = ID.search(text)
    return found[1] if found else None


def notebook_named(source: Source, path: str, project: str | None) -> NotebookView:
    """The one notebook with this path, or whose path ends with it."""
    views = source.notebooks(project)
    wanted = path.strip("/")
    exact = [view for view in views if view.path == wanted]
    ending = [view for view in views if f"/{view.path}".endswith(f"/{wanted}")]
    found = exact or ending or from_this_folder(views, path)
    if not found:
        raise NotFound(f"notebook {path!r}")
    if len(found) > 1:
        paths = ", ".join(view.path for view in found)
        raise Conflict(f"{path!r} is several notebooks: {paths}")
    return found[0]


def from_this_folder(views: list[NotebookView], path: str) -> list[NotebookView]:
    """Notebooks that this file can be, seen from Jupyter's root folder: the longest match."""
    whole = Path(path).absolute().as_posix()
    ends = [view for view in views if whole.endswith(f"/{view.path}")]
    longest = max((len(view.path) for view in ends), default=0)
    return [view for view in ends if len(view.path) == longest]


def version_named(source: Source, text: str) -> tuple[str, bytes]:
    """A name and the bytes of a version, of the notebook at a step, or of a file."""
    wanted = id_in(text)
    if wanted is None:
        file = Path(text)
        if not file.is_file():
            raise NotFound(f"version, step or file {text!r}")
        return text, file.read_bytes()
    view = absent_as_none(source.snapshot, wanted) or source.snapshot_at(wanted)
    return f"{view.path}@{view.id}", source.snapshot_bytes(view.id)


def absent_as_none(ask: Callable[[str], T], wanted: str) -> T | None:
    """The answer, or None where there is no such thing for us."""
    try:
        return ask(wanted)
    except TrailbookError as error:
        if error.status != 404:
            raise
        return None
