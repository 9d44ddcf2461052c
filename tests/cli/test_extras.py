"""The hint for a missing extra fits the way in which the program was installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from yoi_relations.extras import how_to_install


@pytest.mark.parametrize(
    ("receipt", "ways"),
    [
        ("pipx_metadata.json", ["pipx install --force"]),
        ("uv-receipt.toml", ["uv tool install --force"]),
        ("pyvenv.cfg", ["pip install", "pipx install --force", "uv tool install --force"]),
    ],
)
def test_hint_names_the_installer_or_all(
    receipt: str, ways: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / receipt).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))

    said = how_to_install("mcp").partition(": ")[2]
    assert said.split(" or ") == [f"{way} '.[mcp]'" for way in ways]
