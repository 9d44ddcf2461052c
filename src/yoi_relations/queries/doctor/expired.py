"""Reasons that have had their day: worth knowing, and nobody's fault."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from yoi_relations.files.times import are_within_a_day
from yoi_relations.kinds import RelationClass
from yoi_relations.queries.command_lines import RecordNames, argument
from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.inactive_reasons import ENDED_BY_PLAN
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation

_IN_THE_WAY = (RelationClass.DEPENDENCY, RelationClass.ORDERING, RelationClass.CONFLICT)
_NOTES = (RelationClass.CAPACITY, RelationClass.PLAN)


def expired_findings(relations: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """Relations that are over though nobody retired them.

    Args:
        relations: all of the workspace.
        names: what records are called.
    """
    relations = list(relations)
    for one in relations:
        if _is_over(one) and one.cls in _IN_THE_WAY:
            yield from _edge(one)
    latest: dict[tuple[RelationClass, str], Relation] = {}
    for one in relations:
        if one.cls in _NOTES:
            key = (one.cls, one.ticket.id)
            latest[key] = max(latest.get(key, one), one, key=lambda note: note.latest_record.order)
    over = [one for one in latest.values() if _is_over(one)]
    for one in over:
        if one.cls is RelationClass.CAPACITY and not one.ticket.resolved:
            yield _note(one, names)
    yield from _ended_waits(relations)
    yield from _plans([one for one in over if one.cls is RelationClass.PLAN])


def _is_over(relation: Relation) -> bool:
    return relation.inactive_reason is not None and not relation.is_retired


def _edge(relation: Relation) -> Iterator[Finding]:
    """An edge whose ticket is still there to be done; of a conflict, either end."""
    over = [end for end in relation.ends if end.resolved]
    if len(over) == len(relation.ends):
        return
    if relation.cls is not RelationClass.CONFLICT and relation.ticket.resolved:
        return
    said = f"{relation.sentence}, and {relation.inactive_reason}"
    hint = "nothing needs to be done: it no longer counts"
    ends = [end.id for end in relation.ends]
    yield found_in(relation.latest_record, Code.EXPIRED_EDGE, said, hint, ends)


def _note(relation: Relation, names: RecordNames) -> Finding:
    """The last waiting note of a ticket that is under way."""
    latest = relation.latest_record
    said = f"{relation.sentence}, as recorded on {latest.at[:10]}, but {relation.inactive_reason}"
    ending = names.retiring(relation)
    hint = f"nothing needs to be done; if it waits again, record it again; or {ending}"
    return found_in(latest, Code.EXPIRED_NOTE, said, hint, [relation.ticket.id])


def _plans(plans: list[Relation]) -> Iterator[Finding]:
    """The last plans of resolved tickets, all as one: each ticket that went well keeps one."""
    if not plans:
        return
    latest = max(plans, key=lambda plan: plan.latest_record.order)
    more = len(plans) - 1
    others = f"; so it is with {more} more ticket{'' if more == 1 else 's'}" if more else ""
    said = f"{latest.sentence}, and {latest.inactive_reason}{others}"
    hint = "nothing needs to be done; branches and work trees that they name may be left over"
    ids = [plan.ticket.id for plan in plans]
    yield found_in(latest.latest_record, Code.EXPIRED_PLAN, said, hint, ids)


def _ended_waits(relations: Iterable[Relation]) -> Iterator[Finding]:
    """Waiting notes that a plan by another author ended within a day of them.

    Who accepted it may not have known of the note: two branches that are merged hide it.
    """
    plans: dict[str, list[StoredRecord]] = {}
    ended: list[Relation] = []
    for one in relations:
        if one.cls is RelationClass.PLAN and not one.latest_record.is_retired:
            plans.setdefault(one.ticket.id, []).append(one.latest_record)
        elif one.inactive_reason == ENDED_BY_PLAN and one.cls is RelationClass.CAPACITY:
            ended.append(one)
    for of_one in plans.values():
        of_one.sort(key=lambda plan: plan.order)
    for one in ended:
        later = plans[one.ticket.id]
        plan = later[bisect_right(later, one.latest_record.order, key=lambda plan: plan.order)]
        if not one.ticket.resolved and _is_by_another(plan, one.latest_record):
            yield _ended_wait(one, plan)


def _is_by_another(plan: StoredRecord, note: StoredRecord) -> bool:
    return plan.author != note.author and are_within_a_day(note.at, plan.at)


def _ended_wait(note: Relation, plan: StoredRecord) -> Finding:
    latest = note.latest_record
    said = (
        f"{note.sentence}, as {latest.author} recorded at {latest.at}, and the plan {plan.id} of"
        f" {plan.author} ended that at {plan.at}"
    )
    again = f"relations add {argument(note.ticket.id, 'TICKET')} waiting --note NOTE"
    hint = f"nothing needs to be done if the plan took that into account; if it waits: {again}"
    return found_in(latest, Code.ENDED_WAIT, said, hint, [note.ticket.id])
