"""The notices about the index that a question found, and about the one that answers it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from workspace_builder import A, B, Workspace, altered_index

from yoi_relations.errors import WriteError
from yoi_relations.files.workspace import CACHE, find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Trust
from yoi_relations.index.reconcile import rebuild_index


@pytest.fixture
def path(workspace: Workspace) -> Path:
    """The index of a workspace with one relation."""
    workspace.pair("blocked_by", "first")
    workspace.show()
    (path,) = (workspace.root / CACHE).glob("*.sqlite3")
    return path


def asked(workspace: Workspace, trust: Trust = Trust.STAT) -> tuple[Index, list[str]]:
    """The index of a question, and its notices."""
    notices: list[str] = []
    return open_index(find_workspace(str(workspace.root)), notices.append, trust=trust), notices


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def copy(path: Path) -> None:
    shutil.copy2(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (Path.unlink, "missing"),
        (replace_by_folder, "unreadable"),
        (lambda path: path.write_bytes(b"x" * 99), "damaged"),
        (copy, "not made here"),
        (lambda path: altered_index(path, "PRAGMA user_version = 99"), "other version"),
    ],
)
@pytest.mark.parametrize("trust", list(Trust))
def test_unusable_index_is_reported_once(
    workspace: Workspace, path: Path, damage: Callable[[Path], object], found: str, trust: Trust
) -> None:
    damage(path)
    index, notices = asked(workspace, trust)
    with index:
        assert (index.found.value, index.published) == (found, None)
        assert index.generation.number == 1
        (notice,) = notices
        assert notice.startswith("index: ")
        assert " 3 files" in notice
        assert found == "missing" or found in notice
    index, notices = asked(workspace)
    with index:
        assert (index.found.value, index.published, notices) == ("current", index.generation, [])
        assert index.generation.number == 1  # it was published


def test_outdated_index_is_updated_silently(workspace: Workspace, path: Path) -> None:
    with asked(workspace, Trust.INDEX)[0] as index:
        before = index.generation
    inode = path.stat().st_ino
    workspace.record(B, "after", A, "second")
    index, notices = asked(workspace)
    with index:
        assert (index.found.value, index.published, notices) == ("stale", before, [])
        assert index.generation.number == before.number + 1
        assert index.generation.digest != before.digest
        assert (index.tickets, index.records, index.sources) == (2, 2, 4)
        held = index.generation
    assert path.stat().st_ino != inode
    workspace.record(B, "after", A, "third")
    index, notices = asked(workspace, Trust.INDEX)
    with index:
        assert (index.found.value, index.published, notices) == ("unchecked", held, [])
        assert (index.trust, index.generation, index.records) == (Trust.INDEX, held, 2)


def test_failed_publish_is_reported_and_keeps_the_old_index(
    workspace: Workspace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, files = path.read_bytes(), sorted(path.parent.iterdir())
    workspace.record(B, "after", A, "second")
    replace = os.replace

    def fail(source: str, target: str, **named: int) -> None:
        if target == path.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target, **named)

    monkeypatch.setattr(os, "replace", fail)
    index, notices = asked(workspace)
    with index:
        assert index.records == 2
        (notice,) = notices
        assert notice.startswith(f"{path}: ")
        assert os.strerror(errno.ENOSPC) in notice
    with pytest.raises(WriteError) as failed:
        rebuilt(workspace)
    assert failed.value.message.startswith(f"{path}: ")
    assert os.strerror(errno.ENOSPC) in failed.value.message
    assert failed.value.hint
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == (before, files)


def test_obstacle_to_publishing_is_reported(workspace: Workspace, path: Path) -> None:
    path.with_name(f"tmp-{os.getpid()}.sqlite3").mkdir()
    workspace.record(B, "after", A, "second")
    index, notices = asked(workspace)
    with index:
        assert index.records == 2
    assert notices == [f"{path}: cannot write the index: File exists; answering from memory"]


def rebuilt(workspace: Workspace) -> tuple[Index, list[tuple[int, int]]]:
    """The index of a rebuild, and the steps of its progress."""
    steps: list[tuple[int, int]] = []
    found = find_workspace(str(workspace.root))
    return rebuild_index(found, lambda done, total: steps.append((done, total))), steps


def test_rebuild_increments_the_generation(workspace: Workspace, path: Path) -> None:
    with asked(workspace, Trust.INDEX)[0] as index:
        before = index.generation.number
    index, steps = rebuilt(workspace)
    with index:
        assert (index.found.value, index.published) == ("unchecked", index.generation)
        assert (index.trust, index.records, steps) == (Trust.CONTENT, 1, [(2, 2)])
        assert index.generation.number == before + 1
    path.write_bytes(b"")
    with rebuilt(workspace)[0] as index:
        assert (index.records, index.generation.number) == (1, 1)


def test_progress_adds_up_over_batches(workspace: Workspace) -> None:
    for number in range(260):  # enough for a second process
        workspace.ticket(f"{A[:-3]}{number:03d}")
    index, steps = rebuilt(workspace)
    index.close()
    assert steps == [(done, 260) for done in (64, 128, 192, 256, 260)]
