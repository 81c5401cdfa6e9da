"""Content that must be gone, and looking for it in every form that bytes can have."""

import base64
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from trailbook.store.sql import SqlStore
from trailbook.store.tables import payloads
from trailbook.store.tables.direct import Direct


def forms(canary: str | bytes) -> set[bytes]:
    """The canary as it may stand in a file: as it is, escaped, in base64 at each of its places."""
    raw = canary if isinstance(canary, bytes) else canary.encode()
    found = {raw, raw[::-1], raw.hex().encode()}
    if isinstance(canary, str):
        found |= {json.dumps(canary)[1:-1].encode(), canary.encode("utf-16-le")}
    for before in (b"", b"x", b"xx"):
        found.add(base64.b64encode(before + raw)[4:-4])
    return found


def places(folder: Path, canary: str | bytes) -> list[str]:
    """Where the canary is: files by name, rows of content by table and number."""
    wanted = forms(canary)
    found = [
        str(file.relative_to(folder))
        for file in sorted(folder.rglob("*"))
        if file.is_file() and any(form in file.read_bytes() for form in wanted)
    ]
    for file in folder.rglob("*.sqlite"):
        found += [place for place, content in contents(file) if any(f in content for f in wanted)]
    return found


def contents(file: Path) -> Iterable[tuple[str, bytes]]:
    """Every content of a store, out of its compression, also what nobody names any more."""
    connection = Direct(sqlite3.connect(file))
    for table in ("payload", "manifest"):
        query = f"SELECT row FROM {table}"  # noqa: S608
        rows = [row for (row,) in connection.exec_driver_sql(query)]
        for row, basis in payloads.bases(connection, rows, table=table).items():
            yield f"{file.name}: {table} {row}", basis.content
    connection.close()


def cell(
    name: str, source: str | list[str], outputs: list[Any] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "id": name,
        "metadata": {},
        "outputs": outputs or [],
        "source": source,
        **more,
    }


def notebook(*cells: dict[str, Any], **json_options: Any) -> bytes:
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, **{"indent": 1, **json_options}) + "\n").encode()


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def display(**data: Any) -> dict[str, Any]:
    named = {name.replace("_", "/"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {}}


def error(name: str, value: str) -> dict[str, Any]:
    return {
        "output_type": "error",
        "ename": name,
        "evalue": value,
        "traceback": [f"{name}: {value}"],
    }


@contextmanager
def reopened(store: Any) -> Iterator[SqlStore]:
    """The same store, as another process has it."""
    with closing(SqlStore.open(store.db.path)) as other:
        yield other
