"""Clients of other projects; `./scripts/dev mcp-clients` installs them from npm."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import mcp_clients
import pytest

FOLDER = Path(os.environ.get(mcp_clients.FOLDER_VARIABLE, os.devnull))
INSTALLED = FOLDER.is_dir() and shutil.which("node") is not None


@pytest.mark.skipif(
    not INSTALLED, reason=f"{mcp_clients.FOLDER_VARIABLE} does not name their folder"
)
def test_clients_of_other_projects_get_correct_answers(tmp_path: Path) -> None:
    for number, (name, ask) in enumerate(mcp_clients.clients(FOLDER).items()):
        folder = mcp_clients.workspace(tmp_path / str(number))
        assert mcp_clients.are_correct(ask(folder)), name
