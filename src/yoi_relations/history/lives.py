"""The events in the life of each record, up to the last commit and after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import groupby

from yoi_relations.history.changes import Change, What, changes_between
from yoi_relations.history.versions import (
    Key,
    State,
    Statement,
    Version,
    by_record,
    keys_table,
)
from yoi_relations.lean.types import Any, Connection, NamedTuple, StrEnum


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


_ABSENT = (What.GONE, What.UNUSABLE)
"""After these events, no file states the record."""


class Event(NamedTuple):
    """One event.

    Attributes:
        what: what happened.
        commit: in which commit; None if that is not committed, or not known.
        record: the record; of one that is gone, as it was. None if no file states it.
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


class Lives:
    """The lives of records, to which events are added in order.

    Args:
        present: what the files of the last commit state.
        is_ancestor: whether the history of the second commit has the first one.

    Attributes:
        events: all events so far, oldest first.
        present: what the files of the last commit state.
    """

    def __init__(
        self, present: dict[Key, State], is_ancestor: Callable[[Commit, Commit], bool]
    ) -> None:
        self.events: list[Event] = []
        self.present = present
        self._is_ancestor = is_ancestor
        self._first: dict[Key, Commit | None] = {}
        """By record, the commit that first stated it; None if none has."""
        self._last: dict[Key, Event] = {}
        """By record, the last event of the record itself, not of its retirements."""

    def add(self, key: Key, change: Change, commit: Commit | None, how: How | None = None) -> None:
        """Add what happened to a record, in a commit or for the reason `how` in none."""
        what = change.what
        if what is What.STATED and key in self._last:
            if commit and self._is_dropped_before(key, commit):
                self._add_drop(key, commit)
            if self._last[key].what in _ABSENT:
                what = What.RETURNED
        if what in (What.STATED, What.CHANGED):
            self._first.setdefault(key, commit)
        statement = change.statement
        place = key, statement.path, statement.line
        event = Event(what, commit, change.record, change.retirement, *place, how)
        self.events.append(event)
        if event.retirement is None:
            self._last[key] = event

    def _is_dropped_before(self, key: Key, commit: Commit) -> bool:
        """Whether a commit that states a record had it before, so that a merge has dropped it.

        Otherwise another branch states it too.
        """
        last = self._last[key]
        if last.what in _ABSENT or last.commit is None:
            return False
        return self._is_ancestor(last.commit, commit)

    def _add_drop(self, key: Key, commit: Commit) -> None:
        """Add that a merge dropped a record, before all events of a commit."""
        last = self._last[key]
        drop = last._replace(what=What.GONE, commit=None, how=How.MERGED)
        place = len(self.events)
        while place and _id_of(self.events[place - 1]) == commit.id:
            place -= 1
        self.events.insert(place, drop)
        self._last[key] = drop

    def first_commit(self, key: Key) -> Commit | None:
        """The commit that first stated a record; None if none has."""
        return self._first.get(key)

    def settle(self) -> None:
        """Add an event for each record of which the last commit states something else than events.

        A merge has dropped what one of its sides states, or kept what one of them has removed.
        """
        records = self._last.copy()
        retirements: dict[Key, Event] = {}
        for event in self.events:
            if event.retirement is not None:
                retirements[event.key] = event
            if event.what is What.RETURNED:  # a retirement that went with it is not an event
                retirements.pop(event.key, None)
        for key in {**records, **retirements}:
            present = self.present.get(key, {})
            before = _told_state(records.get(key), retirements.get(key), present)
            if before.keys() != present.keys():  # usually, nothing is different
                for change in changes_between([before], present):
                    self.add(key, change, None, How.MERGED)

    def newest_first(self) -> list[Event]:
        """All events, the latest commit first; those of one commit in the order of their files."""
        groups = groupby(self.events, key=lambda event: (_id_of(event), event.how is How.MERGED))
        return [event for _, group in reversed([(k, [*g]) for k, g in groups]) for event in group]


def _id_of(event: Event) -> str | None:
    return event.commit and event.commit.id


def _told_state(record: Event | None, retirement: Event | None, present: State) -> State:
    """What files state of a record by its last events; what they do not say is as in `present`."""
    own = {at: each for at, each in present.items() if each.version.retires is None}
    stated = _stated_by(record, record.record) if record else own
    # Several files may state several versions of a record, and an event has only one.
    if {digest for _, digest in stated} & {digest for _, digest in own}:
        stated = own
    if retirement:
        return stated | _stated_by(retirement, retirement.retirement)
    return stated | {at: each for at, each in present.items() if at not in own}


