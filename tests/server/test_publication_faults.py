"""Publishers that are killed, cut off, or race: the database holds the old or the new, whole."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from postgres_server import PostgresServer
from publishing import NAME, contents, everything, publish, published
from workspace_builder import A, Workspace, git

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index
from yoi_relations.index.handle import Progress
from yoi_relations.server import connection as connecting
from yoi_relations.server import publication
from yoi_relations.server.publication import Publication, Request

TICKETS = 40


def numbered(number: int) -> str:
    return f"00001KT1{number:05d}"


@pytest.fixture
def old(tmp_path: Path) -> Workspace:
    return everything(Workspace(tmp_path / "old"))


@pytest.fixture
def new(tmp_path: Path) -> Workspace:
    """The same workspace, later: nothing is as it was."""
    workspace = everything(Workspace(tmp_path / "new"))
    workspace.ticket(A, "ready")
    for number in range(TICKETS):
        workspace.ticket(numbered(number))
        workspace.record(numbered(number), "blocked_by", A, "x" * 3000)
    return workspace


def publish_directly(workspace: Workspace, database: str, progress: Progress) -> Publication:
    with open_index(find_workspace(str(workspace.root)), lambda _: None) as index:
        return publication.publish(database, Request(index, NAME, None, force=True), progress)


def published_killed(workspace: Workspace, database: str, step: int) -> int | None:
    """Publish in a child process, which is killed before a step.

    A step is a statement, or a row that is sent. Returns the number of steps if there are fewer.
    """
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        done = 0

        def killing(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **options: Any) -> Any:
                nonlocal done
                if done == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                done += 1
                return real(*arguments, **options)

            return call

        try:
            for owner, name in (
                (psycopg.Connection, "execute"),
                (psycopg.Connection, "commit"),
                (psycopg.Copy, "write_row"),
            ):
                setattr(owner, name, killing(getattr(owner, name)))
            publish_directly(workspace, database, lambda _done, _total: None)
            os.write(into, str(done).encode())
        finally:
            os._exit(1)
    os.close(into)
    with open(out, "rb") as steps:
        found = steps.read()
    _, status = os.waitpid(child, 0)
    assert bool(found) != (os.waitstatus_to_exitcode(status) == -signal.SIGKILL)
    return int(found) if found else None


def test_a_killed_publisher_leaves_the_old_or_the_new(
    old: Workspace, new: Workspace, database: str
) -> None:
    published(old, database)
    steps = published_killed(new, database, sys.maxsize)
    assert steps is not None
    after = contents(database)
    published(old, database, "--force")
    before = contents(database)
    middle = Random(14).sample(range(8, steps - 8), 12)  # noqa: S311  # which steps are tried
    # The last step is psycopg's: it commits again when the connection is closed.
    for step in [*range(8), *middle, *range(steps - 8, steps - 1)]:
        assert published_killed(new, database, step) is None
        assert contents(database) == before
    assert published_killed(new, database, steps - 1) is None
    assert contents(database) == after


def test_a_process_killed_at_any_time_leaves_the_old_or_the_new(
    old: Workspace, new: Workspace, database: str
) -> None:
    published(new, database)
    after = contents(database)
    random = Random(15)  # noqa: S311  # when it is killed
    command = [sys.executable, "-m", "yoi_relations", "publish", "--force"]
    for _ in range(6):
        published(old, database, "--force")
        before = contents(database)
        process = subprocess.Popen(
            [*command, "--name", NAME, "--to", database],
            cwd=new.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(random.uniform(0.1, 1))
        process.kill()
        process.wait()
        assert contents(database) in (before, after)
    assert published(new, database, "--force")["publication"] > 1
    assert contents(database) == after


def end_connections(database: str) -> None:
    """End the connections of all publishers to a database."""
    with psycopg.connect(database, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'yoi-relations' AND datname = current_database()"
        )


def test_a_publication_that_is_cut_off_is_repeated(
    old: Workspace, new: Workspace, database: str
) -> None:
    published(old, database)
    cuts = [3, 1, 60]

    def progress(done: int, _total: int) -> None:
        if cuts and done >= cuts[0]:
            cuts.pop(0)
            end_connections(database)

    done = publish_directly(new, database, progress)
    assert (cuts, done.there.publication) == ([], 2)
    found = contents(database)
    published(new, database, "--name", "acme/anew")
    assert repr(contents(database, "acme/anew")).replace("acme/anew", NAME) == repr(found)


def test_a_restart_in_the_middle_is_waited_for(
    postgres: PostgresServer, old: Workspace, new: Workspace, database: str
) -> None:
    published(old, database)
    restarts: list[threading.Thread] = []

    def start_late() -> None:
        time.sleep(0.5)
        postgres.start()

    def progress(done: int, _total: int) -> None:
        if done > TICKETS and not restarts:
            postgres.stop()
            restarts.append(threading.Thread(target=start_late))
            restarts[0].start()

    try:
        assert publish_directly(new, database, progress).there.publication == 2
    finally:
        restarts[0].join()
    assert len(contents(database)["folder"]) == TICKETS + 3


def test_what_waiting_does_not_cure_is_not_repeated(
    old: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(old, database)
    old.ticket(A, "ready")
    settings = ("SET LOCAL lock_timeout = '100ms'",)
    monkeypatch.setattr(connecting, "_SETTINGS", settings)
    with psycopg.connect(database) as other:
        other.execute("SELECT * FROM workspace FOR UPDATE")
        ran = publish(old, database)
    assert (ran.code, ran.errors[-1]["error"]["code"]) == (1, "database")
    assert "55P03" in ran.errors[-1]["error"]["message"]


def test_a_server_that_never_answers_is_given_up(old: Workspace) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="pg-") as folder,  # a socket has a short path
        socket.socket(socket.AF_UNIX) as silent,
    ):
        silent.bind(f"{folder}/.s.PGSQL.5432")
        silent.listen()
        start = time.monotonic()
        ran = publish(old, f"host={folder} dbname=x connect_timeout=2")
    assert ran.code == 1
    assert time.monotonic() - start < publication.RETRY_SECONDS / 2


@pytest.fixture
def small_database(postgres: PostgresServer, template: str) -> Iterator[tuple[str, Path]]:
    """The URL of a database on a small disk, and where that is mounted."""
    disk = postgres.folder / "small"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=13m", "none", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        disk.rmdir()
        pytest.skip("no file system can be mounted here")
    owner = postgres.folder.stat()
    os.chown(disk, owner.st_uid, owner.st_gid)
    try:
        with postgres.connect() as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{disk}'".encode())
            connection.execute(
                f"CREATE DATABASE small TEMPLATE {template} TABLESPACE small".encode()
            )
            yield postgres.url("small"), disk
            connection.execute("DROP DATABASE small")
            connection.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", disk], check=True)
        disk.rmdir()


def test_a_full_disk_changes_nothing(
    old: Workspace, new: Workspace, small_database: tuple[str, Path]
) -> None:
    database, disk = small_database
    published(old, database)
    before = contents(database)
    for number in range(TICKETS * 20):
        # The server compresses what repeats itself.
        note = Random(number).randbytes(8000).hex()  # noqa: S311  # no secret
        new.record(numbered(number % TICKETS), "waiting", note=note)
    ran = publish(new, database, "--force")
    assert (ran.code, ran.out) == (1, "")
    assert "53100" in ran.errors[-1]["error"]["message"]
    assert contents(database) == before
    subprocess.run(["mount", "-o", "remount,size=90m", disk], check=True)
    assert published(new, database, "--force")["publication"] == 2


def test_of_racing_publishers_the_latest_commit_stays(
    workspace: Workspace, database: str, tmp_path: Path
) -> None:
    git(workspace, "init", "--quiet", "--initial-branch=main")
    (workspace.root / ".gitignore").write_text(".yoi/cache/\n")
    commits = []
    for number in range(6):
        workspace.ticket(numbered(number), title=f"of {number}")
        workspace.ticket(numbered(0), "queued", title=f"at {number}")
        git(workspace, "add", "--all")
        git(workspace, "commit", "--quiet", "--message", str(number))
        commits.append(git(workspace, "rev-parse", "HEAD").strip())
    for number, commit in enumerate(commits):
        git(workspace, "worktree", "add", "--quiet", str(tmp_path / str(number)), commit)
    order = list(range(len(commits)))
    for seed in range(2):
        name = f"race/{seed}"
        Random(seed).shuffle(order)  # noqa: S311  # who starts first
        racing = [
            subprocess.Popen(
                [sys.executable, "-m", "yoi_relations", "publish", "--name", name],
                cwd=tmp_path / str(number),
                env=os.environ | {"YOI_RELATIONS_DATABASE": database},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            for number in order
        ]
        for process in racing:
            _, errors = process.communicate()
            assert process.returncode == 0 or b"publish" in errors
        assert racing[order.index(len(commits) - 1)].returncode == 0
        listed = workspace.run("server", "list", "--json", "--to", database).json["workspaces"]
        (row,) = [row for row in listed if row["name"] == name]
        assert row["commit"] == commits[-1]
        published(workspace, database, "--name", f"alone/{seed}", "--force")
        alone = repr(contents(database, f"alone/{seed}")).replace("alone/", "race/")
        assert repr(contents(database, name)) == alone
