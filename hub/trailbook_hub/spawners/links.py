"""`projects/<slug>` in a home, as links to the projects' folders.

A home belongs to its person, who may put anything anywhere in it while we work as root. So
every step goes through an open folder and follows no link.
"""

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def link_projects(home: Path, wanted: Mapping[str, Path], ours: Path) -> list[str]:
    """Make `home/projects` hold these links; answer the names that something else takes up.

    Links into `ours` that are not wanted go; nothing else is touched.
    """
    home_fd = os.open(home, FOLDER)
    try:
        projects_fd = open_projects(home_fd, make=bool(wanted))
    except OSError:
        # `projects` is something of theirs: leave it.
        return sorted(wanted)
    finally:
        os.close(home_fd)
    if projects_fd is None:
        return []
    try:
        remove_unwanted(projects_fd, wanted, ours)
        return [name for name, target in wanted.items() if not link(projects_fd, name, target)]
    finally:
        os.close(projects_fd)


def open_projects(home_fd: int, *, make: bool) -> int | None:
    """The open folder `projects` in a home, made like the home when it is needed."""
    if make:
        try:
            os.mkdir("projects", 0o700, dir_fd=home_fd)
        except FileExistsError:
            pass
        else:
            owner = os.fstat(home_fd)
            os.chown("projects", owner.st_uid, owner.st_gid, dir_fd=home_fd, follow_symlinks=False)
    try:
        return os.open("projects", FOLDER, dir_fd=home_fd)
    except FileNotFoundError:
        return None


def remove_unwanted(projects_fd: int, wanted: Mapping[str, Path], ours: Path) -> None:
    """Take away links to projects that this person is not in, or not under this name."""
    for name in os.listdir(projects_fd):
        target = target_of(projects_fd, name)
        if target is None or Path(target).parent != ours:
            continue
        if name not in wanted or Path(target) != wanted[name]:
            os.unlink(name, dir_fd=projects_fd)


def link(projects_fd: int, name: str, target: Path) -> bool:
    """Make one link; False when something else has its name."""
    try:
        os.symlink(target, name, dir_fd=projects_fd)
    except FileExistsError:
        return target_of(projects_fd, name) == str(target)
    return True


def target_of(projects_fd: int, name: str) -> str | None:
    """Where a link leads; None for what is no link."""
    try:
        return os.readlink(name, dir_fd=projects_fd)
    except OSError:
        return None
