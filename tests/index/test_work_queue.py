"""Work that two processes share gives what one process gives, whatever becomes of the second."""

from __future__ import annotations

import marshal
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from unittest import mock

import pytest
from index_comparison import ABOUT_ITSELF, contents, open_until_the_end
from open_descriptors import all_closed
from workspace_builder import AT, A, B, Workspace, ulid

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import database, folder_batches, work_queue
from yoi_relations.index.build import build_index
from yoi_relations.index.compare import compare_indexes
from yoi_relations.index.folder_scan import scan_folders
from yoi_relations.index.forked_child import ForkedChild
from yoi_relations.index.rows import rows_of
from yoi_relations.index.store import StoredIndex

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # a test's own threads
COUNT = 50


@pytest.fixture(autouse=True)
def _two_cores_and_one_thread() -> Iterator[None]:
    """What a second process needs, wherever the tests run."""
    with (
        mock.patch("os.sched_getaffinity", return_value={0, 1}),
        mock.patch("threading.active_count", return_value=1),
    ):
        yield


def piece(number: int) -> tuple[int, bytes]:
    """More than a pipe takes at once, now and then."""
    return number, b"x" * (200_000 if number % 7 == 0 else 10)


PIECES = [piece(number) for number in range(COUNT)]


def in_second(act: Callable[[int], None]) -> Callable[[int], tuple[int, bytes]]:
    """Work that does something else in the second process, before it makes a piece."""
    first = os.getpid()

    def work(number: int) -> tuple[int, bytes]:
        if os.getpid() != first:
            act(number)
        return piece(number)

    return work


def test_results_come_in_order_from_both_processes() -> None:
    makers = dict(work_queue.run_shared(lambda number: (number, os.getpid()), 2000))
    assert list(makers) == list(range(2000))
    assert len(set(makers.values())) <= 2  # the first may be quick enough alone


def test_second_process_takes_a_part_and_ends() -> None:
    first = os.getpid()

    def work(_number: int) -> int:
        if os.getpid() == first:
            signal.sigtimedwait([], 0.01)  # the second gets its turn, however busy the machine is
        return os.getpid()

    makers = work_queue.run_shared(work, 2000)
    second = next(maker for maker in makers if maker != first)
    makers.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(second, os.WNOHANG)


