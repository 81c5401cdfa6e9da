"""From the server's paths to spaces: what the spool holds, as the store takes it."""

from collections.abc import Sequence

import msgspec
from blake3 import blake3

from ..errors import NotAllowed
from ..store.identity import ID_BYTES
from ..store.records import (
    ENDS,
    AnyEvent,
    DataFile,
    DataSeen,
    Gap,
    Mount,
    NotebookCopied,
    NotebookMoved,
    NotebookSaved,
    Registered,
)
from ..store.spool import NO_SPACE
from .recorder import mount_of


def resolve(
    event: AnyEvent, registered: Registered, *, one_person: bool = False
) -> tuple[AnyEvent, Mount]:
    """The event with its space, paths in that space, and how well its author is known."""
    author = _person(event.author, registered, one_person=one_person)
    mount = _mount(registered.mounts, event.space)
    off = not mount.recording and event.at >= mount.off_since
    if off and not isinstance(event, (Gap, *ENDS)):
        return instead(event, "recording-off", registered)
    changed: dict[str, object] = {
        "space": mount.space,
        "author": author,
        "author_basis": _basis(author, registered),
    }
    path = getattr(event, "path", None)
    if path is not None:
        changed["path"] = _inside(mount, path)
    if isinstance(event, (NotebookMoved, NotebookCopied)):
        target = _mount(registered.mounts, event.to_space)
        changed["to_space"] = target.space
        changed["to_path"] = _inside(target, event.to_path)
    if isinstance(event, NotebookSaved):
        named = (_person(name, registered, one_person=one_person) for name in event.editors)
        changed["editors"] = list(dict.fromkeys(named))
    if isinstance(event, DataSeen):
        changed["files"] = [_as_told(file, mount, registered.mounts) for file in event.files]
    return msgspec.structs.replace(event, **changed), mount


def _person(name: str | None, registered: Registered, *, one_person: bool) -> str | None:
    if one_person and name is not None:
        return registered.owner
    # the account of a project is nobody
    return None if registered.shared and name == registered.owner else name


def instead(event: AnyEvent, reason: str, registered: Registered) -> tuple[AnyEvent, Mount]:
    """What takes the place of an event that must not, or cannot, be sent."""
    mount = _mount(registered.mounts, NO_SPACE)
    gap = Gap(
        space=mount.space,
        at=event.at,
        reason=reason,
        since=event.at,
        until=event.at,
        dropped_events=1,
    )
    return gap, mount


def _mount(mounts: Sequence[Mount], space: str) -> Mount:
    mount = mount_of(mounts, space.removeprefix(NO_SPACE))
    if mount is None:
        raise NotAllowed("This server has no space to record to.")
    return mount


def _inside(mount: Mount, path: str) -> str:
    return path[len(mount.prefix) :].strip("/") if mount.prefix else path


def _as_told(file: DataFile, mount: Mount, mounts: Sequence[Mount]) -> DataFile:
    """Named in its space, and with a fingerprint that means something in that space alone."""
    path = file.path
    if not path.startswith("/") and "://" not in path:
        own = mount_of(mounts, path) is mount
        path = _inside(mount, path) if own else f"~/{path}"
    keyed = file.fingerprint and blake3(bytes.fromhex(file.fingerprint), key=mount.key)
    print_ = keyed.digest(ID_BYTES).hex() if keyed else ""
    return msgspec.structs.replace(file, path=path, fingerprint=print_)


def _basis(author: str | None, registered: Registered) -> str:
    if author is None:
        return "unknown"
    if registered.shared:
        return "reported"
    return "verified" if author == registered.owner else "unknown"
