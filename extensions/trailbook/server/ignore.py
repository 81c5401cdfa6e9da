"""Which files beside notebooks are not recorded: patterns as git writes them."""

import re
from functools import lru_cache
from typing import NamedTuple

NAME = ".trailbookignore"

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
    """One pattern."""

    matches: "re.Pattern[str]"
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
            if rule.matches.fullmatch(path):
                return not rule.keeps
        return False


@lru_cache(maxsize=64)
def parse(text: str) -> tuple[Rule, ...]:
    """The rules of a file, in order; a line that is no pattern is none."""
    rules = []
    for line in text.splitlines():
        rule = _rule(line)
        if rule is not None:
            rules.append(rule)
    return tuple(rules)


def default_rules() -> Rules:
    """What is left out everywhere."""
    return Rules(()).and_of("", DEFAULTS)


def _rule(line: str) -> Rule | None:
    line = re.sub(r"(?<!\\)\s+$", "", line)
    if not line or line.startswith("#"):
        return None
    keeps = line.startswith("!")
    line = line[1:] if keeps else line
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    whole_path = "/" in line
    try:
        return Rule(re.compile(_regex(line.lstrip("/"))), keeps, folders_only, whole_path)
    except re.error:
        return None


_PIECES = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[!?\]?[^\]]*\]|\\.|.", re.DOTALL)


def _regex(pattern: str) -> str:
    return "".join(_translated(piece) for piece in _PIECES.findall(pattern))


def _translated(piece: str) -> str:
    special = {"**/": "(?:[^/]+/)*", "/**": "/.*", "?": "[^/]"}
    if piece in special:
        return special[piece]
    if piece.startswith("*"):
        return "[^/]*"
    if piece.startswith("[") and len(piece) > 1:
        inside = piece[1:-1].replace("\\", "\\\\")
        return f"[^/{inside[1:]}]" if inside.startswith("!") else f"(?!/)[{inside}]"
    return re.escape(piece[-1] if piece.startswith("\\") else piece)
