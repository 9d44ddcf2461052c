"""Which folders are suspected when one stamp differs: by one process, and by two."""

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

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # a test's own threads
ROOT = ""
LAST = "z" * 200
"""A name that makes the half of the bytes hold less than half of the probes."""


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def forks(request: pytest.FixtureRequest) -> Iterator[mock.Mock]:
    """Forks, where the work of a second process pays from the first probe on."""
    with (
        mock.patch.object(snapshot, "FORK_FROM", 1 if request.param == 2 else 12_000),
        mock.patch("os.sched_getaffinity", return_value={0, 1}),
        mock.patch("threading.active_count", return_value=1),
        mock.patch("os.fork", wraps=os.fork) as forks,
    ):
        forks.wanted = request.param == 2
        yield forks


@pytest.fixture
def known(workspace: Workspace) -> Snapshot:
    """What is known of some folders, the first of which holds most."""
    for ticket in (A, B, C):
        workspace.ticket(ticket, bucket="pending" if ticket == C else "")
    for number in range(7):
        workspace.record_file(A, f"{ulid(number)}.md", "")
    workspace.record(f"pending/{C}", "after", A)
    workspace.ticket(LAST)
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        # As if all had settled: what does not differ is no suspect.
        return load_snapshot(index.connection)._replace(racy=b"")


def owners(known: Snapshot) -> list[bytes]:
    """The folder of each probe."""
    return [name for name, size in known.folder_sizes() for _ in range(size)]


def test_changed_stamp_suspects_only_its_folder(
    workspace: Workspace, known: Snapshot, forks: mock.Mock
) -> None:
    root = str(workspace.tickets)
    assert compare_stamps(known, root) == StampChanges(set(), set())
    names = owners(known)
    assert len(names) == known.paths.count(b"\0") + 1 > 12
    for number, name in enumerate(names):
        stamps = bytearray(known.stamps)
        stamps[number * SIZE] ^= 1
        found = compare_stamps(known._replace(stamps=bytes(stamps)), root)
        assert found == StampChanges({name}, set(), are_stamps_trusted=True)
    assert forks.call_count == (len(names) + 1 if forks.wanted else 0)


def test_missing_path_suspects_only_its_folder(
    workspace: Workspace, known: Snapshot, forks: mock.Mock
) -> None:
    shutil.rmtree(workspace.tickets / A / "artifacts" / "relations")
    assert compare_stamps(known, str(workspace.tickets)).changed == {A.encode()}
    shutil.rmtree(workspace.tickets / "pending" / C)
    changed = compare_stamps(known, str(workspace.tickets)).changed
    assert changed == {A.encode(), b"pending", f"pending/{C}".encode(), os.fsencode(ROOT)}
    assert bool(forks.call_count) == forks.wanted


@pytest.mark.usefixtures("forks")
def test_unreadable_root_suspects_every_folder(workspace: Workspace, known: Snapshot) -> None:
    everything = set(known.folders())
    workspace.tickets.rename(workspace.root / "elsewhere")
    assert compare_stamps(known, str(workspace.tickets)) == StampChanges(
        everything, set(), are_stamps_trusted=True
    )
    workspace.tickets.touch()
    assert compare_stamps(known, str(workspace.tickets)) == StampChanges(
        everything, set(), are_stamps_trusted=True
    )


def test_racy_stamp_is_listed_apart_from_changed_ones(
    workspace: Workspace, known: Snapshot
) -> None:
    names = owners(known)
    for number, name in enumerate(names):
        young = known._replace(racy=number.to_bytes(4, "little"))
        assert compare_stamps(young, str(workspace.tickets)) == StampChanges(
            set(), {name}, are_stamps_trusted=True
        )
    (workspace.tickets / A / "item.md").unlink()
    number = names.index(A.encode())
    young = known._replace(racy=number.to_bytes(4, "little"))
    assert compare_stamps(young, str(workspace.tickets)) == StampChanges(
        {A.encode()}, set(), are_stamps_trusted=True
    )


def test_where_no_stamp_can_be_believed_all_is_suspected_and_none_vouches(
    workspace: Workspace, known: Snapshot
) -> None:
    root, everything = str(workspace.tickets), set(known.folders())
    untrusted, early = known._replace(trusted=0), known._replace(scanned_at=2**63)
    for found in (
        compare_stamps(known, root, everything=True),
        compare_stamps(untrusted, root),
        compare_stamps(early, root),
    ):
        assert found == StampChanges(set(), everything, are_stamps_trusted=False)


def test_of_some_folders_the_stamps_that_were_settled_are_found(known: Snapshot) -> None:
    paths, names = known.paths.split(b"\0"), owners(known)
    number = names.index(A.encode()) + 1
    young = known._replace(racy=number.to_bytes(4, "little"))
    for folder in known.folders():
        assert reliable_stamps(young, {folder}) == {
            path: known.stamps[at * SIZE : (at + 1) * SIZE]
            for at, (path, name) in enumerate(zip(paths, names, strict=True))
            if name == folder and at != number
        }
    assert reliable_stamps(young, ()) == {}


def test_root_may_differ_after_a_change_and_for_one_tick(
    workspace: Workspace, known: Snapshot
) -> None:
    root = str(workspace.tickets)
    changed = max(changed_in(known.stamps[: 2 * SIZE]))  # of the root and of one bucket
    rested = known._replace(scanned_at=changed + TICK)
    assert not root_may_have_changed(rested, root)
    assert root_may_have_changed(rested._replace(scanned_at=changed + TICK - 1), root)
    assert root_may_have_changed(rested._replace(scanned_at=changed - 1), root)
    workspace.ticket(A, "done")
    workspace.record(A, "after", B)
    assert not root_may_have_changed(rested, root)  # for that, the folder itself is looked at
    workspace.ticket(B, bucket="pending")
    assert root_may_have_changed(rested, root)
    workspace.tickets.rename(workspace.root / "elsewhere")
    assert root_may_have_changed(rested, root)
