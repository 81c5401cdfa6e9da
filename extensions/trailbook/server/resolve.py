"""From the server's paths to spaces: what the spool holds, as the store takes it."""

from collections.abc import Sequence

import msgspec

from ..errors import NotAllowed
from ..store.records import (
    ENDS,
    AnyEvent,
    Gap,
    Mount,
    NotebookCopied,
    NotebookMoved,
    Registered,
)
from ..store.spool import NO_SPACE
from .recorder import mount_of


def resolve(
    event: AnyEvent, registered: Registered, *, one_person: bool = False
) -> tuple[AnyEvent, Mount]:
    """The event with its space, paths in that space, and how well its author is known."""
    author = registered.owner if one_person and event.author is not None else event.author
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
    return msgspec.structs.replace(event, **changed), mount


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


def _basis(author: str | None, registered: Registered) -> str:
    if author is None:
        return "unknown"
    if registered.shared:
        return "reported"
    return "verified" if author == registered.owner else "unknown"
