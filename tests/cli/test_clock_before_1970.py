"""Commands work on a machine whose clock is before 1970."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from workspace_builder import A, B, Workspace


@pytest.fixture
def before_1970() -> dict[str, str]:
    """The environment of a machine whose clock is at 1965."""
    found = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1")]
    if not found:
        pytest.skip("libfaketime is not installed")
    return {"LD_PRELOAD": str(found[0]), "FAKETIME": "1965-01-02 00:00:00"}


def test_commands_answer_as_usual(edge: Workspace, before_1970: dict[str, str]) -> None:
    for command in (
        ("add", A, "related", B),
        ("add", B, "waiting", "--note", "x"),
        ("retire", "01KT0000000000000000000001", "--reason", "over"),
        ("rebuild",),
        ("status",),
        ("show",),
    ):
        asked = edge.process(*command, stdin=b"", **before_1970)
        assert asked.code == 0, asked
    names = [path.stem for path in edge.tickets.rglob("relations/*.md")]
    assert len(names) == len(set(names)) == 4
    assert len(edge.run("show", "--all", "--json").json["relations"]) == 3
    assert edge.run("doctor", "--severity", "error").code == 0


def test_record_id_starts_with_zeros(monkeypatch: pytest.MonkeyPatch, edge: Workspace) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: -157_000_000_000_000_000)
    answer = edge.run("add", A, "related", B, "--json").json
    assert answer["record"]["id"].startswith("0000000000")
