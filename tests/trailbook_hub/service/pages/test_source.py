"""Colours for source that anybody may have written."""

import re
import time

import pytest

from trailbook_hub.service.pages import source

TAG = re.compile("<[^>]*>")
BOMBS = [
    "\n", " ", "\n ", "\t", "a", "a ", "a.", "a(", "(", "[", "{", "<", '"', "'", '"\\', "'\\", "\\",
    "%", "%%a\n", "!", "a!", "?", "a?", "@", "#", "$", "`", "`a", "=", "0", "1_", "0x", "e1", 'f"{',
    '"""', "#=", "r\"(", "import a,", "def a(", "class a(", "\\N{", "%(", "<-", "/*", "\xe9",
    "\u2028",
]  # fmt: skip


def test_python_r_and_julia_have_colours():
    assert '<span class="hl-kn">import</span>' in source.highlight("import x")
    assert "<span" in source.highlight("%matplotlib inline", "python")
    assert "<span" in source.highlight("x <- 1 # one", "R")
    assert "<span" in source.highlight("function f() end", "julia")


def test_a_language_that_was_not_tried_has_none():
    assert source.highlight("<b> 1", "brainfuck") == "&lt;b&gt; 1"


def test_nothing_of_the_text_is_lost():
    text = "\ufeffx = 1\r\nif x:\r    pass\n\n"
    assert source.highlight(text).striptags().split() == ["x", "=", "1", "if", "x:", "pass"]


@pytest.mark.parametrize("language", ["python", "r", "julia"])
def test_no_source_takes_long(language, monkeypatch):
    """As long as it is given, and no single pattern much longer."""
    monkeypatch.setattr(source, "SECONDS", 0.01)
    slow = []
    for unit in BOMBS:
        for start in ("", '"'):
            text = start + unit * ((source.COLOURED_CHARACTERS - 1) // len(unit))
            before = time.process_time()
            html = source.highlight(text, language)
            if time.process_time() - before > 1:
                slow.append((start, unit))
            assert len(TAG.sub("", html).replace(r"&quot;", '"')) >= len(text)
    assert slow == []
