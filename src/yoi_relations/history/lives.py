"""The events in the life of each record, from what commits state and no longer state."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from yoi_relations.history.versions import Key, Version, keys_table
from yoi_relations.lean.types import Any, Connection, NamedTuple, StrEnum


class What(StrEnum):
    """What happened to a record."""

    STATED = "stated"
    """It appeared for the first time."""
    CHANGED = "changed"
    """Its file was edited in place."""
    RETIRED = "retired"
    """A retirement says that it no longer counts."""
    REINSTATED = "reinstated"
    """Its retirement was removed."""
    GONE = "gone"
    """It was removed; no file states it any more."""
    RETURNED = "returned"
    """It appeared again after it was gone."""
    UNUSABLE = "unusable"
    """Its file, or a line of it, could not be used any more."""


class How(StrEnum):
    """Why no commit says what the files say."""

    STAGED = "staged"
    """It is in git's index."""
    MODIFIED = "modified"
    """The file is in git's index, and this is not in it."""
    UNTRACKED = "untracked"
    """The file is not in git's index."""
    MERGED = "merged"
    """A merge dropped what one of its sides states, or kept what one of them removed."""
    UNKNOWN = "unknown"
    """The file as it was committed is missing in this partial clone."""


class Commit(NamedTuple):
    """A commit.

    Attributes:
        id: in hexadecimal.
        seconds: when it was committed, since 1970.
        author: the name of its author.
        or_before: whether an earlier commit may be meant, because this clone lacks what the parents
            of this one state.
    """

    id: str
    seconds: int
    author: str
    or_before: bool = False

    @property
    def time(self) -> str | None:
        """When it was committed, RFC 3339 in UTC; None for a time that no calendar has."""
        try:
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.seconds))
        except (OverflowError, OSError, ValueError):
            return None


def how_word(commit: Commit | None, how: How | None) -> str:
    """``committed``, ``or_before`` at the end of a shallow history, or why it is not committed."""
    if how is not None:
        return how.value
    return "or_before" if commit and commit.or_before else "committed"


class Change(NamedTuple):
    """A file starts to state a version, or no longer states it.

    Attributes:
        version: what it states.
        path: of the file, below the workspace.
        line: of an entry, otherwise None.
        stated: whether it starts to.
        fault: whether a part of the file, or all of it, cannot be used.
        or_before: whether it may have stated it before.
        how: why no commit says so; None if one does.
    """

    version: Version
    path: str
    line: int | None
    stated: bool
    fault: bool = False
    or_before: bool = False
    how: How | None = None

    @property
    def at(self) -> tuple[str, str]:
        """Path and digest: what tells it from other versions of the record."""
        return self.path, self.version.digest


class Event(NamedTuple):
    """One event.

    Attributes:
        what: what happened.
        commit: in which commit; None if that is not committed, or not known.
        record: the record; of one that is gone, as it was. None if no commit states it.
        retirement: of a record that was retired or reinstated; otherwise None.
        key: the record's holder and id.
        path: of the file that says so, or said so.
        line: of the entry in it, or None.
        how: why there is no commit; None if there is one.
    """

    what: What
    commit: Commit | None
    record: Version | None
    retirement: Version | None
    key: Key
    path: str
    line: int | None
    how: How | None


class _Life:
    """What is known of one record at a point of the history.

    Attributes:
        versions: by path and digest, each version that a file states.
        retirements: by path and digest, each retirement.
        latest: the last version.
        first: the commit that first stated it; None if none has.
        is_stated: whether it has ever been stated.
    """

    def __init__(self) -> None:
        self.versions: dict[tuple[str, str], Change] = {}
        self.retirements: dict[tuple[str, str], Change] = {}
        self.latest: Version | None = None
        self.first: Commit | None = None
        self.is_stated = False

    def digests(self) -> set[str]:
        return {version for _, version in self.versions}


