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
