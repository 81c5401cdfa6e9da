"""Which packages a kernel can load: asked of its interpreter in a process of its own.

The kernel itself is asked nothing, so no run waits and no history has a line that nobody wrote.
A list is kept as long as the folders that it was read from do not change.
"""

import json
import logging
import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec

SECONDS = 60.0
Stamp = tuple[tuple[str, int], ...]

PYTHON = """
import os
os.nice(10)
import json, sys
from importlib.metadata import distributions
found = {}
for one in distributions():
    name = one.metadata["Name"]
    if name and name not in found:
        found[name] = one.version
print(json.dumps({"packages": found, "folders": [p for p in sys.path if p]}))
"""

R = """
invisible(tools::psnice(value = 10))
found <- installed.packages(noCache = TRUE)
found <- found[!duplicated(found[, "Package"]), , drop = FALSE]
cat(paste(found[, "Package"], found[, "Version"], sep = "\\t"), sep = "\\n")
cat("\\n\\n")
cat(.libPaths(), sep = "\\n")
"""

log = logging.getLogger("trailbook.packages")


class Listing(msgspec.Struct, frozen=True):
    """The packages, and the state of the folders that they were found in."""

    packages: dict[str, str]
    stamp: Stamp

    def changed_since(self, before: "Listing | None") -> int:
        """When, in microseconds, the last of the folders changed that have changed since."""
        known = () if before is None else before.stamp
        return (
            max((at for folder, at in self.stamp if (folder, at) not in known), default=0) // 1000
        )


class Interpreter(msgspec.Struct, frozen=True):
    """What starts a kernel: enough to ask the same interpreter."""

    language: str
    program: str
    environment: tuple[tuple[str, str], ...] = ()  # what the kernel's specification adds

    @property
    def can_be_asked(self) -> bool:
        """Whether this is a language, and a way to start it, that we know."""
        name = Path(self.program).name
        wanted = {"python": ("python", "pypy"), "R": ("R",)}.get(self.language, ())
        return name.startswith(wanted) if wanted else False


class Packages:
    """The lists of the interpreters that this server's kernels use."""

    def __init__(self) -> None:
        self._known: dict[Interpreter, Listing] = {}
        self._mute: set[Interpreter] = set()

    def of(self, interpreter: Interpreter) -> Listing | None:
        """The list as it is now; None where it cannot be known."""
        if interpreter in self._mute:
            return None
        known = self._known.get(interpreter)
        if known is not None and stamp_of([folder for folder, _ in known.stamp]) == known.stamp:
            return known
        try:
            listing = _ask(interpreter)
        except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            log.warning("The packages of %s are not known: %s", interpreter.program, error)
            self._mute.add(interpreter)  # it would be asked after every run
            return None
        self._known[interpreter] = listing
        return listing


def stamp_of(folders: list[str]) -> Stamp:
    """When each folder was changed last; installing, updating and removing change it."""
    found = []
    for folder in folders:
        try:
            found.append((folder, os.stat(folder).st_mtime_ns))
        except OSError:
            found.append((folder, 0))
    return tuple(found)


def _ask(interpreter: Interpreter) -> Listing:
    is_python = interpreter.language == "python"
    # R with nobody's start-up file: it might do anything
    options = ["-"] if is_python else ["--slave", "--no-init-file", "--no-save", "--no-restore"]
    answer = subprocess.run(
        [interpreter.program, *options],
        env={**os.environ, **dict(interpreter.environment)},
        cwd="/",
        input=(PYTHON if is_python else R).encode(),
        capture_output=True,
        timeout=SECONDS,
        check=True,
    ).stdout.decode("utf-8", "replace")
    packages, folders = (_from_python if is_python else _from_r)(answer)
    return Listing(packages, stamp_of(folders))


def _from_python(answer: str) -> tuple[dict[str, str], list[str]]:
    said: dict[str, Any] = json.loads(answer.strip().splitlines()[-1])
    return dict(said["packages"]), list(said["folders"])


def _from_r(answer: str) -> tuple[dict[str, str], list[str]]:
    packages, _, folders = answer.partition("\n\n")
    lines = (line.split("\t") for line in packages.splitlines())
    found = {pair[0]: pair[1] for pair in lines if len(pair) == 2}
    return found, [folder for folder in folders.splitlines() if folder]
