"""Problems with files, each with how much it matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.files.source import Effect
from yoi_relations.lean.types import Connection
from yoi_relations.queries.doctor.findings import Code, Finding, found_at, found_problem
from yoi_relations.queries.doctor.names import Copy, first_elsewhere
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.tickets import TicketInfo

_BY_EFFECT = {
    Effect.RECORD: Code.UNUSABLE_SOURCE,
    Effect.TICKET: Code.UNCLEAR_ITEM,
    Effect.NONE: Code.ODD_SOURCE,
    Effect.ADVICE: Code.ODD_SOURCE,
}
_HINTS = {
    Code.UNUSABLE_SOURCE: (
        "correct it by hand, and keep all that it says; until then, relations in it are missing"
        " from answers"
    ),
    Code.SELF_RELATION: (
        "record what was meant with relations add, and then take this out by hand, because it"
        " states nothing; do not put another ticket in: that could turn the relation round"
    ),
    Code.UNCLEAR_ITEM: "correct the frontmatter of the item.md",
    Code.ODD_SOURCE: (
        "correct it by hand, without renaming a record: its name is its id, by which retirements"
        " know it"
    ),
    Code.DROPPED_TEXT: 'put the whole value in double quotes, with \\" for " and \\\\ for \\ in it',
    Code.SECOND_RECORD: (
        "if it is a record, look for its own file in the folder; where there is none, record it"
        " with relations add, or write it to a file of its own"
    ),
}


def broken_file_findings(
    connection: Connection, problems: Iterable[Problem], tickets: Mapping[str, TicketInfo]
) -> Iterator[Finding]:
    """What cannot be used, or not as it is, in single files.

    Args:
        connection: the index.
        problems: of single files.
        tickets: by id, those that there are.
    """
    for problem in problems:
        code = Code(problem.code) if problem.code else _BY_EFFECT[problem.effect]
        holder = tickets.get(problem.about)
        history = holder is not None and holder.resolved
        found = found_problem(problem, code, _HINTS[code], history=history)
        original = first_elsewhere(connection, problem) if code is Code.SELF_RELATION else None
        if original is None:
            yield found
        else:
            yield from _of_copy(found, original)


def _of_copy(found: Finding, original: Copy) -> Iterator[Finding]:
    """A record about a ticket and itself, which is a copy of another ticket's record."""
    hint = (
        f"it seems to be a copy of {original.path}, which is right as it is: move this copy out of"
        " the tickets, and change neither"
    )
    about = sorted({*found.tickets, original.holder})
    yield found._replace(hint=hint, tickets=about)
    said = f"has the same id as {original.path}"
    yield found_at(found.path, Code.COPIED_RECORD, said, hint, about)
