"""What git tells: commits, and what each changed against each of its parents."""

from collections.abc import Iterable, Iterator

import msgspec

SECOND = 1_000_000
_FILE = b"100"  # how the mode of a regular file begins: no link, no submodule


class Commit(msgspec.Struct, frozen=True):
    """One commit; `at` is the author's time in microseconds."""

    id: str
    parents: list[str]
    at: int
    name: str
    mail: str


class Change(msgspec.Struct, frozen=True):
    """What happened to one path: A(dded), M(odified), D(eleted), R(enamed) or C(opied)."""

    status: str
    path: str
    origin: str  # where it was before; the path itself unless it was renamed or copied
    before: str  # blobs
    blob: str


def spoken(path: bytes) -> str:
    """A path as text; bytes that are no UTF-8 are written as `\\xNN`."""
    return path.decode("utf-8", "backslashreplace")


def commits_of(output: bytes) -> list[Commit]:
    """The answer of `git log` with the fields id, parents, time, name and mail."""
    fields = output.split(b"\0")[:-1]
    found = []
    for start in range(0, len(fields), 5):
        id_, parents, at, name, mail = (
            field.decode("utf-8", "replace") for field in fields[start : start + 5]
        )
        seconds = int(at) if at.lstrip("-").isdigit() else 0
        found.append(Commit(id_.strip(), parents.split(), max(0, seconds) * SECOND, name, mail))
    return found


def fields_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What NUL bytes part, of an output that comes in pieces."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole


def differences_of(fields: Iterator[bytes]) -> Iterator[list[Change]]:
    """The answer of `git diff-tree --stdin --always -z`: one list for each line it was asked."""
    changes: list[Change] | None = None
    for field in fields:
        if field.startswith(b":"):
            change = _change(field[1:], fields)
            if changes is not None and change is not None:
                changes.append(change)
            continue
        if changes is not None:
            yield changes
        changes = []
    if changes is not None:
        yield changes


def _change(field: bytes, fields: Iterator[bytes]) -> Change | None:
    """A change among regular files; a link in place of a file is a deletion."""
    old_mode, mode, before, blob, code = field.split(b" ")
    status = code[:1].decode()
    origin = path = spoken(next(fields))
    if status in "RC":
        path = spoken(next(fields))
    was, is_now = old_mode.startswith(_FILE), mode.startswith(_FILE)
    if not is_now:
        return Change("D", origin, origin, before.decode(), "") if was else None
    if not was:
        status = "A"
    elif status == "T":
        status = "M"
    return Change(status, path, origin, before.decode(), blob.decode())
