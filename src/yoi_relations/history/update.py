"""Brings the history up to a commit: reads the commits that are not stored yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from yoi_relations.errors import GitError
from yoi_relations.files.source import Source
from yoi_relations.files.workspace import Workspace, printable_bytes
from yoi_relations.git.log import LoggedCommit, read_log
from yoi_relations.history import store
from yoi_relations.history.changes import Change, changes_between
from yoi_relations.history.contents import (
    MISSING,
    NOTHING,
    Content,
    content_of,
    missing_content,
)
from yoi_relations.history.objects import Objects
from yoi_relations.history.places import Places
from yoi_relations.history.states import States, Step
from yoi_relations.history.store import Basis, History
from yoi_relations.history.versions import Key, State, Statement, Version
from yoi_relations.lean.types import Connection


def update_history(
    workspace: Workspace,
    basis: Basis,
    places: Places,
    objects: Objects,
    stored: tuple[Connection, str] | None,
) -> History:
    """Read the history up to a commit, and store it.

    Args:
        workspace: the workspace of the records.
        basis: the commit, and where a shallow history ends.
        places: where records are known to have been; more places may be added.
        objects: reads commits and files.
        stored: a history with the same places and ends, and the id of its tip; None for none.

    Raises:
        OSError: git cannot be started.
        GitError: git failed, or the clone lacks commits or trees.
        GitTimeoutError: git was silent for too long.
    """
    border = frozenset(basis.shallow.split())
    if stored is not None:
        update = _Update(objects, border, places, *stored)
        try:
            if update.run(basis.tip):
                return _finish(workspace, update, basis)
        except GitError:
            pass  # the earlier tip may have been deleted from the repository
    while True:
        update = _Update(objects, border, places)
        if update.run(basis.tip):
            return _finish(workspace, update, basis)


def _finish(workspace: Workspace, update: _Update, basis: Basis) -> History:
    connection, places = update.connection, update.places
    connection.execute("DELETE FROM basis")
    row = basis._replace(roots=store.roots_text(places.roots))
    connection.execute("INSERT INTO basis VALUES (?, ?, ?, ?)", row)
    _drop_unreachable(connection)
    if not update.missing:
        store.save(workspace, connection)
    return History(connection, places.roots, bool(basis.shallow), update.missing)


def _drop_unreachable(connection: Connection) -> None:
    """Delete the commits of other branches, once they are more than those that count."""
    counts = connection.execute("SELECT sum(reachable), sum(1 - reachable) FROM commits")
    reachable, others = counts.fetchone()
    if (others or 0) <= (reachable or 0):
        return
    for table in ("step", "event"):
        connection.execute(
            f"DELETE FROM {table} WHERE commit_number IN"  # noqa: S608  # fixed names
            " (SELECT number FROM commits WHERE reachable = 0)"
        )
    connection.execute("DELETE FROM commits WHERE reachable = 0")
    connection.execute("VACUUM")


class _Update:
    """One pass over the commits that a history lacks."""

    def __init__(
        self,
        objects: Objects,
        border: frozenset[str],
        places: Places,
        stored: Connection | None = None,
        earlier: str | None = None,
    ) -> None:
        self.places = places
        self.missing: set[str] = set()
        self._objects = objects
        self._border = border
        self._stored = stored
        self._earlier = earlier
        self._contents: dict[tuple[str, str], Content] = {}
        """By id of a file's object and path of the file."""

    def run(self, tip: str) -> bool:
        """Read and add the commits; False if a commit names another tickets root.

        Then nothing was added, the root is among the places, and all is to be read again.
        """
        places = self.places
        logged = read_log(self._objects.scratch, tip, self._earlier, places.paths, places.is_wanted)
        if not self._add_roots(logged):
            return False
        self._read_files(logged)
        self.connection = store.new_history(self._stored)
        self._insert(logged, tip)
        return True

    def _add_roots(self, logged: list[LoggedCommit]) -> bool:
        """Add the tickets roots that configurations name; whether all were known."""
        found = {
            (change.after, change.path)
            for commit in logged
            for change in commit.changes
            if change.after and self.places.is_configuration(change.path)
        }
        named = sorted(found)
        before = len(self.places.roots)
        objects = self._objects.reader.read_all([id_ for id_, _ in named])
        for (_, path), blob in zip(named, list(objects), strict=True):
            root = self.places.root_in(path, blob.data)
            if root is not None:
                self.places.add_root(root)
        return len(self.places.roots) == before

    def _read_files(self, logged: list[LoggedCommit]) -> None:
        """Parse every version of every source, once."""
        wanted: dict[str, dict[str, Source]] = defaultdict(dict)
        for commit in logged:
            for change in commit.changes:
                source = self.places.source_at(change.path)
                for id_ in (change.before, change.after) if source else ():
                    if id_ and source:
                        wanted[id_][source.path] = source
        for id_, blob in zip(wanted, self._objects.reader.read_all([*wanted]), strict=True):
            for path, source in wanted[id_].items():
                if blob.type:
                    content = content_of(self.places, source, blob.data)
                else:
                    content = missing_content(source)
                    self.missing.add(path)
                self._contents[id_, path] = content

    def _insert(self, logged: Iterable[LoggedCommit], tip: str) -> None:
        rows = self.connection.execute("SELECT id, number, rank FROM commits")
        known = {id_.hex(): (number, rank) for id_, number, rank in rows}
        commits = [*reversed([*logged])]
        moved = [(int(c.is_added), known[c.id][0]) for c in commits if c.id in known]
        new = [commit for commit in commits if commit.is_added and commit.id not in known]
        states = States(self.connection, known, new, tip)
        table = _Tables(self.connection)
        last = max((number for number, _ in known.values()), default=0)
        for number, commit in enumerate(new, last + 1):
            rank = max(commit.seconds, *(known[each][1] + 1 for each in commit.parents), 0)
            known[commit.id] = number, rank
            parent = known[commit.parents[0]][0] if commit.parents else None
            table.add_commit(number, parent, commit, rank)
            if commit.changes:
                step = self._step(commit)
                table.add_step(number, step)
                for key, before, after in states.add(commit, step):
                    for change in changes_between(before, after, step.faulty):
                        table.add_event(number, key, change, or_before=step.is_uncertain(change))
            else:
                states.inherit(commit)
        self.connection.execute("BEGIN")
        self.connection.executemany("UPDATE commits SET reachable = ? WHERE number = ?", moved)
        table.add_present(states.of(tip))
        table.insert()
        self.connection.execute("COMMIT")

    def _step(self, commit: LoggedCommit) -> Step:
        """What a commit states other than its first parent."""
        step = Step([], [], set(), set(), commit.id in self._border)
        for change in commit.changes:
            source = self.places.source_at(change.path)
            if source is None:
                continue
            before, after = (self._content(id_, source) for id_ in (change.before, change.after))
            if after.fault == MISSING and not after.stated:
                continue  # it may state the same as before
            if before.fault == MISSING:
                step.uncertain.add(source.path)
            if after.fault and after.fault != before.fault:
                step.faulty.add(source.path)
            step.removed.extend(before.stated[at] for at in before.stated.keys() - after.stated)
            step.stated.extend(after.stated[at] for at in after.stated.keys() - before.stated)
        return step

    def _content(self, id_: str | None, source: Source) -> Content:
        return self._contents[id_, source.path] if id_ else NOTHING


