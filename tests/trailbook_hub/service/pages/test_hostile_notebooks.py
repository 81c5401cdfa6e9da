"""A notebook that somebody made to stop whoever shows it: the page comes, soon, and says so."""

import json
import time

import desk
from trailbook_hub.service.pages import notebooks

LAUGHS = {f"a{n}": {"image/png": f"attachment:a{n + 1}" * 10} for n in range(20)}
UNCLOSED = "".join(f"<b title={n}>" for n in range(2_000)) + "<p>a" * 2_000


def markdown(text, **more):
    return {"cell_type": "markdown", "metadata": {}, "source": text, **more}


def code(source, *outputs):
    whole = {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}
    return {**whole, "execution_count": None}


def shown(visitor, service, path, cells):
    """The page of a version with these cells."""
    trail = service.team.trail("bob", path, service.team.project)
    snapshot = desk.new_id()
    raw = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    saved = desk.NotebookSaved(**trail._common(), snapshot=snapshot, path=path)
    trail._send(saved, json.dumps(raw).encode())
    page = visitor("carol").at(f"snapshots/{snapshot}")
    assert page.status_code == 200
    return page.text


def test_a_few_lines_do_not_become_a_page_without_end(visitor, service):
    colour = {"output_type": "stream", "name": "stdout", "text": f"\x1b[{'1' * 5_000}mred"}
    cells = [
        markdown("![a](attachment:a0)" * 10, attachments=LAUGHS),
        markdown(UNCLOSED),
        code("\n" * 40_000, colour),
        code("last()"),
    ]
    before = time.process_time()
    page = shown(visitor, service, "bombs.ipynb", cells)
    assert time.process_time() - before < 10
    assert len(page) < 2_000_000
    assert 'id="cell-4"' in page
    assert "take too long" not in page


def test_cells_that_take_too_long_are_counted_and_the_file_is_offered(
    visitor, service, monkeypatch
):
    monkeypatch.setattr(notebooks, "SECONDS", 0.3)
    page = shown(visitor, service, "slow.ipynb", [code("\n" * 40_000)] * 30)
    told = page.count("<section")
    assert 0 < told < 30
    assert f"{30 - told} more cells would take too long to show here." in page
