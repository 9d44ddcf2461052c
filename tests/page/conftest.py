from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from page_browser import Pages, launch
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for these tests; while it runs, this process cannot start an event loop."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def pages(browser: Browser, tmp_path: Path) -> Iterator[Pages]:
    """Opens pages; at the end, no page may have had an error, a dialog or a request."""
    opener = Pages(browser, tmp_path)
    yield opener
    opener.close()
