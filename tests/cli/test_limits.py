"""Environments that nobody chose: odd umasks, streams, limits, clocks, and a git that hangs."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from campaign.mounts import mounted, needs_root
from workspace_builder import A, B, C, Workspace, git

from yoi_relations.files.parse import Parsed, parse_source
from yoi_relations.files.source import Source
from yoi_relations.files.workspace import CACHE

RELATIONS = [sys.executable, "-m", "yoi_relations"]
WHOLE_PIPE = 65_536


def in_campaign(*values: object) -> list[ParameterSet]:
    """More values of a parameter, for when there is time."""
    return [pytest.param(value, marks=pytest.mark.campaign) for value in values]


@pytest.fixture
def pair(workspace: Workspace) -> Workspace:
    return workspace.pair("blocked_by", states=("ready", "planning"))


# Umasks


@pytest.mark.parametrize("umask", [0o177, 0o777, *in_campaign(0o277, 0o377, 0o477, 0o700)])
def test_owner_can_use_created_files_with_any_umask(pair: Workspace, umask: int) -> None:
    git(pair, "init", "-q")
    (pair.root / ".git" / "hooks").rename(pair.root / ".git" / "other hooks")
    there = {*pair.root.rglob("*")}
    for command in (
        ("show",),
        ("add", A, "related", B),
        ("retire", "01KT0000000000000000000001", "--reason", "over"),
        ("rebuild",),
        ("hooks", "install"),
    ):
        asked = subprocess.run(
            [*RELATIONS, *command],
            cwd=pair.root,
            umask=umask,
            capture_output=True,
            check=False,
            env=os.environ | {"YOI_RELATIONS_AUTHOR": "tester"},
        )
        assert asked.returncode == 0, asked
    made = {*pair.root.rglob("*")} - there
    assert {"lock", "relations", "post-merge"} <= {path.name for path in made}
    for path in made:
        needed = 0o700 if path.is_dir() or path.name.startswith("post-") else 0o600
        assert stat.S_IMODE(path.stat().st_mode) & needed == needed, path


# Streams


@pytest.fixture
def long(pair: Workspace) -> Workspace:
    """A workspace whose answer is longer than a pipe holds."""
    for _ in range(100):
        pair.record(A, "waiting", note="x" * 2000)
    pair.run("rebuild")
    return pair


LONG = ("show", "--all", "--json", "--limit", "0")
BUFFERS = [{}, {"PYTHONUNBUFFERED": "1"}]


@needs_root
@pytest.mark.parametrize("environ", BUFFERS)
def test_an_answer_that_a_full_disk_cuts_is_an_error(
    long: Workspace, environ: dict[str, str]
) -> None:
    place = long.root.parent / "disk"
    place.mkdir()
    with mounted(place, "-t", "tmpfs", "-o", "size=20k", "none"):
        with (place / "out").open("wb") as out:
            asked = written_to(long, out.fileno(), environ)
        assert 0 < (place / "out").stat().st_size < WHOLE_PIPE
    assert asked.returncode == 1
    assert b"standard output: cannot be written: No space left" in asked.stderr


@pytest.mark.parametrize("environ", BUFFERS)
def test_an_answer_that_a_limit_cuts_is_an_error(long: Workspace, environ: dict[str, str]) -> None:
    limit = (10_000, 10_000)
    path = long.root.parent / "out"
    with path.open("wb") as out:
        asked = written_to(
            long, out.fileno(), environ, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        )
    assert path.stat().st_size == limit[0]
    assert asked.returncode == 1
    assert b"standard output: cannot be written: File too large" in asked.stderr


@pytest.mark.parametrize("environ", BUFFERS)
def test_an_answer_that_a_pipe_does_not_take_is_an_error(
    long: Workspace, environ: dict[str, str]
) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        asked = written_to(long, writer, environ)
    finally:
        os.close(reader)
        os.close(writer)
    assert asked.returncode == 1
    assert b"standard output: cannot be written: " in asked.stderr


@pytest.mark.parametrize("environ", BUFFERS)
def test_an_answer_that_is_taken_slowly_is_whole(long: Workspace, environ: dict[str, str]) -> None:
    reader, writer = os.pipe()
    with subprocess.Popen(
        [*RELATIONS, *LONG], cwd=long.root, stdout=writer, env=os.environ | environ
    ) as process:
        os.close(writer)
        parts = []
        while part := os.read(reader, 1000):
            parts.append(part)
        os.close(reader)
        assert process.wait() == 0
    assert b"".join(parts).decode() == long.run(*LONG).out


def written_to(
    workspace: Workspace,
    stdout: int,
    environ: dict[str, str],
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*RELATIONS, *LONG],
        cwd=workspace.root,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=os.environ | environ,
        preexec_fn=before,  # no thread runs here
        check=False,
    )


WITHOUT_NULL = """
mount -t tmpfs none /dev
"$@" >&-
code=$?
ls -A /dev
exit $code
"""


@needs_root
@pytest.mark.parametrize("command", [("show",), ("add", A, "related", B), ("--help",)])
def test_missing_null_device_creates_no_file(pair: Workspace, command: tuple[str, ...]) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    asked = subprocess.run(
        ["unshare", "-m", "sh", "-c", WITHOUT_NULL, "sh", *RELATIONS, *command],
        cwd=pair.root,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    if b"unshare" in asked.stderr or b"mount:" in asked.stderr:
        pytest.skip(f"nothing can be mounted here: {asked.stderr.decode()}")
    assert (asked.returncode, asked.stdout) == (0, b""), asked
    assert b"Traceback" not in asked.stderr


# Memory and clocks


def test_too_little_memory_is_an_error_of_ours(pair: Workspace) -> None:
    """Wherever it runs out: there is an answer, or one error on a line."""
    codes = set()
    for megabytes in range(20, 120, 11):
        size = megabytes << 20

        def limit(size: int = size) -> None:
            resource.setrlimit(resource.RLIMIT_AS, (size, size))

        asked = subprocess.run(
            [*RELATIONS, "show", "--trust", "content"],
            cwd=pair.root,
            capture_output=True,
            check=False,
            preexec_fn=limit,  # no thread runs here
        )
        if b"yoi_relations" in asked.stderr:
            assert b"Traceback" not in asked.stderr, asked
        codes.add(asked.returncode)
    assert 0 in codes


@pytest.mark.parametrize("at", ["memory", "sqlite"])
def test_memory_error_is_one_line(
    pair: Workspace, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    name = {"memory": "queries.show.ask_relations", "sqlite": "index.store.load_published"}[at]
    module, _, function = name.rpartition(".")
    monkeypatch.setattr(sys.modules[f"yoi_relations.{module}"], function, fail)
    if at == "memory":
        monkeypatch.setattr("yoi_relations.cli.commands.ask_relations", fail)
    asked = pair.run("show", "--json")
    assert (asked.code, asked.out) == (1, "")
    assert asked.errors[-1]["error"]["message"] == "there is not enough memory"


@pytest.fixture
def before_1970() -> dict[str, str]:
    """The environment of a machine whose clock is at 1965."""
    found = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1")]
    if not found:
        pytest.skip("libfaketime is not installed")
    return {"LD_PRELOAD": str(found[0]), "FAKETIME": "1965-01-02 00:00:00"}


def test_clock_before_1970_changes_no_answer(pair: Workspace, before_1970: dict[str, str]) -> None:
    for command in (
        ("add", A, "related", B),
        ("add", B, "waiting", "--note", "x"),
        ("retire", "01KT0000000000000000000001", "--reason", "over"),
        ("rebuild",),
        ("status",),
        ("show",),
    ):
        asked = pair.process(*command, stdin=b"", **before_1970)
        assert asked.code == 0, asked
    names = [path.stem for path in pair.tickets.rglob("relations/*.md")]
    assert len(names) == len(set(names)) == 4
    assert len(pair.run("show", "--all", "--json").json["relations"]) == 3
    assert pair.run("doctor", "--severity", "error").code == 0


def test_an_id_from_before_1970_is_one(monkeypatch: pytest.MonkeyPatch, pair: Workspace) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: -157_000_000_000_000_000)
    answer = pair.run("add", A, "related", B, "--json").json
    assert answer["record"]["id"].startswith("0000000000")


# A git that hangs


@pytest.fixture
def hanging(pair: Workspace, tmp_path: Path) -> dict[str, str]:
    """The environment where git is a program that has started another one, and waits for it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    children = tmp_path / "children"
    program = folder / "git"
    program.write_text(f"#!/bin/sh\nsleep 300 &\necho $! >>{children}\nwait\n")
    program.chmod(0o755)
    git(pair, "init", "-q")
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "YOI_RELATIONS_AUTHOR": "",
        "children": str(children),
    }


