"""The hint about a missing extra fits the installer of the program."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

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
