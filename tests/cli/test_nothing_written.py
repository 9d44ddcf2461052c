"""A command that reads changes nothing outside the cache, stamps included."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from workspace_builder import A, B, C, Workspace, git

from yoi_relations.command_table import PROGRAM
from yoi_relations.files.workspace import CACHE

EXAMPLES = Path(__file__).parents[2] / "examples"
READING = (
    ("show",),
    ("show", A),
    ("show", "--all", "--json"),
    ("show", "--plain", "--trust", "content"),
    ("check",),
    ("check", A),
    ("check", "--state", "queued", "--json"),
    ("check", A, "--expect", "0000000000000000"),
    ("doctor",),
    ("doctor", "--severity", "info", "--json"),
    ("prime",),
    ("completion", "bash"),
    ("status",),
    ("verify",),
    ("watch", "--timeout", "0.2"),
    ("rebuild",),
    ("hooks", "list"),
    ("tree",),
    ("graph",),
    ("graph", A, "--json"),
    ("log",),
    ("log", A, "--json"),
    ("show", A, "--provenance"),
    ("show", "--at", "HEAD"),
    ("check", "--worktrees"),
    ("diff",),
    ("diff", "HEAD", ":", "--json"),
    ("diff", "--merge", "HEAD"),
)
ANSWERED = (0, 4, 5, 9, 10, 11, 12, 124)
WRITING = {"add", "retire", "mcp", "serve", "publish", "server"}
"""`mcp` without `--allow-write` has no tool that writes; its own tests check that, and those of
`serve` that it only answers. `publish` and `server` write a database."""

Stamp = tuple[int, int, int, int, bytes | None]


def everything(root: Path) -> dict[str, Stamp]:
    """Every path below `root` outside the cache: mode, owner, inode, time and content."""
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_relative_to(root / CACHE) or path == (root / CACHE).parent:
            continue
        stat = path.lstat()
        # Its time changes because the cache folder is made in it.
        time = 0 if path == root / ".yoi" else stat.st_mtime_ns
        data = path.read_bytes() if path.is_file() else None
        found[str(path)] = (stat.st_mode, stat.st_uid, stat.st_ino, time, data)
    return found


@pytest.fixture
def busy(workspace: Workspace) -> Workspace:
    """The examples in a git repository, with tickets that have many problems."""
    shutil.copytree(EXAMPLES, workspace.root, dirs_exist_ok=True)
    workspace.ticket(A, "queued")
    workspace.ticket(B, "unheard-of").chmod(0o750)
    workspace.record(A, "blocked_by", B).chmod(0o640)
    workspace.record(C, "after", A)  # a folder without an item.md
    workspace.artifact(A, "orchestration-plan.jsonl", "{oops\n").chmod(0o444)
    workspace.artifact(B, "relations.json", "{")
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "everything")
    return workspace


def test_every_command_reads_or_writes() -> None:
    commands = {one.name for one in PROGRAM.commands}
    assert {arguments[0] for arguments in READING} | WRITING == commands


@pytest.mark.usefixtures("either_command_line")
def test_reading_commands_write_only_the_cache(busy: Workspace) -> None:
    before = everything(busy.root)
    for arguments in READING:
        shutil.rmtree(busy.root / CACHE, ignore_errors=True)
        for found in ("no index", "an index"):
            ran = busy.run(*arguments)
            assert ran.code in ANSWERED, ran
            assert everything(busy.root) == before, (arguments, found)
