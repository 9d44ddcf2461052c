"""What a read loads: the time of a lookup is the time of its imports."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

import pytest
from building import A, B, Workspace

HEAVY = {
    "asyncio",
    "click",
    "dataclasses",
    "difflib",
    "importlib.resources",
    "inspect",
    "json",
    "rich",
    "sqlmodel",
    "subprocess",
    "typer",
    "ulid",
    "yaml",
    "yoi_relations.recording",
    "yoi_relations.surfaces.cli",
}
FOR_HOOKS = {"dataclasses", "inspect", "subprocess"}
"""What `status` loads to ask git for its hooks."""
PROGRAM = "from yoi_relations.__main__ import main; main()"


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with an index, and files old enough to be known by their stamps."""
    workspace = Workspace(tmp_path_factory.mktemp("imports") / "work")
    workspace.ticket(A)
    workspace.ticket(B, "ready")
    workspace.record(A, "blocked_by", B, "why")
    time.sleep(3)
    workspace.process("show")
    return workspace


def loaded(workspace: Workspace, code: str, *arguments: str, terminal: bool = False) -> set[str]:
    """The modules that a process loads."""
    ours, theirs = pty.openpty()
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code, *arguments],
        cwd=workspace.root,
        stdout=theirs if terminal else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
        check=False,
        text=True,
    )
    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 0, ran.stderr[-2000:]
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize(
    "line",
    [
        "show --kind blocker --all --json",
        "show --plain",
        f"show {A}",
        f"check {B} --json",
        "check --state ready --plain",
        "doctor --json",
        "show --trust index --json",
        "status",
        "--json status",
    ],
)
def test_a_read_loads_nothing_heavy(indexed: Workspace, line: str) -> None:
    modules = loaded(indexed, PROGRAM, *line.split()) - loaded(indexed, "pass")

    assert "yoi_relations.surfaces.quick" in modules
    assert modules & HEAVY <= (FOR_HOOKS if "status" in line.split() else set())


@pytest.mark.parametrize("line", ["show --limit 1", "check --state ready", "doctor", "status"])
def test_a_terminal_costs_rich_and_not_typer(indexed: Workspace, line: str) -> None:
    modules = loaded(indexed, PROGRAM, *line.split(), terminal=True)

    assert modules & {"rich", "typer", "click", "yaml", "yoi_relations.surfaces.cli"} == {"rich"}


def test_help_is_typers(indexed: Workspace) -> None:
    assert loaded(indexed, PROGRAM, "show", "--help") >= {"typer", "yoi_relations.surfaces.cli"}
