"""Applying a diff: how it is made sure that a diff leads to its target."""

from typing import Any

from .entries import Diff


def patched(base: Any, diff: Diff) -> Any:
    """What a diff makes of a mapping, a sequence or a text; parts that stay are not copied."""
    if isinstance(base, dict):
        return mapping_patched(base, diff)
    items = base.splitlines(keepends=True) if isinstance(base, str) else base
    parts = sequence_patched(items, diff)
    return "".join(parts) if isinstance(base, str) else parts


def mapping_patched(base: dict[str, Any], diff: Diff) -> dict[str, Any]:
    """What a diff makes of a mapping."""
    target = dict(base)
    for entry in diff:
        key = entry["key"]
        match entry["op"]:
            case "remove":
                del target[key]
            case "patch":
                target[key] = patched(base[key], entry["diff"])
            case _:
                target[key] = entry["value"]
    return target


def sequence_patched(base: list[Any], diff: Diff) -> list[Any]:
    """What a diff makes of a list; within a line of text the items are its characters."""
    target: list[Any] = []
    at = 0
    for entry in diff:
        target += base[at : entry["key"]]
        at = entry["key"]
        match entry["op"]:
            case "addrange":
                target += entry["valuelist"]
            case "removerange":
                at += entry["length"]
            case _:
                item = base[at]
                inner = entry["diff"]
                target.append(
                    "".join(sequence_patched(list(item), inner))
                    if isinstance(item, str)
                    else patched(item, inner)
                )
                at += 1
    return target + base[at:]
