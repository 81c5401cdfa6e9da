"""Payloads and their ids, and a notebook's bytes as a frame, cells and payloads, both ways."""

from ..identity import payload_id, sha256
from .encode import part_content, text_content
from .sealing import Sealer, seal
from .whole import cut, rebuild

__all__ = [
    "Sealer",
    "cut",
    "part_content",
    "payload_id",
    "rebuild",
    "seal",
    "sha256",
    "text_content",
]
