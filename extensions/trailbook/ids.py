"""Identities: UUIDv7, minted once, never a name or a path (RFC 9562)."""

import uuid_utils


def new_id() -> str:
    """A new identity, 32 lower-case hex digits, ordered by the time it was minted."""
    return uuid_utils.uuid7().hex


def is_id(text: str) -> bool:
    """Whether `text` has the form of an identity."""
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)