class _Tables:
    """Collects rows, and inserts them together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        rows = connection.execute("SELECT path, number FROM file")
        self._files: dict[str, int] = dict(rows.fetchall())
        rows = connection.execute("SELECT holder, id, format, digest, number FROM version")
        self._versions = {(*key,): number for *key, number in rows}

    def add_commit(self, number: int, parent: int | None, commit: LoggedCommit, rank: int) -> None:
        author = printable_bytes(commit.author) if commit.changes else None
        row = (number, bytes.fromhex(commit.id), parent, rank, 1, commit.seconds, author)
        self._rows["commits"].append(row)

    def add_step(self, commit: int, step: Step) -> None:
        for is_stated, statements in enumerate((step.removed, step.stated)):
            rows = ((commit, *self._statement(each), is_stated) for each in statements)
            self._rows["step"].extend(rows)

    def add_event(self, commit: int, key: Key, change: Change, *, or_before: bool) -> None:
        versions = map(self._version, (change.record, change.retirement))
        file, line = self._file(change.statement.path), change.statement.line
        row = (commit, *key, change.what.value, *versions, file, line, int(or_before))
        self._rows["event"].append(row)

    def add_present(self, state: dict[Key, State]) -> None:
        """What the tip states, in place of what an earlier one does."""
        self._connection.execute("DELETE FROM present")
        statements = (each for record in state.values() for each in record.values())
        self._rows["present"].extend(map(self._statement, statements))

    def insert(self) -> None:
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
        key = (version.holder, version.id, version.format, version.digest)
        number = self._versions.get(key)
        if number is None:
            number = self._versions[key] = len(self._versions) + 1
            self._rows["version"].append((number, *version))
        return number
