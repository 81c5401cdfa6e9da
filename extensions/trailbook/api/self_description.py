"""`openapi.json`: the API says what it is."""

import functools

import msgspec

from .base import Resource
from .verbs import verb


class SelfDescription(Resource):
    """`openapi.json`."""

    @verb()
    async def get(self) -> msgspec.Raw:
        """The description of this API."""
        return msgspec.Raw(encoded())


@functools.cache
def encoded() -> bytes:
    """The description, made once."""
    from .openapi import text  # also run by itself, to write the file

    return text().encode()
