"""A notebook's bytes as nbformat-4 JSON, the same each time: nothing is invented at reading.

`nbformat.reads` mints new random cell ids at every read of a notebook that has none, so two
readings of one version would differ; here such a notebook simply has no ids.
"""

import hashlib
import json
import math
from collections.abc import Callable
from typing import Any

Notebook = dict[str, Any]

CELL_TYPES = {"code", "markdown", "raw"}
OUTPUT_TYPES = {"stream", "display_data", "execute_result", "error"}


class Unreadable(ValueError):
    """Why no notebook can be read from these bytes; ends a sentence."""


def read(content: bytes) -> Notebook:
    """The notebook in these bytes, in version 4 of the format."""
    try:
        document = json.loads(content, parse_float=finite, parse_constant=lambda _: None)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except ValueError:
        raise Unreadable("it is not valid JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("nbformat"), int):
        raise Unreadable("it does not say which version of the notebook format it has")
    try:
        return shaped(upgraded(document))
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def finite(text: str) -> float | None:
    """A number that JSON in a browser knows too."""
    number = float(text)
    return number if math.isfinite(number) else None


def upgraded(document: Notebook) -> Notebook:
    """The document in version 4, without the random ids that an upgrade gives."""
    version = document["nbformat"]
    if version > 4:
        raise Unreadable(f"version {version} of the notebook format is newer than this reader")
    if version == 4:
        return document
    import nbformat  # slow to import, and rarely needed

    try:
        new = nbformat.reads(json.dumps(document), as_version=4)  # type: ignore[no-untyped-call]
        upgrade: Notebook = json.loads(json.dumps(new))
    except Exception as error:  # whatever a malformed document makes of an old converter
        raise Unreadable(f"version {version} of the notebook format cannot be read") from error
    for cell in upgrade["cells"]:
        cell.pop("id", None)
    upgrade["nbformat_minor"] = 4
    return upgrade


def shaped(document: Notebook) -> Notebook:
    """Version 4 with every part there and of its type, so that no reader needs to ask."""
    cells = [shaped_cell(cell) for cell in taken(document, "cells", list, list)]
    minor = document.get("nbformat_minor")
    minor = minor if isinstance(minor, int) else 4
    if minor >= 5 and not any("id" in cell for cell in cells):
        minor = 4
    if minor >= 5:
        fill_ids(cells)
    else:
        for cell in cells:
            cell.pop("id", None)
    metadata = taken(document, "metadata", dict, dict)
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}


def fill_ids(cells: list[Notebook]) -> None:
    """Ids for the cells that lack a usable one: the same at each reading, and unique."""
    taken_ids: set[str] = set()
    for position, cell in enumerate(cells):
        name = cell.get("id")
        while not isinstance(name, str) or name in taken_ids:
            seed = json.dumps([position, name, cell["cell_type"], cell["source"]])
            name = hashlib.sha256(seed.encode()).hexdigest()[:8]
        taken_ids.add(name)
        cell["id"] = name


def taken(whole: Notebook, key: str, of: type, default: Callable[[], Any]) -> Any:
    """A part of this type, or its default where it is missing."""
    value = whole.get(key)
    if value is None:
        return default()
    if not isinstance(value, of):
        raise Unreadable(f"its {key} are not what a notebook has there")
    return value


def joined(text: Any) -> str:
    """Text that the format may keep as a list of lines."""
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""


def shaped_cell(cell: Any) -> Notebook:
    """One cell."""
    if not isinstance(cell, dict):
        raise Unreadable("its cells are not what a notebook has there")
    kind = cell.get("cell_type")
    whole = {
        **cell,
        "cell_type": kind if kind in CELL_TYPES else "raw",
        "metadata": taken(cell, "metadata", dict, dict),
        "source": joined(cell.get("source")),
    }
    if whole["cell_type"] == "code":
        count = cell.get("execution_count")
        whole["execution_count"] = count if isinstance(count, int) else None
        whole["outputs"] = [shaped_output(o) for o in taken(cell, "outputs", list, list)]
    else:
        whole.pop("outputs", None)
        whole.pop("execution_count", None)
    if "attachments" in whole:
        attachments = taken(cell, "attachments", dict, dict)
        whole["attachments"] = {
            name: bundle(data) for name, data in attachments.items() if isinstance(data, dict)
        }
    return whole


def shaped_output(output: Any) -> Notebook:
    """One output."""
    kind = output.get("output_type") if isinstance(output, dict) else None
    if kind not in OUTPUT_TYPES:
        raise Unreadable("its outputs are not what a notebook has there")
    if kind == "stream":
        name = output.get("name")
        return {
            **output,
            "name": name if isinstance(name, str) else "stdout",
            "text": joined(output.get("text")),
        }
    if kind == "error":
        traceback = [t for t in taken(output, "traceback", list, list) if isinstance(t, str)]
        named = {key: joined(output.get(key)) for key in ("ename", "evalue")}
        return {**output, **named, "traceback": traceback}
    whole = {
        **output,
        "metadata": taken(output, "metadata", dict, dict),
        "data": bundle(taken(output, "data", dict, dict)),
    }
    if kind == "execute_result":
        whole.setdefault("execution_count", None)
    return whole


def bundle(data: Notebook) -> Notebook:
    """A MIME bundle: JSON types as they are, everything else as text."""
    return {mime: value if mime.endswith("json") else joined(value) for mime, value in data.items()}
