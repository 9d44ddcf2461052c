"""Findings about relations that are over: worth knowing, and normal."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from yoi_relations.files.times import are_within_a_day
from yoi_relations.kinds import RelationClass
from yoi_relations.queries.command_lines import RecordNames, argument
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.inactive_reasons import ENDED_BY_PLAN
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation

_EDGES = (RelationClass.DEPENDENCY, RelationClass.ORDERING, RelationClass.CONFLICT)
_NOTES = (RelationClass.CAPACITY, RelationClass.PLAN)


def expired_findings(contents: Contents) -> Iterator[Finding]:
    """Relations that are not active, although nobody retired them."""
    for relation in contents.relations:
        if _is_over(relation) and relation.cls in _EDGES:
            yield from _edge(relation)
    latest: dict[tuple[RelationClass, str], Relation] = {}
    for relation in contents.relations:
        if relation.cls in _NOTES:
            key = (relation.cls, relation.ticket.id)
            latest[key] = max(
                latest.get(key, relation), relation, key=lambda note: note.latest_record.order
            )
    over = [relation for relation in latest.values() if _is_over(relation)]
    for relation in over:
        if relation.cls is RelationClass.CAPACITY and not relation.ticket.resolved:
            yield _note(relation, contents.names)
    yield from _ended_waits(contents.relations)
    yield from _plans([relation for relation in over if relation.cls is RelationClass.PLAN])


def _is_over(relation: Relation) -> bool:
    return not relation.is_active and not relation.is_retired


def _edge(relation: Relation) -> Iterator[Finding]:
    """An edge whose ticket is unresolved; of a conflict, one end."""
    resolved = [end for end in relation.ends if end.resolved]
    if len(resolved) == len(relation.ends):
        return
    if relation.cls is not RelationClass.CONFLICT and relation.ticket.resolved:
        return
    text = f"{relation.sentence}, and {relation.inactive_reason}"
    hint = "nothing to do: it no longer counts"
    ends = [end.id for end in relation.ends]
    yield found_in(relation.latest_record, Code.EXPIRED_EDGE, text, hint, ends)


def _note(relation: Relation, names: RecordNames) -> Finding:
    """The last waiting note of an unresolved ticket."""
    latest = relation.latest_record
    text = f"{relation.sentence}, as recorded on {latest.day}, but {relation.inactive_reason}"
    ending = names.retiring(relation)
    hint = f"nothing to do; if the ticket waits again, record that again; or {ending}"
    return found_in(latest, Code.EXPIRED_NOTE, text, hint, [relation.ticket.id])


def _plans(plans: list[Relation]) -> Iterator[Finding]:
    """One finding for the last plans of all resolved tickets; nearly every ticket has one."""
    if not plans:
        return
    latest = max(plans, key=lambda plan: plan.latest_record.order)
    more = len(plans) - 1
    others = f"; the same holds for {more} more ticket{'' if more == 1 else 's'}" if more else ""
    text = f"{latest.sentence}, and {latest.inactive_reason}{others}"
    hint = "nothing to do; branches and work trees that the plans name may be left over"
    ids = [plan.ticket.id for plan in plans]
    yield found_in(latest.latest_record, Code.EXPIRED_PLAN, text, hint, ids)


def _ended_waits(relations: Iterable[Relation]) -> Iterator[Finding]:
    """Waiting notes that a plan of another author ended less than a day later.

    That author may not have known the note, because it was on another branch.
    """
    plans: dict[str, list[StoredRecord]] = {}
    ended: list[Relation] = []
    for relation in relations:
        if relation.cls is RelationClass.PLAN and not relation.latest_record.is_retired:
            plans.setdefault(relation.ticket.id, []).append(relation.latest_record)
        elif relation.inactive_reason == ENDED_BY_PLAN and relation.cls is RelationClass.CAPACITY:
            ended.append(relation)
    for records in plans.values():
        records.sort(key=lambda record: record.order)
    for relation in ended:
        note, later = relation.latest_record, plans[relation.ticket.id]
        plan = later[bisect_right(later, note.order, key=lambda plan: plan.order)]
        by_another = not relation.ticket.resolved and plan.author != note.author
        if by_another and note.at and plan.at and are_within_a_day(note.at, plan.at):
            yield _ended_wait(relation, plan)


def _ended_wait(note: Relation, plan: StoredRecord) -> Finding:
    latest = note.latest_record
    text = (
        f"{note.sentence}, as {latest.author} recorded at {latest.at}, and the plan {plan.id} of"
        f" {plan.author} ended that at {plan.at}"
    )
    again = f"relations add {argument(note.ticket.id, 'TICKET')} waiting --note NOTE"
    hint = f"nothing to do if the plan took that into account; if the ticket still waits: {again}"
    return found_in(latest, Code.ENDED_WAIT, text, hint, [note.ticket.id])
