"""Brings the history up to a commit: reads the commits that are not stored yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from yoi_relations.errors import GitError
from yoi_relations.files.source import Source
from yoi_relations.files.workspace import Workspace, printable_bytes
from yoi_relations.git.log import FileChange, LoggedCommit, read_log
from yoi_relations.history import store
from yoi_relations.history.contents import NOTHING, Content, content_of, missing_version
from yoi_relations.history.objects import Objects
from yoi_relations.history.places import Places
from yoi_relations.history.store import MISSING, Basis, History
from yoi_relations.history.versions import Stated
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
    for table in ("change", "fault"):
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
        self.missing = 0
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
        logged = read_log(
            self._objects.scratch, tip, self._earlier, places.paths, places.is_wanted
        )
        if not self._add_roots(logged):
            return False
        self._read_files(logged)
        self.connection = store.new_history(self._stored)
        self._insert(logged)
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
                for id_ in (*change.before, change.after) if source else ():
                    if id_ and source:
                        wanted[id_][source.path] = source
        for id_, blob in zip(wanted, self._objects.reader.read_all([*wanted]), strict=True):
            self.missing += not blob.type
            for path, source in wanted[id_].items():
                if blob.type:
                    content = content_of(self.places, source, blob.data)
                else:
                    version = missing_version(source)
                    stated = {version.digest: Stated(version, None)} if version else {}
                    content = Content(stated, MISSING)
                self._contents[id_, path] = content

    def _insert(self, logged: Iterable[LoggedCommit]) -> None:
        rows = self.connection.execute("SELECT id, number, rank FROM commits")
        known = {id_.hex(): (number, rank) for id_, number, rank in rows}
        table = _Tables(self.connection)
        moved = []
        last = max((number for number, _ in known.values()), default=0)
        for commit in reversed([*logged]):
            if commit.id in known:
                moved.append((int(commit.is_added), known[commit.id][0]))
            elif commit.is_added:
                rank = max(commit.seconds, *(known[each][1] + 1 for each in commit.parents), 0)
                last += 1
                known[commit.id] = last, rank
                changes = self._changes(commit)
                author = printable_bytes(commit.author) if changes else None
                table.add_commit(last, commit, rank, author)
                for change, source in changes:
                    self._add_changes(table, last, commit, change, source)
        self.connection.execute("BEGIN")
        self.connection.executemany("UPDATE commits SET reachable = ? WHERE number = ?", moved)
        table.insert()
        self.connection.execute("COMMIT")

    def _changes(self, commit: LoggedCommit) -> list[tuple[FileChange, Source]]:
        found = ((change, self.places.source_at(change.path)) for change in commit.changes)
        return [(change, source) for change, source in found if source]

    def _add_changes(
        self, table: _Tables, number: int, commit: LoggedCommit, change: FileChange, source: Source
    ) -> None:
        """Add what a commit states in a file that no parent does, and what no longer."""
        after = self._content(change.after, source)
        before = [self._content(id_, source) for id_ in change.before]
        place = number, change.path, source
        if after.stated or after.fault != MISSING:
            for digest, stated in before[0].stated.items():
                if digest not in after.stated and all(digest in each.stated for each in before):
                    table.add_change(*place, stated, is_stated=False)
        or_before = commit.id in self._border or any(c.fault == MISSING for c in before)
        for digest, stated in after.stated.items():
            if not any(digest in each.stated for each in before):
                table.add_change(*place, stated, is_stated=True, or_before=or_before)
        if after.fault and all(content.fault != after.fault for content in before):
            table.add_fault(*place, after.fault)

    def _content(self, id_: str | None, source: Source) -> Content:
        return self._contents[id_, source.path] if id_ else NOTHING


class _Tables:
    """Collects rows, and inserts them together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._commits: list[tuple[object, ...]] = []
        self._changes: list[tuple[object, ...]] = []
        self._faults: list[tuple[object, ...]] = []
        rows = connection.execute("SELECT path, number FROM file")
        self._files: dict[bytes, int] = dict(rows.fetchall())
        rows = connection.execute("SELECT holder, id, format, digest, number FROM version")
        self._versions = {(*key,): number for *key, number in rows}
        self._new_files: list[tuple[object, ...]] = []
        self._new_versions: list[tuple[object, ...]] = []

    def add_commit(self, number: int, commit: LoggedCommit, rank: int, author: str | None) -> None:
        self._commits.append((number, bytes.fromhex(commit.id), rank, 1, commit.seconds, author))

    def add_change(  # noqa: PLR0913  # the columns of a row
        self,
        commit: int,
        path: bytes,
        source: Source,
        stated: Stated,
        *,
        is_stated: bool,
        or_before: bool = False,
    ) -> None:
        version, file = self._version(stated), self._file(path, source)
        flags = int(is_stated), int(or_before)
        self._changes.append((commit, version, file, stated.line, *flags))

    def add_fault(self, commit: int, path: bytes, source: Source, message: str) -> None:
        self._faults.append((commit, self._file(path, source), message))

    def insert(self) -> None:
        for table, rows in (
            ("commits", self._commits),
            ("file", self._new_files),
            ("version", self._new_versions),
            ("change", self._changes),
            ("fault", self._faults),
        ):
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # fixed names

    def _file(self, path: bytes, source: Source) -> int:
        number = self._files.get(path)
        if number is None:
            number = self._files[path] = len(self._files) + 1
            self._new_files.append((number, path, source.path))
        return number

    def _version(self, stated: Stated) -> int:
        version = stated.version
        key = (version.holder, version.id, version.format, version.digest)
        number = self._versions.get(key)
        if number is None:
            number = self._versions[key] = len(self._versions) + 1
            self._new_versions.append((number, *version))
        return number
