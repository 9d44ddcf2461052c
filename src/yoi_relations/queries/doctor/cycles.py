"""Cycles of dependencies and orderings, and loops of replacements: each set of tickets once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yoi_relations.kinds import RelationClass
from yoi_relations.queries.command_lines import RecordNames
from yoi_relations.queries.cycles import NAMED_STEPS, describe_cycle, find_cycle_groups
from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.graph import shortest_cycle, strongly_connected, subgraph
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.replacements import replaced

_PAIR = 2
_EDGES = (RelationClass.DEPENDENCY, RelationClass.ORDERING)


def cycle_findings(active: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """The cycles of active dependencies and orderings.

    Cycles of two tickets with an ordering are left to `contradictions`, which is more precise.

    Args:
        active: the active relations.
        names: names of records for commands.
    """
    edges = (relation for relation in active if relation.cls in _EDGES)
    for cycle in find_cycle_groups(edges):
        if cycle.mixed and len(cycle.tickets) == _PAIR:
            continue
        code = Code.MIXED_CYCLE if cycle.mixed else Code.DEPENDENCY_CYCLE
        first = cycle.steps[0]
        hint = f"end one of them that does not hold, for example: {names.retiring(first)}"
        yield found_in(first.latest_record, code, describe_cycle(cycle), hint, cycle.tickets)


def replacement_loops(relations: Iterable[Relation], names: RecordNames) -> Iterator[Finding]:
    """Loops of `supersedes` and `duplicate_of`, active or not, unless retired.

    Args:
        relations: all relations of the workspace.
        names: names of records for commands.
    """
    by_ends = {
        (old.id, new.id): relation for relation in relations for old, new in replaced(relation)
    }
    graph: dict[str, dict[str, None]] = {}
    for old, new in by_ends:
        graph.setdefault(old, {})[new] = None
    for component in strongly_connected(graph):
        start = component[0]
        path = shortest_cycle(subgraph(graph, component), start, len(component)) or [start]
        pairs = zip(path, [*path[1:], start], strict=True)
        steps = [by_ends[pair] for pair in pairs if pair in by_ends]
        named = [step.sentence for step in steps[:NAMED_STEPS]]
        more = [f"and on, among {len(component)} tickets"] if len(named) < len(steps) else []
        text = f"loop of replacements: {', '.join(named + more)}"
        hint = f"end one of them that does not hold, for example: {names.retiring(steps[0])}"
        history = all(end.resolved for step in steps for end in step.ends)
        record = steps[0].latest_record
        finding = found_in(record, Code.REPLACEMENT_LOOP, text, hint, component)
        yield finding.graded(history=history)
