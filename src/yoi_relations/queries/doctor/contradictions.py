"""Statements that cannot all be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.kinds import RelationClass, quoted
from yoi_relations.queries.command_lines import RecordNames
from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.relations import Relation
from yoi_relations.states import State


def contradiction_findings(active: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """Active relations that contradict each other, or the states of their tickets.

    Args:
        active: the relations that count.
        names: what records are called.
    """
    active = list(active)
    yield from _opposed(active, names)
    yield from _both_inprogress(active, names)
    yield from _shared_branches(active)


def _opposed(active: list[Relation], names: RecordNames) -> Iterator[Finding]:
    """Orderings against which there is another ordering, or a dependency.

    Two dependencies that oppose each other are a cycle.
    """
    by_ends = {
        (one.cls, one.ticket.id, one.target.id): one for one in active if one.target is not None
    }
    for (cls, ticket, target), one in by_ends.items():
        if cls is not RelationClass.ORDERING:
            continue
        dependency = by_ends.get((RelationClass.DEPENDENCY, target, ticket))
        ordering = by_ends.get((RelationClass.ORDERING, target, ticket))
        if dependency is not None:
            said = f"{one.sentence}, but {dependency.sentence}"
            hint = f"end the ordering, which cannot be kept: {names.retiring(one)}"
            yield found_in(one.latest_record, Code.OPPOSED_DEPENDENCY, said, hint, (ticket, target))
        if ordering is not None and ticket < target:
            said = f"{one.sentence}, and {ordering.sentence}"
            hint = f"end the one that does not hold: {names.retiring(one, ordering)}"
            latest = max(one.latest_record, ordering.latest_record, key=lambda record: record.order)
            yield found_in(latest, Code.OPPOSED_ORDERINGS, said, hint, (ticket, target))


def _both_inprogress(active: list[Relation], names: RecordNames) -> Iterator[Finding]:
    told = set()
    for one in active:
        ends = tuple(end.id for end in one.ends)
        if one.cls is not RelationClass.CONFLICT or ends in told:
            continue
        if all(end.state == State.INPROGRESS for end in one.ends):
            told.add(ends)
            said = f"{one.sentence}, and both are inprogress"
            ending = names.retiring(one)
            hint = f"let one of them wait, or end a conflict that does not hold: {ending}"
            yield found_in(one.latest_record, Code.CONFLICT_INPROGRESS, said, hint, ends)


def _shared_branches(active: list[Relation]) -> Iterator[Finding]:
    by_branch: dict[str, list[Relation]] = {}
    for one in active:
        if one.cls is RelationClass.PLAN and one.latest_record.branch is not None:
            by_branch.setdefault(one.latest_record.branch, []).append(one)
    for branch, plans in by_branch.items():
        if len(plans) > 1:
            plans.sort(key=lambda plan: plan.latest_record.order)
            ids = sorted(plan.ticket.id for plan in plans)
            said = f"the plans of {', '.join(ids)} name the same branch, {quoted(branch)}"
            hint = (
                "accept a plan with a branch of its own for all but one of them; record a waiting"
                " note again that still holds, because a new plan ends it"
            )
            yield found_in(plans[-1].latest_record, Code.SHARED_BRANCH, said, hint, ids)
