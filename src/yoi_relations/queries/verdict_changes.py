"""The verdicts that changed between two indexes, and why."""

from __future__ import annotations

import sqlite3

from yoi_relations.queries.change_types import ChangeType
from yoi_relations.queries.changes import Change
from yoi_relations.queries.check import Check, check_tickets
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.tickets import TicketInfo, tickets_in
from yoi_relations.states import RESOLVED, UNRESOLVED

Verdicts = dict[str, Verdict]
"""By ticket id, the verdict of each unresolved ticket."""


def load_verdicts(connection: sqlite3.Connection) -> Verdicts:
    """The verdict of every unresolved ticket."""
    return _verdicts(connection, tickets_in(connection, UNRESOLVED))


def find_verdict_changes(
    before: Verdicts, old: sqlite3.Connection, new: sqlite3.Connection
) -> tuple[list[Change], Verdicts]:
    """The verdicts that changed from `old` to `new`, by ticket; and the verdicts of `new`.

    A ticket counts if it is in both, and unresolved in at least one of them. `before` are the
    verdicts of `old`, as `load_verdicts` returns them.
    """
    tickets = {
        ticket.id: ticket
        for ticket in tickets_in(new, (*UNRESOLVED, *RESOLVED))
        if not ticket.resolved or ticket.id in before
    }
    after = {check.ticket.id: check for check in check_tickets(new, list(tickets.values())).checks}
    earlier = before | _of_resolved(old, tickets.keys() - before.keys())
    changed = [
        _change(new, earlier[id_], check)
        for id_, check in sorted(after.items())
        if earlier.get(id_, check.verdict) != check.verdict
    ]
    return changed, {
        id_: check.verdict for id_, check in after.items() if not check.ticket.resolved
    }


def _of_resolved(connection: sqlite3.Connection, ids: set[str]) -> Verdicts:
    """The verdicts of those of `ids` that are resolved, which are rarely needed."""
    if not ids:
        return {}
    found = tickets_in(connection, RESOLVED)
    return _verdicts(connection, [ticket for ticket in found if ticket.id in ids])


def _verdicts(connection: sqlite3.Connection, tickets: list[TicketInfo]) -> Verdicts:
    return {check.ticket.id: check.verdict for check in check_tickets(connection, tickets).checks}


def _change(connection: sqlite3.Connection, before: Verdict, check: Check) -> Change:
    ticket, verdict = check.ticket, check.verdict
    reason = f": {check.reasons[0].sentence}" if verdict else ""
    return Change(
        what=ChangeType.VERDICT_CHANGED,
        ticket=ticket.id,
        path=ticket.file if ticket.folder else _missing_file(connection, ticket.id),
        line=None,
        record=None,
        sentence=f"{ticket.name} was {before.word}, is {verdict.word}{reason}",
        before=before.word,
        after=verdict.word,
    )


def _missing_file(connection: sqlite3.Connection, ticket: str) -> str:
    """Where the item.md of a ticket should be; its first record if another tool keeps it."""
    sql = "SELECT coalesce(min(folder) || '/item.md', min(path)) FROM source WHERE holder = ?"
    (path,) = connection.execute(sql, (ticket,)).fetchone()
    return str(path)
