"""Whom of the workspace an author of a commit is: only where somebody says so."""

import re
from collections.abc import Iterable

import msgspec

from ...errors import BadRequest
from .changes import Commit

_LINE = re.compile(r"(?P<git>.+?)\s*=\s*(?P<person>[^=\s]+)")
_SIGNED = re.compile(r"(?P<name>[^<]*?)\s*<(?P<mail>[^>]*)>")


class Author(msgspec.Struct, frozen=True):
    """One name and mail of git, either may be open, and the person's name at the hub."""

    name: str
    mail: str
    person: str

    def is_of(self, commit: Commit) -> bool:
        """Whether the commit is this author's."""
        named = not self.name or self.name == commit.name
        return named and (not self.mail or self.mail == commit.mail.lower())


def author(line: str) -> Author:
    """`Name <mail>=person`, `mail=person` or `Name=person`."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise BadRequest(f"An author is given as 'Name <mail>=person', not as {line!r}.")
    signed = _SIGNED.fullmatch(found["git"])
    name, mail = (signed["name"], signed["mail"]) if signed else (found["git"], "")
    if not signed and "@" in name:
        name, mail = "", name
    if not name and not mail:
        raise BadRequest(f"Neither a name nor a mail is in {line!r}.")
    return Author(name, mail.lower(), found["person"])


def authors(lines: Iterable[str]) -> list[Author]:
    """One a line; empty lines and what follows a # at the start are left out."""
    return [author(line) for line in lines if line.strip() and not line.lstrip().startswith("#")]


def person_of(commit: Commit, known: Iterable[Author]) -> str | None:
    """Who it was, if that was said; the first that fits."""
    return next((one.person for one in known if one.is_of(commit)), None)
