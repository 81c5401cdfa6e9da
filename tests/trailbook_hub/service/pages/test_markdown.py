import time

import pytest

from trailbook_hub.service.pages import markdown


def test_markdown_keeps_what_reading_needs():
    html = markdown.to_html(
        "# A\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n[x](https://example.org)"
    )
    assert "<h1>A</h1>" in html
    assert "<strong>2</strong>" in html
    assert 'href="https://example.org" rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>x</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "<a href='JaVaScRiPt:alert(1)'>a</a>",
        "<a href='data:text/html,<script>1</script>'>a</a>",
        "<form action=/hub/logout><button>Approve</button></form>",
        "<div style='position:fixed' class=top id=content>a</div>",
        "<style>body{display:none}</style>",
        "<svg onload=alert(1)></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>a</mi></math>",
        "<iframe srcdoc='<script>1</script>'></iframe>",
        "<button data-commandlinker-command='terminal:create-new'>a</button>",
        "![a](/hub/logout)",
        "![a](https://elsewhere.example/beacon)",
        "<img src='data:image/svg+xml;base64,AAAA'>",
    ],
)
def test_nothing_that_acts_or_asks_survives(hostile):
    html = markdown.to_html(hostile).lower()
    for word in ("script", "onerror", "onload", "src=", "<form", "<button", "<iframe", "<svg"):
        assert word not in html
    for word in ("style", "class=", "id=", "action", "commandlinker", "data:", "href="):
        assert word not in html


def test_an_attachment_is_shown_from_the_notebook_itself():
    html = markdown.to_html("![a](attachment:x.png)", {"x.png": {"image/png": "AAAA"}})
    assert '<img src="data:image/png;base64,AAAA" alt="a">' in html


def test_an_attachment_of_another_kind_is_not():
    hostile = {"x.png": {"image/svg+xml": "AAAA", 'image/png"><script>': "AAAA"}}
    html = markdown.to_html("![a](attachment:x.png)", hostile)
    assert "src=" not in html
    assert "<script" not in html


def test_a_note_has_no_html_and_no_image_of_its_own():
    html = markdown.note_to_html("<b>no</b> **yes** ![x](data:image/png;base64,AAAA)")
    assert "<b>" not in html
    assert "<strong>yes</strong>" in html
    assert "<img" not in html


def test_an_attachment_is_not_put_into_an_attachment():
    """A billion laughs: each of a few names stands ten times in the one before."""
    laughs = {f"a{n}": {"image/png": f"attachment:a{n + 1}" * 10} for n in range(20)}
    assert len(markdown.to_html("![a](attachment:a0)" * 10, laughs)) < 10_000


def test_an_attachment_that_is_shown_again_and_again_is_so_within_bounds():
    large = {"x.png": {"image/png": "A" * 1_000_000}}
    html = markdown.to_html("![a](attachment:x.png)" * 1_000, large)
    assert html.count("src=") == markdown.ATTACHED // 1_000_000


def test_tags_that_nobody_closes_are_not_repeated_without_end():
    """A parser opens them again in each paragraph: one by one they would be gigabytes."""
    names = sorted(markdown._OPENED_AGAIN) * 200
    opened = "".join(f"<{name} title={n}>" for n, name in enumerate(names))
    for start in ("a ", "<div>", "<div><!--<b>-->"):
        html = markdown.to_html(start + opened + "<p>a" * 3_000)
        assert len(html) < 1_500_000
    assert "<b>yes</b>" in markdown.to_html("<b title='no'>yes</b>")


def test_what_is_too_long_is_shown_as_it_was_written():
    html = markdown.to_html("*a* <b>" * 20_000)
    assert html.startswith("<pre>*a* &lt;b&gt;")
    picture = "![a](data:image/png;base64," + "A" * 200_000 + ")"
    assert "<img" in markdown.to_html(picture)


BOMBS = [
    "[", "![", "[[]", "](", "[a](", "[](", "*a ", "**a *b_ ", "*a_ ", "`", "~~a ", "> ", ">", "- ",
    "1. ", "<a ", "<a b='", "<!--", "<!--a", "a<?", "a<!A", "a<![CDATA[", "<div>", "<table>a",
    "<p>a", "&amp", "\\", "a|", "|\n", "a\n", "[a]: b\n", "```\n", "<a href=x>", "<b><i>",
]  # fmt: skip


@pytest.mark.parametrize("unit", BOMBS)
def test_no_markdown_takes_long(unit):
    before = time.process_time()
    for start in ("", "<div>\n"):
        markdown.to_html(start + unit * (20_000 // len(unit)))
    assert time.process_time() - before < 5
