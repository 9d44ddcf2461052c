"""An updated index equals a rebuilt one, table by table, after any changes of files.

Time is the test's own (`disks`).
"""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from unittest import mock

import pytest
from clocked_disk import TICKETS, Disk, assert_fresh, disk_with, step
from hypothesis import given, settings
from hypothesis import strategies as st
from index_comparison import by_own_clock, coarse
from workspace_builder import A, C, ulid

from yoi_relations.files import safe_read
from yoi_relations.index import rescan, snapshot

RECORDS = (ulid(1), ulid(2))


ticket, how = st.sampled_from(TICKETS), st.sampled_from(["in place", "renamed"])
name, waits = st.sampled_from(RECORDS), st.sampled_from(["0", "3", "15", "21", "26", "80"])
STEPS = st.one_of(
    st.tuples(st.just("wait"), waits),
    st.tuples(st.just("item"), ticket, st.sampled_from(["queued", "closed", "done"]), how),
    st.tuples(st.just("record"), ticket, name, ticket, how),
    st.tuples(st.just("delete"), ticket, name),
    st.tuples(st.just("remove"), ticket),
)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
@pytest.mark.parametrize("shim", ["fine", "coarse"])
def test_updated_index_equals_a_rebuilt_one(shim: str, steps: list[tuple[str, ...]]) -> None:
    stamp, granule = (coarse, 2_000_000_000) if shim == "coarse" else (by_own_clock, 1)
    with disk_with(stamp, granule) as disk:
        assert_fresh(disk)
        for what in steps:
            step(disk, what)
            assert_fresh(disk)


IN_ONE_TICK = [("item", A, "queued", "in place"), ("item", A, "closed", "in place")]


def ask_between(disk: Disk) -> None:
    """Two writes of one length within one tick of a coarse clock, with a question between."""
    step(disk, ("wait", "80"))
    for what in IN_ONE_TICK:
        step(disk, what)
        assert_fresh(disk)


def test_two_writes_within_one_tick_are_both_seen() -> None:
    with disk_with(coarse, 2_000_000_000) as disk:
        ask_between(disk)


def test_misses_the_second_write_without_the_window() -> None:
    """So the window is what makes the tests above pass."""
    with disk_with(coarse, 2_000_000_000, window=-(10**18)) as disk, pytest.raises(AssertionError):
        ask_between(disk)


def test_reliable_index_is_answered_without_reading() -> None:
    with disk_with(by_own_clock) as disk:
        disk.ask().close()
        step(disk, ("wait", "80"))
        disk.ask().close()  # publishes the reliable stamps
        with mock.patch.object(rescan, "rescan_folders", side_effect=AssertionError("it rescans")):
            disk.ask().close()


def test_clock_that_went_back_makes_it_read_every_file_once() -> None:
    with disk_with(by_own_clock) as disk:
        step(disk, ("wait", "80"))
        disk.ask().close()
        before = (disk.folder(A) / "item.md").stat().st_mtime_ns
        disk.item(A, "closed")  # of the same length, with the date of the old one
        os.utime(disk.folder(A) / "item.md", ns=(before, before))
        disk.now -= 3_600 * 10**9
        assert_fresh(disk)


@pytest.mark.parametrize("since", ["", A, "00001KT0000EE"], ids=["all", "changed", "new"])
def test_retries_unreadable_files_with_equal_stamps(since: str) -> None:
    with disk_with(by_own_clock) as disk:
        step(disk, ("wait", "80"))
        if since:
            disk.ask().close()
            disk.item(since, "closed")
            step(disk, ("wait", "80"))
        error = OSError(5, "Input/output error")
        with mock.patch.object(safe_read.Disk, "read", side_effect=error):
            disk.ask().close()
        assert_fresh(disk)


def test_rescans_links_with_equal_stamps() -> None:
    with disk_with(by_own_clock) as disk:
        target = disk.workspace.root / "target"
        target.touch()
        link = disk.workspace.tickets / "L"
        link.symlink_to(target)
        os.utime(link, ns=(disk.now, disk.now), follow_symlinks=False)
        disk.date(disk.workspace.tickets)
        step(disk, ("wait", "80"))
        assert_fresh(disk)
        target.unlink()
        assert_fresh(disk)


def test_threaded_program_starts_no_second_process() -> None:
    with (
        disk_with(by_own_clock) as disk,
        mock.patch.object(snapshot, "FORK_FROM", 1),
        mock.patch("os.sched_getaffinity", return_value={0, 1}),
        mock.patch("threading.active_count", return_value=2),
        mock.patch("os.fork", side_effect=AssertionError),
    ):
        for _ in range(2):  # the first one builds
            step(disk, ("wait", "80"))
            assert_fresh(disk)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # a test's own threads
@pytest.mark.usefixtures("two_cores_and_one_thread")
@pytest.mark.parametrize("trouble", ["", "os.fork", "os.pipe", "ignored"])
def test_second_process_changes_no_answer(trouble: str) -> None:
    """Also if there can be none, or if the caller ignores SIGCHLD."""
    with ExitStack() as stack:
        disk = stack.enter_context(disk_with(by_own_clock))
        stack.enter_context(mock.patch.object(snapshot, "FORK_FROM", 1))
        if trouble.startswith("os."):
            stack.enter_context(mock.patch(trouble, side_effect=OSError(11, "try again")))
        if trouble == "ignored":
            before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            stack.callback(signal.signal, signal.SIGCHLD, before)
        for what in (("wait", "80"), ("item", A, "closed", "in place"), ("wait", "80")):
            step(disk, what)
            assert_fresh(disk)
        step(disk, ("record", C, ulid(1), A, "renamed"))
        assert_fresh(disk)
