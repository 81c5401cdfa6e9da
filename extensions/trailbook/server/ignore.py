"""Which files beside notebooks are not recorded: patterns as git writes them.

Whoever may write into a shared folder may write patterns that hold for everybody in it. So a path
is matched part by part, and a part without going back: no pattern takes long, whatever it says.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

NAME = ".trailbookignore"

MOST_LINES = 1_000
LONGEST_LINE = 1_000
"""A file with more than these is nobody's list of patterns: all in its folder is left out."""

DEFAULTS = r"""
.*
node_modules/
venv/
env/
__pycache__/
__pypackages__/
site-packages/
*.egg-info/
build/
dist/
mlruns/
wandb/
id_rsa*
id_ed25519*
*.pem
*.key
*secret*
*credential*
*password*
*passwd*
*token*.json
*token*.txt
*service*account*.json
*api*key*
package-lock.json
"""
"""Hidden things, what other programs put there, and what sounds like a secret."""


class Rule(NamedTuple):
    """One pattern, in parts."""

    parts: "tuple[re.Pattern[str] | None, ...]"  # None: any number of folders
    keeps: bool  # `!`: what an earlier pattern leaves out is kept after all
    folders_only: bool
    whole_path: bool  # matched against the path from the folder of the file that says it


class Rules(NamedTuple):
    """The patterns in force in a folder; the last one that matches decides."""

    own: tuple[tuple[str, Rule], ...]  # each with the folder that it counts from

    def and_of(self, folder: str, text: str) -> "Rules":
        """These, and those of the file in this folder."""
        return Rules((*self.own, *((folder, rule) for rule in parse(text))))

    def leave_out(self, folder: str, name: str, *, is_folder: bool) -> bool:
        """Whether something in this folder is not recorded."""
        for base, rule in reversed(self.own):
            if rule.folders_only and not is_folder:
                continue
            path = name
            if rule.whole_path:
                path = f"{folder}/{name}".lstrip("/")[len(base) + 1 if base else 0 :]
            if _fits(rule.parts, path.split("/")):
                return not rule.keeps
        return False


@lru_cache(maxsize=64)
def parse(text: str) -> tuple[Rule, ...]:
    """The rules of a file, in order; a line that is no pattern is none."""
    lines = text.splitlines()
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        lines = ["*"]
    return tuple(rule for rule in map(_rule, lines) if rule is not None)


def default_rules() -> Rules:
    """What is left out everywhere."""
    return Rules(()).and_of("", DEFAULTS)


def _fits(wanted: "tuple[re.Pattern[str] | None, ...]", parts: list[str]) -> bool:
    """Whether the parts of a path are those of a pattern."""
    met = {0}  # so many of the path's parts can be what the pattern has said so far
    for place, part in enumerate(wanted):
        if part is None:
            least = 1 if place + 1 == len(wanted) else 0
            met = set(range(min(met) + least, len(parts) + 1))
        else:
            met = {n + 1 for n in met if n < len(parts) and part.fullmatch(parts[n])}
        if not met:
            return False
    return len(parts) in met


def _rule(line: str) -> Rule | None:
    bare = line.rstrip()
    if bare.endswith("\\"):
        bare = line[: len(bare) + 1]  # an escaped space at the end counts
    line = bare
    if not line or line.startswith("#"):
        return None
    keeps = line.startswith("!")
    line = line[1:] if keeps else line
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    whole_path = "/" in line
    try:
        return Rule(tuple(_parts(line.lstrip("/"))), keeps, folders_only, whole_path)
    except re.error:
        return None


_PIECES = re.compile(r"/|\*+|\?|\[!?\]?[^\]]*\]|\\.|.", re.DOTALL)


def _parts(pattern: str) -> "Iterator[re.Pattern[str] | None]":
    part: list[str] = []
    for piece in [*_PIECES.findall(pattern), "/"]:
        if piece != "/":
            part.append(piece)
            continue
        yield None if part == ["**"] and pattern != "**" else _compiled(part)
        part = []


def _compiled(pieces: list[str]) -> "re.Pattern[str]":
    """A part of a pattern; what stands between two stars is found where it comes first."""
    fixed = [""]
    for piece in pieces:
        if piece.startswith("*"):
            fixed.append("")
        else:
            fixed[-1] += _translated(piece)
    first, *rest = fixed
    if not rest:
        return re.compile(first, re.DOTALL)
    *middle, last = rest
    found = "".join(f"(?=(?P<s{n}>.*?{text}))(?P=s{n})" for n, text in enumerate(middle))
    return re.compile(f"{first}{found}.*{last}", re.DOTALL)


def _translated(piece: str) -> str:
    if piece == "?":
        return "."
    if piece.startswith("[") and len(piece) > 1:
        inside = piece[1:-1].replace("\\", "\\\\")
        return f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
    return re.escape(piece[-1] if piece.startswith("\\") else piece)
