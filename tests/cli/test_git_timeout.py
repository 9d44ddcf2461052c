"""A git that does not answer is ended, and the command says so."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from workspace_builder import A, B, Workspace, git

RARE_COMMANDS = [
    pytest.param(command, marks=pytest.mark.campaign)
    for command in (
        ("retire", "01KT0000000000000000000001", "--reason", "over"),
        ("hooks", "list"),
    )
]


@pytest.fixture
def hanging_git(edge: Workspace, tmp_path: Path) -> dict[str, str]:
    """An environment whose git starts another program and waits for it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    children = tmp_path / "children"
    program = folder / "git"
    program.write_text(f"#!/bin/sh\nsleep 300 &\necho $! >>{children}\nwait\n")
    program.chmod(0o755)
    git(edge, "init", "-q")
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "YOI_RELATIONS_AUTHOR": "",
        "children": str(children),
    }


@pytest.mark.parametrize(
    "command",
    [
        ("add", A, "related", B),
        ("hooks", "install"),
        *RARE_COMMANDS,
    ],
)
def test_hanging_git_is_ended(
    edge: Workspace, hanging_git: dict[str, str], command: tuple[str, ...]
) -> None:
    before = edge.snapshot()
    start = time.monotonic()
    asked = edge.process(*command, "--json", stdin=b"", **hanging_git)
    assert time.monotonic() - start < 30
    assert (asked.code, asked.out) == (1, "")
    error = asked.errors[-1]["error"]
    assert error["code"] == "git_timeout"
    assert ("--author" in error["hint"]) == (command[0] in {"add", "retire"})
    assert edge.snapshot() == before
    children = Path(hanging_git["children"]).read_text().split()
    deadline = time.monotonic() + 10  # a killed process takes a moment to end
    while any(map(is_running, children)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [child for child in children if is_running(child)] == []


def is_running(process: str) -> bool:
    """Whether there is a process with this id that is not a zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_command_without_git_does_not_wait_for_git(
    edge: Workspace, hanging_git: dict[str, str]
) -> None:
    asked = edge.process("add", A, "related", B, "--author", "me", stdin=b"", **hanging_git)
    assert asked.code == 0
    assert edge.process("status", stdin=b"", **hanging_git).code == 0
