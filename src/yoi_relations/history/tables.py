"""Writes the tables of the history: the rows of new commits, and the basis."""

from __future__ import annotations

from collections import defaultdict

from yoi_relations.files.workspace import printable_bytes
from yoi_relations.git.log import LoggedCommit
from yoi_relations.history.changes import Change
from yoi_relations.history.states import Step
from yoi_relations.history.store import Basis
from yoi_relations.history.versions import Key, State, Statement, Version
from yoi_relations.lean.types import Connection

_KEY = Version._fields[:5]
"""What tells versions from each other."""


class Tables:
    """Collects rows, and inserts them together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        rows = connection.execute("SELECT path, number FROM file")
        self._files: dict[str, int] = dict(rows.fetchall())
        rows = connection.execute(f"SELECT {', '.join(_KEY)}, number FROM version")  # noqa: S608  # fixed names
        self._versions = {row[:-1]: row[-1] for row in rows}

    def add_commit(self, number: int, parents: list[int], commit: LoggedCommit, rank: int) -> None:
        """Add a commit, which is reachable; `parents` are the numbers of its parents."""
        author = printable_bytes(commit.author) if commit.changes else None
        parent = parents[0] if parents else None
        row = (number, bytes.fromhex(commit.id), parent, rank, 1, commit.seconds, author)
        self._rows["commits"].append(row)
        self._rows["merged"].extend((number, each) for each in parents[1:])

    def add_step(self, commit: int, step: Step) -> None:
        """Add what the commit with a number states other than its first parent."""
        for is_stated, statements in enumerate((step.removed, step.stated)):
            rows = ((commit, *self._statement(each), is_stated) for each in statements)
            self._rows["step"].extend(rows)

    def add_event(self, commit: int, key: Key, change: Change, *, or_before: bool) -> None:
        """Add what happened to a record in the commit with a number."""
        versions = map(self._version, (change.record, change.retirement))
        file, line = self._file(change.statement.path), change.statement.line
        row = (commit, *key, change.what.value, *versions, file, line, int(or_before))
        self._rows["event"].append(row)

    def add_present(self, state: dict[Key, State]) -> None:
        """Add what the tip states, in place of what an earlier one does."""
        self._connection.execute("DELETE FROM present")
        statements = (each for record in state.values() for each in record.values())
        self._rows["present"].extend(map(self._statement, statements))

    def insert(self) -> None:
        """Insert all that was added."""
        for table, rows in self._rows.items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # fixed names

    def _statement(self, statement: Statement) -> tuple[object, ...]:
        return self._version(statement.version), self._file(statement.path), statement.line

    def _file(self, path: str) -> int:
        number = self._files.get(path)
        if number is None:
            number = self._files[path] = len(self._files) + 1
            self._rows["file"].append((number, path))
        return number

    def _version(self, version: Version | None) -> int | None:
        if version is None:
            return None
        key = version[: len(_KEY)]
        number = self._versions.get(key)
        if number is None:
            number = self._versions[key] = len(self._versions) + 1
            self._rows["version"].append((number, *version))
        return number


def set_basis(connection: Connection, basis: Basis) -> None:
    """Say what a history is read from, in place of what it was read from before."""
    connection.execute("DELETE FROM basis")
    connection.execute("INSERT INTO basis VALUES (?, ?, ?, ?)", basis)


def drop_unreachable(connection: Connection) -> None:
    """Delete the commits of other branches, once they are more than those that count."""
    counts = connection.execute("SELECT sum(reachable), sum(1 - reachable) FROM commits")
    reachable, others = counts.fetchone()
    if (others or 0) <= (reachable or 0):
        return
    for table in ("step", "event", "merged"):
        connection.execute(
            f"DELETE FROM {table} WHERE commit_number IN"  # noqa: S608  # fixed names
            " (SELECT number FROM commits WHERE reachable = 0)"
        )
    connection.execute("DELETE FROM commits WHERE reachable = 0")
    connection.execute("VACUUM")
