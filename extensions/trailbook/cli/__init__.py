"""`trailbook`: the history in a terminal."""

from .commands import main

__all__ = ["main"]
