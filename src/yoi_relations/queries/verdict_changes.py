"""Which verdicts changed from one index to the next, and why."""

from __future__ import annotations

import sqlite3

from yoi_relations.queries.changes import Change, ChangeType
from yoi_relations.queries.check import Check, check_tickets
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.tickets import tickets_in
from yoi_relations.states import RESOLVED, UNRESOLVED

Verdicts = dict[str, Verdict]
"""By ticket, the verdict of each that is not resolved."""


def load_verdicts(connection: sqlite3.Connection) -> Verdicts:
    """The verdict of every ticket that is not resolved."""
    checks = check_tickets(connection, tickets_in(connection, UNRESOLVED)).checks
    return {one.ticket.id: one.verdict for one in checks}


def find_verdict_changes(
    before: Verdicts, old: sqlite3.Connection, new: sqlite3.Connection
) -> tuple[list[Change], Verdicts]:
    """The verdicts that changed from `old` to `new`, by ticket; and those to compare next time.

    A ticket counts if it is unresolved in `old` or in `new`, and is in both.

    Args:
        before: what `load_verdicts` says of `old`; it is not asked again.
        old: the index before.
        new: the index now.
    """
    now = {
        ticket.id: ticket
        for ticket in tickets_in(new, (*UNRESOLVED, *RESOLVED))
        if not ticket.resolved or ticket.id in before
    }
    after = {one.ticket.id: one for one in check_tickets(new, list(now.values())).checks}
    was = before | _of_resolved(old, now.keys() - before.keys())
    changed = [
        _change(new, was[id_], one)
        for id_, one in sorted(after.items())
        if was.get(id_, one.verdict) != one.verdict
    ]
    return changed, {id_: one.verdict for id_, one in after.items() if not one.ticket.resolved}


def _of_resolved(connection: sqlite3.Connection, ids: set[str]) -> Verdicts:
    """The verdicts of those of `ids` that are resolved; they are rarely wanted, and not kept."""
    if not ids:
        return {}
    found = [one for one in tickets_in(connection, RESOLVED) if one.id in ids]
    return {one.ticket.id: one.verdict for one in check_tickets(connection, found).checks}


def _change(connection: sqlite3.Connection, before: Verdict, check: Check) -> Change:
    ticket, verdict = check.ticket, check.verdict
    because = f": {check.reasons[0].sentence}" if verdict else ""
    return Change(
        what=ChangeType.VERDICT_CHANGED,
        ticket=ticket.id,
        path=f"{ticket.folder or _folder(connection, ticket.id)}/item.md",
        line=None,
        record=None,
        sentence=f"{ticket.name} was {before.word}, is {verdict.word}{because}",
        before=before.word,
        after=verdict.word,
    )


def _folder(connection: sqlite3.Connection, ticket: str) -> str:
    """Where the records of a ticket without an item.md are."""
    sql = "SELECT min(folder) FROM source WHERE holder = ?"
    (folder,) = connection.execute(sql, (ticket,)).fetchone()
    return str(folder)
