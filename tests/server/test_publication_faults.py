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
from network_proxy import network
from postgres_server import PostgresServer
from publication_faults import TICKETS, Race, Trials, new_workspace, numbered, old_workspace
from publishing import NAME, commit, contents, publish, publish_directly, published
from workspace_builder import A, Workspace, git

from yoi_relations.server import connection as connecting
from yoi_relations.server import publication, replacement

TRIES = 8
"""How often what is left to chance is tried; `scripts/dev publisher-faults` tries more often."""


@pytest.fixture
def old(tmp_path: Path) -> Workspace:
    return old_workspace(tmp_path / "old")


@pytest.fixture
def new(tmp_path: Path) -> Workspace:
    return new_workspace(tmp_path / "new")


@pytest.fixture(params=["statements", "copy"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to write the rows."""
    few = {"statements": 2 * TICKETS, "copy": 0}[request.param]
    monkeypatch.setattr(replacement, "_FEW_TICKETS", few)


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
            publish_directly(workspace, database)
            os.write(into, str(done).encode())
        finally:
            os._exit(1)
    os.close(into)
    with open(out, "rb") as steps:
        found = steps.read()
    _, status = os.waitpid(child, 0)
    assert bool(found) != (os.waitstatus_to_exitcode(status) == -signal.SIGKILL)
    return int(found) if found else None


@pytest.mark.usefixtures("way")
def test_a_killed_publisher_leaves_the_old_or_the_new(
    old: Workspace, new: Workspace, database: str
) -> None:
    published(old, database)
    steps = published_killed(new, database, sys.maxsize)
    assert steps is not None
    after = contents(database)
    published(old, database, "--force")
    before = contents(database)
    first, last = range(min(8, steps - 1)), range(max(0, steps - 8), steps - 1)
    middle = Random(14).choices(range(steps - 1), k=12)  # noqa: S311  # which steps are tried
    # The last step is psycopg's: it commits again when the connection is closed.
    for step in sorted({*first, *middle, *last}):
        assert published_killed(new, database, step) is None
        assert contents(database) == before
    assert published_killed(new, database, steps - 1) is None
    assert contents(database) == after


@pytest.mark.usefixtures("way")
def test_a_publisher_killed_at_any_time_leaves_the_old_or_the_new(
    old: Workspace, new: Workspace, database: str
) -> None:
    trials, random = Trials(old, new, database), Random(15)  # noqa: S311  # when it is killed
    for _ in range(TRIES):
        trials.kill(random)
    assert trials.found["old"] > 0
    assert trials.found.keys() <= {"old", "new"}


@pytest.mark.usefixtures("way")
def test_a_connection_that_is_cut_is_opened_again(
    old: Workspace, new: Workspace, database: str
) -> None:
    trials, random = Trials(old, new, database), Random(16)  # noqa: S311  # where it is cut
    for number in range(TRIES):
        trials.cut(random, at_the_end=number == 0)
    assert trials.found == {"new": TRIES}


def test_a_connection_that_is_cut_before_it_is_open_is_opened_again(
    old: Workspace, database: str
) -> None:
    with network(database, cuts=[1]) as proxy:
        assert publish_directly(old, proxy.url).changed
    assert proxy.was_cut == 1


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
    assert len(contents(database)["ticket_now"]) == TICKETS + 4


def test_a_later_commit_is_kept_if_the_server_crashes_after_it_was_published(
    postgres: PostgresServer, workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It decides which publication is older, also if no ticket has changed."""
    git(workspace.pair(), "init", "--quiet")
    commit(workspace)
    published(workspace, database)
    # Until then the server keeps in memory what no client waits for.
    monkeypatch.setitem(postgres.settings, "wal_writer_delay", "10s")
    postgres.restart()
    later = commit(workspace)
    assert not published(workspace, database)["changed"]
    postgres.stop()
    postgres.start()
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT git_commit FROM workspace").fetchall() == [(later,)]


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
def small_database(
    postgres: PostgresServer, templates: dict[str, str]
) -> Iterator[tuple[str, Path]]:
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
                f"CREATE DATABASE small TEMPLATE {templates['plain']} TABLESPACE small".encode()
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
    race, random = Race(workspace, tmp_path, database), Random(17)  # noqa: S311  # who is first
    for number in range(TRIES // 2):
        race.run(f"race/{number}", random)
