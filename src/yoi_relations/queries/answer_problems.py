"""Which problems could add or alter a row of an answer about relations."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet

from yoi_relations.files.source import Effect
from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.lean.types import Connection
from yoi_relations.queries.near_relations import load_near_relations
from yoi_relations.queries.problems import Problem
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.states import State


def problems_in_answer(  # noqa: PLR0913  # what an answer is made of
    connection: Connection,
    problems: list[Problem],
    *,
    kinds: frozenset[str],
    inactive: bool,
    tickets: AbstractSet[str],
    meant: Collection[str] = (),
    holders: AbstractSet[str] | None = None,
) -> list[Problem]:
    """Those of `problems` that could add or alter a row.

    Args:
        connection: the index.
        problems: all problems of the workspace.
        kinds: kinds, as shown, of the relations in the answer.
        inactive: whether relations that are not active belong to it.
        tickets: ids of the tickets whose title or state is in it.
        meant: ids of the tickets that it is about, which a misspelled target could mean.
        holders: ids of the tickets that can hold records of it; None for all tickets.
    """
    about = load_tickets(connection, {problem.about for problem in problems})
    misspelled = _misspelled(connection, kinds, meant, inactive=inactive) if meant else set()
    return [
        problem
        for problem in problems
        if (problem.effect is Effect.TICKET and problem.about in tickets)
        or (problem.path, problem.line) in misspelled
        or (
            problem.effect is Effect.RECORD
            and (holders is None or problem.about in holders)
            and kinds & _hidden_kinds(problem, about[problem.about], inactive=inactive)
        )
    ]


def _misspelled(
    connection: Connection, kinds: frozenset[str], tickets: Collection[str], *, inactive: bool
) -> set[tuple[str, int | None]]:
    """Path and line of the records whose target probably means one of `tickets`."""
    return {
        (record.path, record.line)
        for meant, _, relation in load_near_relations(connection)
        if meant in tickets
        and relation.kind in kinds
        and (inactive or relation.is_active or _may_continue(relation))
        for record in relation.records
    }


def _may_continue(relation: Relation) -> bool:
    """Whether it depends on a closed ticket, whose work another ticket may have taken over."""
    target = relation.target
    is_closed = target is not None and target.state == State.CLOSED
    return relation.cls is RelationClass.DEPENDENCY and is_closed


def _hidden_kinds(problem: Problem, holder: TicketInfo, *, inactive: bool) -> frozenset[str]:
    """The kinds that a record hidden by `problem` could add to the answer."""
    if inactive or not holder.resolved:
        return problem.shown
    # If its holder is resolved, only a reference can be active.
    return frozenset(
        shown for shown in problem.shown if KINDS[shown].cls is RelationClass.REFERENCE
    )
