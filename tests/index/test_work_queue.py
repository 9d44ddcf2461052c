"""Two processes give the results that one process gives, also if the child fails or is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from unittest import mock

import pytest
from open_descriptors import all_closed

from yoi_relations.index import work_queue
from yoi_relations.index.forked_child import ForkedChild

pytestmark = [
    pytest.mark.usefixtures("two_cores_and_one_thread"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # a test's own threads
]
COUNT = 50


def item(number: int) -> tuple[int, bytes]:
    """A result; every seventh is larger than a pipe."""
    return number, b"x" * (200_000 if number % 7 == 0 else 10)


ITEMS = [item(number) for number in range(COUNT)]


def in_child(act: Callable[[int], None]) -> Callable[[int], tuple[int, bytes]]:
    """Work that calls `act` first if it runs in the child."""
    first = os.getpid()

    def work(number: int) -> tuple[int, bytes]:
        if os.getpid() != first:
            act(number)
        return item(number)

    return work


def test_results_come_in_order_from_both_processes() -> None:
    processes = dict(work_queue.run_shared(lambda number: (number, os.getpid()), 2000))
    assert list(processes) == list(range(2000))
    assert len(set(processes.values())) <= 2  # the parent may be fast enough alone


def test_child_does_a_part_and_ends() -> None:
    first = os.getpid()

    def work(_number: int) -> int:
        if os.getpid() == first:
            signal.sigtimedwait([], 0.01)  # gives the child time to take an item
        return os.getpid()

    processes = work_queue.run_shared(work, 2000)
    child = next(process for process in processes if process != first)
    processes.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


@pytest.mark.parametrize("number", [0, 1, COUNT // 2, COUNT - 1])
@pytest.mark.parametrize("how", ["killed", "raises"])
def test_parent_does_what_a_failed_child_did_not(how: str, number: int) -> None:
    def die(at: int) -> None:
        if at >= number and how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if at >= number:
            raise ValueError(at)

    assert list(work_queue.run_shared(in_child(die), COUNT)) == ITEMS


@pytest.mark.parametrize("failing", ["os.fork", "os.pipe"])
def test_parent_does_everything_if_no_child_starts(failing: str) -> None:
    with all_closed(), mock.patch(failing, side_effect=OSError(11, "try again")):
        assert list(work_queue.run_shared(item, COUNT)) == ITEMS
        with ForkedChild() as child:
            assert not child.start(lambda _: None)


def test_closes_every_descriptor() -> None:
    with all_closed():
        assert list(work_queue.run_shared(item, COUNT)) == ITEMS
        processes = work_queue.run_shared(item, COUNT)
        next(processes)
        processes.close()
        with ForkedChild() as child:
            assert child.start(lambda file: file.write(b"more than a pipe takes" * 20_000))
            assert child.read_all() == b"more than a pipe takes" * 20_000


def test_one_core_starts_no_child() -> None:
    with (
        mock.patch("os.sched_getaffinity", return_value={0}),
        mock.patch("os.fork", side_effect=AssertionError),
    ):
        assert list(work_queue.run_shared(item, COUNT)) == ITEMS


ALONE = """
import os, sys
from yoi_relations.index.forked_child import ForkedChild

os.sched_getaffinity = lambda _: {0, 1}
with ForkedChild() as child:
    child.start(lambda file: file.write(b"whole"))
    print(child.read_all(), "threading" in sys.modules)
"""


def test_unknown_thread_count_is_one() -> None:
    """The program does not import `threading`; the tests do, so this runs in another process."""
    ran = subprocess.run([sys.executable, "-c", ALONE], check=True, capture_output=True, text=True)
    assert ran.stdout == "b'whole' False\n"


def test_small_pipe_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = OSError(1, "Operation not permitted")
    with mock.patch("fcntl.fcntl", side_effect=refused) as asked:
        assert list(work_queue.run_shared(item, COUNT)) == ITEMS
        assert asked.called
    monkeypatch.delattr("fcntl.F_SETPIPE_SZ")  # only Linux has it
    assert list(work_queue.run_shared(item, COUNT)) == ITEMS