def _stated_by(event: Event, version: Version | None) -> dict[tuple[str, str], Statement]:
    """What a file states after an event; nothing if it has removed that."""
    if version is None or event.what in (*_ABSENT, What.REINSTATED):
        return {}
    statement = Statement(version, event.path, event.line)
    return {statement.at: statement}


def committed_lives(connection: Connection, keys: Collection[Key] | None) -> Lives:
    """The lives of some records, or of all (None), in a history."""
    ancestry = _Ancestry(connection)
    versions = _select_versions(connection, keys)
    lives = Lives(by_record(_select_present(connection, keys, versions)), ancestry.has)
    commits: dict[tuple[bytes, int], Commit] = {}
    for row in _select_events(connection, keys):
        id_, seconds, author, before, holder, record_id, what, path, line, *numbers = row
        record, retirement = (None if each is None else versions[each] for each in numbers)
        commit = commits.get((id_, before))
        if commit is None:
            commit = commits[id_, before] = Commit(id_.hex(), seconds, author, bool(before))
        (shown, *_) = filter(None, (retirement, record))
        statement = Statement(shown, path, line)
        lives.add((holder, record_id), Change(What(what), statement, record, retirement), commit)
    lives.settle()
    return lives


class _Ancestry:
    """Which commits are in the history of others."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str], bool] = {}

    def has(self, earlier: Commit, later: Commit) -> bool:
        """Whether the history of `later` has `earlier`."""
        ids = earlier.id, later.id
        if ids not in self._known:
            values = [bytes.fromhex(id_) for id_ in ids]
            ((found,),) = self._connection.execute(_IS_ANCESTOR, values)
            self._known[ids] = bool(found)
        return self._known[ids]


_IS_ANCESTOR = """
WITH RECURSIVE earlier AS (SELECT number, rank FROM commits WHERE id = ?),
    above (number) AS (
        SELECT number FROM commits WHERE id = ?
        UNION
        SELECT other.number FROM above JOIN commits USING (number)
        JOIN commits other ON other.number = commits.parent
        WHERE other.rank >= (SELECT rank FROM earlier)
        UNION
        SELECT other.number FROM above JOIN merged ON commit_number = above.number
        JOIN commits other ON other.number = merged.parent
        WHERE other.rank >= (SELECT rank FROM earlier)
    )
SELECT EXISTS (SELECT 1 FROM above JOIN earlier USING (number))
"""


_VERSIONS_OF_KEYS = "ON version.holder = wanted_holder AND coalesce(retires, id) = wanted_id"


def _select_versions(connection: Connection, keys: Collection[Key] | None) -> dict[int, Version]:
    """Versions by number."""
    table, values = keys_table(keys)
    rows = connection.execute(
        f"SELECT number, {', '.join(Version._fields)} FROM {table} version"  # noqa: S608  # fixed text
        f" {'' if keys is None else _VERSIONS_OF_KEYS}",
        values,
    )
    return {number: Version(*version) for number, *version in rows}


def _select_present(
    connection: Connection, keys: Collection[Key] | None, versions: Mapping[int, Version]
) -> Iterator[Statement]:
    table, values = keys_table(keys)
    rows = connection.execute(
        f"SELECT version_number, path, line FROM {table} version"  # noqa: S608  # fixed text
        f" {'' if keys is None else _VERSIONS_OF_KEYS}"
        " JOIN present ON version_number = version.number JOIN file ON file.number = file_number",
        values,
    )
    return (Statement(versions[number], path, line) for number, path, line in rows)


def _select_events(
    connection: Connection, keys: Collection[Key] | None
) -> Iterator[tuple[Any, ...]]:
    table, values = keys_table(keys)
    on = "ON event.holder = wanted_holder AND record_id = wanted_id"
    return connection.execute(
        "SELECT commits.id, seconds, author, or_before, holder, record_id, what, path, line,"  # noqa: S608  # fixed text
        f" record_number, retirement_number FROM {table} event {'' if keys is None else on}"
        " JOIN commits ON commits.number = commit_number JOIN file ON file.number = file_number"
        " WHERE reachable = 1"
        " ORDER BY rank, commits.id, path, line, holder, record_id, event.rowid",
        values,
    )
