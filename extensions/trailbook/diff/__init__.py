"""What changed between two notebooks, in nbdime's format, computed in a process of its own."""

from .differ import DIFFER_VERSION, Differ, Difference
from .options import Options
from .worker import Numbers

__all__ = ["DIFFER_VERSION", "Differ", "Difference", "Numbers", "Options"]
