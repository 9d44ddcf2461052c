"""Findings about relations that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.kinds import RelationClass, quoted
from yoi_relations.queries.command_lines import RecordNames
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.relations import Relation
from yoi_relations.states import State


def contradiction_findings(contents: Contents) -> Iterator[Finding]:
    """Active relations that contradict each other, or the states of their tickets."""
    yield from _opposed(contents.active, contents.names)
    yield from _both_inprogress(contents.active, contents.names)
    yield from _shared_branches(contents.active)


def _opposed(active: list[Relation], names: RecordNames) -> Iterator[Finding]:
    """Orderings that another ordering or a dependency opposes.

    Two opposed dependencies are a cycle.
    """
    by_ends = {
        (relation.cls, relation.ticket.id, relation.target.id): relation
        for relation in active
        if relation.target is not None
    }
    for (cls, ticket, target), relation in by_ends.items():
        if cls is not RelationClass.ORDERING:
            continue
        dependency = by_ends.get((RelationClass.DEPENDENCY, target, ticket))
        ordering = by_ends.get((RelationClass.ORDERING, target, ticket))
        if dependency is not None:
            text = f"{relation.sentence}, but {dependency.sentence}"
            hint = f"end the ordering, which cannot be kept: {names.retiring(relation)}"
            yield found_in(
                relation.latest_record, Code.OPPOSED_DEPENDENCY, text, hint, (ticket, target)
            )
        if ordering is not None and ticket < target:
            text = f"{relation.sentence}, and {ordering.sentence}"
            hint = f"end the one that does not hold: {names.retiring(relation, ordering)}"
            latest = max(
                relation.latest_record, ordering.latest_record, key=lambda record: record.order
            )
            yield found_in(latest, Code.OPPOSED_ORDERINGS, text, hint, (ticket, target))


def _both_inprogress(active: list[Relation], names: RecordNames) -> Iterator[Finding]:
    seen = set()
    for conflict in active:
        ends = tuple(end.id for end in conflict.ends)
        if conflict.cls is not RelationClass.CONFLICT or ends in seen:
            continue
        if all(end.state == State.INPROGRESS for end in conflict.ends):
            seen.add(ends)
            text = f"{conflict.sentence}, and both are inprogress"
            ending = names.retiring(conflict)
            hint = f"let one of them wait, or end the conflict if it does not hold: {ending}"
            yield found_in(conflict.latest_record, Code.CONFLICT_INPROGRESS, text, hint, ends)


def _shared_branches(active: list[Relation]) -> Iterator[Finding]:
    by_branch: dict[str, list[Relation]] = {}
    for plan in active:
        if plan.cls is RelationClass.PLAN and plan.latest_record.branch is not None:
            by_branch.setdefault(plan.latest_record.branch, []).append(plan)
    for branch, plans in by_branch.items():
        if len(plans) > 1:
            plans.sort(key=lambda plan: plan.latest_record.order)
            ids = sorted(plan.ticket.id for plan in plans)
            text = f"the plans of {', '.join(ids)} name the same branch, {quoted(branch)}"
            hint = (
                "accept a plan with its own branch for all but one of them; a new plan ends a"
                " waiting note, so record a note that still holds again"
            )
            yield found_in(plans[-1].latest_record, Code.SHARED_BRANCH, text, hint, ids)
