"""The program's queries on PostgreSQL: the same text, with its placeholders and its names.

The text is written for SQLite. What differs is `_PLACEHOLDER`; the tables and views of the database
have the names of the index's views. Names are translated by the columns that hold them, or that
they are compared with; the text of a ticket is never searched for names.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, cast

import psycopg

from yoi_relations.lean.types import Connection
from yoi_relations.queries.scope import Group
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.server.names import relative
from yoi_relations.server.scope import SharedScope

_PLACEHOLDER = re.compile(
    r"(?:(?P<column>\w+) )?(?P<test>IN \(SELECT value FROM json_each\(\?\)\)|IN \((?:\?, )*\?\)"
    r"|IS NOT \?|IS \?|(?<![<>!])= \?)|\?|%"
)
_AS_WRITTEN = {"IS ?": "IS NOT DISTINCT FROM %s", "IS NOT ?": "IS DISTINCT FROM %s"}
_ANY = "= ANY(%s)"


class _Place(NamedTuple):
    """A placeholder.

    Attributes:
        column: what it is compared with; empty if that is not a column.
        size: the number of its values; 0 for one in place of a list, -1 for a list in JSON.
    """

    column: str
    size: int


class _Statement(NamedTuple):
    text: str
    arguments: list[Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.text, repr(self.arguments)


class _RecordedError(Exception):
    """Ends a question whose first statement was recorded."""


class _Recorder:
    """Takes the first statement of each question, and answers nothing.

    Attributes:
        statements: their texts and values.
    """

    def __init__(self, scope: SharedScope) -> None:
        self.scope = scope
        self.statements: list[tuple[str, Sequence[Any]]] = []

    def expect(self, questions: Sequence[Callable[[Connection], object]]) -> None:
        for question in questions:
            with contextlib.suppress(_RecordedError):
                question(cast("Connection", self))

    def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        self.statements.append((sql, values))
        raise _RecordedError


class Rows(list[tuple[Any, ...]]):
    """The rows of an answer, with the methods of a cursor that the queries use."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row."""
        return self[0] if self else None


_Cache = dict[tuple[str, str], tuple[list[str], list[tuple[Any, ...]]]]
"""By statement and values, the columns and rows that the database answered."""


class Adapter:
    """What the queries can use in place of a connection to an index.

    Args:
        connection: to the database, in a transaction that sees one state of it.
        scope: which workspaces a question is about, and how names differ.
    """

    def __init__(self, connection: psycopg.Connection, scope: SharedScope) -> None:
        self._connection = connection
        self.scope = scope
        self._names = scope.names
        self._cache: _Cache = {}
        self._views: dict[tuple[str, str | None], Adapter] = {}
        self._waiting: list[_Statement] = []

    def about(self, workspace: str, home: str | None) -> Adapter:
        """The same transaction, for questions about one workspace.

        Args:
            workspace: its name.
            home: name of the workspace whose names are bare; None for none.
        """
        scope = self.scope
        if scope.selected == frozenset([workspace]) and scope.home == home:
            return self
        key = (workspace, home)
        if key not in self._views:
            other = SharedScope(scope.published, frozenset([workspace]), home)
            view = self._views[key] = Adapter(self._connection, other)
            view._cache, view._views = self._cache, self._views
            view._waiting = self._waiting
        return self._views[key]

    def narrow(self, ids: Iterable[str]) -> None:
        """Ask only about the workspaces of these tickets, whichever were selected."""
        self.scope = self.scope.narrowed(ids)

    def by_workspace(self, tickets: list[TicketInfo]) -> Iterator[Group]:
        """The tickets in groups, each with what answers for its workspace."""
        groups: dict[str, list[TicketInfo]] = {}
        for ticket in tickets:
            groups.setdefault(self.scope.workspace_of(ticket.id), []).append(ticket)
        for workspace, members in groups.items():
            view = self.about(workspace, self.scope.home)
            own = self.about(workspace, workspace)
            ids = [relative(self._names.qualified(ticket.id), workspace) for ticket in members]
            yield Group(cast("Connection", view), cast("Connection", own), members, ids)

    def expect(self, questions: Sequence[Callable[[Connection], object]]) -> None:
        """Ask the first statement of each question together with the next one that is asked."""
        recorder = _Recorder(self.scope)
        recorder.expect(questions)
        self._waiting += [self._statement(*each) for each in recorder.statements]

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        """The rows that a query of the program finds."""
        statement = self._statement(sql, values)
        key = statement.key
        if key not in self._cache:
            self._fetch({key: statement} | {each.key: each for each in self._waiting})
            self._waiting.clear()
        columns, rows = self._cache[key]
        if "uncertain" in columns:
            rows = self.scope.marked(columns, rows)
        convert = self._names.converter(columns)
        return Rows(rows if convert is None else map(convert, rows))

    def _statement(self, sql: str, values: Sequence[Any]) -> _Statement:
        text, places = _translated(sql)
        given = iter(values)
        return _Statement(text, [self._argument(place, given) for place in places])

    def _fetch(self, statements: dict[tuple[str, str], _Statement]) -> None:
        """Ask statements in one round trip, and keep their rows."""
        asked = {key: each for key, each in statements.items() if key not in self._cache}
        with self._connection.pipeline() if len(asked) > 1 else contextlib.nullcontext():
            cursors = [
                self._connection.execute(each.text.encode(), each.arguments, prepare=False)
                for each in asked.values()
            ]
        for key, cursor in zip(asked, cursors, strict=True):
            columns = [column.name for column in cursor.description or ()]
            rows = cursor.fetchall()
            self._cache[key] = columns, rows
            self.scope.remember(columns, rows)

    def _argument(self, place: _Place, given: Iterator[Any]) -> Any:  # noqa: ANN401  # as the query has it
        """The value of a placeholder, in the names of the database."""
        if place.size == 0:
            return _storable(next(given))
        found = json.loads(next(given)) if place.size < 0 else islice(given, place.size)
        listed = [_storable(value) for value in found]
        if not place.column:
            return listed
        names = {
            name
            for value in listed
            for name in (
                self._names.values(place.column, value) if isinstance(value, str) else [value]
            )
        }
        return sorted(names)


def _storable(value: Any) -> Any:  # noqa: ANN401  # as the query has it
    """A value; in a text, a question mark is in place of what no text in the database can hold.

    Such a text is a name that somebody gave, and the queries compare what they find with it.
    """
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "replace").decode().replace("\0", "?")


@lru_cache(256)
def _translated(sql: str) -> tuple[str, tuple[_Place, ...]]:
    """The text for PostgreSQL, and its placeholders."""
    places: list[_Place] = []

    def translate(match: re.Match[str]) -> str:
        if match[0] == "%":
            return "%%"
        column, test = match["column"] or "", match["test"]
        if test is None or test in _AS_WRITTEN:
            places.append(_Place("", 0))
            return match[0].replace("?", "%s") if test is None else f"{column} {_AS_WRITTEN[test]}"
        places.append(_Place(column, -1 if "json_each" in test else test.count("?")))
        return f"{column} {_ANY}"

    return _PLACEHOLDER.sub(translate, sql), tuple(places)
