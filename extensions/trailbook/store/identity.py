"""What payloads and files are called."""

import hashlib

import blake3

ID_BYTES = 16


def payload_id(content: bytes, key: bytes) -> bytes:
    """The id of a payload in the space that has this key: 16 bytes of keyed BLAKE3."""
    return blake3.blake3(content, key=key).digest(ID_BYTES)


def manifest_id(file_digest: bytes, key: bytes) -> bytes:
    """The id of what a file of this sha256 is made of; never that of a payload."""
    apart = blake3.blake3(b"manifest", key=key).digest()
    return blake3.blake3(file_digest, key=apart).digest(ID_BYTES)


def sha256(raw: bytes) -> str:
    """The checksum of a file."""
    return hashlib.sha256(raw).hexdigest()
