"""Scans and writes without permissions. Root, who has all of them, drops them first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from workspace_builder import A, B, Workspace, ulid

# All modules are imported before the permissions are dropped: their files may be unreadable then.
_AS_NOBODY = """
import json, os, sys
from yoi_relations.errors import RelationsError
from yoi_relations.files import record_json, record_jsonl
from yoi_relations.files.source import SourceError
from yoi_relations.files.parse import parse_source, unusable
from yoi_relations.files.read_source import read_source
from yoi_relations.files.scan_root import list_root
from yoi_relations.files.scan_folder import FolderScanner
from yoi_relations.files.workspace import find_workspace
from yoi_relations.files.write import write_new
import tomllib

def scan(workspace):
    scanner = FolderScanner(workspace)
    names = map(os.fsencode, list_root(workspace).names)
    return [source for name in names for source in scanner.scan(name).sources]

def parsed(source):
    try:
        return parse_source(source, read_source(source))
    except SourceError as error:
        return unusable(source, error.message)

_, root, ticket = sys.argv
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    workspace = find_workspace(root)
    if ticket:
        write_new(workspace, f".yoi/tickets/{ticket}/artifacts/relations", "new.md", b"new", None)
    faults = {source.path: [f.message for f in parsed(source).faults] for source in scan(workspace)}
    print(json.dumps({"faults": {path: message for path, message in faults.items() if message}}))
except RelationsError as error:
    print(json.dumps({"error": error.message}))
"""


def as_nobody(workspace: Workspace, write_to: str = "") -> Any:
    """The faults that a user without permissions gets, or the error that ends the command."""
    ran = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, str(workspace.root), write_to],
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(ran.stdout)


@pytest.fixture
def shared() -> Iterator[Workspace]:
    """A workspace with two tickets and all formats that everybody may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        workspace = Workspace(Path(folder) / "work")
        for holder in (A, B):
            workspace.ticket(holder)
            workspace.record(holder, "waiting", note="for a free desk")
            workspace.relations_json(holder)
            workspace.plan_lines(holder)
        yield workspace
        for path, _, _ in os.walk(folder):
            Path(path).chmod(0o755)


def test_readable_files_are_read(shared: Workspace) -> None:
    assert as_nobody(shared) == {"faults": {}}


@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["no rights", "listed only"])
@pytest.mark.parametrize("name", ["", A, f"{A}/artifacts"])
def test_folder_that_cannot_be_entered_fails_with_its_path(
    shared: Workspace, name: str, mode: int
) -> None:
    (shared.tickets / name).chmod(mode)
    message = as_nobody(shared)["error"]
    assert str(shared.tickets / name).removesuffix("/artifacts") in message
    assert "cannot be listed" in message


@pytest.mark.parametrize("name", ["", f"{A}/artifacts/relations"])
def test_folder_that_cannot_be_listed_fails_with_its_path(shared: Workspace, name: str) -> None:
    (shared.tickets / name).chmod(0o311)
    message = as_nobody(shared)["error"]
    assert message.startswith(f"{shared.tickets / name}: cannot be listed")


def test_bucket_that_cannot_be_listed_fails_with_its_path(shared: Workspace) -> None:
    bucket = shared.ticket("20260601-101500-older", bucket="open").parent
    bucket.chmod(0o311)
    assert as_nobody(shared)["error"].startswith(f"{bucket}: cannot be listed")


def test_root_without_execute_permission_is_not_taken_for_empty(
    shared: Workspace,
) -> None:
    bucket = shared.tickets / "open"
    bucket.mkdir()
    for holder in (A, B):
        (shared.tickets / holder).rename(bucket / holder)
    shared.tickets.chmod(0o444)
    assert as_nobody(shared)["error"].startswith(f"{shared.tickets}: cannot be listed")


@pytest.mark.parametrize("artifacts", [0o755, 0o311], ids=["", "artifacts entered alone"])
@pytest.mark.parametrize(
    "name",
    [
        "item.md",
        "artifacts/relations.json",
        "artifacts/orchestration-plan.jsonl",
        f"artifacts/relations/{ulid(1)}.md",
    ],
)
def test_file_that_cannot_be_read_is_a_problem_of_that_file(
    shared: Workspace, name: str, artifacts: int
) -> None:
    (shared.tickets / A / name).chmod(0)
    (shared.tickets / A / "artifacts").chmod(artifacts)
    path = f".yoi/tickets/{A}/{name}"
    assert as_nobody(shared) == {"faults": {path: ["cannot be read: Permission denied"]}}


@pytest.mark.parametrize("config", ["workspace.toml", "ticket.config.toml"])
def test_configuration_that_cannot_be_read_fails_with_its_path(
    shared: Workspace, config: str
) -> None:
    (shared.root / ".yoi" / config).touch(0)
    assert as_nobody(shared)["error"].startswith(f".yoi/{config}: cannot be read")


def test_read_only_ticket_folder_is_not_changed(shared: Workspace) -> None:
    (shared.tickets / A / "artifacts" / "relations").chmod(0o555)
    before = shared.snapshot()
    message = as_nobody(shared, write_to=A)["error"]
    assert (
        message
        == f".yoi/tickets/{A}/artifacts/relations/new.md: cannot be written: Permission denied"
    )
    assert shared.snapshot() == before