class Lives:
    """The lives of records; commits are added in order, each after its parents.

    Attributes:
        events: all events so far, oldest first.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._lives: dict[Key, _Life] = {}

    def add(self, commit: Commit | None, changes: Iterable[Change]) -> None:
        """Add what one commit changes; None for what is not committed."""
        by_key: dict[Key, list[Change]] = {}
        for change in changes:
            by_key.setdefault(change.version.key, []).append(change)
        for key, own in by_key.items():
            self._add(commit, key, own)

    def first_commit(self, key: Key) -> Commit | None:
        """The commit that first stated a record; None if none has."""
        life = self._lives.get(key)
        return life.first if life else None

    def present(self) -> list[Change]:
        """What files state after the last commit that was added."""
        return [
            change
            for life in self._lives.values()
            for changes in (life.versions, life.retirements)
            for change in changes.values()
        ]

    def settle(self, kept: Iterable[Change] = ()) -> None:
        """Add an event for each record that is stated although its last event says it is gone.

        A merge has kept what one of its sides has removed.

        Args:
            kept: further versions that the last commit states.
        """
        for change in kept:
            life = self._lives.setdefault(change.version.key, _Life())
            own = life.versions if change.version.retires is None else life.retirements
            own[change.at] = change
        last = {event.key: event.what for event in self.events if event.retirement is None}
        for key, life in self._lives.items():
            if life.versions and last.get(key) in (What.GONE, What.UNUSABLE):
                change = next(iter(life.versions.values()))
                self._append(What.RETURNED, None, life, change._replace(how=How.MERGED), None)

    def newest_first(self) -> list[Event]:
        """All events, the latest commit first; those of one commit in the order of their files."""
        groups = groupby(self.events, key=lambda e: (e.commit and e.commit.id, e.how is How.MERGED))
        return [event for _, group in reversed([(k, [*g]) for k, g in groups]) for event in group]

    def _add(self, commit: Commit | None, key: Key, changes: list[Change]) -> None:
        life = self._lives.setdefault(key, _Life())
        old_digests, was_retired = life.digests(), bool(life.retirements)
        for change in sorted(changes, key=lambda change: change.stated):  # what goes, first
            own = life.versions if change.version.retires is None else life.retirements
            if change.stated:
                own[change.at] = change
            else:
                own.pop(change.at, None)
        self._note_record(commit, life, old_digests, changes)
        self._note_retirement(commit, life, changes, was_retired=was_retired)

    def _note_record(
        self, commit: Commit | None, life: _Life, old: set[str], changes: list[Change]
    ) -> None:
        new = life.digests()
        own = [change for change in changes if change.version.retires is None]
        # What a commit removes was there before it, also if an event on another branch says no.
        old = old | {change.version.digest for change in own if not change.stated}
        if new == old:
            return
        if new:
            change = next(change for change in own if change.stated or new < old)
            latest = change if change.stated else next(iter(life.versions.values()))
            life.latest = latest.version
            appeared = What.RETURNED if life.is_stated else What.STATED
            what = What.CHANGED if old else appeared
            if not life.is_stated:
                life.is_stated, life.first = True, _commit_of(commit, change)
        else:
            change = own[-1]
            what = What.UNUSABLE if change.fault else What.GONE
        self._append(what, commit, life, change, None)

    def _note_retirement(
        self, commit: Commit | None, life: _Life, changes: list[Change], *, was_retired: bool
    ) -> None:
        is_retired = bool(life.retirements)
        if is_retired == was_retired or (was_retired and not life.versions):
            return
        change = next(
            change
            for change in changes
            if change.version.retires is not None and change.stated == is_retired
        )
        what = What.RETIRED if is_retired else What.REINSTATED
        self._append(what, commit, life, change, change.version)

    def _append(
        self,
        what: What,
        commit: Commit | None,
        life: _Life,
        change: Change,
        retirement: Version | None,
    ) -> None:
        place = change.version.key, change.path, change.line, change.how
        by = _commit_of(commit, change)
        self.events.append(Event(what, by, life.latest, retirement, *place))


def _commit_of(commit: Commit | None, change: Change) -> Commit | None:
    return commit._replace(or_before=True) if commit and change.or_before else commit


def committed_lives(connection: Connection, keys: Collection[Key] | None) -> Lives:
    """The lives of some records, or of all (None), in a history."""
    lives = Lives()
    commit, number = None, None
    changes: list[Change] = []
    for row in _select_changes(connection, keys):
        number_of_row, id_, seconds, author, path, line, stated, before, fault, *version = row
        if number_of_row != number:
            if commit is not None:
                lives.add(commit, changes)
            number, changes = number_of_row, []
            commit = Commit(id_.hex(), seconds, author)
        flags = bool(stated), bool(fault), bool(before)
        changes.append(Change(Version(*version), path, line, *flags))
    if commit is not None:
        lives.add(commit, changes)
    return lives


def _select_changes(
    connection: Connection, keys: Collection[Key] | None
) -> Iterator[tuple[Any, ...]]:
    table, values = keys_table(keys)
    on = "ON holder = wanted_holder AND coalesce(retires, version.id) = wanted_id"
    return connection.execute(
        "SELECT commits.number, commits.id, seconds, commits.author, shown_path, line,"  # noqa: S608  # fixed text
        " stated, or_before, EXISTS (SELECT 1 FROM fault WHERE fault.commit_number = commits.number"
        f" AND fault.file_number = change.file_number), {_VERSION_COLUMNS}"
        f" FROM {table} version {'' if keys is None else on}"
        " JOIN change ON version_number = version.number"
        " JOIN commits ON commits.number = commit_number"
        " JOIN file ON file.number = file_number"
        " WHERE reachable = 1 ORDER BY rank, commits.id, shown_path, line, digest",
        values,
    )


_VERSION_COLUMNS = ", ".join(f"version.{name}" for name in Version._fields)
