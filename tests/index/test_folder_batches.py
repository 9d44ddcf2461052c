"""Two processes that scan folders in batches make the same index as one process."""

from __future__ import annotations

import marshal
import os
import sqlite3
from contextlib import ExitStack
from unittest import mock

import pytest
from index_comparison import ABOUT_ITSELF, contents, open_until_the_end
from workspace_builder import AT, A, B, Workspace, ulid

from yoi_relations.errors import UnreadableFolderError
from yoi_relations.files.parse import parse_source
from yoi_relations.files.sources.yoi import YoiSource
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import build, folder_batches
from yoi_relations.index.build import build_index
from yoi_relations.index.compare import compare_indexes
from yoi_relations.index.folder_scan import scan_folders
from yoi_relations.index.rows import rows_of
from yoi_relations.index.store import StoredIndex

pytestmark = [
    pytest.mark.usefixtures("two_cores_and_one_thread"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # a test's own threads
]


def tickets_of(workspace: Workspace) -> YoiSource:
    return YoiSource(find_workspace(str(workspace.root)))


@pytest.fixture
def many(workspace: Workspace) -> Workspace:
    """Tickets with records, and with faults of many kinds."""
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
    """An index built on so many cores."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch("os.sched_getaffinity", return_value=set(range(cores))))
        stack.enter_context(mock.patch.object(folder_batches, "BATCH_SIZE", batch))
        stack.enter_context(mock.patch.object(folder_batches, "FORK_FROM", 1))
        found = find_workspace(str(workspace.root))
        return open_until_the_end(build_index(found, 1, lambda _done, _total: None))


def dumped(stored: StoredIndex) -> dict[str, list[tuple[object, ...]]]:
    """All rows of an index, ids included, except those about its build."""
    found = contents(stored.connection)
    return {name: rows for name, rows in found.items() if name not in ABOUT_ITSELF}


@pytest.mark.parametrize("batch", [1, 3, 40, 41])
def test_two_processes_make_the_index_that_one_makes(many: Workspace, batch: int) -> None:
    one, two = built(many, 1, 7), built(many, 2, batch)
    assert dumped(one) == dumped(two)
    assert compare_indexes(one.connection, two.connection) == []
    assert one.generation.digest == two.generation.digest


@pytest.mark.parametrize(("folders", "forks"), [(3, 0), (4, 1), (40, 1)])
@pytest.mark.parametrize("max_items", [2000, 4])
def test_folders_are_split_into_a_bounded_number_of_batches(
    many: Workspace, folders: int, forks: int, max_items: int
) -> None:
    names = [os.fsencode(name) for name in sorted(os.listdir(many.tickets))][:folders]
    with (
        mock.patch.object(folder_batches, "BATCH_SIZE", 1),
        mock.patch.object(folder_batches, "MAX_ITEMS", max_items),
        mock.patch("os.fork", wraps=os.fork) as forked,
    ):
        batches = list(folder_batches.read_batches(tickets_of(many), names))
    assert [name for stamps, _, _ in batches for name in stamps] == names
    assert len(batches) == min(folders, max_items)
    assert forked.call_count == forks


def test_every_batch_can_be_sent(many: Workspace) -> None:
    """Otherwise the parent would do all of it again, and no result would show that."""
    names = [os.fsencode(name) for name in sorted(os.listdir(many.tickets))]
    rows = tuple(rows_of(scan_folders(tickets_of(many), names), parse_source))
    assert all(rows)
    assert marshal.loads(marshal.dumps(rows)) == rows  # noqa: S302  # made here


def test_unreadable_folder_fails_in_either_process(many: Workspace) -> None:
    error = UnreadableFolderError("x: no", "fix it")
    failing = mock.patch.object(
        folder_batches, "scan_folders", side_effect=error
    )  # in both processes
    with failing, pytest.raises(UnreadableFolderError, match="x: no"):
        built(many, 2, 3)


def test_failed_build_closes_its_index(many: Workspace) -> None:
    opened = build.new_connection()
    error = UnreadableFolderError("x: cannot be listed", "fix it")
    with (
        mock.patch.object(build, "new_connection", return_value=opened),
        mock.patch.object(folder_batches, "scan_folders", side_effect=error),
        pytest.raises(UnreadableFolderError),
    ):
        built(many, 1, 3)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened.execute("SELECT 1")
