"""A project's name in links and folders: lower-case ASCII letters, digits, single hyphens."""

import re
import unicodedata

from ..errors import BadRequest

LONGEST = 40

FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

TAKEN_BY_PAGES = frozenset({"new"})


def slug_from(name: str) -> str:
    """A slug that looks like the name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    slug = "-".join(words)[:LONGEST].strip("-")
    return slug if slug and slug not in TAKEN_BY_PAGES else f"project-{slug}".rstrip("-")


def checked(slug: str) -> str:
    """The slug that somebody chose, if it is one."""
    if len(slug) > LONGEST or not FORM.fullmatch(slug) or slug in TAKEN_BY_PAGES:
        raise BadRequest(
            f"The short name has at most {LONGEST} lower-case letters, digits and single hyphens."
        )
    return slug
