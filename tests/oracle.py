"""Holds an answer against a plain reading of every file, and lets an index settle within a blink.

An index whose stamps have not settled is checked by reading, which finds everything; so whatever is
to be found by stamps is done to one that has settled.
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

from yoi_relations.index import build

WINDOW = 20_000_000
"""Nanoseconds in which a stamp settles, under the fixture `soon_settled`: more than a tick of any
kernel's clock."""


def assert_as_read(workspace: Workspace) -> list[Any]:
    """The answer is what the files say, asked once and asked again; what they say."""
    found = naive_reading.read(workspace.root)
    expected = [comparable(one) for one in naive.relations_of(found.tickets, found.records)]
    for _ in range(2):
        assert_same([comparable(one) for one in shown(workspace, "--all")], expected)
    return expected


def rest() -> None:
    """Let the window pass, and the time by which a kernel's clock may lag behind."""
    time.sleep(2.5 * WINDOW / 1e9)


def settle(workspace: Workspace) -> None:
    """Ask until every stamp has settled and the index file has been proven."""
    for _ in range(2):
        rest()
        workspace.run("show")
    with quiet():
        workspace.run("show")


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing may be read or built meanwhile: an index has to do as it lies."""
    error = AssertionError("it reads files")
    with (
        mock.patch.object(build, "look_again", side_effect=error),
        mock.patch.object(build, "build", side_effect=error),
    ):
        yield
