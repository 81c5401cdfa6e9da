"""The frame in which other people's HTML, SVG and scripts are shown.

Its headers give it an origin of its own, without cookies, network, forms or pop-ups, also when
somebody opens its address directly. Each host serves it beside its pages.
"""

from importlib.resources import files

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src data: blob:; connect-src 'none'; "
        "form-action 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def page() -> bytes:
    """The frame's document: it knows nothing until the page around hands it something."""
    return files("trailbook").joinpath("frame.html").read_bytes()
