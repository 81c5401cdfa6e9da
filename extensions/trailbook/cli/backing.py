"""`trailbook backup` and `trailbook restore`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .answering import DIFFERENT, say, say_json, sentences, store_options
from .phrases import counted, moment, plain
from .progress import Progress
from .stores import present

if TYPE_CHECKING:
    from ..store.backup.making import BackupView
    from ..store.backup.restoring import RestoreView

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


class Share:
    """How much of a copy is done."""

    def __init__(self) -> None:
        self._progress = Progress()
        self._last = -1

    def __call__(self, done: int, total: int) -> None:
        """Show it where it is another number than before."""
        share = 100 * done // max(1, total)
        if share != self._last:
            self._last = share
            self._progress.say(f"{share} %")

    def end(self) -> None:
        """Leave no trace on the terminal."""
        self._progress.end()


@click.command("backup", short_help="Copy what is new in a store to a folder of backups.")
@click.argument("folder", type=FOLDER)
@click.option(
    "--keep", default=14, show_default=True, type=click.IntRange(min=1), metavar="N",
    help="So many backups stay in the folder; older ones go.",
)  # fmt: skip
@click.option(
    "--drop-stale", is_flag=True,
    help="Remove backups that hold what was purged since, and share nothing with them.",
)  # fmt: skip
@store_options
def backup(folder: Path, store: Path | None, keep: int, drop_stale: bool, as_json: bool) -> None:
    """Copy a store to FOLDER, which holds backups of this store alone.

    The service can go on: what is copied is the store at the moment in which this begins, and
    nobody who saves waits. The first backup copies everything, the next ones what is new.
    One that is interrupted leaves the earlier ones as they were.

    \b
    trailbook backup /mnt/backups --store data/service/trailbook.sqlite
    """
    from ..store.backup.making import make

    store = present(store)
    share = Share()
    try:
        view = make(store, folder, keep=keep, drop_stale=drop_stale, progress=share)
    finally:
        share.end()
    say_json(view) if as_json else say(backup_lines(view))


def backup_lines(view: "BackupView") -> list[str]:
    """What a backup came to."""
    kept = counted(len(view.kept), "backup")
    lines = [
        f"Backup {view.name}: {view.size:,} bytes, of which {view.written:,} were written now.",
        f"{kept} in the folder.",
    ]
    if view.stale:
        stale = counted(len(view.stale), "earlier backup")
        lines += [
            f"{stale} still hold what was purged since:",
            *(f"  {name}" for name in view.stale),
            "--drop-stale removes them with the next backup.",
        ]
    return lines


@click.command("restore", short_help="Put a backup of a store at a new place.")
@click.argument("folder", type=FOLDER)
@click.option("--store", type=FILE, help="The store's new file; nothing may be there.")
@click.option("--backup", "name", metavar="NAME", help="Not the newest, but this one.")
@click.option("--list", "listed", is_flag=True, help="Say which backups there are.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
@sentences
def restore(
    folder: Path, store: Path | None, name: str | None, listed: bool, as_json: bool
) -> None:
    """Verify a backup in FOLDER and put it at a place where no store is.

    To replace a store, stop the service, move the old file away together with those that have its
    name and -wal or -shm at the end, restore, and start the service. Recorders send again what
    they still have.

    \b
    trailbook restore /mnt/backups --list
    trailbook restore /mnt/backups --store data/service/trailbook.sqlite
    """
    from ..store.backup.folder import Folder
    from ..store.backup.restoring import restore as restored

    if listed:
        names = Folder(folder).names()
        say_json(names) if as_json else say(names or ["There is no backup in this folder."])
        return
    if store is None:
        raise click.UsageError("Name the new file with --store.")
    share = Share()
    try:
        view = restored(folder, store, name, share)
    finally:
        share.end()
    say_json(view) if as_json else say(restore_lines(view, store))
    if view.damages:
        raise SystemExit(DIFFERENT)


def restore_lines(view: "RestoreView", store: Path) -> list[str]:
    """What was restored."""
    lines = [f"{store} is the store as it was at {moment(view.at)} ({view.size:,} bytes)."]
    if view.newer_purges:
        lines.append(
            "Something was purged after that and is in it again: purge it once more. "
            "A later backup in the folder is without it."
        )
    if view.damages:
        lines += ["It was damaged already when it was backed up:"]
        lines += [f"  {plain(damage)}" for damage in view.damages]
    return lines
