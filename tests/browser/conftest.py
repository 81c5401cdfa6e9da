"""A browser, and pages that fail their test when they complain."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hubs

playwright = pytest.importorskip("playwright.sync_api")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium(browser_path: str) -> Iterator["playwright.Browser"]:
    """One browser for all tests; each person is a context of their own in it."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """No event loop of pytest-jupyter's: the browser's driver runs its own on this thread."""


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """No server of this process to clean up after."""


@pytest.fixture
def somebody(chromium: "playwright.Browser") -> Iterator[Callable[[], "playwright.Page"]]:
    """Calling it answers a page in a context of its own: another person at another desk."""
    contexts = []

    def page() -> "playwright.Page":
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(hubs.patience(20) * 1000)
        contexts.append(context)
        return context.new_page()

    yield page
    for context in contexts:
        context.close()
