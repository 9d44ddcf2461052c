"""Active relations that contradict each other, or the states of their tickets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.kinds import RelationClass, quoted
from yoi_relations.lean.types import NamedTuple, StrEnum
from yoi_relations.queries.records import StoredRecord
from yoi_relations.queries.relations import Relation
from yoi_relations.states import State


class ContradictionCode(StrEnum):
    """The stable names of contradictions; those of the findings of `doctor`."""

    OPPOSED_ORDERINGS = "opposed_orderings"
    OPPOSED_DEPENDENCY = "opposed_dependency"
    CONFLICT_INPROGRESS = "conflict_inprogress"
    SHARED_BRANCH = "shared_branch"


class Contradiction(NamedTuple):
    """Relations that cannot all be kept.

    Attributes:
        code: its stable name.
        sentence: what is wrong.
        relations: the relations; the first is the one to end, if there is a choice.
        tickets: ids of the tickets that it is about, sorted.
    """

    code: ContradictionCode
    sentence: str
    relations: tuple[Relation, ...]
    tickets: tuple[str, ...]

    @property
    def latest_record(self) -> StoredRecord:
        """The record that completed it; of an opposed dependency, that of the ordering."""
        if self.code is ContradictionCode.OPPOSED_DEPENDENCY:
            return self.relations[0].latest_record
        records = (relation.latest_record for relation in self.relations)
        return max(records, key=lambda record: record.order)


def find_contradictions(active: list[Relation]) -> Iterator[Contradiction]:
    """The contradictions among `active`, which are all active relations."""
    yield from _opposed(active)
    yield from _both_inprogress(active)
    yield from _shared_branches(active)


def _opposed(active: Iterable[Relation]) -> Iterator[Contradiction]:
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
        ends = (min(ticket, target), max(ticket, target))
        dependency = by_ends.get((RelationClass.DEPENDENCY, target, ticket))
        ordering = by_ends.get((RelationClass.ORDERING, target, ticket))
        if dependency is not None:
            text = f"{relation.sentence}, but {dependency.sentence}"
            code = ContradictionCode.OPPOSED_DEPENDENCY
            yield Contradiction(code, text, (relation, dependency), ends)
        if ordering is not None and ticket < target:
            text = f"{relation.sentence}, and {ordering.sentence}"
            code = ContradictionCode.OPPOSED_ORDERINGS
            yield Contradiction(code, text, (relation, ordering), ends)


def _both_inprogress(active: Iterable[Relation]) -> Iterator[Contradiction]:
    seen = set()
    for conflict in active:
        ends = tuple(sorted(end.id for end in conflict.ends))
        if conflict.cls is not RelationClass.CONFLICT or ends in seen:
            continue
        if all(end.state == State.INPROGRESS for end in conflict.ends):
            seen.add(ends)
            text = f"{conflict.sentence}, and both are inprogress"
            yield Contradiction(ContradictionCode.CONFLICT_INPROGRESS, text, (conflict,), ends)


def _shared_branches(active: Iterable[Relation]) -> Iterator[Contradiction]:
    by_branch: dict[str, list[Relation]] = {}
    for plan in active:
        if plan.cls is RelationClass.PLAN and plan.latest_record.branch is not None:
            by_branch.setdefault(plan.latest_record.branch, []).append(plan)
    for branch, plans in by_branch.items():
        if len(plans) > 1:
            ids = tuple(sorted(plan.ticket.id for plan in plans))
            text = f"the plans of {', '.join(ids)} name the same branch, {quoted(branch)}"
            yield Contradiction(ContradictionCode.SHARED_BRANCH, text, tuple(plans), ids)
