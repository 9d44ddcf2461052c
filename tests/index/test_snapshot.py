"""Which folders differ from a snapshot, compared by one process and by two."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from unittest import mock

import pytest
from workspace_builder import A, B, C, Workspace, ulid

from yoi_relations.files.stat_stamp import SIZE, TICK, changed_in
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import snapshot
from yoi_relations.index.freshness import open_index
from yoi_relations.index.snapshot import (
    Snapshot,
    StampChanges,
    compare_stamps,
    load_snapshot,
    reliable_stamps,
    root_may_have_changed,
)

pytestmark = [
    pytest.mark.usefixtures("two_cores_and_one_thread"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # a test's own threads
]
ROOT = ""
LAST = "z" * 200
"""A name so long that half of the bytes hold less than half of the paths."""


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def forks(request: pytest.FixtureRequest) -> Iterator[mock.Mock]:
    """The calls of `os.fork`, with a child from the first path on."""
    with (
        mock.patch.object(snapshot, "FORK_FROM", 1 if request.param == 2 else 12_000),
        mock.patch("os.fork", wraps=os.fork) as forks,
    ):
        forks.wanted = request.param == 2
        yield forks


@pytest.fixture
def stored(workspace: Workspace) -> Snapshot:
    """The snapshot of some folders; the first of them has the most paths. No stamp is racy."""
    for ticket in (A, B, C):
        workspace.ticket(ticket, bucket="pending" if ticket == C else "")
    for number in range(7):
        workspace.record_file(A, f"{ulid(number)}.md", "")
    workspace.record(f"pending/{C}", "after", A)
    workspace.ticket(LAST)
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        return load_snapshot(index.connection)._replace(racy=b"")


def folder_of_each_path(stored: Snapshot) -> list[bytes]:
    """The folder of each path."""
    return [name for name, size in stored.folder_sizes() for _ in range(size)]


def test_changed_stamp_changes_only_its_folder(
    workspace: Workspace, stored: Snapshot, forks: mock.Mock
) -> None:
    root = str(workspace.tickets)
    assert compare_stamps(stored, root) == StampChanges(set(), set())
    names = folder_of_each_path(stored)
    assert len(names) == stored.paths.count(b"\0") + 1 > 12
    for number, name in enumerate(names):
        stamps = bytearray(stored.stamps)
        stamps[number * SIZE] ^= 1
        found = compare_stamps(stored._replace(stamps=bytes(stamps)), root)
        assert found == StampChanges({name}, set(), are_stamps_trusted=True)
    assert forks.call_count == (len(names) + 1 if forks.wanted else 0)


def test_missing_path_changes_only_its_folder(
    workspace: Workspace, stored: Snapshot, forks: mock.Mock
) -> None:
    shutil.rmtree(workspace.tickets / A / "artifacts" / "relations")
    assert compare_stamps(stored, str(workspace.tickets)).changed == {A.encode()}
    shutil.rmtree(workspace.tickets / "pending" / C)
    changed = compare_stamps(stored, str(workspace.tickets)).changed
    assert changed == {A.encode(), b"pending", f"pending/{C}".encode(), os.fsencode(ROOT)}
    assert bool(forks.call_count) == forks.wanted


@pytest.mark.usefixtures("forks")
def test_unreadable_root_changes_every_folder(workspace: Workspace, stored: Snapshot) -> None:
    everything = set(stored.folders())
    workspace.tickets.rename(workspace.root / "elsewhere")
    assert compare_stamps(stored, str(workspace.tickets)) == StampChanges(
        everything, set(), are_stamps_trusted=True
    )
    workspace.tickets.touch()
    assert compare_stamps(stored, str(workspace.tickets)) == StampChanges(
        everything, set(), are_stamps_trusted=True
    )


def test_racy_stamp_is_listed_apart_from_changed_ones(
    workspace: Workspace, stored: Snapshot
) -> None:
    names = folder_of_each_path(stored)
    for number, name in enumerate(names):
        racy = stored._replace(racy=number.to_bytes(4, "little"))
        assert compare_stamps(racy, str(workspace.tickets)) == StampChanges(
            set(), {name}, are_stamps_trusted=True
        )
    (workspace.tickets / A / "item.md").unlink()
    number = names.index(A.encode())
    racy = stored._replace(racy=number.to_bytes(4, "little"))
    assert compare_stamps(racy, str(workspace.tickets)) == StampChanges(
        {A.encode()}, set(), are_stamps_trusted=True
    )


def test_every_folder_is_racy_if_no_stamp_is_reliable(
    workspace: Workspace, stored: Snapshot
) -> None:
    root, everything = str(workspace.tickets), set(stored.folders())
    untrusted, early = stored._replace(trusted=0), stored._replace(scanned_at=2**63)
    for found in (
        compare_stamps(stored, root, everything=True),
        compare_stamps(untrusted, root),
        compare_stamps(early, root),
    ):
        assert found == StampChanges(set(), everything, are_stamps_trusted=False)


def test_reliable_stamps_are_found_by_folder(stored: Snapshot) -> None:
    paths, names = stored.paths.split(b"\0"), folder_of_each_path(stored)
    number = names.index(A.encode()) + 1
    racy = stored._replace(racy=number.to_bytes(4, "little"))
    for folder in stored.folders():
        assert reliable_stamps(racy, {folder}) == {
            path: stored.stamps[at * SIZE : (at + 1) * SIZE]
            for at, (path, name) in enumerate(zip(paths, names, strict=True))
            if name == folder and at != number
        }
    assert reliable_stamps(racy, ()) == {}


def test_root_may_have_changed_for_one_tick_and_after_a_change(
    workspace: Workspace, stored: Snapshot
) -> None:
    root = str(workspace.tickets)
    changed = max(changed_in(stored.stamps[: 2 * SIZE]))  # of the root and of one bucket
    resting = stored._replace(scanned_at=changed + TICK)
    assert not root_may_have_changed(resting, root)
    assert root_may_have_changed(resting._replace(scanned_at=changed + TICK - 1), root)
    assert root_may_have_changed(resting._replace(scanned_at=changed - 1), root)
    workspace.ticket(A, "done")
    workspace.record(A, "after", B)
    assert not root_may_have_changed(resting, root)  # the folder itself has other stamps
    workspace.ticket(B, bucket="pending")
    assert root_may_have_changed(resting, root)
    workspace.tickets.rename(workspace.root / "elsewhere")
    assert root_may_have_changed(resting, root)
