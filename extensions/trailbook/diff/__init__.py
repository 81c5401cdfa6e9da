"""What changed between two notebooks, in nbdime's format, computed in a process of its own."""

from .differ import DIFFER_VERSION, Differ, Difference
from .options import Options

__all__ = ["DIFFER_VERSION", "Differ", "Difference", "Options"]
