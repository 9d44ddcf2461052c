from __future__ import annotations

import contextlib
import os
import shutil
import socket
from pathlib import Path

import pytest
from workspace_builder import A, Workspace, scan, ulid

from yoi_relations.files.read_source import LIST_LIMIT, RECORD_LIMIT, read_source
from yoi_relations.files.source import Source, SourceError
from yoi_relations.files.workspace import find_workspace

LIMITS = {
    "artifacts/relations.json": LIST_LIMIT,
    "artifacts/orchestration-plan.jsonl": LIST_LIMIT,
    f"artifacts/relations/{ulid(7)}.md": RECORD_LIMIT,
}


def source_of(workspace: Workspace) -> Source:
    """The one source of a workspace."""
    (source,) = scan(find_workspace(str(workspace.root)))
    return source


def made(workspace: Workspace, name: str) -> Path:
    """An empty file in a ticket's folder."""
    path = workspace.tickets / A / name
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@pytest.mark.parametrize("name", ["item.md", *LIMITS])
def test_file_that_vanished_since_the_scan_has_no_content(workspace: Workspace, name: str) -> None:
    made(workspace, name)
    source = source_of(workspace)
    assert read_source(source) == b""
    shutil.rmtree(workspace.tickets / A)
    assert read_source(source) is None
    (workspace.tickets / A).touch()
    assert read_source(source) is None


@pytest.mark.parametrize("name", ["item.md", *LIMITS])
def test_file_that_became_a_link_since_the_scan_is_not_followed(
    workspace: Workspace, name: str
) -> None:
    path = made(workspace, name)
    source = source_of(workspace)
    path.rename(path.with_name(".real"))
    path.symlink_to(".real")
    with pytest.raises(SourceError, match="symbolic link"):
        read_source(source)


@pytest.mark.parametrize("name", ["item.md", *LIMITS])
def test_path_that_is_no_longer_a_file_is_reported(workspace: Workspace, name: str) -> None:
    path = made(workspace, name)
    source = source_of(workspace)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SourceError, match="regular file"):
        read_source(source)
    path.unlink()
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(path.parent):
        listening.bind(path.name)
        with pytest.raises(SourceError, match="regular file"):
            read_source(source)


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_file_above_its_limit_is_reported(workspace: Workspace, name: str, limit: int) -> None:
    path = made(workspace, name)
    path.write_bytes(b"x" * (limit - 4) + b"last")
    data = read_source(source_of(workspace)) or b""
    assert (len(data), data[-4:]) == (limit, b"last")
    os.truncate(path, limit + 1)
    with pytest.raises(SourceError, match=f"{limit // 1024} KiB"):
        read_source(source_of(workspace))


def test_only_the_frontmatter_of_an_item_is_read(workspace: Workspace) -> None:
    folder = workspace.ticket(A)
    os.truncate(folder / "item.md", 100 * 1024 * 1024)
    expected = f"---\ntitle: Title of {A}\nstate: planning\n---\n".encode()
    assert read_source(source_of(workspace)) == expected


def test_item_without_a_closing_fence_is_read_up_to_a_limit(workspace: Workspace) -> None:
    folder = workspace.item(A, "---\ntitle: a\n")
    os.truncate(folder / "item.md", 100 * 1024 * 1024)
    assert len(read_source(source_of(workspace)) or b"") <= 1024 * 1024
