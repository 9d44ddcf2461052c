"""Changes of tickets, records and problems between two indexes."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from yoi_relations.kinds import Edge, quoted, sentence
from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.problems import find_problems
from yoi_relations.queries.records import StoredRecord, find_records, held_by
from yoi_relations.queries.ticket_changes import (
    ProblemChange,
    TicketChange,
    find_problem_changes,
    find_ticket_changes,
    touched_tickets,
)

_ORDER = list(ChangeType)


class Change(NamedTuple):
    """One difference between two indexes.

    Attributes:
        what: type of the change.
        ticket: id of the ticket; of a record, of its holder.
        path: path of the file; of something that is gone, where it was.
        line: counted from 1, or None.
        record: id of the record, or None.
        sentence: the change in words.
        before: the earlier state, title or verdict if that changed, otherwise None.
        after: the later one.
    """

    what: ChangeType
    ticket: str
    path: str
    line: int | None
    record: str | None
    sentence: str
    before: str | None = None
    after: str | None = None


def find_changes(old: sqlite3.Connection, new: sqlite3.Connection) -> list[Change]:
    """The changes from `old` to `new`, except verdicts: by ticket, then by type.

    A record is identified by holder and id, not by path: moving a ticket's folder changes none. An
    edited entry of the two older formats has another id, so one is gone and another is added.
    """
    holders = touched_tickets(old, new)
    found = [
        *map(_of_ticket, find_ticket_changes(old, new, holders)),
        *_of_records(_records(old, holders), _records(new, holders)),
        *map(_of_problem, find_problem_changes(find_problems(old), find_problems(new))),
    ]
    return sorted(
        found,
        key=lambda change: (
            change.ticket,
            _ORDER.index(change.what),
            change.path,
            change.line or 0,
        ),
    )


def _of_ticket(change: TicketChange) -> Change:
    what, ticket, before, after, text = change
    return Change(what, ticket.id, ticket.file, None, None, text, before, after)


_COMPARED = (
    *("kind", "target", "note", "summary", "branch", "worktree", "role_plan", "author", "at"),
    *("retired_at", "retired_by", "retired_reason"),
)
"""The fields of a record that are compared."""
_Records = dict[tuple[str, str, int], StoredRecord]
"""Records by holder, id and number; the number counts records with the same id."""


def _of_records(before: _Records, after: _Records) -> Iterator[Change]:
    for key, record in before.items():
        if key not in after:
            yield _of_record(ChangeType.GONE, record)
    for key, record in after.items():
        old = before.get(key)
        if old is None:
            yield _of_record(ChangeType.ADDED, record)
            continue
        unequal = [name for name in _COMPARED if getattr(old, name) != getattr(record, name)]
        if record.is_retired and not old.is_retired:
            reason = quoted(record.retired_reason or "")
            yield _of_record(ChangeType.RETIRED, record, f": {reason}")
        elif unequal:
            yield _of_record(ChangeType.CHANGED, record, f" ({', '.join(unequal)})")


def _records(connection: sqlite3.Connection, holders: list[str]) -> _Records:
    seen: Counter[tuple[str, str]] = Counter()
    found = {}
    for record in find_records(connection, held_by(holders)):
        name = (record.holder, record.id)
        seen[name] += 1
        found[*name, seen[name]] = record
    return found


def _of_record(type_: ChangeType, record: StoredRecord, more: str = "") -> Change:
    text = sentence(Edge(record.shown, record.edge_ticket, record.edge_target)) + more
    return Change(type_, record.holder, record.path, record.line, record.id, text)


def _of_problem(change: ProblemChange) -> Change:
    what, problem = change
    return Change(what, problem.about, problem.path, problem.line, None, problem.message)
