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


_RANK = {type_: rank for rank, type_ in enumerate(ChangeType)}


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
        *_of_tickets(old, new, holders),
        *_of_records(old, new, holders),
        *_of_problems(find_problems(old), find_problems(new)),
    ]
    return sorted(
        found, key=lambda change: (change.ticket, _RANK[change.what], change.path, change.line or 0)
    )


def _touched(old: sqlite3.Connection, new: sqlite3.Connection) -> list[str]:
    """The ids of the tickets with a source that differs; no other can have changed."""
    sql = "SELECT holder, path, digest FROM source"
    sources = set(old.execute(sql)) ^ set(new.execute(sql))
    return sorted({holder for holder, *_ in sources})


class _Ticket(NamedTuple):
    title: str | None
    state: str | None
    folder: str | None


def _of_tickets(
    old: sqlite3.Connection, new: sqlite3.Connection, holders: list[str]
) -> Iterator[Change]:
    before, after = _tickets(old, holders), _tickets(new, holders)
    for id_ in before.keys() | after.keys():
        yield from _of_ticket(id_, before.get(id_), after.get(id_))


def _tickets(connection: sqlite3.Connection, holders: list[str]) -> dict[str, _Ticket]:
    """The tickets that have an item.md, by id."""
    # With an id, SQLite groups only the rows of that ticket; otherwise those of all tickets.
    sql = "SELECT title, state, folder FROM ticket_now WHERE ticket = ? AND folder IS NOT NULL"
    found = {id_: connection.execute(sql, (id_,)).fetchone() for id_ in holders}
    return {id_: _Ticket(*row) for id_, row in found.items() if row is not None}


def _of_ticket(id_: str, old: _Ticket | None, new: _Ticket | None) -> Iterator[Change]:
    current = new or old
    if current is None:
        return
    path = f"{current.folder}/item.md"

    def change(type_: ChangeType, text: str, before: str | None, after: str | None) -> Change:
        return Change(type_, id_, path, None, None, f"{id_} {text}", before, after)

    if old is None:
        yield change(
            ChangeType.TICKET_ADDED,
            f"is new, {_state(current)}: {_title(current)}",
            None,
            current.state,
        )
    elif new is None:
        yield change(
            ChangeType.TICKET_GONE, f"is gone, it was {_state(current)}", current.state, None
        )
    else:
        if old.state != new.state:
            text = f"was {_state(old)}, is {_state(new)}"
            yield change(ChangeType.STATE_CHANGED, text, old.state, new.state)
        if old.title != new.title:
            text = f"is called {_title(new)}, was called {_title(old)}"
            yield change(ChangeType.TITLE_CHANGED, text, old.title, new.title)


def _state(ticket: _Ticket) -> str:
    return ticket.state or "of unknown state"


def _title(ticket: _Ticket) -> str:
    return quoted(ticket.title) if ticket.title is not None else "nothing"


_COMPARED = (
    *("kind", "target", "note", "summary", "branch", "worktree", "role_plan", "author", "at"),
    *("retired_at", "retired_by", "retired_reason"),
)
"""The fields of a record that are compared."""


def _of_records(
    old: sqlite3.Connection, new: sqlite3.Connection, holders: list[str]
) -> Iterator[Change]:
    before, after = _records(old, holders), _records(new, holders)
    for key in before.keys() | after.keys():
        earlier, later = before.get(key), after.get(key)
        if later is None and earlier is not None:
            yield _of_record(ChangeType.GONE, earlier)
        elif later is not None and earlier is None:
            yield _of_record(ChangeType.ADDED, later)
        elif later is not None and earlier is not None:
            unequal = [name for name in _COMPARED if getattr(earlier, name) != getattr(later, name)]
            if "retired_at" in unequal and earlier.retired_at is None:
                yield _of_record(
                    ChangeType.RETIRED, later, f": {quoted(later.retired_reason or '')}"
                )
            elif unequal:
                yield _of_record(ChangeType.CHANGED, later, f" ({', '.join(unequal)})")


def _records(
    connection: sqlite3.Connection, holders: list[str]
) -> dict[tuple[str, str, int], StoredRecord]:
    """Records by holder, id and number; the number counts records with the same id."""
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
