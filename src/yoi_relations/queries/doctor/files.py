"""Problems with files, each with how much it matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.files.faults import Effect, SpanningCode
from yoi_relations.queries.doctor.findings import Code, Finding, found_wrong, retiring
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo

_BY_EFFECT = {
    Effect.RECORD: Code.UNUSABLE_SOURCE,
    Effect.TICKET: Code.UNCLEAR_ITEM,
    Effect.NONE: Code.ODD_SOURCE,
    Effect.ADVICE: Code.ODD_SOURCE,
}
_HINTS = {
    Code.UNUSABLE_SOURCE: "mend it by hand; until then, relations in it are missing from answers",
    Code.SELF_RELATION: "name another ticket as its target, or delete it",
    Code.UNCLEAR_ITEM: "mend the frontmatter of the item.md",
    Code.NO_ITEM: "restore its item.md, or delete the folder",
    Code.SHARED_ID: "keep one of the folders",
    Code.ODD_SOURCE: "correct it; it is read all the same",
    Code.DROPPED_TEXT: 'put the whole value in double quotes, with \\" for " and \\\\ for \\ in it',
}


def wrong_files(
    problems: Iterable[Problem],
    relations: Iterable[Relation],
    tickets: Mapping[str, TicketInfo],
) -> Iterator[Finding]:
    """What cannot be used, or not as it is.

    Args:
        problems: all of the workspace.
        relations: all of the workspace.
        tickets: by id, those that there are.
    """
    naming = {
        (record.path, record.line, record.target): relation
        for relation in relations
        for record in relation.records
    }
    for problem in problems:
        if problem.code == SpanningCode.DANGLING_TARGET:
            yield _dangling(problem, naming[problem.path, problem.line, problem.about])
        else:
            code = Code(problem.code) if problem.code else _BY_EFFECT[problem.effect]
            holder = tickets.get(problem.about)
            history = holder is not None and holder.resolved
            yield found_wrong(problem, code, _HINTS[code], history=history)


def _dangling(problem: Problem, relation: Relation) -> Finding:
    holder = next(end for end in relation.ends if end.id != problem.about)
    history = relation.inactive_reason is not None or holder.resolved
    hint = f"restore {problem.about}, or take the record back: {retiring(relation)}"
    found = found_wrong(problem, Code.DANGLING_TARGET, hint, history=history)
    return found._replace(tickets=sorted({holder.id, problem.about}))
