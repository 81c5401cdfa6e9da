"""Whom a text mentions: `@name`, but not in code, nor inside a word or an address."""

import re
from collections.abc import Iterable, Mapping

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_INDENTED = re.compile(r"(?:\A|\n[ \t]*)\n(?:(?: {4}|\t).*(?:\n|\Z))+")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
_NAME = re.compile(r"(?<![^\W_])(?<![@/.+-])@(\w[\w.+@-]*)")
_ENDS = ".-+@"
MOST = 50


def names(text: str) -> list[str]:
    """The names in the order of their mention, each once."""
    text = _CODE.sub(" ", _INDENTED.sub("\n", _FENCE.sub("\n", text)))
    found = (name.rstrip(_ENDS) for name in _NAME.findall(text))
    return list(dict.fromkeys(name for name in found if name))[:MOST]


def reached(texts: Iterable[str], people: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The people whom some texts mention, and the names that reach nobody.

    `people` has the ids of those who have access, by name. Somebody without access and a name that
    nobody has are the same here.
    """
    ids = {name.casefold(): person for name, person in people.items()}
    found: dict[str, None] = {}
    missed: dict[str, None] = {}
    for name in (name for text in texts for name in names(text)):
        plain = name.rstrip("_")  # which may be the end of an emphasis
        person = ids.get(name.casefold()) or ids.get(plain.casefold())
        if person is None:
            missed[plain or name] = None
        else:
            found[person] = None
    return list(found), list(missed)
