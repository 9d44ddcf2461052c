"""Decides whether a relation is active, and why it is not; no other module does.

The decision depends on the records, their retirements and the states of both tickets.
``store_activity`` stores it in the index, so that no question computes it. The same SQL decides
about relations that are not recorded yet, or whose target is misspelled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from yoi_relations.files.source import Format
from yoi_relations.kinds import KINDS, SHOWN_NOTES, Edge, Inactive, RelationClass
from yoi_relations.lean.json_encoder import json_text
from yoi_relations.lean.types import Connection
from yoi_relations.states import RESOLVED, State
from yoi_relations.ticket_ids import is_elsewhere


def _listed(words: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in sorted(words)) + ")"


def _state_of(end: str) -> str:
    """The state of one ticket, as in the view ``ticket_now``, which would read all tickets."""
    return (
        f"(SELECT min(ticket.state) FROM ticket WHERE ticket.ticket_id = {end}"  # noqa: S608  # fixed text
        " AND ticket.ticket_id NOT IN (SELECT about FROM spanning_problem))"
    )


def _elsewhere(end: str) -> str:
    """Whether one ticket is elsewhere: named like that, and not a ticket of this workspace."""
    return (
        f"(is_elsewhere({end}) AND NOT EXISTS (SELECT 1 FROM source"  # noqa: S608  # fixed text
        f" WHERE holder = {end} AND format <> 'stray'))"
    )


_NOTES = _listed(SHOWN_NOTES)
_TICKET, _TARGET = _state_of("edge_ticket"), _state_of("edge_target")
_OVER = _listed(RESOLVED)
_INACTIVE = f"""CASE
    WHEN retired_at IS NOT NULL THEN '{Inactive.RETIRED}'
    WHEN later_notes > 0 THEN '{Inactive.REWRITTEN}'
    WHEN class = '{RelationClass.CAPACITY}' AND {_TICKET} = '{State.INPROGRESS}'
        THEN '{Inactive.TICKET}'
    WHEN later_plans > 0 THEN '{Inactive.LATER_PLAN}'
    WHEN shown = 'related'
        THEN CASE
            WHEN {_TICKET} IN {_OVER} AND {_TARGET} IN {_OVER} THEN '{Inactive.BOTH}'
            WHEN {_TICKET} IN {_OVER} AND {_elsewhere("edge_target")} THEN '{Inactive.TICKET}'
            WHEN {_TARGET} IN {_OVER} AND {_elsewhere("edge_ticket")} THEN '{Inactive.TARGET}'
        END
    WHEN shown <> 'duplicate_of' AND shown NOT IN {_NOTES} AND {_TARGET} IN {_OVER}
        THEN '{Inactive.TARGET}'
    WHEN {_TICKET} IN {_OVER} AND (shown <> 'supersedes' OR {_elsewhere("edge_target")})
        THEN '{Inactive.TICKET}'
END"""
"""Why a relation is not active, from the columns of the queries below; NULL where it is active.

