"""Changes of tickets, records and problems between two indexes."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from yoi_relations.kinds import Edge, quoted, sentence
from yoi_relations.queries.problems import Problem, find_problems
from yoi_relations.queries.records import StoredRecord, find_records, held_by
from yoi_relations.queries.tickets import TicketInfo, load_tickets


class ChangeType(StrEnum):
    """Types of changes, in the order in which the changes of one ticket are listed."""

    TICKET_ADDED = "ticket_added"
    TICKET_GONE = "ticket_gone"
    STATE_CHANGED = "state_changed"
    TITLE_CHANGED = "title_changed"
    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    GONE = "gone"
    PROBLEM_APPEARED = "problem_appeared"
    PROBLEM_SOLVED = "problem_solved"
    VERDICT_CHANGED = "verdict_changed"


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
    holders = _touched(old, new)
    found = [
        *_of_tickets(_tickets(old, holders), _tickets(new, holders)),
        *_of_records(_records(old, holders), _records(new, holders)),
        *_of_problems(find_problems(old), find_problems(new)),
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


def _touched(old: sqlite3.Connection, new: sqlite3.Connection) -> list[str]:
    """The ids of the tickets with a source that differs; no other can have changed."""
    sql = "SELECT holder, path, digest FROM source"
    sources = set(old.execute(sql)) ^ set(new.execute(sql))
    return sorted({holder for holder, *_ in sources})


def _of_tickets(before: dict[str, TicketInfo], after: dict[str, TicketInfo]) -> Iterator[Change]:
    for id_, ticket in before.items():
        if id_ not in after:
            text = f"is gone, it was {_state(ticket)}"
            yield _of_ticket(ChangeType.TICKET_GONE, ticket, text, ticket.state, None)
    for id_, ticket in after.items():
        old = before.get(id_)
        if old is None:
            text = f"is new, {_state(ticket)}: {_title(ticket)}"
            yield _of_ticket(ChangeType.TICKET_ADDED, ticket, text, None, ticket.state)
            continue
        if old.state != ticket.state:
            text = f"was {_state(old)}, is {_state(ticket)}"
            yield _of_ticket(ChangeType.STATE_CHANGED, ticket, text, old.state, ticket.state)
        if old.title != ticket.title:
            text = f"is called {_title(ticket)}, was called {_title(old)}"
            yield _of_ticket(ChangeType.TITLE_CHANGED, ticket, text, old.title, ticket.title)


def _of_ticket(
    type_: ChangeType, ticket: TicketInfo, text: str, before: str | None, after: str | None
) -> Change:
    return Change(type_, ticket.id, ticket.file, None, None, f"{ticket.id} {text}", before, after)


def _tickets(connection: sqlite3.Connection, holders: list[str]) -> dict[str, TicketInfo]:
    """The tickets that have an item.md, by id."""
    found = load_tickets(connection, holders)
    return {id_: ticket for id_, ticket in found.items() if ticket.folder is not None}


def _state(ticket: TicketInfo) -> str:
    return ticket.state or "of unknown state"


def _title(ticket: TicketInfo) -> str:
    return quoted(ticket.title) if ticket.title is not None else "nothing"


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


def _of_problems(old: list[Problem], new: list[Problem]) -> Iterator[Change]:
    """The problems that appeared or were solved; moving to another line is neither."""
    before, after = _by_message(old), _by_message(new)
    for message in before.keys() | after.keys():
        earlier, later = before[message], after[message]
        for problem in earlier[len(later) :]:
            yield _of_problem(ChangeType.PROBLEM_SOLVED, problem)
        for problem in later[len(earlier) :]:
            yield _of_problem(ChangeType.PROBLEM_APPEARED, problem)


def _by_message(problems: list[Problem]) -> defaultdict[tuple[str, str], list[Problem]]:
    found: defaultdict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        found[problem.path, problem.message].append(problem)
    return found


def _of_problem(type_: ChangeType, problem: Problem) -> Change:
    return Change(type_, problem.about, problem.path, problem.line, None, problem.message)
