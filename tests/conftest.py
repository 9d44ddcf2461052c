from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from index_comparison import OPEN
from oracle import WINDOW
from watch_process import Start, Watcher
from workspace_builder import FAST_PATH, FULL_COMMAND_LINE, Workspace

from yoi_relations.files import stat_stamp

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # What a shell starts in the background ignores interrupts, and so would all that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "work")


@pytest.fixture
def pair(workspace: Workspace) -> Workspace:
    """A workspace with the tickets A and B, without records."""
    return workspace.pair()


@pytest.fixture
def queued(workspace: Workspace) -> Workspace:
    """A workspace with the tickets A, which is queued, and B, which is in progress."""
    return workspace.pair(states=("queued", "inprogress"))


@pytest.fixture
def edge(workspace: Workspace) -> Workspace:
    """A workspace in which A is blocked by B."""
    return workspace.pair("blocked_by", "first")


@pytest.fixture(params=[(FAST_PATH, FULL_COMMAND_LINE), (FULL_COMMAND_LINE,)], ids=["fast", "full"])
def either_command_line(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test twice: as the program runs, and without the fast path."""
    monkeypatch.setattr(Workspace, "command_lines", request.param)


@pytest.fixture(autouse=True)
def _indexes_are_closed() -> Iterator[None]:
    """Those that `comparing` has opened."""
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def soon_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stamps settle within a blink, in this process."""
    monkeypatch.setattr(stat_stamp, "WINDOW", WINDOW)


@pytest.fixture
def git_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the commands that git is started with, one on each line."""
    program, folder, log = shutil.which("git"), tmp_path / "bin", tmp_path / "log"
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\necho "$*" >>{log}\nexec {program} "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return log


@pytest.fixture
def two_cores_and_one_thread() -> Iterator[None]:
    """The conditions for a child, on any machine."""
    with (
        mock.patch("os.sched_getaffinity", return_value={0, 1}),
        mock.patch("threading.active_count", return_value=1),
    ):
        yield


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts watchers, which end with the test."""
    started: list[Watcher] = []

    def begin(workspace: Workspace, *options: str, **more: Any) -> Watcher:
        started.append(Watcher(workspace, *options, **more))
        return started[-1]

    yield begin
    for one in started:
        one.stop()
