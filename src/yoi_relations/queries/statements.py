"""Records as they are queried: what each says, where it stands, and whether it was retired."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.errors import NotFoundError
from yoi_relations.jsontext import json_text
from yoi_relations.states import RESOLVED
from yoi_relations.typed import Connection, NamedTuple

Order = tuple[str, str, int, int]
"""Instant, path, line, place in the line: the greatest is the latest."""

_COLUMNS = (
    "id, path, line, format, record_id, kind, holder, target, class, shown, edge_ticket,"
    " edge_target, note, summary, branch, worktree, role_plan, author, at, at_key,"
    " retired_at, retired_by, retired_reason"
)


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
    """One record; its fields are the columns of the view ``statement``."""

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

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.path, self.line, self.id)

    @property
    def order(self) -> Order:
        """Its place in time among all records."""
        return (self.at_key, self.path, self.line or 0, self.row)


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


def unresolved_somewhere() -> Condition:
    """Records of edges and notes of which one end at least is not resolved; no other is active."""
    states = ", ".join(f"'{state}'" for state in sorted(RESOLVED))
    among = (
        f"IN (SELECT ticket_id FROM ticket WHERE state IS NULL OR state NOT IN ({states})"  # noqa: S608  # fixed text
        " UNION SELECT about FROM spanning_problem)"
    )
    return Condition(f"(edge_ticket {among} OR edge_target {among})", ())


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
        f"SELECT {_COLUMNS} FROM statement WHERE {where} ORDER BY path, line, id",  # noqa: S608  # fixed text
        values,
    )
    return [Statement(*row) for row in rows]