@pytest.mark.parametrize("number", [0, 1, COUNT // 2, COUNT - 1])
@pytest.mark.parametrize("how", ["killed", "raises"])
def test_first_process_does_what_the_second_does_not_deliver(how: str, number: int) -> None:
    def die(at: int) -> None:
        if at >= number and how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if at >= number:
            raise ValueError(at)

    assert list(work_queue.run_shared(in_second(die), COUNT)) == PIECES


@pytest.mark.parametrize("trouble", ["os.fork", "os.pipe"])
def test_first_process_does_everything_alone(trouble: str) -> None:
    with all_closed(), mock.patch(trouble, side_effect=OSError(11, "try again")):
        assert list(work_queue.run_shared(piece, COUNT)) == PIECES
        with ForkedChild() as second:
            assert not second.start(lambda _: None)


def test_no_descriptor_is_left_behind() -> None:
    with all_closed():
        assert list(work_queue.run_shared(piece, COUNT)) == PIECES
        makers = work_queue.run_shared(piece, COUNT)
        next(makers)
        makers.close()
        with ForkedChild() as second:
            assert second.start(lambda file: file.write(b"more than a pipe takes" * 20_000))
            assert second.read_all() == b"more than a pipe takes" * 20_000


def test_one_core_starts_no_second_process() -> None:
    with (
        mock.patch("os.sched_getaffinity", return_value={0}),
        mock.patch("os.fork", side_effect=AssertionError),
    ):
        assert list(work_queue.run_shared(piece, COUNT)) == PIECES


ALONE = """
import os, sys
from yoi_relations.index.forked_child import ForkedChild

os.sched_getaffinity = lambda _: {0, 1}
with ForkedChild() as second:
    second.start(lambda file: file.write(b"whole"))
    print(second.read_all(), "threading" in sys.modules)
"""


def test_unknown_thread_count_is_one() -> None:
    """As the program is, behind the quick door; the tests run among threads."""
    ran = subprocess.run([sys.executable, "-c", ALONE], check=True, capture_output=True, text=True)
    assert ran.stdout == "b'whole' False\n"


def test_small_pipe_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = OSError(1, "Operation not permitted")
    with mock.patch("fcntl.fcntl", side_effect=refused) as asked:
        assert list(work_queue.run_shared(piece, COUNT)) == PIECES
        assert asked.called
    monkeypatch.delattr("fcntl.F_SETPIPE_SZ")  # only Linux has it
    assert list(work_queue.run_shared(piece, COUNT)) == PIECES


@pytest.fixture
def many(workspace: Workspace) -> Workspace:
    """Tickets with records and with all kinds of trouble."""
    ids = [f"{A[:-3]}{number:03d}" for number in range(40)]
    for number, id_ in enumerate(ids):
        workspace.ticket(id_, "nonsense" if number % 11 == 0 else "queued")
        if number % 2:
            workspace.record(id_, "blocked_by", ids[number - 1], f"note {number}")
        if number % 3 == 0:
            workspace.plan_lines(id_, {"kind": "waiting_capacity_note", "note": "n"}, {"kind": ""})
        if number % 5 == 0:
            workspace.relations_json(id_, {"kind": "related", "target": B})
        if number % 4 == 0:
            text = f"---\nretires: {ulid(number)}\nauthor: tester\nat: {AT}\n---\nOver.\n"
            workspace.record_file(id_, f"{ulid(100 + number)}.md", text)
    workspace.record_file(ids[3], f"{ulid(9)}.md", b"\xff")
    workspace.record_file(ids[4], "stray.txt", "")
    (workspace.tickets / "link").symlink_to(workspace.tickets / ids[0])
    return workspace


def built(workspace: Workspace, cores: int, batch: int) -> StoredIndex:
    """An index, made on so many cores."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch("os.sched_getaffinity", return_value=set(range(cores))))
        stack.enter_context(mock.patch.object(folder_batches, "BATCH_SIZE", batch))
        stack.enter_context(mock.patch.object(folder_batches, "FORK_FROM", 1))
        found = find_workspace(str(workspace.root))
        return open_until_the_end(build_index(found, 1, lambda _done, _total: None))


def dumped(stored: StoredIndex) -> dict[str, list[tuple[object, ...]]]:
    """All of an index, ids included, but for when it was made."""
    found = contents(stored.connection)
    return {name: rows for name, rows in found.items() if name not in ABOUT_ITSELF}


@pytest.mark.parametrize("batch", [1, 3, 40, 41])
def test_two_processes_make_the_index_that_one_makes(many: Workspace, batch: int) -> None:
    one, two = built(many, 1, 7), built(many, 2, batch)
    assert dumped(one) == dumped(two)
    assert compare_indexes(one.connection, two.connection) == []
    assert one.generation.digest == two.generation.digest


@pytest.mark.parametrize(("folders", "forks"), [(3, 0), (4, 1), (40, 1)])
@pytest.mark.parametrize("most", [2000, 4])
def test_folders_are_split_into_at_most_one_byte_of_batches(
    many: Workspace, folders: int, forks: int, most: int
) -> None:
    names = [os.fsencode(name) for name in sorted(os.listdir(many.tickets))][:folders]
    with (
        mock.patch.object(folder_batches, "BATCH_SIZE", 1),
        mock.patch.object(folder_batches, "MAX_ITEMS", most),
        mock.patch("os.fork", wraps=os.fork) as forked,
    ):
        batches = list(folder_batches.read_batches(find_workspace(str(many.root)), names))
    assert [group[0] for batch in batches for group in batch.stamps] == names
    assert len(batches) == min(folders, most)
    assert forked.call_count == forks


def test_every_batch_can_be_sent(many: Workspace) -> None:
    """Or the first process would do it all once more, and nobody would notice."""
    names = [os.fsencode(name) for name in sorted(os.listdir(many.tickets))]
    rows = tuple(rows_of(scan_folders(find_workspace(str(many.root)), names)))
    assert all(rows)
    assert marshal.loads(marshal.dumps(rows)) == rows  # noqa: S302  # made here


def test_unreadable_folder_fails_in_either_process(many: Workspace) -> None:
    error = UnreadableFolderError("x: no", "fix it")
    met = mock.patch.object(folder_batches, "scan_folders", side_effect=error)  # in both processes
    with met, pytest.raises(UnreadableFolderError, match="x: no"):
        built(many, 2, 3)


def test_an_index_that_cannot_be_made_is_closed(many: Workspace) -> None:
    opened = database.new_connection()
    error = UnreadableFolderError("x: cannot be listed", "mend it")
    with (
        mock.patch.object(database, "new_connection", return_value=opened),
        mock.patch.object(folder_batches, "scan_folders", side_effect=error),
        pytest.raises(UnreadableFolderError),
    ):
        built(many, 1, 3)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened.execute("SELECT 1")
