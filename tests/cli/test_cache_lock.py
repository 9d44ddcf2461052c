"""The lock of the cache: inherited by a fork, held by another process, and unusable."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest
from workspace_builder import A, B, Workspace

from yoi_relations.files.workspace import CACHE

FORK_WITH_LOCK = """
import os, sys, time
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.cache_folder import locked
from yoi_relations.index.watcher_lock import WatcherLock
workspace = find_workspace(sys.argv[1])
watch = WatcherLock(workspace)
assert watch.hold()
with locked(workspace):
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    print(child, flush=True)
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), 9)
watch.release()
"""


@pytest.mark.parametrize("how", ["killed", "released"])
def test_forked_child_does_not_keep_the_locks(edge: Workspace, how: str) -> None:
    command = [sys.executable, "-c", FORK_WITH_LOCK, str(edge.root), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.wait()
    try:
        time.sleep(0.2)
        for name in ("lock", "watch.lock"):
            with (edge.root / CACHE / name).open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize(
    "command",
    [
        ("add", A, "related", B),
        pytest.param(
            ("retire", "01KT0000000000000000000001", "--reason", "over"),
            marks=pytest.mark.campaign,
        ),
    ],
)
def test_held_lock_is_waited_for_once(edge: Workspace, command: tuple[str, ...]) -> None:
    edge.run("rebuild")
    with (edge.root / CACHE / "lock").open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        start = time.monotonic()
        asked = edge.run(*command)
        seconds = time.monotonic() - start
    assert asked.code == 0
    assert 4 < seconds < 9
    assert " lock" in asked.err
    assert " memory" in asked.err


@pytest.mark.parametrize("kind", ["folder", "link", "socket"])
def test_unusable_lock_file_is_reported(edge: Workspace, kind: str) -> None:
    lock = edge.root / CACHE / "lock"
    lock.parent.mkdir(parents=True)
    if kind == "folder":
        lock.mkdir()
    elif kind == "link":
        lock.symlink_to("elsewhere")
    else:
        subprocess.run(
            [sys.executable, "-c", "import socket; socket.socket(socket.AF_UNIX).bind('lock')"],
            cwd=lock.parent,
            check=True,
        )
    asked = edge.run("show")
    assert (asked.code, asked.out.count("\n")) == (0, 1)
    assert asked.err.startswith(f"{lock}: ")
    asked = edge.run("rebuild", "--json")
    assert asked.code == 1
    assert asked.errors[-1]["error"]["message"].startswith(f"{lock}: ")
    assert edge.run("add", A, "related", B).code == 0
