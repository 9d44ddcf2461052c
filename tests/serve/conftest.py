from __future__ import annotations

from collections.abc import Iterator

import pytest
from serve_process import Server
from workspace_builder import Workspace


@pytest.fixture
def server(edge: Workspace) -> Iterator[Server]:
    """Serves a workspace in which A is blocked by B."""
    with Server(edge, "--json") as started:
        yield started
