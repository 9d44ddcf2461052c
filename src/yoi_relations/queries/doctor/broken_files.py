"""Findings about single files that cannot be used, or not as they are."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.files.source import Effect, SpanningCode
from yoi_relations.files.workspace import RECORDS
from yoi_relations.queries.doctor.contents import Contents
from yoi_relations.queries.doctor.findings import Code, Finding, found_at, found_problem
from yoi_relations.queries.doctor.names import Copy, first_elsewhere

_BY_EFFECT = {
    Effect.RECORD: Code.UNUSABLE_SOURCE,
    Effect.TICKET: Code.UNCLEAR_ITEM,
    Effect.NONE: Code.ODD_SOURCE,
    Effect.ADVICE: Code.ODD_SOURCE,
}
_HINTS = {
    Code.UNUSABLE_SOURCE: (
        "fix it by hand, and keep everything that it says; until then, answers miss its relations"
    ),
    Code.SELF_RELATION: (
        "record what was meant with relations add, and then remove this record by hand, because it"
        " states nothing; do not replace its target: that could reverse the relation"
    ),
    Code.UNCLEAR_ITEM: "fix the frontmatter of the item.md",
    Code.ODD_SOURCE: (
        "fix it by hand, but do not rename a record: its name is its id, and retirements refer to"
        " it by that"
    ),
    Code.DROPPED_TEXT: 'put the whole value in double quotes, with \\" for " and \\\\ for \\ in it',
    Code.SECOND_RECORD: (
        "if it is a record, look for its own file in the folder; if there is none, record it with"
        " relations add, or write it to a file of its own"
    ),
}


_TASK_HINTS = {
    **_HINTS,
    Code.SELF_RELATION: "take the id out of the list",
    Code.UNCLEAR_ITEM: "fix the task file",
    Code.ODD_SOURCE: "fix the task file",
}
"""What to do about a task file of another tool."""


def broken_file_findings(contents: Contents) -> Iterator[Finding]:
    """A finding for each problem of a single file."""
    spanning = frozenset(SpanningCode)
    for problem in contents.problems:
        if problem.code in spanning:
            continue
        code = Code(problem.code) if problem.code else _BY_EFFECT[problem.effect]
        holder = contents.tickets.get(problem.about)
        history = holder is not None and holder.resolved
        is_task = contents.workspace.tool and not problem.path.startswith(f"{RECORDS}/")
        hint = (_TASK_HINTS if is_task else _HINTS)[code]
        finding = found_problem(problem, code, hint, history=history)
        is_self = code is Code.SELF_RELATION
        original = first_elsewhere(contents.connection, problem) if is_self else None
        if original is None:
            yield finding
        else:
            yield from _copy_findings(finding, original)


def _copy_findings(finding: Finding, original: Copy) -> Iterator[Finding]:
    """The findings about a copy of another ticket's record whose target is its own ticket."""
    hint = (
        f"it seems to be a copy of {original.path}, which is correct: move this copy out of the"
        " tickets, and change neither"
    )
    about = sorted({*finding.tickets, original.holder})
    yield finding._replace(hint=hint, tickets=about)
    text = f"has the same id as {original.path}"
    yield found_at(finding.path, Code.COPIED_RECORD, text, hint, about)
