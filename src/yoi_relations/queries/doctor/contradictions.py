"""Findings about relations that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.queries.command_lines import RecordNames
from yoi_relations.queries.contradictions import (
    Contradiction,
    ContradictionCode,
    find_contradictions,
)
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_in


def contradiction_findings(contents: Contents) -> Iterator[Finding]:
    """Active relations that contradict each other, or the states of their tickets."""
    for found in find_contradictions(contents.active):
        hint = _hint(found, contents.names)
        yield found_in(
            found.latest_record, Code(found.code.value), found.sentence, hint, found.tickets
        )


def _hint(found: Contradiction, names: RecordNames) -> str:
    first = found.relations[0]
    if found.code is ContradictionCode.OPPOSED_DEPENDENCY:
        return f"end the ordering, which cannot be kept: {names.retiring(first)}"
    if found.code is ContradictionCode.OPPOSED_ORDERINGS:
        return f"end the one that does not hold: {names.retiring(*found.relations)}"
    if found.code is ContradictionCode.CONFLICT_INPROGRESS:
        ending = names.retiring(first)
        return f"let one of them wait, or end the conflict if it does not hold: {ending}"
    return (
        "accept a plan with its own branch for all but one of them; a new plan ends a waiting note,"
        " so record a note that still holds again"
    )
