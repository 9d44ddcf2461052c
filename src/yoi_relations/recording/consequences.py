"""What a new record does beside being recorded; whoever records it should know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from yoi_relations.files.record import Record
from yoi_relations.kinds import (
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

_NAMED = 5
"""Steps of a cycle that a sentence names beside the new one."""
_TIED = (RelationClass.DEPENDENCY, RelationClass.ORDERING)


def consequences(connection: Connection, record: Record) -> list[str]:
    """A sentence for everything else that a record does, which is not written yet.

    Args:
        connection: the index, without the record.
        record: later than all that it ends or replaces.
    """
    if record.kind.cls is RelationClass.CAPACITY:
        return []
    names = RecordNames.load(connection)
    if record.target is None:  # a plan
        notes = load_relations(connection, shown_as(SHOWN_NOTES), held_by([record.holder]))
        return list(_ended(notes, names))
    edge = edge_of(record.kind, record.holder, record.target)
    relations = load_relations(connection, between(record.holder, record.target))
    found = list(_repeated(edge, relations, names))
    if record.kind.cls in _TIED and not found:
        opposed = _opposed(edge, record.kind.cls, relations, names)
        found += opposed or _closing("a cycle", edge, cycle_closed_by(connection, edge))
    elif record.kind.shown in REPLACING and not found:
        found += _closing(
            "a loop of replacements", edge, replacement_loop_closed_by(connection, edge)
        )
    return found


def _ended(notes: Iterable[Relation], names: RecordNames) -> Iterator[str]:
    """What a new plan ends or replaces of the notes of its ticket."""
    for one in notes:
        if one.inactive_reason is not None:
            continue
        if one.cls is RelationClass.CAPACITY:
            yield f"this ends the waiting note {_of(one.latest_record, names)}"
        elif one.cls is RelationClass.PLAN:
            yield f"this replaces the plan {_of(one.latest_record, names)}"


def _of(record: StoredRecord, names: RecordNames) -> str:
    return f"{names.of(record)} of {quoted(record.author)}"


def _repeated(edge: Edge, relations: Iterable[Relation], names: RecordNames) -> Iterator[str]:
    for one in relations:
        if (one.kind, one.ticket.id, one.target and one.target.id) != edge:
            continue
        for record in unique_by_id(one.by_time()):
            about = f" ({record.kind}, by {quoted(record.author)})"
            said = names.with_place(record, about)
            yield f"this is stated already by {said}; each has to be retired by itself"


def _opposed(
    edge: Edge, cls: RelationClass, relations: Iterable[Relation], names: RecordNames
) -> list[str]:
    """The orderings that oppose a new edge, or the dependency that a new ordering opposes."""
    return [
        f"this opposes {names.of(one.latest_record)}: {one.sentence}"
        for one in relations
        if one.inactive_reason is None
        and one.target is not None
        and (one.ticket.id, one.target.id) == (edge.target, edge.ticket)
        and one.cls in _TIED
        and RelationClass.ORDERING in (cls, one.cls)
    ]


def _closing(what: str, edge: Edge, steps: Sequence[Relation] | None) -> list[str]:
    """The sentence for a cycle or a loop that an edge closes with `steps`, if it does."""
    if steps is None:
        return []
    said = ", ".join([sentence(edge), *(one.sentence for one in steps[:_NAMED])])
    more = f", and {len(steps) - _NAMED} more" if len(steps) > _NAMED else ""
    return [f"this closes {what}: {said}{more}"]
