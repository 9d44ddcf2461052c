"""Modules that a command imports: imports are most of the time of a lookup."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Container
from pathlib import Path

import pytest
from git_repository import Repository
from workspace_builder import A, B, Workspace

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
    "yoi_relations.cli.typer_app",
}
NOT_FOR_A_LOOKUP = HEAVY | {
    "array",
    "contextlib",
    "datetime",
    "enum",
    "fcntl",
    "hashlib",
    "re",
    "sqlite3",
    "typing",
    "yoi_relations.files.scan_root",
    "yoi_relations.files.scan_folder",
    "yoi_relations.index.build",
    "yoi_relations.index.cache_folder",
    "yoi_relations.index.reconcile",
    "yoi_relations.queries.check",
    "yoi_relations.queries.counts",
    "yoi_relations.render.check",
    "yoi_relations.cli.stdin",
    "yoi_relations.completion",
    "yoi_relations.hooks",
    "yoi_relations.render.lines",
    "yoi_relations.render.status",
    "yoi_relations.render.terminal.show",
    "yoi_relations.index.watcher_lock",
}
"""Modules for writing, for a rescan, or for another form of the answer."""
FOR_HOOKS = {"dataclasses", "inspect", "subprocess"}
"""Modules that `status` imports to ask git for its hooks."""
PROGRAM = "from yoi_relations.__main__ import main; main()"


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with files and an index whose stamps are all reliable."""
    workspace = Workspace(tmp_path_factory.mktemp("imports") / "work")
    workspace.pair("blocked_by", "why", states=("planning", "ready"))
    for _ in ("the index is published", "its stamp is noted, so its digest is not needed again"):
        time.sleep(3)
        workspace.process("show")
    return workspace


@pytest.fixture(scope="module")
def reliable(indexed: Workspace) -> Workspace:
    """The same workspace; the stamp of the index file is reliable, too."""
    time.sleep(3)
    indexed.process("show")
    return indexed


@pytest.fixture(scope="module")
def bare(indexed: Workspace) -> set[str]:
    """The modules of an interpreter that does nothing."""
    return loaded(indexed, "pass")


def loaded(
    workspace: Workspace,
    code: str,
    *arguments: str,
    terminal: bool = False,
    codes: Container[int] = (0,),
) -> set[str]:
    """The modules that a process imports; it must exit with one of `codes`."""
    ours, theirs = pty.openpty()
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code, *arguments],
        cwd=workspace.root,
        stdout=theirs if terminal else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
        check=False,
        text=True,
    )
    os.close(theirs)
    os.close(ours)
    assert ran.returncode in codes, ran.stderr[-2000:]
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
        "tree --json",
        "tree --plain",
        "doctor --json",
        "show --trust index --json",
        "status",
        "--json status",
    ],
)
def test_read_imports_nothing_heavy(indexed: Workspace, bare: set[str], line: str) -> None:
    modules = loaded(indexed, PROGRAM, *line.split()) - bare

    assert "yoi_relations.cli.fast_path" in modules
    assert modules & HEAVY <= (FOR_HOOKS if "status" in line.split() else set())


def test_check_without_a_repository_does_not_import_git(indexed: Workspace, bare: set[str]) -> None:
    modules = loaded(indexed, PROGRAM, "check", A, "--json", codes=(10,)) - bare

    assert "yoi_relations.render.check" in modules
    assert not {name for name in modules if name.startswith("yoi_relations.git")}


@pytest.mark.parametrize(
    ("line", "used", "unused"),
    [
        ("diff HEAD~1 HEAD --json", "cli.diff", {"queries.show", "render.show"}),
        ("show --at HEAD~1 --json", "queries.show", set()),
    ],
)
def test_answer_about_known_revisions_imports_little(
    tmp_path: Path, bare: set[str], line: str, used: str, unused: set[str]
) -> None:
    repository = Repository(tmp_path / "work")
    workspace = Workspace(repository.root).pair("blocked_by", "why")
    repository.commit()
    workspace.ticket(B, "done")
    repository.commit()
    workspace.process(*line.split())

    modules = loaded(workspace, PROGRAM, *line.split()) - bare

    unused |= {"git.scratch", "index.build", "index.freshness", "render.lines"}
    assert f"yoi_relations.{used}" in modules
    assert not modules & (HEAVY | {f"yoi_relations.{name}" for name in unused})


