"""A store out of a backup: every chunk and the whole file verified before it takes its place."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import blake3
import msgspec

from ...errors import BackupDamaged, Conflict
from ..checking.check import Check, Report
from ..tables.direct import Direct
from .folder import Folder, State, private, sync_folder

Progress = Callable[[int, int], None]


class RestoreView(msgspec.Struct, kw_only=True):
    """What was restored."""

    name: str
    at: int
    size: int
    newer_purges: bool  # a later backup of the folder knows of purges that this one does not
    damages: list[str]  # that the store already had when it was backed up


def restore(
    folder: Path,
    store: Path,
    name: str | None = None,
    progress: Progress = lambda done, total: None,
) -> RestoreView:
    """Put a backup, the newest unless one is named, at a place where nothing is."""
    backups = Folder(folder)
    name, state = backups.state(name)
    _refuse_to_replace(store)
    store.parent.mkdir(parents=True, exist_ok=True)
    part = store.with_name(f".{store.name}.restoring")
    try:
        _write(backups, name, state, part, progress)
        report = _checked(part)
        _put_in_place(part, store)
    finally:
        part.unlink(missing_ok=True)
    newest = max((one.purges for one in backups.states().values()), default=0)
    return RestoreView(
        name=name,
        at=state.at,
        size=state.size,
        newer_purges=newest > state.purges,
        damages=report.damages,
    )


def _refuse_to_replace(store: Path) -> None:
    for there in (store, store.with_name(f"{store.name}-wal")):
        if there.exists():
            raise Conflict(f"{there} is there already: a backup is restored to a new place.")


def _write(backups: Folder, name: str, state: State, part: Path, progress: Progress) -> None:
    whole = blake3.blake3()
    done = 0
    with private(part) as file:
        for chunk in backups.read(state, name):
            whole.update(chunk)
            file.write(chunk)
            done += len(chunk)
            progress(done, state.size)
        if done != state.size or whole.digest() != state.digest:
            raise BackupDamaged(name)
        file.flush()
        os.fsync(file.fileno())


def _checked(part: Path) -> Report:
    """Look through it without leaving anything beside it."""
    address = f"{part.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return Check(Direct(connection)).run()


def _put_in_place(part: Path, store: Path) -> None:
    """At once and only where nothing is, also if somebody makes a store there right now."""
    try:
        os.link(part, store)
    except FileExistsError:
        _refuse_to_replace(store)
        raise
    except OSError:  # no such links on this file system
        _refuse_to_replace(store)
        part.replace(store)
    sync_folder(store.parent)
