"""What no event may exceed: texts, numbers and lists of which an honest recorder keeps clear."""

from collections.abc import Iterator
from typing import Any

import msgspec

from ...errors import BadRequest
from ..identity import ID_BYTES
from ..records import Sealed

TEXT_CHARACTERS = 65_536
"""In one text of an event: a path, a name, the message of an exception. Content is a payload."""

ITEMS = 2_000
"""In one table of an event: the MIME types of an output, what is around a kernel."""

CONTENTS = 1_000_000
NUMBER = 1 << 62
"""Every number that is kept has to fit into a column."""


def within(sealed: Sealed) -> None:
    """Raises BadRequest for what is too large or too long to be kept as it is."""
    if len(sealed.contents) > CONTENTS or any(len(id_) != ID_BYTES for id_ in sealed.contents):
        raise BadRequest("An event names content by something that is no identity.")
    event = sealed.event
    for name in event.__struct_fields__:
        if name != "form":  # it is looked at where it is put together
            for value in _parts(getattr(event, name)):
                _keepable(name, value)


def _keepable(name: str, value: Any) -> None:
    if isinstance(value, str) and len(value) > TEXT_CHARACTERS:
        raise BadRequest(f"The text `{name}` of an event is too long to be kept.")
    if isinstance(value, int) and not -NUMBER < value < NUMBER:
        raise BadRequest(f"The number `{name}` of an event is too large to be kept.")


def _parts(value: Any) -> Iterator[Any]:
    """A value, or everything in it."""
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = [*value, *value.values()]
    elif isinstance(value, list):
        inner = value
    elif isinstance(value, msgspec.Struct):
        inner = [getattr(value, name) for name in value.__struct_fields__]
    else:
        yield value
    if len(inner) > ITEMS:
        raise BadRequest("A table of an event has too many rows to be kept.")
    for item in inner:
        yield from _parts(item)
