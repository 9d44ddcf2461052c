"""Files are read whatever their stamps are, if stamps prove nothing or are not trusted."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from clocked_disk import Disk, disk_with, step
from index_comparison import assert_rebuilt, by_own_clock
from interleaving import once_after
from workspace_builder import A, B

from yoi_relations.files.workspace import CACHE
from yoi_relations.index import freshness, rescan, snapshot, snapshot_builder
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index, Trust


@pytest.fixture
def disk() -> Iterator[Disk]:
    with disk_with(by_own_clock) as disk:
        step(disk, ("wait", "80"))
        yield disk


def write_unseen(disk: Disk) -> None:
    """Change bytes and keep the stamp, as a memory mapping or another machine's clock can."""
    path = disk.folder(A) / "item.md"
    before = path.stat().st_mtime_ns
    disk.item(A, "closed")
    os.utime(path, ns=(before, before))


def asked(disk: Disk, trust: Trust = Trust.STAT, *, publish: bool = True) -> Index:
    return open_index(disk.found, lambda _: None, trust=trust, publish=publish)


@pytest.mark.parametrize("publish", [True, False])
def test_content_trust_sees_changes_without_a_new_stamp(disk: Disk, *, publish: bool) -> None:
    asked(disk).close()
    write_unseen(disk)
    with asked(disk) as index, pytest.raises(AssertionError):
        assert_rebuilt(index)  # the change is invisible to `stat`
    with asked(disk, Trust.CONTENT, publish=publish) as index:
        assert_rebuilt(index)
        assert index.trust is Trust.CONTENT


@pytest.mark.parametrize("trust", [Trust.STAT, Trust.CONTENT])
def test_rescans_when_another_process_published_meanwhile(disk: Disk, trust: Trust) -> None:
    asked(disk).close()
    if trust is Trust.CONTENT:
        write_unseen(disk)
    else:
        disk.item(A, "closed")
    real = snapshot.compare_stamps
    waiting = [lambda: disk.item(B, "closed"), lambda: asked(disk).close()]

    def then(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        while waiting:
            waiting.pop(0)()
        return found

    with (
        mock.patch.object(freshness, "compare_stamps", then),
        asked(disk, trust) as index,
    ):
        assert_rebuilt(index)


def test_rescans_when_an_older_index_was_put_back_meanwhile(disk: Disk) -> None:
    asked(disk).close()
    (path,) = (disk.workspace.root / CACHE).glob("*.sqlite3")
    older = path.with_name("older")
    older.hardlink_to(path)
    disk.item(B, "closed")
    for _ in range(2):  # publishes the change, then the reliable stamps
        asked(disk).close()
        step(disk, ("wait", "80"))
    disk.item(A, "closed")
    real = snapshot.compare_stamps

    def then(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        if older.exists():
            older.replace(path)
        return found

    with mock.patch.object(freshness, "compare_stamps", then), asked(disk) as index:
        assert_rebuilt(index)
    assert not older.exists()


def test_older_index_never_replaces_a_newer_one(disk: Disk) -> None:
    racy_index(disk)
    real, waiting = (
        rescan.rescan_folders,
        [lambda: disk.item(A, "done"), lambda: asked(disk).close()],
    )

    def rescan_folders(*arguments: Any) -> Any:
        found = real(*arguments)
        while waiting:
            waiting.pop(0)()
        return found

    with mock.patch.object(rescan, "rescan_folders", rescan_folders):
        asked(disk).close()
    assert not waiting
    with asked(disk, Trust.INDEX) as index:
        assert_rebuilt(index)


@pytest.mark.parametrize("why", ["held", "gone"])
def test_failed_publish_of_new_stamps_costs_no_answer(disk: Disk, why: str) -> None:
    path = racy_index(disk)
    notices: list[str] = []
    with ExitStack() as stack:
        if why == "held":
            file = stack.enter_context(path.with_name("lock").open("r+b"))
            fcntl.flock(file, fcntl.LOCK_EX)
        else:
            stack.enter_context(once_after(rescan, "rescan_folders", path.unlink))
        assert_rebuilt(stack.enter_context(open_index(disk.found, notices.append)))
    assert notices == []


@pytest.mark.parametrize("index", ["settles", "is stale", "is missing"])
def test_question_without_publishing_leaves_the_cache_unchanged(disk: Disk, index: str) -> None:
    path = racy_index(disk)
    if index == "is stale":
        disk.item(A, "closed")
    if index == "is missing":
        shutil.rmtree(path.parent)
    before = {one.name: one.stat().st_ino for one in path.parent.glob("*")}
    with asked(disk, publish=False) as found:
        assert_rebuilt(found)
    assert {one.name: one.stat().st_ino for one in path.parent.glob("*")} == before
    assert path.parent.exists() == bool(before)


def racy_index(disk: Disk) -> Path:
    """An index whose racy stamps are reliable by now, so that the next question publishes them."""
    asked(disk).close()
    disk.item(B, "closed")
    asked(disk).close()
    step(disk, ("wait", "80"))
    (path,) = (disk.workspace.root / CACHE).glob("*.sqlite3")
    return path


def on_another_file_system(disk: Disk) -> Any:
    """The cache folder is on another file system than the tickets, with another clock."""
    stat, yoi = os.stat, str(disk.workspace.root / ".yoi")

    def call(path: Any, **named: Any) -> Any:
        found = stat(path, **named)
        return mock.Mock(st_dev=found.st_dev + 1, st_mode=found.st_mode) if path == yoi else found

    return mock.patch("os.stat", call)


@pytest.mark.parametrize(
    "why",
    [
        lambda _: mock.patch.object(snapshot_builder, "is_trusted_file_system", return_value=False),
        on_another_file_system,
    ],
)
def test_untrusted_file_system_makes_it_read_every_file(
    disk: Disk, why: Callable[[Disk], Any]
) -> None:
    with why(disk):
        asked(disk).close()
        write_unseen(disk)
        with asked(disk) as index:
            assert_rebuilt(index)
            assert index.trust is Trust.CONTENT
        with asked(disk, Trust.INDEX) as index:
            assert index.trust is Trust.INDEX
    asked(disk).close()  # publishes that the file system is trusted now
    with asked(disk) as index:
        assert index.trust is Trust.STAT


def test_index_trust_reads_no_ticket_file(disk: Disk) -> None:
    asked(disk).close()
    disk.item(A, "closed")
    with asked(disk, Trust.INDEX) as index:
        assert index.trust is Trust.INDEX
        query = "SELECT DISTINCT state FROM ticket"
        assert index.connection.execute(query).fetchall() == [("queued",)]
