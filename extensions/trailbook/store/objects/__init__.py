"""Payloads and their ids, and a notebook's bytes as a frame, cells and payloads, both ways.

What is named here is loaded when it is used first: who only verifies a store needs no cutting.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .encode import part_content, text_content
    from .identity import payload_id, sha256
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

_PLACES = {
    "Sealer": "sealing",
    "cut": "whole",
    "part_content": "encode",
    "payload_id": "identity",
    "rebuild": "whole",
    "seal": "sealing",
    "sha256": "identity",
    "text_content": "encode",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
