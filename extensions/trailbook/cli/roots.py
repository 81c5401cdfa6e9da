"""Where a notebook lies as a Jupyter server sees it: the folder that paths count from, and a path.

The same file must get the same path as in JupyterLab, else it would be another notebook, and a
project's notebook would look like somebody's own.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import BadRequest

PROJECTS = "projects"
"""The folder of a home in which links lead to the folders of projects."""


class Rooted(NamedTuple):
    """A file as a server calls it."""

    root: Path
    path: str


def rooted(file: Path, given: Path | None = None) -> Rooted:
    """The file below the named folder, or below that of a server that runs, of the hub, or ours."""
    if given is not None:
        root = absolute(given)
        path = path_below(file, root)
        if path is None:
            raise BadRequest(f"{file} does not lie in {root}.")
        return Rooted(root, path)
    for root in _likely():
        path = path_below(file, root)
        if path is not None:
            return Rooted(root, path)
    return Rooted(file.parent, file.name)


def path_below(file: Path, root: Path) -> str | None:
    """The path of a file from a folder, also where links lead from one to the other."""
    if file.is_relative_to(root):
        return file.relative_to(root).as_posix()
    real = Path(os.path.realpath(file))
    projects = root / PROJECTS
    links = sorted(projects.iterdir()) if projects.is_dir() else []
    for place in [*links, root]:
        target = Path(os.path.realpath(place))
        if real.is_relative_to(target):
            return (place.relative_to(root) / real.relative_to(target)).as_posix()
    return None


def absolute(path: Path) -> Path:
    """The path from the top, by the names under which a shell came here."""
    return Path(os.path.normpath(here() / path))


def here() -> Path:
    """The current folder by the name under which a shell came here, links included."""
    named = os.environ.get("PWD", "")
    try:
        if named and os.path.samefile(named, "."):
            return Path(named)
    except OSError:
        pass
    return Path.cwd()


def _likely() -> Iterator[Path]:
    from jupyter_server.serverapp import list_running_servers

    running = [Path(info["root_dir"]) for info in list_running_servers()]
    yield from sorted(running, key=lambda path: -len(path.parts))
    if "JUPYTERHUB_ROOT_DIR" in os.environ:
        yield Path(os.environ["JUPYTERHUB_ROOT_DIR"])
    if "JUPYTERHUB_USER" in os.environ:
        yield Path.home()
    yield here()
