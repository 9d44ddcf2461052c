"""Changes that only one of the defences against stale answers notices.

`campaign/test_switches.py` switches each defence off, and these tests must fail then.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from unittest import mock

import pytest
from clocked_disk import assert_fresh, disk_with, step
from index_comparison import by_own_clock
from interleaving import once_after
from workspace_builder import A, B, Workspace

from yoi_relations.files import scan_root, stat_collector, stat_stamp
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import freshness, snapshot
from yoi_relations.index.freshness import open_index

HOUR = 3_600 * 10**9


def settle(workspace: Workspace) -> None:
    """Ask until no stamp is racy."""
    found = find_workspace(str(workspace.root))
    racy = b"?"
    while racy:
        time.sleep(0.01)
        with open_index(found, lambda _: None) as index:
            racy = snapshot.load_snapshot(index.connection).racy


def test_change_visible_only_in_ctime_is_seen(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place, of the same size, and with the old date put back."""
    monkeypatch.setattr(stat_stamp, "WINDOW", 2 * stat_stamp.TICK)
    workspace.ticket(A)
    path = workspace.record(A, "waiting", None, "first")
    settle(workspace)
    date = path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes().replace(b"first", b"other"))
    os.utime(path, ns=(date, date))
    assert "other" in workspace.run("show").out


FIRSTS: dict[str, Callable[[Workspace], object]] = {
    "record": lambda workspace: workspace.record(A, "related", B),
    "list": lambda workspace: workspace.relations_json(A, {"kind": "related", "target": B}),
    "plan": lambda workspace: workspace.plan_lines(A, {"kind": "after", "related_ticket": B}),
}


@pytest.mark.parametrize("first", FIRSTS)
@pytest.mark.parametrize("there", ["artifacts", "no artifacts"])
def test_first_record_of_a_ticket_is_seen_by_its_folders(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, there: str, first: str
) -> None:
    monkeypatch.setattr(stat_stamp, "WINDOW", 2 * stat_stamp.TICK)
    for ticket in (A, B):
        folder = workspace.ticket(ticket)
        if there == "artifacts":
            (folder / there).mkdir()
    settle(workspace)
    FIRSTS[first](workspace)
    assert workspace.show()["count"] == 1


def test_an_item_that_appears_beside_records_is_seen(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stat_stamp, "WINDOW", 2 * stat_stamp.TICK)
    workspace.ticket(B)
    workspace.record(A, "blocked_by", B)
    settle(workspace)
    workspace.ticket(A, "done")
    assert workspace.show()["count"] == 0


def test_swapped_folders_are_seen_by_their_inodes() -> None:
    """Their files have equal sizes and dates, as a checkout can leave them."""
    with disk_with(by_own_clock) as disk:
        disk.item(A, "closed")
        step(disk, ("wait", "80"))
        disk.ask().close()
        here, there, aside = disk.folder(A), disk.folder(B), disk.workspace.root / "aside"
        here.rename(aside)
        there.rename(here)
        aside.rename(there)
        disk.date(disk.workspace.tickets)
        assert_fresh(disk)


@pytest.mark.parametrize("gone", [False, True], ids=["", "another is gone"])
def test_link_that_replaces_its_target_is_seen(*, gone: bool) -> None:
    """The link leads to the same file with the same date."""
    with disk_with(by_own_clock) as disk:
        step(disk, ("wait", "80"))
        disk.ask().close()
        item, aside = disk.folder(A) / "item.md", disk.workspace.root / "aside"
        item.rename(aside)
        item.symlink_to(aside)
        if gone:
            (disk.folder(B) / "item.md").unlink()
        assert_fresh(disk)


def test_rescans_what_another_process_published_meanwhile() -> None:
    """The newer index knows that the stamp of B is racy; the earlier comparison does not."""
    with disk_with(by_own_clock) as disk:
        step(disk, ("wait", "80"))
        disk.ask().close()

        def publish_another() -> None:
            disk.item(B, "closed")
            disk.ask().close()

        disk.item(A, "closed")
        with once_after(freshness, "compare_stamps", publish_another):
            disk.ask().close()
        disk.item(B, "queued")  # of the same length, within the same tick
        assert_fresh(disk)


def test_stamp_is_not_reliable_by_the_clock_of_another_file_system(workspace: Workspace) -> None:
    """The machine's clock is two hours ahead; a window of an hour makes the load irrelevant."""
    machine = time.time_ns
    with ExitStack() as stack:
        for module in (scan_root, stat_collector, snapshot):
            stack.enter_context(mock.patch.object(module, "stamp_of", by_own_clock))
        stack.enter_context(mock.patch.object(stat_stamp, "WINDOW", HOUR))
        stack.enter_context(mock.patch("time.time_ns", side_effect=lambda: machine() + 2 * HOUR))
        item = workspace.ticket(A, "queued") / "item.md"
        workspace.record(A, "waiting", None, "first")
        date = item.stat().st_mtime_ns
        workspace.show()
        workspace.ticket(A, "closed")  # of the same length
        os.utime(item, ns=(date, date))  # and within the same tick
        (relation,) = workspace.show("--all")["relations"]
        assert relation["ticket_state"] == "closed"


def test_untrusted_file_system_makes_it_read_everything() -> None:
    with (
        disk_with(by_own_clock) as disk,
        mock.patch.object(stat_stamp, "_TRUSTED", frozenset()),
    ):
        step(disk, ("wait", "80"))
        disk.ask().close()
        item = disk.folder(A) / "item.md"
        date = item.stat().st_mtime_ns
        disk.item(A, "closed")  # of the same length
        os.utime(item, ns=(date, date))
        assert_fresh(disk)
