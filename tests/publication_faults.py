"""Kills publishers, cuts their connections and lets them race; says what was in the database then.

Each trial publishes `new` over `old`. The database must hold one of them, whole.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
from network_proxy import network
from publishing import NAME, contents, everything, publish_directly
from workspace_builder import A, Workspace, git

from yoi_relations.server.content import key_of

TICKETS = 60
"""More than are sent as statements."""
RACERS = 4
_TERMINATE = 5
"""Bytes of the message that ends a connection."""


def numbered(number: int) -> str:
    """The id of one of many tickets."""
    return f"00001KT1{number:05d}"


def old_workspace(folder: Path) -> Workspace:
    """A workspace with a row for each table."""
    return everything(Workspace(folder))


def new_workspace(folder: Path, tickets: int = TICKETS) -> Workspace:
    """The same workspace, later: nothing is as it was."""
    workspace = everything(Workspace(folder))
    workspace.ticket(A, "ready")
    for number in range(tickets):
        workspace.ticket(numbered(number))
        workspace.record(numbered(number), "blocked_by", A, "x" * 3000)
    return workspace


def publication_of(database: str, name: str = NAME) -> tuple[int, str | None]:
    """The number and the commit of the last publication of a workspace."""
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT publication, git_commit FROM workspace WHERE workspace_id = %s",
            (key_of(name),),
        ).fetchone()
    assert row is not None
    return row


class Trials:
    """Publications of `new` over `old` in one database.

    Attributes:
        found: how often the database held `old`, `new`, or something else.
    """

    def __init__(self, old: Workspace, new: Workspace, database: str) -> None:
        self._old, self._new, self._database = old, new, database
        self.found: Counter[str] = Counter()
        publish_directly(new, database)
        self._after = contents(database)
        publish_directly(old, database)
        self._before = contents(database)

    def kill(self, random: Random) -> None:
        """Kill a publisher at a random time."""
        start = time.monotonic()
        self._kill_after(None)
        lasted = time.monotonic() - start
        publish_directly(self._old, self._database)
        self._kill_after(random.uniform(0, lasted))
        self._note()

    def _kill_after(self, seconds: float | None) -> None:
        """Publish in a child process, and kill that; None lets it finish."""
        child = os.fork()
        if child == 0:
            try:
                publish_directly(self._new, self._database)
            finally:
                os._exit(0)
        if seconds is not None:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def cut(self, random: Random, *, at_the_end: bool = False) -> None:
        """Cut a publisher's connection at a random byte, or when only the answer is missing."""
        with network(self._database) as whole:
            publish_directly(self._new, whole.url)
        publish_directly(self._old, self._database)
        number, _ = publication_of(self._database)
        total = whole.sent - _TERMINATE
        cut = total if at_the_end else random.randrange(1, total)
        with network(self._database, cuts=[cut]) as proxy:
            publish_directly(self._new, proxy.url)
        assert contents(self._database) == self._after
        assert publication_of(self._database)[0] == number + 1
        assert proxy.was_cut == 1
        self._note()

    def _note(self) -> None:
        now = contents(self._database)
        which = {repr(self._before): "old", repr(self._after): "new"}.get(repr(now), "other")
        self.found[which] += 1
        publish_directly(self._old, self._database)


class Race:
    """Checkouts of successive commits of one repository, which publish at the same time."""

    def __init__(self, workspace: Workspace, folder: Path, database: str) -> None:
        self._workspace, self._folder, self._database = workspace, folder, database
        self._commits = [*_committed(workspace)]
        for number, commit in enumerate(self._commits):
            tree = str(folder / str(number))
            git(workspace, "worktree", "add", "--quiet", "--detach", tree, commit)
        publish_directly(workspace, database)
        self._alone = repr(contents(database))

    def run(self, name: str, random: Random) -> int:
        """Publish all checkouts as `name`, in random order; how many were refused."""
        order = random.sample(range(RACERS), RACERS)
        racing = [
            subprocess.Popen(
                [sys.executable, "-m", "yoi_relations", "publish", "--name", name],
                cwd=self._folder / str(number),
                env=os.environ | {"YOI_RELATIONS_DATABASE": self._database},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            for number in order
        ]
        refused = 0
        for number, process in zip(order, racing, strict=True):
            _, errors = process.communicate()
            refused += process.returncode
            assert process.returncode == 0 or b"is older" in errors, errors
            assert number < RACERS - 1 or process.returncode == 0
        published, commit = publication_of(self._database, name)
        assert (published, commit) == (RACERS - refused, self._commits[-1])
        assert repr(contents(self._database, name)).replace(name, NAME) == self._alone
        return refused


def _committed(workspace: Workspace) -> Iterator[str]:
    git(workspace, "init", "--quiet", "--initial-branch=main")
    (workspace.root / ".gitignore").write_text(".yoi/cache/\n")
    for number in range(RACERS):
        workspace.ticket(numbered(number), title=f"of {number}")
        workspace.ticket(numbered(0), "queued", title=f"at {number}")
        git(workspace, "add", "--all")
        git(workspace, "commit", "--quiet", "--message", str(number))
        yield git(workspace, "rev-parse", "HEAD").strip()
