"""Records as the index holds them, and the conditions that select them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.errors import NotFoundError
from yoi_relations.kinds import ALL_SHOWN, Edge
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Any, Connection, NamedTuple

Order = tuple[str, str, int, int]
"""Instant, path, line and row of a record: the greatest is the latest."""


def path_and_line(path: str, line: int | None) -> str:
    """``path:line``, or only the path if the line is None."""
    return path if line is None else f"{path}:{line}"


class RecordPlace(NamedTuple):
    """Where a record is; printed as ``path:line``."""

    path: str
    line: int | None
    id: str

    def __str__(self) -> str:
        return path_and_line(self.path, self.line)


class StoredRecord(NamedTuple):
    """One record.

    Its fields are the columns of the view ``statement`` (`_COLUMNS` has names that differ). The
    last field is the value of `Inactive` if the relation is not active; only the latest record of
    a relation has it.
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
    author: str | None
    at: str | None
    at_key: str
    retired_at: str | None
    retired_by: str | None
    retired_reason: str | None
    inactive: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it in the whole history: its holder and its id."""
        return self.holder, self.id

    @property
    def place(self) -> RecordPlace:
        """Where it is."""
        return RecordPlace(self.path, self.line, self.id)

    @property
    def recorded_by(self) -> str:
        """Who recorded it: its author, or the tool that has none."""
        return self.author or self.format

    @property
    def day(self) -> str:
        """The day of its time; empty if it has none."""
        return (self.at or "")[:10]

    @property
    def is_retired(self) -> bool:
        """Whether a retirement says that it no longer counts."""
        return self.retired_at is not None

    @property
    def order(self) -> Order:
        """Its position in time among all records."""
        return (self.at_key, self.path, self.line or 0, self.row)


_COLUMNS = {"row": "id", "id": "record_id", "cls": "class"}
"""By field, the columns with other names."""
_SELECT = (
    "SELECT "  # noqa: S608  # fixed text
    + ", ".join(_COLUMNS.get(name, name) for name in StoredRecord._fields)
    + " FROM statement"
)


class Condition(NamedTuple):
    """A part of a WHERE clause, or a whole query, with its values."""

    sql: str
    values: tuple[str | int | None, ...]


def where(conditions: Iterable[Condition]) -> Condition:
    """A whole WHERE clause that demands all `conditions`; empty if there are none."""
    listed = list(conditions)
    sql = " AND ".join(condition.sql for condition in listed)
    values = tuple(value for condition in listed for value in condition.values)
    return Condition(f" WHERE {sql}" if sql else "", values)


def _among(column: str, values: Iterable[str]) -> Condition:
    sql = f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608  # fixed names
    return Condition(sql, (json_text(sorted(values)),))


def shown_as(kinds: Iterable[str]) -> Condition:
    """Records that are shown as one of `kinds`."""
    return _among("shown", kinds)


def touching(tickets: Iterable[str]) -> Condition:
    """Records of edges and notes with one of `tickets` at either end."""
    ids = set(tickets)
    return either(_among("edge_ticket", ids), _among("edge_target", ids))


def at_tickets(tickets: Iterable[str]) -> Condition:
    """Records of edges and notes that are about one of `tickets`."""
    return _among("edge_ticket", tickets)


def active_tickets(kinds: frozenset[str]) -> Condition:
    """A query for the tickets that have an active relation of one of `kinds`, as shown."""
    of_kinds = where([] if kinds == ALL_SHOWN else [_among("kind", kinds)])
    return Condition(f"SELECT ticket FROM active_relation{of_kinds.sql}", of_kinds.values)  # noqa: S608  # fixed text


def held_by(holders: Iterable[str]) -> Condition:
    """Records in the folders of `holders`."""
    return _among("holder", holders)


def stating(edge: Edge) -> Condition:
    """Records of one edge."""
    return Condition("shown = ? AND edge_ticket = ? AND edge_target = ?", edge)


def between(ticket: str, other: str) -> Condition:
    """Records of the edges between two tickets, in either direction."""
    return Condition(
        "(edge_ticket = ? AND edge_target = ? OR edge_ticket = ? AND edge_target = ?)",
        (ticket, other, other, ticket),
    )


def with_texts(target: str | None, *texts: str | None) -> Condition:
    """Records with this target and these texts: note, summary, branch, work tree, role plan."""
    columns = ("target", "note", "summary", "branch", "worktree", "role_plan")
    return Condition(" AND ".join(f"{name} IS ?" for name in columns), (target, *texts))


def not_retired(without: str | None) -> Condition:
    """Records that are not retired, except those with the id `without`."""
    return Condition("retired_at IS NULL AND record_id IS NOT ?", (without,))


def in_files(paths: Iterable[str]) -> Condition:
    """Records in these files."""
    return _among("path", paths)


def either(first: Condition, second: Condition) -> Condition:
    """Records that meet at least one of two conditions."""
    return Condition(f"({first.sql} OR {second.sql})", first.values + second.values)


def with_id(id_: str) -> Condition:
    """Records with this id."""
    return Condition("record_id = ?", (id_,))


def record_at(connection: Connection, place: RecordPlace) -> StoredRecord:
    """The record at `place`.

    Raises:
        NotFoundError: there is no record.
    """
    here = Condition("path = ? AND line IS ? AND record_id = ?", tuple(place))
    found = find_records(connection, here)
    if not found:
        raise NotFoundError(f"{place}: the record is gone again", "another process removed it")
    return found[0]


def find_records(connection: Connection, *conditions: Condition) -> list[StoredRecord]:
    """The records that meet all `conditions`, by path and line."""
    rows = _select(connection, conditions, "ORDER BY path, line, id")
    return [StoredRecord(*row) for row in rows]


def find_latest_record(connection: Connection, *conditions: Condition) -> StoredRecord | None:
    """The latest record that meets all `conditions`; None if no record does."""
    by_order = "ORDER BY at_key DESC, path DESC, coalesce(line, 0) DESC, id DESC LIMIT 1"
    found = _select(connection, conditions, by_order)
    return next((StoredRecord(*row) for row in found), None)


def _select(
    connection: Connection, conditions: Iterable[Condition], end: str
) -> Iterator[tuple[Any, ...]]:
    sql, values = where(conditions)
    return connection.execute(f"{_SELECT}{sql} {end}", values)
