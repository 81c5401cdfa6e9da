"""Backends: where servers run. Each is one file with a function that only sets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..settings import Settings
from . import local


@dataclass(frozen=True)
class Backend:
    """A place where servers run, and how JupyterHub's config `c` says so."""

    name: str
    configure: Callable[[Any, Settings], None]


BACKENDS = {backend.name: backend for backend in (Backend("local", local.configure),)}
