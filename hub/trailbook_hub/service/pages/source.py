"""Source code with colours, made on the server so that a page needs no script for it.

A lexer looks far ahead for what it hopes to find, and its patterns were made for code that somebody
wrote to be read. Here anybody may have written anything to stop us: so only the lexers of
languages that are tried against such sources are used, each for a short time only.
"""

import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import StringIO
from typing import Any

from markupsafe import Markup, escape
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Text

COLOURED_CHARACTERS = 50_000
"""Longer source is shown without colours: nobody waits for a lexer."""
SECONDS = 0.2
"""Of the processor, for one source; what is left then has no colours. Usual cells take 1 ms."""

LEXERS = {"": "ipython3", "python": "ipython3", "ipython": "ipython3", "r": "r", "julia": "julia"}
"""By the name that a kernel gives its language; any other has no colours."""

_formatter = HtmlFormatter(nowrap=True, classprefix="hl-")


@lru_cache(maxsize=32)
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)


def highlight(source: str, language: str = "python") -> Markup:
    """`source` as spans; everything in it is escaped."""
    name = LEXERS.get(language.lower())
    if name is None or len(source) > COLOURED_CHARACTERS:
        return escape(source)
    html = StringIO()
    plain = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _formatter.format(_in_time(_lexer(name).get_tokens(plain), plain), html)
    return Markup(html.getvalue())  # noqa: S704 - the formatter escapes


def _in_time(tokens: Iterable[tuple[Any, str]], source: str) -> Iterator[tuple[Any, str]]:
    end, done = time.thread_time() + SECONDS, 0
    for kind, text in tokens:
        yield kind, text
        done += len(text)
        if time.thread_time() > end:
            break
    yield Text, source[done:]
