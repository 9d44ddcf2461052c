from __future__ import annotations

from collections.abc import Iterator

import pytest
from page_browser import browser, pages
from serve_process import Server
from workspace_builder import Workspace

__all__ = ["browser", "pages", "server"]


@pytest.fixture
def server(edge: Workspace) -> Iterator[Server]:
    """Serves a workspace in which A is blocked by B."""
    with Server(edge, "--json") as started:
        yield started
