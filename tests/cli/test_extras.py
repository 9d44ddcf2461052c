"""The hint about a missing extra fits the installer of the program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from workspace_builder import Workspace

from yoi_relations.extras import how_to_install


@pytest.mark.parametrize(
    ("file", "commands"),
    [
        ("pipx_metadata.json", ["pipx install --force"]),
        ("uv-receipt.toml", ["uv tool install --force"]),
        ("pyvenv.cfg", ["pip install", "pipx install --force", "uv tool install --force"]),
    ],
)
def test_hint_names_the_installer_or_all(
    file: str, commands: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / file).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))

    hint = how_to_install("mcp").partition(": ")[2]
    assert hint.split(" or ") == [f"{command} '.[mcp]'" for command in commands]


@pytest.mark.parametrize(
    ("module", "extra", "arguments"),
    [
        ("psycopg", "server", ("check", "--from", "service=tickets")),
        ("psycopg", "server", ("server", "list", "--to", "service=tickets")),
        ("starlette", "serve", ("serve",)),
        ("mcp", "mcp", ("mcp",)),
    ],
)
def test_a_missing_extra_is_named(
    workspace: Workspace, module: str, extra: str, arguments: tuple[str, ...]
) -> None:
    program = (
        f"import sys; sys.modules[{module!r}] = None; sys.argv[1:] = {[*arguments, '--json']}\n"
        "from yoi_relations.__main__ import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=workspace.root, capture_output=True, check=False
    )
    error = json.loads(ran.stderr.splitlines()[-1])["error"]
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert module in error["message"]
    assert f"'.[{extra}]'" in error["hint"]
