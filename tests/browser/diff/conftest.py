"""A diff page of two versions, in the real reader."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

import desk

CELL = ".tb-Diff-cell"


def output(**data):
    """An output that shows something, by MIME type with underscores for what names cannot hold."""
    parts = {mime.replace("__", "/"): content for mime, content in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": parts}


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def code(source, *outputs, name="c"):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "execution_count": 1,
        "outputs": list(outputs),
    }


def markdown(source, name="m"):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


@pytest.fixture
def made():
    """What notebooks are made of."""
    return SimpleNamespace(output=output, stream=stream, code=code, markdown=markdown)


@pytest.fixture
def service(tmp_path):
    running = desk.Service(desk.Team(tmp_path))
    yield running
    running.close()


@pytest.fixture
def page(service, somebody):
    """Carol's browser; what its console says is kept."""
    page = somebody()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.context.add_cookies([{"name": "who", "value": "carol", "url": service.origin}])
    return page


@pytest.fixture
def compared(service, page):
    """Calling it saves two versions and opens their diff, drawn to the end."""

    def opened(before, after, query=""):
        trail = service.team.trail("bob", "features.ipynb", service.team.project)
        base, target = trail.save(before), trail.save(after)
        page.goto(f"{service.url}diff?base={base}&target={target}{query}")
        expect(page.locator("#diff")).not_to_have_attribute("aria-busy", "true", timeout=60_000)
        return page

    yield opened
    assert page.said == []
