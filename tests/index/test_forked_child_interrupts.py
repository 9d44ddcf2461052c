"""The child has ended when the work is done, wherever an interrupt comes, and prints nothing."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any
from unittest import mock

import pytest
from index_comparison import made
from open_descriptors import all_closed
from workspace_builder import Workspace

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import forked_child, snapshot, work_queue

pytestmark = [
    pytest.mark.usefixtures("two_cores_and_one_thread"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # a test's own threads
]
MAX_LINES = 100
"""More lines than the parent executes in `forked_child` for a few items of work."""


@pytest.fixture(autouse=True)
def forked() -> Iterator[list[int]]:
    """The ids of the children that were started."""
    fork, forked = os.fork, []

    def recording_fork() -> int:
        process = fork()
        forked.append(process)
        return process

    with mock.patch("os.fork", recording_fork):
        yield forked


def comparing(workspace: Workspace) -> Callable[[], object]:
    """A comparison of stamps in two processes."""
    workspace.pair()
    found = find_workspace(str(workspace.root))
    stored = snapshot.load_snapshot(made(workspace))
    return lambda: snapshot.compare_stamps(stored, found.tickets_path)


def working(_workspace: Workspace) -> Callable[[], object]:
    """Items of work in two processes."""
    return lambda: list(work_queue.run_shared(lambda number: number, 5))


def interrupting(at: int) -> Callable[[FrameType, str, Any], Any]:
    """A tracer that sends a SIGINT to this process at one of the lines of `forked_child`.

    Not in the clean-up: no program is safe from a second interrupt there.
    """
    lines = iter(range(MAX_LINES))

    def trace(frame: FrameType, event: str, _value: object) -> Any:
        code = frame.f_code
        if code.co_filename != forked_child.__file__ or code.co_name == "__exit__":
            return None
        if event == "line" and next(lines, None) == at:
            signal.raise_signal(signal.SIGINT)
        return trace

    return trace


@pytest.mark.parametrize("work", [comparing, working])
def test_interrupt_at_any_line_leaves_no_process_or_descriptor(
    work: Callable[[Workspace], Callable[[], object]],
    workspace: Workspace,
    forked: list[int],
    capfd: pytest.CaptureFixture[str],
) -> None:
    act, interrupted = work(workspace), 0
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with all_closed() as check, mock.patch.object(snapshot, "FORK_FROM", 1):
        for at in range(MAX_LINES):
            sys.settrace(interrupting(at))
            try:
                act()
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                sys.settrace(None)
            for process in forked:
                with pytest.raises(ChildProcessError):
                    os.waitpid(process, 0)
            check()
            assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == mask
            forked.clear()
    assert 10 < interrupted < MAX_LINES
    assert capfd.readouterr() == ("", "")


def test_error_in_the_first_half_leaves_no_process_or_descriptor(
    workspace: Workspace, forked: list[int]
) -> None:
    act, first, compare = comparing(workspace), os.getpid(), snapshot._differing_in  # noqa: SLF001

    def fail(*arguments: Any) -> list[int]:
        if os.getpid() == first:
            raise MemoryError
        return compare(*arguments)

    with (
        mock.patch.object(snapshot, "FORK_FROM", 1),
        mock.patch.object(snapshot, "_differing_in", fail),
        pytest.raises(MemoryError),
    ):
        act()

    (process,) = forked
    with pytest.raises(ChildProcessError):
        os.waitpid(process, 0)
