"""Records as they are queried: what each says, where it stands, and whether it was retired."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.errors import NotFoundError
from yoi_relations.jsontext import json_text
from yoi_relations.typed import Connection, NamedTuple

Order = tuple[str, str, int, int]
"""Instant, path, line, place in the line: the greatest is the latest."""


def path_and_line(path: str, line: int | None) -> str:
    """``path:line``, or the path where no line is meant."""
    return path if line is None else f"{path}:{line}"


class Place(NamedTuple):
    """Where a record stands; printed as ``path:line``."""

    path: str
    line: int | None
    id: str

    def __str__(self) -> str:
        return path_and_line(self.path, self.line)


class Statement(NamedTuple):
    """One record.

    Its fields are the columns of the view ``statement``, but for three names, and at the end why
    the relation is not active, as in `Inactive`, at the record that speaks for it.
    """

    row: int
    path: str
    line: int | None
    format: str
    id: str
    kind: str
    holder: str
    target: str | None
    cls: str
    shown: str
    edge_ticket: str
    edge_target: str | None
    note: str | None
    summary: str | None
    branch: str | None
    worktree: str | None
    role_plan: str | None
    author: str
    at: str
    at_key: str
    retired_at: str | None
    retired_by: str | None
    retired_reason: str | None
    inactive: str | None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.path, self.line, self.id)

    @property
    def order(self) -> Order:
        """Its place in time among all records."""
        return (self.at_key, self.path, self.line or 0, self.row)


_COLUMNS = {"row": "id", "id": "record_id", "cls": "class"}
"""By field, the columns of other names."""
_SELECT = (
    "SELECT "  # noqa: S608  # fixed text, as below
    + ", ".join(f"statement.{_COLUMNS.get(name, name)}" for name in Statement._fields[:-1])
    + ", activity.inactive FROM statement LEFT JOIN activity ON activity.id = statement.id"
)


class Condition(NamedTuple):
    """A part of a WHERE clause, with its values."""

    sql: str
    values: tuple[str | int | None, ...]


def shown_as(kinds: Iterable[str]) -> Condition:
    """Records that are shown as one of `kinds`."""
    return Condition("shown IN (SELECT value FROM json_each(?))", (json_text(sorted(kinds)),))


def touching(tickets: Iterable[str]) -> Condition:
    """Records of edges and notes that have one of `tickets` at either end."""
    values = json_text(sorted(tickets))
    among = "IN (SELECT value FROM json_each(?))"
    return Condition(f"(edge_ticket {among} OR edge_target {among})", (values, values))


def at_tickets(tickets: Iterable[str]) -> Condition:
    """Records of edges and notes that are about one of `tickets`."""
    values = json_text(sorted(tickets))
    return Condition("edge_ticket IN (SELECT value FROM json_each(?))", (values,))


def at_active_tickets() -> Condition:
    """Records of edges and notes that are about a ticket about which something is active."""
    return Condition("edge_ticket IN (SELECT ticket FROM activity WHERE inactive IS NULL)", ())


def held_by(holders: Iterable[str]) -> Condition:
    """Records that lie in the folder of one of `holders`."""
    return Condition("holder IN (SELECT value FROM json_each(?))", (json_text(sorted(holders)),))


def called(id_: str) -> Condition:
    """Records with this id."""
    return Condition("record_id = ?", (id_,))


def statement_at(connection: Connection, place: Place) -> Statement:
    """The record at `place`.

    Raises:
        NotFoundError: there is none.
    """
    where = Condition("path = ? AND line IS ? AND record_id = ?", tuple(place))
    found = find_statements(connection, where)
    if not found:
        raise NotFoundError(f"{place}: the record is gone again", "something removed it meanwhile")
    return found[0]


def find_statements(connection: Connection, *conditions: Condition) -> list[Statement]:
    """The records that meet all `conditions`, by path and line."""
    where = " AND ".join(condition.sql for condition in conditions) or "TRUE"
    values = [value for condition in conditions for value in condition.values]
    rows = connection.execute(
        f"{_SELECT} WHERE {where} ORDER BY path, line, statement.id",
        values,
    )
    return [Statement(*row) for row in rows]
