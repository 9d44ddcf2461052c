"""`source_at`, which only has a path, knows the sources that a scan finds on the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from yoi_relations.files.source import Format
from yoi_relations.files.sources import ticket_source
from yoi_relations.files.workspace import find_workspace

RECORD = "---\nkind: waiting\nauthor: a\nat: 2026-06-01T10:00:00Z\n---\nwhy\n"
ULID = "01KT0000000000000000000001.md"
TASK = "---\nid: {0}\nstatus: open\n---\n# One\n"


def _yoi(root: Path) -> None:
    for place in ("", "open/", "closed/", "elsewhere/", "artifacts/", ".hidden/"):
        for id_ in ("00001KT0000AA", "20260101-100000-e\u0301", "open", ".dot"):
            folder = root / ".yoi/tickets" / place / id_
            for name in ("", "relations/", "relations/deeper/", "other/"):
                (folder / "artifacts" / name).mkdir(parents=True, exist_ok=True)
                for file in (ULID, "note.md", ".dot.md", "note.txt", "relations.json"):
                    (folder / "artifacts" / name / file).write_text(RECORD)
            (folder / "artifacts/orchestration-plan.jsonl").write_text("")
            (folder / "item.md").write_text("---\ntitle: x\nstate: ready\n---\n")


def _records(root: Path) -> None:
    for name in ("task-01", "TASK-2", ".dot", "e\u0301", "task-1/deeper"):
        folder = root / ".yoi/relations" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file in (ULID, "note.md", ".dot.md", "note.txt"):
            (folder / file).write_text(RECORD)
    (root / ".yoi/relations" / ULID).write_text(RECORD)


def _tasks(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("ab-1.md", "README.md", ".dot.md", "note.txt", "TASK-1.md", "task-01 - One.md"):
        (folder / name).write_text(TASK.format(name))


def _tk(root: Path) -> None:
    _records(root)
    for name in ("", "tasks", "deeper"):
        _tasks(root / ".tickets" / name)


def _backlog(root: Path) -> None:
    _records(root)
    for name in ("", "tasks", "completed", "drafts", "tasks/deeper", "archive/tasks"):
        _tasks(root / "backlog" / name)
    (root / "backlog/config.yml").write_text("")


@pytest.mark.parametrize("build", [_yoi, _tk, _backlog])
def test_path_alone_says_what_a_scan_finds(tmp_path: Path, build: Callable[[Path], None]) -> None:
    build(tmp_path)
    workspace = find_workspace(str(tmp_path))
    source = ticket_source(workspace)
    scanned = {
        found.path: found._replace(fs_path=os.fsencode(found.path))
        for name in source.list_root().names
        for found in source.scan(os.fsencode(name), {}).sources
        if found.format not in (Format.ITEM, Format.STRAY)
    }

    by_path = {}
    for path in tmp_path.rglob("*"):
        below = path.relative_to(tmp_path).as_posix()
        root = next((r for r in workspace.source_roots if below.startswith(f"{r}/")), None)
        if root and path.is_file() and (at := source.source_at(below.encode(), root.encode())):
            by_path[below] = at

    assert len(scanned) > 3
    assert by_path == scanned
