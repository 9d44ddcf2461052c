"""Ticket folders that move, appear and vanish during a scan."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from unittest import mock

import pytest
from interleaving import once_after
from oracle import settle, wait_window
from workspace_builder import A, B, Workspace, ulid

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files import scan_root
from yoi_relations.files.safe_read import Disk
from yoi_relations.files.scan_root import Listing, list_root
from yoi_relations.files.workspace import CACHE, find_workspace
from yoi_relations.files.workspace import Workspace as ProductWorkspace
from yoi_relations.index import build, cache_folder
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import count_of
from yoi_relations.index.rescan_policy import RESCAN_POLICY, RescanPolicy


@contextlib.contextmanager
def repeating(act: Callable[[], None], pause: float) -> Iterator[None]:
    """Call `act` in a thread again and again, every `pause` seconds."""
    stop = threading.Event()

    def repeat() -> None:
        while not stop.wait(pause):
            act()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("pause", [0.001, 0.02])
@pytest.mark.parametrize("command", [("check", B), ("rebuild",)], ids=" ".join)
def test_moving_folder_keeps_its_records_in_the_answer(
    workspace: Workspace, command: tuple[str, ...], pause: float
) -> None:
    workspace.ticket(B, "queued")
    places = [workspace.ticket(A, "queued", "open"), workspace.tickets / "pending" / A]
    workspace.record(f"open/{A}", "blocks", B)
    places[1].parent.mkdir()

    def move() -> None:
        places[0].rename(places[1])
        places.reverse()

    with repeating(move, pause):
        for _ in range(8):
            workspace.run(*command)
            answer = workspace.run("check", B, "--trust", "index")
            assert answer.code == 10, (answer, command)


@pytest.mark.usefixtures("soon_settled")
@pytest.mark.parametrize("is_indexed", [False, True], ids=["built", "updated"])
def test_folder_that_moves_after_the_listing_is_found(
    workspace: Workspace, *, is_indexed: bool
) -> None:
    folder = workspace.ticket(A, "queued", "open")
    (workspace.tickets / "pending").mkdir()

    def move() -> None:
        folder.rename(workspace.tickets / "pending" / A)

    found = find_workspace(str(workspace.root))
    if is_indexed:
        (workspace.tickets / "aside").mkdir()
        settle(workspace)  # so that other folders are not scanned
        (workspace.tickets / "since").touch()
        workspace.ticket(A, "closed", "open")
    with once_after(scan_root, "list_root", move), open_index(found, lambda _: None) as index:
        assert index.tickets == 1


@contextlib.contextmanager
def sought_elsewhere(bucket: Path, times: int) -> Iterator[None]:
    """The first `times` that artifacts are sought in `bucket`, a link is in its place."""
    aside, elsewhere = bucket.with_name("aside"), bucket.parents[1] / "elsewhere"
    (elsewhere / A).mkdir(parents=True)
    left = iter(range(times))

    def lstat(path: bytes) -> os.stat_result:
        if not path.endswith(f"/{bucket.name}/{A}/artifacts".encode()) or next(left, None) is None:
            return os.lstat(path)
        bucket.rename(aside)
        bucket.symlink_to(elsewhere)
        try:
            return os.lstat(path)
        finally:
            bucket.unlink()
            aside.rename(bucket)

    with mock.patch.object(Disk, "lstat", staticmethod(lstat)):
        yield


@pytest.mark.usefixtures("soon_settled")
@pytest.mark.parametrize("command", ["rebuild", "show"])
@pytest.mark.parametrize(
    ("times", "clock_stops"),
    [(1, False), (10_000, False), (10_000, True)],
    ids=["once", "always", "always within a tick"],
)
def test_stamps_of_one_folder_prove_nothing_about_the_files_of_another(
    workspace: Workspace, command: str, times: int, *, clock_stops: bool
) -> None:
    folder = workspace.ticket(A, "queued", "open")
    workspace.ticket(B)
    workspace.record(f"open/{A}", "waiting", None, "first")
    if command == "show":
        settle(workspace)
        (folder / "item.md").touch()
    wait_window()
    found = find_workspace(str(workspace.root))
    now = cache_folder.clock(found)
    clock = (lambda _: now) if clock_stops else cache_folder.clock
    with sought_elsewhere(folder.parent, times), mock.patch.object(cache_folder, "clock", clock):
        workspace.run(command)
    workspace.record(f"open/{A}", "waiting", None, "second")
    with open_index(found, lambda _: None) as index:
        assert count_of(index.connection, "record") == 2


def tickets_built(workspace: Workspace, policy: RescanPolicy) -> int:
    """The number of tickets in an index that is built now."""
    found = find_workspace(str(workspace.root))
    stored = build.build_index(found, 1, lambda _done, _total: None, policy)
    with contextlib.closing(stored.connection):
        return count_of(stored.connection, "ticket")


def test_fails_if_folders_never_stop_moving(workspace: Workspace) -> None:
    workspace.ticket(A)
    numbers = count(1)

    def listed(found: ProductWorkspace) -> Listing:
        """Each listing has a new ticket, which is gone at the next."""
        number = next(numbers)
        shutil.rmtree(workspace.tickets / ulid(number - 1), ignore_errors=True)
        workspace.ticket(ulid(number))
        return list_root(found)

    policy = RESCAN_POLICY._replace(limit=0.6)
    with mock.patch.object(scan_root, "list_root", listed), pytest.raises(UnreadableFolderError):
        tickets_built(workspace, policy)
    assert next(numbers) > policy.scans
    assert tickets_built(workspace, policy) == 2


def list_without(folder: Path, found: ProductWorkspace) -> Listing:
    """A listing of the tickets root while a folder is elsewhere."""
    aside = Path(found.root) / "aside"
    folder.rename(aside)
    listing = list_root(found)
    aside.rename(folder)
    return listing


def test_waits_for_a_folder_that_is_absent_at_first(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits much longer than a tick of the clock."""
    policy = RESCAN_POLICY._replace(patience=20.0, limit=60.0)
    folder = workspace.ticket(A)
    back = time.monotonic() + 0.3

    def listed(found: ProductWorkspace) -> Listing:
        if time.monotonic() > back:
            return list_root(found)
        return list_without(folder, found)

    monkeypatch.setattr(scan_root, "list_root", listed)
    assert tickets_built(workspace, policy) == 1