@pytest.mark.parametrize(
    "command",
    [
        ("add", A, "related", B),
        ("hooks", "install"),
        *in_campaign(
            ("retire", "01KT0000000000000000000001", "--reason", "over"), ("hooks", "list")
        ),
    ],
)
def test_a_git_that_hangs_is_ended(
    pair: Workspace, hanging: dict[str, str], command: tuple[str, ...]
) -> None:
    before = pair.snapshot()
    start = time.monotonic()
    asked = pair.process(*command, "--json", stdin=b"", **hanging)
    assert time.monotonic() - start < 30
    assert (asked.code, asked.out) == (1, "")
    error = asked.errors[-1]["error"]
    assert error["code"] == "git_timeout"
    assert ("--author" in error["hint"]) == (command[0] in {"add", "retire"})
    assert pair.snapshot() == before
    assert [child for child in Path(hanging["children"]).read_text().split() if runs(child)] == []


def runs(process: str) -> bool:
    """Whether there is such a process, and not only what is left of one that nobody waits for."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_command_without_git_does_not_wait_for_git(
    pair: Workspace, hanging: dict[str, str]
) -> None:
    asked = pair.process("add", A, "related", B, "--author", "me", stdin=b"", **hanging)
    assert asked.code == 0
    assert pair.process("status", stdin=b"", **hanging).code == 0


# Locks


FORK_WITH_LOCK = """
import os, sys, time
from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.cache_folder import locked
from yoi_relations.index.watcher_lock import WatchLock
workspace = find_workspace(sys.argv[1])
watch = WatchLock(workspace)
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


