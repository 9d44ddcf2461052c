"""A workspace whose files are dated by a clock that the test controls.

Every write dates what it touched by a clock that moves as the test says, so that stamps settle or
do not, and two writes may fall into one tick. With the coarse shim a stamp holds nothing but the
size and a time rounded down to two seconds, as on a file system that knows neither inodes nor a
time of change.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from index_comparison import assert_rebuilt
from workspace_builder import AT, A, B, C, Workspace

from yoi_relations.files import scan_folder, scan_root, stat_collector, stat_stamp
from yoi_relations.files.workspace import Workspace as ProductWorkspace
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import cache_folder, rescan, snapshot
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index
from yoi_relations.index.rescan_policy import RESCAN_POLICY
from yoi_relations.index.snapshot import Snapshot, StampChanges
from yoi_relations.index.store import StoredIndex

TICKETS = (A, B, C)
START = 1_700_000_001_000_000_000


class Disk:
    """A workspace whose files are dated by a clock that the test controls."""

    def __init__(self, scan_root: Path) -> None:
        self.workspace = Workspace(scan_root)
        self.found = find_workspace(str(scan_root))
        self.now = START
        for ticket in TICKETS:
            self.item(ticket, "queued")
            (self.folder(ticket) / "artifacts").mkdir()
        for path in (scan_root, *scan_root.rglob("*")):
            os.utime(path, ns=(START, START))

    def folder(self, ticket: str) -> Path:
        return self.workspace.tickets / ticket

    def date(self, *paths: Path) -> None:
        """Set the dates that the kernel would set at a write, by this clock."""
        for path in paths:
            os.utime(path, ns=(self.now, self.now))

    def put(self, path: Path, text: str, *, in_place: bool) -> None:
        """Write a file; in place, or by a rename as editors do."""
        made = [folder for folder in (path.parent, path.parent.parent) if not folder.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        if in_place:
            path.write_text(text)
        else:
            draft = path.with_name(".draft")
            draft.write_text(text)
            draft.replace(path)
        self.date(path)
        if is_new or not in_place:
            self.date(path.parent, *made, *(folder.parent for folder in made))

    def item(self, ticket: str, state: str, *, in_place: bool = True) -> None:
        text = f"---\ntitle: T\nstate: {state}\n---\n"  # queued and closed are of one length
        self.put(self.folder(ticket) / "item.md", text, in_place=in_place)

    def record(self, ticket: str, name: str, target: str, *, in_place: bool) -> None:
        text = f"---\nkind: blocked_by\ntarget: {target}\nauthor: x\nat: {AT}\n---\nWhy.\n"
        path = self.folder(ticket) / "artifacts" / "relations" / f"{name}.md"
        self.put(path, text, in_place=in_place)

    def delete_record(self, ticket: str, name: str) -> None:
        path = self.folder(ticket) / "artifacts" / "relations" / f"{name}.md"
        if path.exists():
            path.unlink()
            self.date(path.parent)

    def delete_ticket(self, ticket: str) -> None:
        shutil.rmtree(self.folder(ticket), ignore_errors=True)
        self.date(self.workspace.tickets)

    def ask(self) -> Index:
        return open_index(self.found, lambda _: None)


def step(disk: Disk, what: tuple[str, ...]) -> None:
    """Apply one step to the disk."""
    match what:
        case ("wait", tenths):
            disk.now += int(tenths) * 100_000_000
        case ("item", ticket, state, how):
            disk.item(ticket, state, in_place=how == "in place")
        case ("record", ticket, name, target, how):
            disk.record(ticket, name, target, in_place=how == "in place")
        case ("delete", ticket, name):
            disk.delete_record(ticket, name)
        case ("remove", ticket):
            disk.delete_ticket(ticket)
        case _:
            raise AssertionError(what)


def assert_fresh(disk: Disk) -> None:
    """The index of the next answer equals one that is built from every file."""
    with disk.ask() as index:
        assert_rebuilt(index)


def without_pause_for_clock() -> AbstractContextManager[object]:
    """Scans of a root do not wait for a clock that has stopped: a test stops it on purpose."""
    settling = RESCAN_POLICY._replace(stopped_clock=0.0)
    real = rescan.rescan_folders

    def rescan_folders(
        workspace: ProductWorkspace,
        stored: StoredIndex,
        known: Snapshot,
        suspected: StampChanges,
        _: object = None,
    ) -> rescan.Update:
        return real(workspace, stored, known, suspected, settling)

    return mock.patch.object(rescan, "rescan_folders", rescan_folders)


@contextmanager
def disk_with(stamp: object, granule: int = 1, window: int = stat_stamp.WINDOW) -> Iterator[Disk]:
    """A disk on which stamps are made by `stamp`, and time goes by in steps of `granule`."""
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory())
        for module in (scan_root, scan_folder, stat_collector, snapshot):
            stack.enter_context(mock.patch.object(module, "stamp_of", stamp))
        disk = Disk(Path(place) / "work")
        clock = mock.Mock(side_effect=lambda _: disk.now // granule * granule)
        stack.enter_context(mock.patch.object(cache_folder, "clock", clock))
        stack.enter_context(mock.patch("time.time_ns", side_effect=lambda: disk.now))
        stack.enter_context(mock.patch.object(stat_stamp, "WINDOW", window))
        stack.enter_context(without_pause_for_clock())
        yield disk
