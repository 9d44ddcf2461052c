"""Work that waits for itself, or replaces itself: each set of tickets once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.kinds import RelationClass
from yoi_relations.queries.command_lines import RecordNames
from yoi_relations.queries.cycles import NAMED_STEPS, describe_cycle, find_cycle_groups
from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.graph import shortest_cycle, strongly_connected
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.replacements import replaced

_PAIR = 2
_EDGES = (RelationClass.DEPENDENCY, RelationClass.ORDERING)


def cycle_findings(active: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """The cycles of active dependencies and orderings.

    Two tickets bound by an ordering are left to `contradictions`, which says it better.

    Args:
        active: the relations that count.
        names: what records are called.
    """
    for cycle in find_cycle_groups(one for one in active if one.cls in _EDGES):
        if cycle.mixed and len(cycle.tickets) == _PAIR:
            continue
        code = Code.MIXED_CYCLE if cycle.mixed else Code.DEPENDENCY_CYCLE
        first = cycle.steps[0]
        hint = f"end one of them that does not hold, for example: {names.retiring(first)}"
        yield found_in(first.latest_record, code, describe_cycle(cycle), hint, cycle.tickets)


def replacement_loops(relations: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """Tickets that `supersedes` and `duplicate_of` lead back to; active or not, unless retired.

    Args:
        relations: all of the workspace.
        names: what records are called.
    """
    by_ends = {(old.id, new.id): one for one in relations for old, new in replaced(one)}
    graph: dict[str, dict[str, None]] = {}
    for old, new in by_ends:
        graph.setdefault(old, {})[new] = None
    for knot in strongly_connected(graph):
        members = set(knot)
        inner = {one: dict.fromkeys(sorted(members.intersection(graph[one]))) for one in knot}
        way = shortest_cycle(inner, knot[0], len(knot)) or knot[:1]
        ends = [*way[1:], knot[0]]
        steps = [by_ends[pair] for pair in zip(way, ends, strict=True) if pair in by_ends]
        named = [step.sentence for step in steps[:NAMED_STEPS]]
        more = [f"and on, among {len(knot)} tickets"] if len(named) < len(steps) else []
        said = f"loop of replacements: {', '.join(named + more)}"
        hint = f"end one of them that does not hold, for example: {names.retiring(steps[0])}"
        history = all(end.resolved for step in steps for end in step.ends)
        found = found_in(steps[0].latest_record, Code.REPLACEMENT_LOOP, said, hint, knot)
        yield found.graded(history=history)
