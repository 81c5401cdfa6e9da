import time

import pytest

from trailbook_hub.service.pages import ansi


def test_colours_become_spans_of_known_classes():
    html = ansi.to_html("\x1b[1;31mKeyError\x1b[0m: \x1b[38;5;196mx\x1b[39m \x1b[94my")
    assert html == (
        '<span class="ansi-bold ansi-fg-1">KeyError</span>: '
        '<span class="ansi-fg-1">x</span> <span class="ansi-fg-b4">y</span>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>1</script>",
        "\x1b[31m<script>1</script>",
        "\x1b]8;;javascript:1\x07<script>\x1b]8;;\x07",
        "\x1b[31;<script>m",
    ],
)
def test_nothing_in_a_terminal_is_html(text):
    html = ansi.to_html(text)
    assert "<script" not in html
    assert "javascript" not in html


@pytest.mark.parametrize("text", ["\x1b[", "\x1b[38m", "\x1b[38;5m", "\x1b[48;2;1;2m", "\x1b"])
def test_a_cut_sequence_is_no_trouble(text):
    assert "after" in ansi.to_html(text + "\x1b[0mafter")


def test_plain_text_has_no_sequences():
    assert ansi.plain("\x1b[31mred\x1b[0m \x1b[2Kline") == "red line"


@pytest.mark.parametrize("code", ["9" * 5000, "00031", "1" * 90_000, "38;5;" + "9" * 5000])
def test_a_code_that_no_terminal_knows_is_skipped(code):
    assert "ansi-bold" in ansi.to_html(f"\x1b[{code}m\x1b[1mafter")


@pytest.mark.parametrize(
    "unit", ["\x1b[", "\x1b[1", "\x1b[1;", "\x1b]", "\x1b]a", "\x1b", "\x1b[1ma", "\x1b[38;5;9mx"]
)
def test_no_terminal_output_takes_long(unit):
    before = time.process_time()
    for start in ("", "\x1b[", "\x1b[" + "1" * 50_000):
        text = start + unit * (30_000 // len(unit))
        ansi.to_html(text)
        ansi.plain(text)
    assert time.process_time() - before < 5