The state of a ticket that is elsewhere is not known here, so the other ticket alone ends an edge.
"""
_COLUMNS = "id, class, shown, edge_ticket, edge_target, retired_at"
_LATEST_FIRST = "at_key DESC, path DESC, coalesce(line, 0) DESC, id DESC"


def _edges(where: str) -> str:
    """One row per edge: its latest record that is not retired, otherwise its latest record."""
    return f"""SELECT {_COLUMNS}, 0 AS later_notes, 0 AS later_plans FROM (
        SELECT {_COLUMNS}, row_number() OVER (
            PARTITION BY shown, edge_ticket, edge_target
            ORDER BY CASE WHEN retired_at IS NULL THEN 0 ELSE 1 END, {_LATEST_FIRST}
        ) AS rank
        FROM record_now WHERE shown NOT IN {_NOTES} AND {where}
    ) AS stated WHERE rank = 1"""  # noqa: S608  # fixed text


def _notes(where: str) -> str:
    """One row per note, with the number of later notes in its file and of later plans.

    Retired records are not counted. In an orchestration plan a later waiting note replaces the
    earlier one; notes in files of their own do not. `where` must select all notes of a ticket, or
    none.
    """
    before = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    not_retired = "CASE WHEN class = '{}' AND retired_at IS NULL THEN 1 ELSE 0 END"
    return f"""SELECT {_COLUMNS}, later_plans,
        CASE WHEN class = '{RelationClass.CAPACITY}' AND format = '{Format.PLAN_JSONL}'
            THEN waits_in_file ELSE 0 END AS later_notes
    FROM (
        SELECT {_COLUMNS}, format,
            sum({not_retired.format(RelationClass.PLAN)}) OVER (
                PARTITION BY edge_ticket ORDER BY {_LATEST_FIRST} {before}
            ) AS later_plans,
            sum({not_retired.format(RelationClass.CAPACITY)}) OVER (
                PARTITION BY edge_ticket, path ORDER BY {_LATEST_FIRST} {before}
            ) AS waits_in_file
        FROM record_now WHERE shown IN {_NOTES} AND {where}
    ) AS stated"""  # noqa: S608  # fixed text


_AMONG = "IN (SELECT value FROM json_each(:ids))"
_EDGES_AT = f"(edge_ticket {_AMONG} OR edge_target {_AMONG})"
_NOTES_AT = f"edge_ticket {_AMONG}"
"""Whether a note is active does not depend on its target."""


def store_activity(connection: Connection, tickets: Collection[str] | None = None) -> None:
    """Store whether relations are active, and why not.

    Args:
        connection: the index. All tables that are not derived are complete, and
            ``spanning_problem`` names the tickets whose state is unknown.
        tickets: ids; only relations of these tickets, whose rows were deleted. None for all.
    """
    _define_elsewhere(connection)
    edges, notes = ("TRUE", "TRUE") if tickets is None else (_EDGES_AT, _NOTES_AT)
    for query in (_edges(edges), _notes(notes)):
        connection.execute(
            "INSERT INTO activity (id, kind, ticket, inactive)"  # noqa: S608  # fixed text
            f" SELECT id, shown, edge_ticket, {_INACTIVE} FROM ({query}) AS found",
            {"ids": json_text(sorted(tickets or ()))},
        )


def _define_elsewhere(connection: Connection) -> None:
    """Define the SQL function that `_INACTIVE` calls."""
    connection.create_function("is_elsewhere", 1, is_elsewhere, deterministic=True)


def delete_activity(connection: Connection, tickets: Collection[str]) -> None:
    """Delete the rows of all relations of `tickets`.

    Call it before their records change: the records name the relations.
    """
    connection.execute(
        f"DELETE FROM activity WHERE id IN (SELECT id FROM record WHERE {_NOTES_AT}"  # noqa: S608  # fixed text
        f" UNION SELECT id FROM record WHERE shown NOT IN {_NOTES} AND edge_target {_AMONG})",
        {"ids": json_text(sorted(tickets))},
    )


def ended_by(
    shown: str,
    ticket: str | None,
    target: str | None,
    ticket_elsewhere: bool,  # noqa: FBT001  # in the order of the ends
    target_elsewhere: bool,  # noqa: FBT001  # as above
) -> Inactive | None:
    """Which of its ends ends an edge that is not retired, as `_INACTIVE` decides it in an index.

    Args:
        shown: its kind as shown; not that of a note.
        ticket: state of its ticket; None if it is not known.
        target: state of its target; None if it is not known.
        ticket_elsewhere: whether nothing is known of the workspace of its ticket.
        target_elsewhere: whether nothing is known of the workspace of its target.
    """
    ticket_over, target_over = ticket in RESOLVED, target in RESOLVED
    if shown == "related":
        if ticket_over and target_over:
            return Inactive.BOTH
        by_ticket, by_target = ticket_over and target_elsewhere, target_over and ticket_elsewhere
    else:
        by_target = target_over and shown != "duplicate_of"
        by_ticket = ticket_over and (shown != "supersedes" or target_elsewhere)
    if by_target:
        return Inactive.TARGET
    return Inactive.TICKET if by_ticket else None


def inactive_if_recorded(connection: Connection, edge: Edge) -> str | None:
    """Why a relation would not be active if it were recorded now; None where it would be active."""
    _define_elsewhere(connection)
    (found,) = connection.execute(
        f"SELECT {_INACTIVE} FROM (SELECT ? AS class, ? AS shown, ? AS edge_ticket,"  # noqa: S608  # fixed text
        " ? AS edge_target, NULL AS retired_at, 0 AS later_notes, 0 AS later_plans) AS found",
        (KINDS[edge.shown].cls.value, *edge),
    ).fetchone()
    return None if found is None else str(found)


def outdated_notes(connection: Connection, ticket: str, without: str | None) -> set[int]:
    """The notes and plans of a ticket that a later one replaces, whatever the state of the ticket.

    They are ids of rows of ``record``. The record with the id `without` counts as retired.
    """
    notes = _notes("edge_ticket = ? AND record_id <> ?")
    rows = connection.execute(
        f"SELECT id FROM ({notes}) AS found WHERE later_notes > 0 OR later_plans > 0",  # noqa: S608  # fixed text
        (ticket, without or ""),
    )
    return {id_ for (id_,) in rows}
