"""How a store's file is kept whole: by a log beside it, or where that cannot be, by a journal.

The log (WAL) is shared memory between those who read and the one who writes. A file system over a
network has none between two computers, and some others have none at all; there a store would be
damaged, or would not open. The rollback journal needs locks alone: whoever reads waits for whoever
commits, and the other way round.
"""

import errno
import functools
import logging
import mmap
import os
import re
import sqlite3
import tempfile
from pathlib import Path

LOG, JOURNAL = "wal", "truncate"
NETWORKS = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
    "nfs4", "orangefs", "panfs", "smb2", "smb3", "smbfs",
})  # fmt: skip
_FUSE = "fuse."  # sshfs, s3fs, rclone …: a program in between, which seldom shares memory
_MOUNTS = Path("/proc/self/mounts")
_NO_MEMORY = {errno.ENODEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}

log = logging.getLogger("trailbook.store")


@functools.cache
def mode_for(path: Path) -> str:
    """The journal mode of a store's file, found out once; a slow one is told of in the log."""
    network = network_of(path)
    if network is None and _shares_memory(path.parent):
        return LOG
    where = (
        f"on a file system of another computer ({network})" if network else "without shared memory"
    )
    log.warning(
        "The history %s lies %s. It is kept with a rollback journal, which is slower, and only one"
        " computer may use it at a time. A disk of this computer is better.",
        path,
        where,
    )
    _leave_log(path)
    return JOURNAL


def network_of(path: Path) -> str | None:
    """The type of the file system over a network that a file lies on; None for a disk.

    What cannot be found out, as on macOS, counts as a disk.
    """
    try:
        mounts = _MOUNTS.read_text(errors="surrogateescape")
    except OSError:
        return None
    kind = type_at(mounts, os.path.realpath(path))
    return kind if kind in NETWORKS or kind.startswith(_FUSE) else None


def type_at(mounts: str, place: str) -> str:
    """The type of the file system at an absolute path, of those that a system has mounted.

    `mounts` are lines of `fstab(5)`; of two at one place the later hides the earlier.
    """
    found, longest = "", -1
    for line in mounts.splitlines():
        _, point, kind, *_ = line.split(" ")
        inside = os.path.join(re.sub(r"\\([0-7]{3})", _character, point), "")
        if os.path.join(place, "").startswith(inside) and len(inside) >= longest:
            found, longest = kind, len(inside)
    return found


def _character(octal: re.Match[str]) -> str:
    return chr(int(octal[1], 8))


def _shares_memory(folder: Path) -> bool:
    """Whether files there can be memory that processes share, as a log needs it.

    Any other error is one of the disk, and is told of by whoever uses the store.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".trailbook-") as file:
            file.truncate(mmap.PAGESIZE)
            mmap.mmap(file.fileno(), mmap.PAGESIZE).close()
    except OSError as error:
        return error.errno not in _NO_MEMORY
    return True


def _leave_log(path: Path) -> None:
    """Bring what a log holds into the file, which then needs none, where nobody else uses it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # a log without shared memory
        connection.execute(f"PRAGMA journal_mode={JOURNAL}").fetchone()
    except sqlite3.DatabaseError:
        pass  # whoever comes next is told
    finally:
        connection.close()
