"""Stamps: which work was done on which input, so that it is not done again."""

import hashlib
import json
import os
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def fingerprint(paths, *more):
    """A hash over the content of files and folders, and over `more`."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(file for name in paths for file in files_below(ROOT / name)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def files_below(path):
    """The file itself, or all files of the folder."""
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


class Stamps:
    """Which work was done on which input, kept in the environment's folder."""

    def __init__(self, folder):
        self.path = folder / "trailbook-stamps.json"
        self.lock = threading.Lock()

    def read(self):
        """All stamps; none when there is no readable file."""
        try:
            return json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}

    def fresh(self, work, value):
        """Whether this work was done on this input."""
        return self.read().get(work) == value

    def done(self, work, value):
        """This work is done on this input."""
        with self.lock:
            stamps = dict(self.read(), **{work: value})
            half = self.path.with_suffix(".half")
            half.write_text(json.dumps(stamps, indent=1))
            os.replace(str(half), str(self.path))
