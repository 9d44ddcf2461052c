"""SIGINT, SIGTERM and a closed pipe while an index is being built."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from workspace_builder import Workspace

from yoi_relations.files.workspace import CACHE

MANY = 1_500
"""Tickets; so many that two processes take a while to read them."""
TRIES = 10
"""Attempts to send the signal before the command ends."""
COMMANDS = pytest.mark.parametrize("command", [("show",), ("rebuild",)], ids=" ".join)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("large") / "work")
    for number in range(MANY):
        workspace.ticket(f"00001KS{number:06d}")
    return workspace.pair("blocked_by", "first")


def is_held(lock: Path) -> bool:
    """Whether a process holds the lock."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def begun(workspace: Workspace, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A command in its own process group, which has just started to build."""
    for path in (workspace.root / CACHE).glob("*.sqlite3"):
        path.unlink()
    with subprocess.Popen(
        [sys.executable, "-m", "yoi_relations", *command],
        cwd=workspace.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while not is_held(workspace.root / CACHE / "lock") and process.poll() is None:
            time.sleep(0.002)
        yield process


def is_running(group: int) -> bool:
    """Whether a process of the group is running. One that ended is in it until init asks for it."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, _, its_group = path.read_text().rpartition(") ")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


def assert_nothing_left(workspace: Workspace, group: int) -> None:
    """No process, lock or partial index is left, and the next answer is right."""
    end = time.monotonic() + 10
    while is_running(group):  # its pipes are closed shortly before it ends
        assert time.monotonic() < end
        time.sleep(0.01)
    assert not is_held(workspace.root / CACHE / "lock")
    ran = workspace.process("show", "--plain")
    assert (ran.code, ran.out.split("\t")[7]) == (0, "first")
    names = {path.name for path in (workspace.root / CACHE).iterdir()}
    assert not {name for name in names if name.startswith("tmp-") or name.endswith(".tmp")}


@COMMANDS
@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)]
)
def test_signal_ends_a_rebuild_silently(
    large: Workspace, command: tuple[str, ...], sent: signal.Signals, code: int
) -> None:
    for _ in range(TRIES):
        with begun(large, *command) as process:
            if process.poll() is None:
                os.killpg(process.pid, sent)  # as a terminal does
            out, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        assert_nothing_left(large, process.pid)
        if process.returncode != 0:
            break
    assert (process.returncode, out) == (code, "")


@COMMANDS
def test_closed_pipe_ends_a_rebuild_silently(large: Workspace, command: tuple[str, ...]) -> None:
    with begun(large, *command) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(60) in {0, -signal.SIGPIPE, 128 + signal.SIGPIPE}
    assert "Traceback" not in err
    assert "error" not in err
    assert_nothing_left(large, process.pid)
