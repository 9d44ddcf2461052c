"""Problems with files, each with how much it matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.files.faults import Effect
from yoi_relations.queries.doctor.findings import Code, Finding, found_wrong
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
    Code.SELF_RELATION: "correct its target by hand: name the ticket that was meant",
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


def wrong_files(
    problems: Iterable[Problem], tickets: Mapping[str, TicketInfo]
) -> Iterator[Finding]:
    """What cannot be used, or not as it is, in single files.

    Args:
        problems: of single files.
        tickets: by id, those that there are.
    """
    for problem in problems:
        code = Code(problem.code) if problem.code else _BY_EFFECT[problem.effect]
        holder = tickets.get(problem.about)
        history = holder is not None and holder.resolved
        yield found_wrong(problem, code, _HINTS[code], history=history)
