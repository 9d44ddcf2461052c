"""Cycles of dependencies and orderings, and loops of replacements: each set of tickets once."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.kinds import SEQUENCE_CLASSES
from yoi_relations.queries.command_lines import RecordNames
from yoi_relations.queries.cycles import Cycle, find_cycle_groups
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_in
from yoi_relations.queries.replacements import find_replacement_loops


def cycle_findings(contents: Contents) -> Iterator[Finding]:
    """The cycles of active dependencies and orderings, without opposed pairs."""
    edges = (relation for relation in contents.active if relation.cls in SEQUENCE_CLASSES)
    for cycle in find_cycle_groups(edges):
        if not cycle.is_opposed_pair:
            yield _finding(cycle, contents.names)


def replacement_loops(contents: Contents) -> Iterator[Finding]:
    """Loops of `supersedes` and `duplicate_of`, active or not, unless retired."""
    for cycle in find_replacement_loops(contents.relations):
        history = all(end.resolved for step in cycle.steps for end in step.ends)
        yield _finding(cycle, contents.names).graded(history=history)


def _finding(cycle: Cycle, names: RecordNames) -> Finding:
    first = cycle.steps[0]
    hint = f"end one of them that does not hold, for example: {names.retiring(first)}"
    return found_in(first.latest_record, Code(cycle.kind.code), str(cycle), hint, cycle.tickets)
