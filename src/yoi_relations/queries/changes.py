"""What happened to tickets, records and problems from one index to the next."""

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
    """What happened, in the order in which it is told of one ticket."""

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


_RANK = {what: rank for rank, what in enumerate(ChangeType)}


class Change(NamedTuple):
    """One thing that happened between two indexes.

    Attributes:
        what: happened.
        ticket: whose; of a record, the holder.
        path: the file it is about; of something gone, where it was.
        line: counted from 1, or None.
        record: id of the record, or None.
        sentence: the same for a person.
        before: the state, title or verdict that was, where that is what changed.
        after: the one that is.
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
    """What happened from `old` to `new`, but for verdicts: by ticket, then as `What` lists it.

    A record is known by its holder and its id, wherever it stands: a ticket's folder that moves
    changes none. An entry of the two older formats that is edited gets another id, and so counts
    as one gone and one added.
    """
    holders = _touched(old, new)
    found = [
        *_of_tickets(old, new, holders),
        *_of_records(old, new, holders),
        *_of_problems(find_problems(old), find_problems(new)),
    ]
    return sorted(found, key=lambda one: (one.ticket, _RANK[one.what], one.path, one.line or 0))


def _touched(old: sqlite3.Connection, new: sqlite3.Connection) -> list[str]:
    """The ids of the tickets of which a source differs; no other can have changed."""
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
    # One by one: SQLite groups only the rows of a ticket that is named, else those of all.
    sql = "SELECT title, state, folder FROM ticket_now WHERE ticket = ? AND folder IS NOT NULL"
    found = {id_: connection.execute(sql, (id_,)).fetchone() for id_ in holders}
    return {id_: _Ticket(*row) for id_, row in found.items() if row is not None}


def _of_ticket(id_: str, old: _Ticket | None, new: _Ticket | None) -> Iterator[Change]:
    is_ = new or old
    if is_ is None:
        return
    path = f"{is_.folder}/item.md"

    def change(what: ChangeType, said: str, before: str | None, after: str | None) -> Change:
        return Change(what, id_, path, None, None, f"{id_} {said}", before, after)

    if old is None:
        yield change(
            ChangeType.TICKET_ADDED, f"is new, {_state(is_)}: {_title(is_)}", None, is_.state
        )
    elif new is None:
        yield change(ChangeType.TICKET_GONE, f"is gone, it was {_state(is_)}", is_.state, None)
    else:
        if old.state != new.state:
            said = f"was {_state(old)}, is {_state(new)}"
            yield change(ChangeType.STATE_CHANGED, said, old.state, new.state)
        if old.title != new.title:
            said = f"is called {_title(new)}, was called {_title(old)}"
            yield change(ChangeType.TITLE_CHANGED, said, old.title, new.title)


def _state(ticket: _Ticket) -> str:
    return ticket.state or "of unknown state"


def _title(ticket: _Ticket) -> str:
    return quoted(ticket.title) if ticket.title is not None else "nothing"


_SAID = (
    *("kind", "target", "note", "summary", "branch", "worktree", "role_plan", "author", "at"),
    *("retired_at", "retired_by", "retired_reason"),
)
"""What must differ for a record to have changed."""


def _of_records(
    old: sqlite3.Connection, new: sqlite3.Connection, holders: list[str]
) -> Iterator[Change]:
    before, after = _records(old, holders), _records(new, holders)
    for key in before.keys() | after.keys():
        was, is_ = before.get(key), after.get(key)
        if is_ is None and was is not None:
            yield _of_record(ChangeType.GONE, was)
        elif is_ is not None and was is None:
            yield _of_record(ChangeType.ADDED, is_)
        elif is_ is not None and was is not None:
            unequal = [name for name in _SAID if getattr(was, name) != getattr(is_, name)]
            if "retired_at" in unequal and was.retired_at is None:
                yield _of_record(ChangeType.RETIRED, is_, f": {quoted(is_.retired_reason or '')}")
            elif unequal:
                yield _of_record(ChangeType.CHANGED, is_, f" ({', '.join(unequal)})")


def _records(
    connection: sqlite3.Connection, holders: list[str]
) -> dict[tuple[str, str, int], StoredRecord]:
    """Records by holder and id; one that is stated several times is counted through."""
    seen: Counter[tuple[str, str]] = Counter()
    found = {}
    for record in find_records(connection, held_by(holders)):
        name = (record.holder, record.id)
        seen[name] += 1
        found[*name, seen[name]] = record
    return found


def _of_record(what: ChangeType, record: StoredRecord, more: str = "") -> Change:
    said = sentence(Edge(record.shown, record.edge_ticket, record.edge_target)) + more
    return Change(what, record.holder, record.path, record.line, record.id, said)


def _of_problems(old: list[Problem], new: list[Problem]) -> Iterator[Change]:
    """The problems that appeared and those that were solved; one that moved a line did neither."""
    before, after = _by_message(old), _by_message(new)
    for message in before.keys() | after.keys():
        was, is_ = before[message], after[message]
        for problem in was[len(is_) :]:
            yield _of_problem(ChangeType.PROBLEM_SOLVED, problem)
        for problem in is_[len(was) :]:
            yield _of_problem(ChangeType.PROBLEM_APPEARED, problem)


def _by_message(problems: list[Problem]) -> defaultdict[tuple[str, str], list[Problem]]:
    found: defaultdict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        found[problem.path, problem.message].append(problem)
    return found


def _of_problem(what: ChangeType, problem: Problem) -> Change:
    return Change(what, problem.about, problem.path, problem.line, None, problem.message)
