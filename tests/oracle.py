"""Compares an answer with a plain reading of every file, and makes an index settle quickly.

An index with racy stamps is checked by reading, which finds everything. So a change that must be
found by stamps is made after the index has settled.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from queries import naive, naive_reading
from queries.test_naive import assert_same, comparable, shown
from workspace_builder import Workspace

from yoi_relations.index import build, rescan

WINDOW = 20_000_000
"""Nanoseconds in which a stamp settles, under the fixture `soon_settled`: more than a tick of any
kernel's clock."""


def assert_as_read(workspace: Workspace) -> list[Any]:
    """The answer equals a plain reading, twice in a row; the relations."""
    found = naive_reading.read(workspace.root)
    expected = [comparable(one) for one in naive.relations_of(found.tickets, found.records)]
    for _ in range(2):
        assert_same([comparable(one) for one in shown(workspace, "--all")], expected)
    return expected


def wait_window() -> None:
    """Wait for the window, and for as long as a kernel's clock may lag."""
    time.sleep(2.5 * WINDOW / 1e9)


def settle(workspace: Workspace) -> None:
    """Ask until every stamp has settled and the index file has been proven."""
    for _ in range(2):
        wait_window()
        workspace.run("show")
    with without_rescans():
        workspace.run("show")


@contextmanager
def without_rescans() -> Iterator[None]:
    """Fail if files are read or an index is built: the published index has to be enough."""
    error = AssertionError("files are read")
    with (
        mock.patch.object(rescan, "rescan_folders", side_effect=error),
        mock.patch.object(build, "build_index", side_effect=error),
    ):
        yield
