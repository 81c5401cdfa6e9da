"""Values for a notebook's parameters, put into it as papermill does.

A cell with the tag `parameters` holds what counts otherwise; the values stand in a cell after it
with the tag `injected-parameters`, which a later run replaces.
"""

import ast
import json
from typing import Any

DEFAULTS, INJECTED = "parameters", "injected-parameters"
LANGUAGES = ("python", "R", "julia")


def value_of(text: str) -> Any:
    """What a person means by a text: a number, yes or no, nothing, else the text itself."""
    known = {"true": True, "false": False, "none": None, "null": None}
    if text.lower() in known:
        return known[text.lower()]
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return value if isinstance(value, int | float) else text


def assignments(values: dict[str, Any], language: str) -> str:
    """The cell that gives the parameters their values."""
    sign = "<-" if language == "R" else "="
    lines = [f"{name} {sign} {_literal(value, language)}" for name, value in values.items()]
    return "\n".join(["# Parameters", *lines])


def injected(cells: list[dict[str, Any]], cell: dict[str, Any]) -> list[dict[str, Any]]:
    """The notebook's cells with this one in the place of parameters."""
    others = [one for one in cells if INJECTED not in _tags(one)]
    tagged = [at for at, one in enumerate(others) if DEFAULTS in _tags(one)]
    at = tagged[0] + 1 if tagged else 0
    return [*others[:at], cell, *others[at:]]


def _tags(cell: dict[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))


def _literal(value: Any, language: str) -> str:
    if language == "python":
        return repr(value)
    words = {
        "R": {True: "TRUE", False: "FALSE", None: "NULL"},
        "julia": {True: "true", False: "false", None: "nothing"},
    }[language]
    if value is None or isinstance(value, bool):
        return words[value]
    text = json.dumps(value)
    return text.replace("$", "\\$") if language == "julia" else text