@pytest.mark.parametrize("how", ["killed", "given back"])
def test_a_copy_of_a_process_keeps_no_lock(pair: Workspace, how: str) -> None:
    command = [sys.executable, "-c", FORK_WITH_LOCK, str(pair.root), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.wait()
    try:
        time.sleep(0.2)
        for name in ("lock", "watch.lock"):
            with (pair.root / CACHE / name).open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize(
    "command",
    [
        ("add", A, "related", B),
        *in_campaign(("retire", "01KT0000000000000000000001", "--reason", "over")),
    ],
)
def test_a_lock_that_is_held_is_waited_for_once(pair: Workspace, command: tuple[str, ...]) -> None:
    pair.run("rebuild")
    with (pair.root / CACHE / "lock").open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        start = time.monotonic()
        asked = pair.run(*command)
        seconds = time.monotonic() - start
    assert asked.code == 0
    assert 4 < seconds < 9
    assert " lock" in asked.err
    assert " memory" in asked.err


@pytest.mark.parametrize("kind", ["folder", "link", "socket"])
def test_an_odd_lock_file_is_named(pair: Workspace, kind: str) -> None:
    lock = pair.root / CACHE / "lock"
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
    asked = pair.run("show")
    assert (asked.code, asked.out.count("\n")) == (0, 1)
    assert asked.err.startswith(f"{lock}: cannot use the lock file: ")
    asked = pair.run("rebuild", "--json")
    assert asked.code == 1
    assert asked.errors[-1]["error"]["message"].startswith(f"{lock}: cannot use")
    assert pair.run("add", A, "related", B).code == 0


@pytest.mark.parametrize("when", ["open", "link", "fsync"])
def test_cache_deleted_during_an_add_loses_no_record(
    pair: Workspace, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    pair.run("rebuild")
    call = getattr(os, when)
    deleted: list[bool] = []

    def delete(*arguments: object, **named: object) -> object:
        drafts = [*(pair.root / CACHE).glob("tmp-*.md")]
        name = arguments[0]
        is_draft = isinstance(name, bytes) and name.startswith(b"tmp-")
        if not deleted and (drafts or (when == "open" and is_draft)):
            deleted.append(True)
            shutil.rmtree(pair.root / CACHE)
        return call(*arguments, **named)

    monkeypatch.setattr(os, when, delete)
    asked = pair.run("add", A, "after", B, "--note", "whatever")
    assert (asked.code, deleted) == (0, [True]), asked
    assert pair.run("show", "--kind", "after").out.count("whatever") == 1
    assert list(pair.tickets.rglob(".*")) == []


def test_a_record_is_added_to_many_at_the_cost_of_a_reading(workspace: Workspace) -> None:
    """Of the files of a folder, those alone are parsed that changed."""
    for ticket in (A, B, C):
        workspace.ticket(ticket)
    for number in range(300):
        workspace.record(A, "after", B, f"note {number}")
    workspace.run("rebuild")
    parsed: list[Source] = []

    def count(source: Source, content: bytes) -> Parsed:
        parsed.append(source)
        return parse_source(source, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yoi_relations.index.rows.parse_source", count)
        assert workspace.run("add", A, "related", C).code == 0
    assert len(parsed) == 1
    assert workspace.run("verify").code == 0
