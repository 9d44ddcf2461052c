"""The cache folder: its small files, its lock, and what killed processes left in it."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from git_repository import Repository
from open_descriptors import opened
from workspace_builder import A, B, Workspace, ulid

from yoi_relations.files.workspace import CACHE, find_workspace
from yoi_relations.git.repository import find_repository
from yoi_relations.git.scratch import ScratchRepository
from yoi_relations.index import cache_folder
from yoi_relations.index.cache_folder import put
from yoi_relations.index.freshness import open_index

TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    """The cache folder of a workspace with a relation and an index."""
    workspace.pair("blocked_by", "first")
    workspace.show()
    return workspace.root / CACHE


@contextmanager
def held(folder: Path) -> Iterator[int]:
    """The lock, held by somebody else."""
    with (folder / "lock").open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def test_threads_may_put_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "small"
    texts = [bytes([number]) * 100_000 for number in range(8)]

    def put_often(data: bytes) -> None:
        with opened(tmp_path) as folder:
            for _ in range(40):
                put(folder, path.name, data)
                assert path.read_bytes() in texts

    with ThreadPoolExecutor(len(texts)) as pool:
        list(pool.map(put_often, texts))
    assert list(tmp_path.iterdir()) == [path]


def test_failed_write_is_reported_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "small"
    path.mkdir()
    with opened(tmp_path) as folder, pytest.raises(IsADirectoryError):
        put(folder, path.name, b"data")
    gone = tmp_path / "gone"
    gone.mkdir()
    with opened(gone) as folder:
        gone.rmdir()
        with pytest.raises(FileNotFoundError):
            put(folder, path.name, b"data")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("found", [None, "", "*", "*\n#"])
def test_the_folder_hides_itself_from_git_and_from_backups(
    workspace: Workspace, folder: Path, found: str | None
) -> None:
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", TAG)):
        path = folder / name
        assert path.read_text() == text
        path.unlink()
        if found is not None:
            path.write_text(found)  # as a full disk leaves it
        assert workspace.run("rebuild").code == 0
        assert path.read_text() == text


def test_correct_small_files_are_not_rewritten(workspace: Workspace, folder: Path) -> None:
    before = [(folder / name).stat().st_ino for name in (".gitignore", "CACHEDIR.TAG")]
    assert workspace.run("rebuild").code == 0
    assert [(folder / name).stat().st_ino for name in (".gitignore", "CACHEDIR.TAG")] == before


def test_removes_files_of_killed_processes(workspace: Workspace, folder: Path) -> None:
    old, young, folders = ".gitignore.1-2.tmp", "watch.3-4.tmp", ("a.5-6.tmp", "tmp-7.sqlite3")
    foreign = ("old.stamp", "old.tmp", "tmp-important", "tmp-1-notes.md", "tmp-1.sqlite3.bak")
    kept = {path.name for path in folder.iterdir()} | {young, *folders, *foreign}
    for name in ("tmp-1.sqlite3", f"tmp-1-{ulid(1)}.md", old, young, *foreign):
        (folder / name).write_text("half")
    for name in folders:
        (folder / name).mkdir()
    long_ago = time.time() - 2 * cache_folder.LOCK_WAIT
    for name in (old, *foreign, folders[0]):
        os.utime(folder / name, (long_ago, long_ago))
    os.utime(folder / young, (time.time() + 60,) * 2)  # however busy the machine is
    assert workspace.run("rebuild").code == 0
    assert {path.name for path in folder.iterdir()} == kept


@pytest.mark.parametrize("for_objects", [False, True])
def test_removes_repositories_of_killed_processes(
    workspace: Workspace, folder: Path, tmp_path: Path, *, for_objects: bool
) -> None:
    Repository(workspace.root)
    found = find_repository(str(workspace.root))
    kept = {path.name for path in folder.iterdir()}
    left = []
    for _ in range(2):
        with mock.patch("os.rename", side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
            ScratchRepository(found, str(folder), for_objects=for_objects).__enter__()
        left += [path for path in folder.iterdir() if path.name not in kept and path not in left]
    old, young = left
    (tmp_path / "others").mkdir()
    (tmp_path / "others/file").touch()
    (old / "link").symlink_to(tmp_path / "others")
    link = folder / f"{old.name}0"
    link.symlink_to(tmp_path / "others")
    for path in (old, link):
        os.utime(path, (0, 0), follow_symlinks=False)
    assert workspace.run("rebuild").code == 0
    assert {path.name for path in folder.iterdir()} == kept | {young.name, link.name}
    assert (tmp_path / "others/file").exists()


def test_sweep_ignores_files_that_vanish_first(workspace: Workspace, folder: Path) -> None:
    small = folder / "small.tmp"
    small.write_text("half")
    listed = os.listdir

    def listdir(path: Any = ".") -> Any:
        names = listed(path)
        small.unlink(missing_ok=True)
        return names

    with mock.patch("os.listdir", listdir):
        assert workspace.run("rebuild").code == 0
    assert not small.exists()


def test_answers_from_memory_while_another_process_holds_the_lock(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_folder, "LOCK_WAIT", 0.02)
    (index,) = folder.glob("*.sqlite3")
    with held(folder):
        workspace.record(B, "after", A, "second")
        before = index.read_bytes()
        ran = workspace.run("show")
        assert (ran.code, ran.out.count("second")) == (0, 1)
        assert f"{index}: " in ran.err
        assert " lock " in ran.err
        ran = workspace.run("rebuild")
        assert (ran.code, ran.out) == (1, "")
        assert f"{index}: " in ran.err
        assert " lock " in ran.err
        assert "\nhint: " in ran.err
        assert index.read_bytes() == before
    assert workspace.run("show").err == ""
    assert index.read_bytes() != before


def test_waiting_process_gets_the_released_lock(workspace: Workspace, folder: Path) -> None:
    workspace.record(B, "after", A, "second")
    with held(folder) as descriptor:
        release = threading.Timer(0.2, lambda: fcntl.flock(descriptor, fcntl.LOCK_UN))
        release.start()
        ran = workspace.run("show")
        release.join()
    assert (ran.code, ran.out.count("second"), ran.err) == (0, 1, "")


def test_process_with_no_wait_does_not_wait(workspace: Workspace, folder: Path) -> None:
    workspace.record(B, "after", A, "second")
    said: list[str] = []
    with held(folder), open_index(find_workspace(str(workspace.root)), said.append, wait=0.0) as it:
        assert it.records == 2
    assert len(said) == 1
    assert "another process holds the lock" in said[0]
