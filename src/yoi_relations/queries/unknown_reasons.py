"""What the unknowns of a workspace mean for one ticket, as reasons.

A check never answers clear because of a mistake in a file: whatever could be a reason, read as it
was probably meant, is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.kinds import RelationClass
from yoi_relations.queries.check_reasons import (
    Reason,
    Verdict,
    closed_blockers,
    depends_on_other,
    other_end,
    reasons_for_replaced,
    weight_of,
)
from yoi_relations.queries.inactive_reasons import ENDED_BY_PLAN
from yoi_relations.queries.near_relations import NearRelation
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.records import RecordPlace
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.replacements import Replacements
from yoi_relations.queries.retirements import LostRetirement
from yoi_relations.queries.scope import Uncertain
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.queries.unknowns import Unknowns

_NAMED_SOURCES = 5
"""Unusable files that have a reason each; one more reason counts the others."""

_NOT_HERE = (Verdict.UNKNOWN, "elsewhere"), "whose state is not known here"
_UNCERTAIN = {
    Uncertain.ELSEWHERE: (*_NOT_HERE, "--from DATABASE asks a shared database"),
    Uncertain.UNPUBLISHED: (*_NOT_HERE, "its workspace was never published there"),
    Uncertain.OUTDATED: (
        (Verdict.UNKNOWN, "outdated"),
        "whose workspace was published longer ago than --max-age",
        "",
    ),
}
"""By why nothing is certain about the other ticket: kind, end of the sentence, and hint."""


def unknown_reasons(
    ticket: TicketInfo, touching: list[Relation], unknowns: Unknowns, replacements: Replacements
) -> Iterator[Reason]:
    """Why the verdict about `ticket` may differ from what the readable files say.

    `touching` are the relations that touch it; `replacements` are at least those of all closed
    tickets that it depended on, or may have.
    """
    yield from _unknown_states(ticket, touching, unknowns.states)
    yield from _misspelled_targets(ticket, unknowns.near.get(ticket.id, ()), replacements)
    kind = (Verdict.UNKNOWN, "unusable_source")
    yield from _limited_reasons(unknowns.unusable, kind, "could hold a blocker", "files or lines")
    if ticket.resolved:
        return
    closed = replacements.closed_from(closed_blockers(ticket, touching))
    concerning = [
        hidden.problem
        for hidden in unknowns.history
        if hidden.concerns(ticket.id, closed, replacements)
    ]
    # The first bad entry of a file is enough.
    by_path = {problem.path: problem for problem in reversed(concerning)}
    kind = (Verdict.CAUTION, "possibly_superseded")
    effect = f"could say that {ticket.name}, or what it waited for, is superseded"
    problems = [by_path[path] for path in sorted(by_path)]
    yield from _limited_reasons(problems, kind, effect, "files of resolved tickets")
    if any(_is_ended_by_plan(ticket, relation) for relation in touching):
        yield from _lost_retirements(ticket, unknowns.lost.get(ticket.id, ()))


def _unknown_states(
    ticket: TicketInfo, touching: Iterable[Relation], problems: Mapping[str, list[Problem]]
) -> Iterator[Reason]:
    if ticket.state is None:
        found = problems.get(ticket.id, [])
        text = f"the state of {ticket.name} is not known{_because(found)}"
        yield Reason(Verdict.UNKNOWN, "state_unknown", text, records=_places(found[:1]))
    for relation in touching:
        other = other_end(ticket, relation)
        if relation.inactive_reason or other is None or other.certain_state is not None:
            continue
        if not depends_on_other(ticket, relation):
            continue
        places = relation.places
        if other.uncertain:
            kind, words, hint = _UNCERTAIN[other.uncertain]
            text = f"{relation.sentence}, {words}"
            yield Reason(*kind, text, relation, other, places, hint)
        else:
            missing = other.folders == 0
            state = "does not exist" if missing else "has a state that is not known"
            because = "" if missing else _because(problems.get(other.id))
            text = f"{relation.sentence}, and the other ticket {state}{because}"
            yield Reason(Verdict.UNKNOWN, "other_unknown", text, relation, other, places)


def _misspelled_targets(
    ticket: TicketInfo, near: Iterable[NearRelation], replacements: Replacements
) -> Iterator[Reason]:
    for _, difference, relation in near:
        if not _matters(ticket, relation, replacements):
            continue
        text = (
            f"{relation.places[0]}: has a target that is not a ticket, and probably means"
            f" {ticket.name} ({difference}): {relation.sentence}"
        )
        other = other_end(ticket, relation)
        places = relation.places
        yield Reason(Verdict.UNKNOWN, "misspelled_target", text, relation, other, places)


def _matters(ticket: TicketInfo, relation: Relation, replacements: Replacements) -> bool:
    """Whether a relation makes the verdict about `ticket` worse than clear."""
    if not relation.is_active:
        return any(reasons_for_replaced(ticket, [relation], replacements))
    other = other_end(ticket, relation)
    if depends_on_other(ticket, relation) and other is not None and other.certain_state is None:
        return True
    weight = weight_of(ticket, relation)
    return weight is not None and weight[0] > Verdict.CLEAR


def _limited_reasons(
    problems: list[Problem], kind: tuple[Verdict, str], effect: str, sources: str
) -> Iterator[Reason]:
    """A reason for each of the first problems, and one for all others, which counts `sources`."""
    for problem in problems[:_NAMED_SOURCES]:
        yield Reason(*kind, f"{problem}; it {effect}", records=_places([problem]))
    more = len(problems) - _NAMED_SOURCES
    if more > 0:
        yield Reason(*kind, f"{more} more {sources} cannot be used; relations doctor lists them")


def _is_ended_by_plan(ticket: TicketInfo, relation: Relation) -> bool:
    return (
        relation.cls is RelationClass.CAPACITY
        and relation.ticket.id == ticket.id
        and relation.inactive_reason == ENDED_BY_PLAN
    )


def _lost_retirements(ticket: TicketInfo, lost: Iterable[LostRetirement]) -> Iterator[Reason]:
    for retirement, _, _ in lost:
        text = (
            f"{retirement.path}: retires {retirement.retires}, which {ticket.name} does not hold;"
            " if it was meant for the plan that ends a waiting note, the ticket still waits"
        )
        places = (RecordPlace(retirement.path, None, retirement.id),)
        yield Reason(Verdict.CAUTION, "lost_retirement", text, records=places)


def _places(problems: list[Problem]) -> tuple[RecordPlace, ...]:
    """Where problems are; what cannot be read has no id."""
    return tuple(RecordPlace(problem.path, problem.line, "") for problem in problems)


def _because(problems: list[Problem] | None) -> str:
    return f": {problems[0]}" if problems else ""
