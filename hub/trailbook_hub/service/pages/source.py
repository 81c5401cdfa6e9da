"""Source code with colours, made on the server so that a page needs no script for it."""

from functools import lru_cache

from markupsafe import Markup, escape
from pygments import highlight as pygments_highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

COLOURED_CHARACTERS = 50_000
"""Longer source is shown without colours: nobody waits for a lexer."""

_formatter = HtmlFormatter(nowrap=True, classprefix="hl-")


@lru_cache(maxsize=32)
def _lexer(language: str) -> Lexer:
    for name in ("ipython3", "python") if language in {"", "python"} else (language.lower(),):
        try:
            return get_lexer_by_name(name, stripnl=False, ensurenl=False)
        except ClassNotFound:
            continue
    return get_lexer_by_name("text", stripnl=False, ensurenl=False)


def highlight(source: str, language: str = "python") -> Markup:
    """`source` as spans; everything in it is escaped."""
    if len(source) > COLOURED_CHARACTERS:
        return escape(source)
    html = pygments_highlight(source, _lexer(language), _formatter)
    return Markup(html)  # noqa: S704 - the formatter escapes
