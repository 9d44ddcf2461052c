"""Brings the history up to a commit: reads the commits that are not stored yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from yoi_relations.errors import GitError
from yoi_relations.files.source import Source
from yoi_relations.git.log import LoggedCommit, read_log
from yoi_relations.history import store
from yoi_relations.history.changes import changes_between
from yoi_relations.history.contents import (
    MISSING,
    NOTHING,
    Content,
    content_of,
    missing_content,
)
from yoi_relations.history.objects import Objects
from yoi_relations.history.places import Places
from yoi_relations.history.present_files import PresentFiles
from yoi_relations.history.states import States, Step
from yoi_relations.history.store import Basis, History
from yoi_relations.history.tables import Tables, drop_unreachable, set_basis
from yoi_relations.lean.types import Connection


def update_history(
    basis: Basis,
    places: Places,
    files: PresentFiles,
    objects: Objects,
    stored: tuple[Connection, str] | None,
) -> History:
    """Read the history up to a commit, and store it.

    Args:
        basis: the commit, and where a shallow history ends.
        places: where records are known to have been; more places may be added.
        files: the present files; those of commits that are the same are not parsed again.
        objects: reads commits and files of the workspace's repository.
        stored: a history with the same places and ends, and the id of its tip; None for none.

    Raises:
        OSError: git cannot be started.
        GitError: git failed, or the clone lacks commits or trees.
        GitTimeoutError: git was silent for too long.
    """
    border = frozenset(basis.shallow.split())
    if stored is not None:
        update = _Update(objects, border, places, files, stored)
        try:
            if update.run(basis.tip):
                return _finish(update, basis)
        except GitError:
            pass  # the earlier tip may have been deleted from the repository
    while True:
        update = _Update(objects, border, places, files)
        if update.run(basis.tip):
            return _finish(update, basis)


def _finish(update: _Update, basis: Basis) -> History:
    connection, places = update.connection, update.places
    set_basis(connection, basis._replace(roots=store.roots_text(places.roots)))
    drop_unreachable(connection)
    if not update.missing:
        store.save(update.objects.workspace, connection)
    return History(connection, places.roots, bool(basis.shallow), update.missing)


class _Update:
    """One pass over the commits that a history lacks."""

    def __init__(
        self,
        objects: Objects,
        border: frozenset[str],
        places: Places,
        files: PresentFiles,
        stored: tuple[Connection, str] | None = None,
    ) -> None:
        self.places = places
        self.objects = objects
        self.missing: set[str] = set()
        self._border = border
        self._files = files
        self._stored = stored[0] if stored else None
        self._earlier = stored[1] if stored else None
        self._contents: dict[tuple[str, str], Content] = {}
        """By id of a file's object and path of the file."""

    def run(self, tip: str) -> bool:
        """Read and add the commits; False if a commit names another tickets root.

        Then nothing was added, the root is among the places, and all is to be read again.
        """
        places = self.places
        logged = read_log(self.objects.scratch, tip, self._earlier, places.paths, places.is_wanted)
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
        objects = self.objects.reader.read_all([id_ for id_, _ in named])
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
                if source is not None:
                    for id_ in filter(None, (change.before, change.after)):
                        wanted[id_][source.path] = source
        # Of a few new commits, parsing takes less time than to read what the index has.
        known = self._files.contents() if self._stored is None else {}
        for id_, blob in zip(wanted, self.objects.reader.read_all([*wanted]), strict=True):
            for path, source in wanted[id_].items():
                if blob.type:
                    content = content_of(self.places, source, blob.data, known)
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
        table = Tables(self.connection)
        last = max((number for number, _ in known.values()), default=0)
        for number, commit in enumerate(new, last + 1):
            rank = max(commit.seconds, *(known[each][1] + 1 for each in commit.parents), 0)
            known[commit.id] = number, rank
            table.add_commit(number, [known[each][0] for each in commit.parents], commit, rank)
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
        if self._stored is None:
            self.connection.executescript(store.INDEXES)

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
