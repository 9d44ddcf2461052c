"""The problems of the files that could add a row to an answer of `show`, or alter one."""

from __future__ import annotations

from yoi_relations.files.source import Effect
from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.lean.types import TYPE_CHECKING, Connection
from yoi_relations.queries.near_relations import load_near_relations
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.states import State

if TYPE_CHECKING:
    from yoi_relations.queries.show import Filter


def problems_in_answer(
    connection: Connection, asked: Filter, relations: list[Relation], problems: list[Problem]
) -> list[Problem]:
    """Those of all `problems` that could add or alter a row; `relations` are in any state."""
    uncertain = {
        end.id
        for relation in relations
        if asked.has_state(relation) or None in relation.filter_states()
        for end in relation.ends
    }
    holders = load_tickets(connection, {problem.about for problem in problems})
    misspelled = _misspelled(connection, asked) if asked.ticket else set()
    return [
        problem
        for problem in problems
        if (problem.effect is Effect.TICKET and problem.about in uncertain)
        or (problem.path, problem.line) in misspelled
        or (
            problem.effect is Effect.RECORD
            # One end of an edge holds each of its records.
            and (asked.record is None or problem.about in uncertain)
            and asked.kinds & _hidden_kinds(problem, holders[problem.about], asked)
        )
    ]


def _misspelled(connection: Connection, asked: Filter) -> set[tuple[str, int | None]]:
    """Path and line of the records whose target probably means the ticket that is asked for."""
    return {
        (record.path, record.line)
        for meant, _, relation in load_near_relations(connection)
        if meant == asked.ticket
        and relation.kind in asked.kinds
        and (asked.inactive or relation.inactive_reason is None or _may_continue(relation))
        for record in relation.records
    }


def _may_continue(relation: Relation) -> bool:
    """Whether it depends on a closed ticket, whose work another ticket may have taken over."""
    target = relation.target
    is_closed = target is not None and target.state == State.CLOSED
    return relation.cls is RelationClass.DEPENDENCY and is_closed


def _hidden_kinds(problem: Problem, holder: TicketInfo, asked: Filter) -> frozenset[str]:
    """The kinds that a record hidden by `problem` could add to the answer."""
    if asked.inactive or not holder.resolved:
        return problem.shown
    # If its holder is resolved, only a reference can be active.
    return frozenset(
        shown for shown in problem.shown if KINDS[shown].cls is RelationClass.REFERENCE
    )