@pytest.mark.parametrize(
    "line",
    ["show --kind blocker --all --json", f"--json show {A}", "show --trust index --json"],
)
def test_lookup_imports_only_what_it_uses(reliable: Workspace, bare: set[str], line: str) -> None:
    modules = loaded(reliable, PROGRAM, *line.split()) - bare

    assert "_sqlite3" in modules
    assert not modules & NOT_FOR_A_LOOKUP


def test_check_of_a_ticket_imports_little(reliable: Workspace, bare: set[str]) -> None:
    modules = loaded(reliable, PROGRAM, "check", B, "--json") - bare

    assert "yoi_relations.queries.check" in modules
    assert not modules & {"contextlib", "datetime", "enum", "hashlib", "re"}


@pytest.mark.parametrize(
    "line", ["show --limit 1", "check --state ready", "tree", "doctor", "status"]
)
def test_terminal_imports_rich_and_not_typer(indexed: Workspace, line: str) -> None:
    modules = loaded(indexed, PROGRAM, *line.split(), terminal=True)

    assert modules & {"rich", "typer", "click", "yaml"} == {"rich"}


def test_version_does_not_import_typer(indexed: Workspace, bare: set[str]) -> None:
    modules = loaded(indexed, PROGRAM, "--version") - bare

    assert not modules & NOT_FOR_A_LOOKUP


@pytest.mark.parametrize(
    "line",
    [
        f"add {A} after {B} --note why",
        "retire nothing-like-it --reason why",
        "watch --once --timeout 0",
        "verify",
        "hooks list",
        "hooks run",
        "completion bash",
        f"completion run -- show {A}",
        "completion run --line=relations",
    ],
)
def test_no_command_imports_typer(indexed: Workspace, tmp_path: Path, line: str) -> None:
    copy = Workspace(shutil.copytree(indexed.root, tmp_path / "copy"))

    modules = loaded(copy, PROGRAM, *line.split(), codes={0, 1, 3, 5, 124})

    assert not modules & {"typer", "yoi_relations.cli.typer_app"}


def test_completion_imports_little(indexed: Workspace, bare: set[str]) -> None:
    modules = loaded(indexed, PROGRAM, "completion", "run", "--", "show", "") - bare

    assert not modules & (HEAVY | {"re", "shlex", "sqlite3", "typing"})


@pytest.mark.parametrize("line", ["show --help", "show -C.", "show --colour", "add", "doctor -h"])
def test_help_and_errors_do_not_import_pydantic(indexed: Workspace, line: str) -> None:
    modules = loaded(indexed, PROGRAM, *line.split(), codes={0, 2})

    assert "typer" in modules
    assert not {module.partition(".")[0] for module in modules} & {"pydantic", "pydantic_core"}


def test_help_imports_typer(indexed: Workspace) -> None:
    assert loaded(indexed, PROGRAM, "show", "--help") >= {
        "typer",
        "yoi_relations.cli.typer_app",
    }


def test_mcp_server_imports_only_its_sdk(indexed: Workspace) -> None:
    """It imports what `import mcp.server` does, and the packages named here."""
    sdk = loaded(indexed, "import mcp.server")
    ours = {"yoi_relations", "anyio", "ulid"}

    found = loaded(indexed, PROGRAM, "mcp")

    packages = {module.partition(".")[0] for module in found - sdk} - sys.stdlib_module_names
    assert {name for name in packages if not name.startswith("_")} <= ours
    assert "yoi_relations.mcp.server" in found
