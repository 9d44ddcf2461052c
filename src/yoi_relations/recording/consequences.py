"""The consequences of a new record for other records, as warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from yoi_relations.files.other_tools import Provider
from yoi_relations.files.record import Record
from yoi_relations.files.source import Format
from yoi_relations.kinds import (
    SEQUENCE_CLASSES,
    SHOWN_NOTES,
    Edge,
    RelationClass,
    edge_of,
    quoted,
    sentence,
)
from yoi_relations.lean.types import Connection
from yoi_relations.queries.command_lines import RecordNames, unique_by_id
from yoi_relations.queries.cycles import cycle_closed_by
from yoi_relations.queries.records import StoredRecord, between, held_by, shown_as
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.replacements import REPLACING, replacement_loop_closed_by
from yoi_relations.queries.tool_commands import command_to_add, is_kept_by_tool

_MOST_STEPS = 5
"""The most steps of a cycle that a warning lists after the new one."""


def consequences_of(connection: Connection, record: Record) -> list[str]:
    """The warnings about a record that is not in the index yet, one sentence each.

    It must be later than all that it ends or replaces.
    """
    if record.kind.cls is RelationClass.CAPACITY:
        return []
    names = RecordNames.load(connection)
    if record.target is None:  # a plan
        notes = load_relations(connection, shown_as(SHOWN_NOTES), held_by([record.holder]))
        return list(_ended_notes(notes, names))
    edge = edge_of(record.kind, record.holder, record.target)
    relations = load_relations(connection, between(record.holder, record.target))
    warnings = list(_repeated_records(edge, relations, names))
    if record.kind.cls in SEQUENCE_CLASSES and not warnings:
        opposed = _opposed_relations(edge, record.kind.cls, relations, names)
        warnings += opposed or _closed_cycle("a cycle", edge, cycle_closed_by(connection, edge))
    elif record.kind.shown in REPLACING and not warnings:
        steps = replacement_loop_closed_by(connection, edge)
        warnings += _closed_cycle("a loop of replacements", edge, steps)
    return warnings


def kept_by_tool(connection: Connection, provider: Provider, record: Record) -> list[str]:
    """The warning that the tool that keeps the tickets can state the same; none if it cannot."""
    edge = edge_of(record.kind, record.holder, record.target)
    command = command_to_add(connection, Format(provider), edge)
    if command is None:
        return []
    return [f"{provider} does not see this record; it can state the same itself: {command}"]


def _ended_notes(notes: Iterable[Relation], names: RecordNames) -> Iterator[str]:
    """The active notes of the ticket that a new plan ends or replaces."""
    for note in notes:
        if not note.is_active:
            continue
        if note.cls is RelationClass.CAPACITY:
            yield f"this ends the waiting note {_name(note.latest_record, names)}"
        elif note.cls is RelationClass.PLAN:
            yield f"this replaces the plan {_name(note.latest_record, names)}"


def _name(record: StoredRecord, names: RecordNames) -> str:
    return f"{names.of(record)} by {quoted(record.recorded_by)}"


def _repeated_records(
    edge: Edge, relations: Iterable[Relation], names: RecordNames
) -> Iterator[str]:
    """The records that already state a new edge."""
    for relation in relations:
        if (relation.kind, relation.ticket.id, relation.target and relation.target.id) != edge:
            continue
        for record in unique_by_id(relation.by_time()):
            about = f" ({record.kind}, by {quoted(record.recorded_by)})"
            name = names.with_place(record, about)
            advice = "" if is_kept_by_tool(record) else "; retire each record separately"
            yield f"this is already stated by {name}{advice}"


def _opposed_relations(
    edge: Edge, cls: RelationClass, relations: Iterable[Relation], names: RecordNames
) -> list[str]:
    """The orderings opposed to a new edge, or the dependencies opposed to a new ordering."""
    return [
        f"this opposes {names.of(other.latest_record)}: {other.sentence}"
        for other in relations
        if other.is_active
        and other.target is not None
        and (other.ticket.id, other.target.id) == (edge.target, edge.ticket)
        and other.cls in SEQUENCE_CLASSES
        and RelationClass.ORDERING in (cls, other.cls)
    ]


def _closed_cycle(what: str, edge: Edge, steps: Sequence[Relation] | None) -> list[str]:
    """The warning that an edge closes a cycle or a loop with `steps`; none if `steps` is None."""
    if steps is None:
        return []
    listed = ", ".join([sentence(edge), *(step.sentence for step in steps[:_MOST_STEPS])])
    more = f", and {len(steps) - _MOST_STEPS} more" if len(steps) > _MOST_STEPS else ""
    return [f"this closes {what}: {listed}{more}"]
