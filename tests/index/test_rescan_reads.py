"""Which folders and files a question reads, and which it need not read again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from sqlite3 import ProgrammingError
from typing import Any
from unittest import mock

import pytest
from clocked_disk import Disk, assert_fresh, disk_with, step
from index_comparison import by_own_clock
from open_descriptors import all_closed
from workspace_builder import A, B, C, Workspace, ulid

from yoi_relations.files.sources import TicketSource
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import rescan
from yoi_relations.index.folder_scan import FolderScan, scan_folders
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Trust
from yoi_relations.recording.add import RecordRequest, add_record

NEW = "00001KT0000EE"


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A disk whose published index has no racy stamp."""
    with disk_with(by_own_clock) as disk:
        disk.ask().close()
        step(disk, ("wait", "80"))
        disk.ask().close()
        yield disk


def scanned(disk: Disk) -> set[bytes]:
    """The ticket folders that a question scans."""
    seen: set[bytes] = set()

    def recording(
        tickets: TicketSource, names: list[bytes], vouching: Mapping[bytes, bytes]
    ) -> Iterator[FolderScan]:
        seen.update(names)
        return scan_folders(tickets, names, vouching)

    with mock.patch.object(rescan, "scan_folders", recording):
        disk.ask().close()
    return seen


def touch(disk: Disk) -> None:
    """Change only the date; the new one is long ago, so that the stamp is reliable at once."""
    path = disk.folder(A) / "item.md"
    before = path.stat().st_mtime_ns
    os.utime(path, ns=(before - 1, before - 1))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (touch, {A}),
        (lambda disk: disk.item(B, "closed"), {B}),
        (lambda disk: disk.record(A, ulid(1), B, in_place=True), {A}),
        (lambda disk: disk.delete_ticket(C), set()),
        (lambda disk: (disk.delete_ticket(B), disk.item(C, "done")), {C}),
        (lambda disk: disk.item(NEW, "done"), {NEW}),
    ],
)
def test_rescans_only_changed_folders_until_they_settle(
    disk: Disk, change: Callable[[Disk], object], expected: set[str]
) -> None:
    assert scanned(disk) == set()
    change(disk)
    names = {name.encode() for name in expected}
    assert scanned(disk) == names
    step(disk, ("wait", "80"))
    assert scanned(disk) <= names
    assert scanned(disk) == set()


def records_read(act: Callable[[], object]) -> list[str]:
    """The names of the record files that `act` opens."""
    opened: list[str] = []
    real = os.open

    def recording(path: bytes | str, *rest: Any, **more: Any) -> int:
        name = os.path.basename(os.fsdecode(path))
        if name.endswith(".md") and name != "item.md":
            opened.append(name)
        return real(path, *rest, **more)

    with mock.patch("os.open", recording):
        act()
    return sorted(opened)


def test_reads_only_changed_and_racy_sources_of_a_changed_folder(disk: Disk) -> None:
    def ask(trust: Trust = Trust.STAT) -> None:
        open_index(disk.found, lambda _: None, trust=trust).close()

    def settle() -> None:
        for _ in range(2):
            step(disk, ("wait", "80"))
            ask()

    names = [f"{ulid(number)}.md" for number in range(5)]
    for number in range(5):
        disk.record(A, ulid(number), B, in_place=True)
    assert records_read(ask) == names
    settle()
    disk.record(A, ulid(7), C, in_place=True)
    assert records_read(ask) == [f"{ulid(7)}.md"]
    disk.record(A, ulid(3), C, in_place=True)
    disk.delete_record(A, ulid(1))
    assert records_read(ask) == [f"{ulid(3)}.md", f"{ulid(7)}.md"]  # the last one is racy
    assert_fresh(disk)
    settle()
    everything = [f"{ulid(number)}.md" for number in (0, 2, 3, 4, 7)]
    assert records_read(lambda: ask(Trust.CONTENT)) == everything


def test_add_reads_no_record_with_a_reliable_stamp(disk: Disk) -> None:
    def add(note: str) -> None:
        draft = RecordRequest(A, "waiting", note=note, author="tester")
        with add_record(disk.found, draft, lambda _: None):
            pass

    for number in range(5):
        disk.record(A, ulid(number), B, in_place=True)
    for _ in range(3):
        disk.ask().close()
        step(disk, ("wait", "80"))
    reliable = {f"{ulid(number)}.md" for number in range(5)}
    for note in ("one", "two", "three"):
        assert reliable.isdisjoint(records_read(lambda note=note: add(note)))  # type: ignore[misc]
    assert_fresh(disk)


def test_links_are_read_each_time_without_a_new_index(disk: Disk) -> None:
    link = disk.workspace.tickets / "L"
    link.symlink_to(disk.folder(A))
    os.utime(link, ns=(disk.now, disk.now), follow_symlinks=False)
    disk.date(disk.workspace.tickets)
    for _ in range(2):  # publishes the change, then the reliable stamps
        disk.ask().close()
        step(disk, ("wait", "80"))
    before = files_of_the_cache(disk)
    assert scanned(disk) == {b"L"}
    assert files_of_the_cache(disk) == before


def files_of_the_cache(disk: Disk) -> dict[str, tuple[int, int]]:
    folder = disk.workspace.root / ".yoi/cache/relations"
    found = {path.name: path.stat() for path in folder.iterdir()}
    return {name: (one.st_ino, one.st_mtime_ns) for name, one in found.items()}


@pytest.mark.parametrize("command", [("show",), ("show", "--trust", "content"), ("rebuild",)])
def test_no_descriptor_stays_open(workspace: Workspace, command: tuple[str, ...]) -> None:
    """A program that asks many questions must not run out of descriptors."""
    workspace.ticket(A)
    workspace.run(*command)
    with all_closed():
        for state in ("closed", "queued", "closed"):
            workspace.run(*command)  # nothing has changed
            workspace.ticket(A, state)
            workspace.run(*command)


def test_closing_an_index_closes_its_descriptors(workspace: Workspace) -> None:
    workspace.ticket(A)
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        pass
    with pytest.raises(ProgrammingError, match="closed"):
        assert index.tickets == 1
