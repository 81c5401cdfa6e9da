"""How much script the diff page asks for before it shows anything."""

import gzip

BUDGET = 420_000
"""Compressed bytes."""


def test_the_page_asks_for_little_script(compared, made, page):
    scripts = []
    page.on(
        "response",
        lambda answer: answer.request.resource_type == "script" and scripts.append(answer),
    )
    compared([made.code("a = 1")], [made.code("a = 2")])
    weights = {answer.url: len(gzip.compress(answer.body())) for answer in scripts}
    assert any("diff" in url for url in weights)
    assert sum(weights.values()) <= BUDGET, weights
