"""Unexpected system errors are reported on one line, or do not matter."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest
from workspace_builder import A, B, Workspace

from yoi_relations.call import exit_status_of
from yoi_relations.files.safe_read import Disk

FAILED = OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.fixture
def stale(workspace: Workspace) -> Workspace:
    """A workspace with an index that is older than its files."""
    workspace.pair()
    workspace.show()
    workspace.record(A, "after", B)
    return workspace


@pytest.mark.parametrize("name", ["cache/relations/lock", "tickets"])
def test_failed_close_of_an_unwritten_file_costs_no_answer(
    stale: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    close, closed = os.close, []

    def fail(descriptor: int) -> None:
        place = os.readlink(f"/proc/self/fd/{descriptor}")
        close(descriptor)
        if place == str(stale.root / ".yoi" / name):
            closed.append(place)
            raise FAILED

    monkeypatch.setattr(os, "close", fail)
    ran = stale.run("show", "--json")
    assert (ran.code, ran.json["count"], ran.err) == (0, 1, "")
    assert closed


def test_unknown_file_system_of_a_folder_fails_the_command(
    stale: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat, utime, clock_was_read = os.stat, os.utime, []

    def touch(*arguments: Any, **named: Any) -> None:
        clock_was_read.append(True)  # the clock is read first of all
        utime(*arguments, **named)

    def fail(path: Any, **named: Any) -> os.stat_result:
        if clock_was_read and path == str(stale.root / ".yoi"):
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        return stat(path, **named)

    monkeypatch.setattr(os, "utime", touch)
    monkeypatch.setattr(os, "stat", fail)
    ran = stale.run("show")
    said = f"error: {stale.root}/.yoi: Input/output error\nhint: run the command again\n"
    assert (ran.code, ran.out, ran.err) == (1, "", said)


@pytest.mark.parametrize("name", [f"{A}/artifacts/relations", "open"])
def test_failing_folder_is_not_treated_as_deleted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    workspace.ticket(A)
    workspace.ticket(B, bucket="open")
    folder = workspace.record(A, "after", B).parent if name != "open" else workspace.tickets / name
    failed = False

    def failing(call: Any, *, first: bool) -> Any:
        def fail(path: Any = ".", *arguments: Any, **named: Any) -> Any:
            nonlocal failed
            if isinstance(path, str | bytes) and os.fsdecode(path) == str(folder):
                failed = failed or first
                if failed:
                    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)
            return call(path, *arguments, **named)

        return fail

    for call, first in (("listdir", True), ("scandir", True), ("lstat", False), ("stat", False)):
        replaced = failing(getattr(os, call), first=first)
        monkeypatch.setattr(os, call, replaced)
        monkeypatch.setattr(Disk, call, staticmethod(replaced), raising=False)
    ran = workspace.run("show")
    assert failed
    assert (ran.code, ran.out) == (1, ""), ran
    assert ran.err.startswith(f"error: {folder}: cannot be listed: Stale")


@pytest.mark.parametrize(("name", "place"), [("/a/b", "/a/b: "), (b"/a/b", "/a/b: "), (3, "")])
def test_unexpected_error_is_one_line(
    capsys: pytest.CaptureFixture[str], name: object, place: str
) -> None:
    def act() -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO), name)

    assert exit_status_of(act, as_json=False) == 1
    assert capsys.readouterr().err.startswith(f"error: {place}Input/output error\nhint: ")
