"""An index file that was proven is opened in place until its stamp changes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import OperationalError
from unittest import mock

import pytest
from interleaving import once_after
from open_descriptors import all_closed
from workspace_builder import A, B, Workspace, altered_index

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files import stat_stamp
from yoi_relations.files.workspace import CACHE, find_workspace
from yoi_relations.index import freshness, index_file, rescan, store
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index
from yoi_relations.index.snapshot import StampChanges


@pytest.fixture(autouse=True)
def _reliable_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stamp is reliable at once."""
    monkeypatch.setattr(stat_stamp, "WINDOW", -(10**18))


@contextmanager
def reads_of_index_file(*, allowed: bool) -> Iterator[mock.Mock]:
    """The reads of the whole index file, and whether there may be any."""
    effect = None if allowed else AssertionError("the whole file is read")
    with mock.patch.object(
        index_file, "read_index_file", wraps=index_file.read_index_file, side_effect=effect
    ) as it:
        yield it


def asked(workspace: Workspace, *, publish: bool = True) -> Index:
    return open_index(find_workspace(str(workspace.root)), lambda _: None, publish=publish)


def filled(workspace: Workspace) -> Path:
    """The index file of a workspace with one relation; it is not proven yet."""
    workspace.pair("blocked_by", "first")
    asked(workspace).close()
    (index,) = (workspace.root / CACHE).glob("*.sqlite3")
    return index


@pytest.mark.parametrize("name", [b"plain", b"a %41?b=c#d", "é".encode(), b"\xff", b"a%3fmode=rw"])
def test_proven_index_is_opened_in_place_at_any_path(tmp_path: Path, name: bytes) -> None:
    workspace = Workspace(tmp_path / os.fsdecode(name) / "work")
    filled(workspace)
    with reads_of_index_file(allowed=True) as read, asked(workspace) as index:
        assert (index.records, read.call_count) == (1, 1)
    with reads_of_index_file(allowed=False), asked(workspace) as index:
        assert index.records == 1
        # A write would change its stamp, and the next reader would have to prove it again.
        with pytest.raises(OperationalError, match="readonly"):
            index.connection.execute("DELETE FROM tally")


@pytest.mark.parametrize("what", ["stale", "racy"])
def test_failed_question_closes_the_index(workspace: Workspace, what: str) -> None:
    filled(workspace)
    asked(workspace).close()
    with pytest.MonkeyPatch.context() as patch, all_closed():
        if what == "racy":
            patch.setattr(
                freshness, "compare_stamps", lambda *_, **__: StampChanges(set(), {A.encode()})
            )
        else:
            workspace.ticket(B, "closed")
        patch.setattr(
            rescan, "rescan_folders", mock.Mock(side_effect=UnreadableFolderError("no", "x"))
        )
        with pytest.raises(UnreadableFolderError) as kept:
            asked(workspace)
    assert kept.value.hint == "x"


def test_index_date_fits_every_file_system(workspace: Workspace) -> None:
    before = time.time_ns()
    date = filled(workspace).stat().st_mtime_ns
    assert date % 2_000_000_000 == 0  # FAT stores no other dates
    assert before - 2_000_000_000 <= date <= time.time_ns()


def test_new_index_is_synced_before_it_replaces_the_old_one(workspace: Workspace) -> None:
    path, synced = filled(workspace), []
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        sync(descriptor)
        synced.append((os.fstat(descriptor), path.stat().st_ino))

    before = path.stat().st_ino
    workspace.record(B, "after", A, "second")
    with mock.patch("os.fsync", fsync):
        asked(workspace).close()
    after = path.stat()
    (status, published) = synced[-1]
    assert (status.st_ino, status.st_size, published) == (after.st_ino, after.st_size, before)


def test_question_without_publishing_writes_no_stamp(workspace: Workspace) -> None:
    index = filled(workspace)
    for _ in range(2):
        with reads_of_index_file(allowed=True) as read:
            asked(workspace, publish=False).close()
        assert read.call_count == 1
    assert not index.with_suffix(".stamp").exists()


@pytest.mark.parametrize("why", ["young", "not trusted"])
def test_racy_index_file_is_not_noted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    index = filled(workspace)
    if why == "young":
        monkeypatch.setattr(stat_stamp, "WINDOW", 10**18)
    else:
        monkeypatch.setattr(store, "is_trusted_file_system", lambda _: False)
    asked(workspace).close()
    assert not index.with_suffix(".stamp").exists()


def test_failed_stamp_write_costs_no_answer(workspace: Workspace) -> None:
    note = filled(workspace).with_suffix(".stamp")
    note.mkdir()
    for _ in range(2):
        with asked(workspace) as index:
            assert index.records == 1
    assert note.is_dir()


def test_altered_index_is_checked_again(workspace: Workspace) -> None:
    path = filled(workspace)
    asked(workspace).close()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with asked(workspace) as index:
        assert index.found is store.IndexState.DAMAGED
        assert index.records == 1
    asked(workspace).close()
    altered_index(path, "PRAGMA user_version = 99")
    with asked(workspace) as index:
        assert index.found is store.IndexState.OTHER_VERSION


def test_index_that_vanishes_before_opening_is_rebuilt(workspace: Workspace) -> None:
    path = filled(workspace)
    asked(workspace).close()
    with once_after(store, "_noted_stamp", path.unlink), asked(workspace) as index:
        assert (index.found, index.records) == (store.IndexState.DAMAGED, 1)
    assert path.exists()


def test_file_without_a_place_is_not_an_index(workspace: Workspace) -> None:
    path = filled(workspace)
    path.unlink()
    with path.open("wb") as file:
        index_file.write_index_file(file, b"")
    with asked(workspace) as index:
        assert (index.found, index.records) == (store.IndexState.DAMAGED, 1)