@pytest.mark.parametrize("away", [{1}, {2, 3, 4, 5, 6}], ids=["first", "later"])
def test_slow_scans_do_not_miss_a_folder(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, away: set[int]
) -> None:
    policy = RESCAN_POLICY._replace(patience=0.0, stopped_clock=0.0)
    folder = workspace.ticket(A)
    numbers = count()  # number 0 is the listing of the build, before the rescans

    def listed(found: ProductWorkspace) -> Listing:
        number = next(numbers)
        if number not in away:
            listing = list_root(found)
            (workspace.tickets / f"new-{number}").touch()
            return listing
        return list_without(folder, found)

    monkeypatch.setattr(scan_root, "list_root", listed)
    assert (tickets_built(workspace, policy), next(numbers) > max(away)) == (1, True)


@pytest.mark.parametrize("bucket", ["pending", ""])
def test_folder_is_the_same_in_every_bucket(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, bucket: str
) -> None:
    """A folder that keeps moving exists all the time, so the command does not fail."""
    policy = RESCAN_POLICY._replace(patience=0.0, stopped_clock=0.0, limit=0.0)
    places = [workspace.ticket(A, bucket=bucket), workspace.tickets / "open" / A]
    places[1].parent.mkdir()

    def listed(found: ProductWorkspace) -> Listing:
        places[0].rename(places[1])
        places.reverse()
        return list_root(found)

    monkeypatch.setattr(scan_root, "list_root", listed)
    assert tickets_built(workspace, policy) == 1


def test_fails_when_the_root_vanishes_during_a_build(
    workspace: Workspace,
) -> None:
    workspace.ticket(A)

    def move() -> None:
        workspace.tickets.rename(workspace.root / "elsewhere")

    found = find_workspace(str(workspace.root))
    with once_after(scan_root, "list_root", move), pytest.raises(UnreadableFolderError):
        open_index(found, lambda _: None).close()
    assert not list((workspace.root / CACHE).glob("*.sqlite3"))
