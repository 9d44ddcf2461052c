"""What becomes of a file's faults and oddities in the rows of an index."""

from __future__ import annotations

import errno
import os
from unittest import mock

import pytest
from workspace_builder import A, B, Workspace

from yoi_relations.files import safe_read
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index import build
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Index


def asked(workspace: Workspace) -> Index:
    return open_index(find_workspace(str(workspace.root)), lambda _: None)


@pytest.mark.parametrize("length", [300, 5_000])
def test_long_message_is_cut(workspace: Workspace, length: int) -> None:
    workspace.ticket(A, "x" * length)
    with asked(workspace) as index:
        (message,) = index.connection.execute("SELECT message FROM problem").fetchone()
    assert len(message) == 300
    assert message.startswith("has an unknown state 'xxx")


@pytest.mark.parametrize("is_readable", [True, False])
def test_file_that_vanishes_during_the_scan_is_left_out(
    workspace: Workspace, *, is_readable: bool
) -> None:
    workspace.ticket(A)
    gone = workspace.ticket(B) / "item.md"
    workspace.record(B, "after", A)
    read = safe_read.read_with_status

    def read_with_status(path: bytes, limit: int) -> object:
        if path == bytes(gone) and gone.exists():
            gone.unlink()
            if not is_readable:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read(path, limit)

    with (
        mock.patch.object(safe_read.Disk, "read", staticmethod(read_with_status)),
        asked(workspace) as index,
    ):
        assert (index.tickets, index.records, index.sources) == (1, 1, 2)
    with asked(workspace) as index:
        assert (index.tickets, index.records, index.sources) == (1, 1, 2)


def test_bulk_insert_loses_no_row(workspace: Workspace) -> None:
    """What is taken off for the time of the load, an index of SQLite's own above all."""
    query = "SELECT name, sql FROM sqlite_schema ORDER BY name"
    empty = build.new_connection()
    with asked(workspace) as index:
        assert index.connection.execute(query).fetchall() == empty.execute(query).fetchall()
    empty.close()
